package otr_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
)

// places are where the first fields of a snapshot stand, after the three names.
type places struct{ tag, offer int }

func placesOf(snapshot []byte) places {
	at := len("otr conversation\x01")
	for range 3 {
		at += 4 + int(binary.BigEndian.Uint32(snapshot[at:]))
	}
	return places{tag: at, offer: at + 8}
}

// impossible are snapshots that Snapshot never writes.
func impossible(good []byte) map[string][]byte {
	at := placesOf(good)
	changed := func(change func(b []byte)) []byte {
		b := bytes.Clone(good)
		change(b)
		return b
	}
	tag := func(tag uint32) []byte {
		return changed(func(b []byte) { binary.BigEndian.PutUint32(b[at.tag:], tag) })
	}
	all := map[string][]byte{
		"nothing": nil, "rubbish": []byte("rubbish"), "half": good[:len(good)/2], "a byte more": append(bytes.Clone(good), 0),
		"no own tag": tag(0), "own tag 5": tag(5), "own tag 0xff": tag(0xff),
	}
	for _, offer := range []byte{2, 9, 0xff} {
		all[fmt.Sprint("offer ", offer)] = changed(func(b []byte) { b[at.offer] = offer })
	}
	return all
}

// A snapshot with values that never occur is refused. Those of the borders are good.
func TestImpossibleSnapshotIsRefused(t *testing.T) {
	p := testkit.NewPair(t)
	p.Secure(t)
	good := snapshotOf(t, p.Alice)
	at := placesOf(good)
	if tag := binary.BigEndian.Uint32(good[at.tag:]); otr.InstanceTag(tag) != p.Alice.OurInstance() {
		t.Fatalf("%#x stands where our tag %#x should", tag, p.Alice.OurInstance())
	}
	for name, snapshot := range impossible(good) {
		if _, err := p.Alice.User.RestoreConversation(p.Alice.Peer(), p.Alice.Config, snapshot); !errors.Is(err, otr.ErrSnapshot) {
			t.Errorf("%s: error %v, want ErrSnapshot", name, err)
		}
	}
	least := bytes.Clone(good)
	binary.BigEndian.PutUint32(least[at.tag:], 0x100)
	for _, snapshot := range [][]byte{good, least} {
		c, err := p.Alice.User.RestoreConversation(p.Alice.Peer(), p.Alice.Config, snapshot)
		if err != nil {
			t.Errorf("a possible snapshot: %v", err)
			continue
		}
		if tag := binary.BigEndian.Uint32(snapshot[at.tag:]); c.OurInstance() != otr.InstanceTag(tag) {
			t.Errorf("our tag is %#x, want %#x", c.OurInstance(), tag)
		}
		c.Close()
	}
}

// A failed restore leaves the user state as it was: no instance tag is made, no fingerprint is learnt or in use.
func TestFailedRestoreChangesNothing(t *testing.T) {
	p := testkit.NewPair(t)
	p.Secure(t)
	session, _ := p.Alice.Session()
	peer := p.Alice.Peer()
	for name, snapshot := range impossible(snapshotOf(t, p.Alice)) {
		t.Run(name, func(t *testing.T) {
			user := testkit.User(t, testkit.Alice)
			if _, err := user.RestoreConversation(peer, p.Alice.Config, snapshot); err == nil {
				t.Fatal("restored")
			}
			if tag, ok := user.InstanceTag(peer.Account); ok {
				t.Errorf("the instance tag %#x was made", tag)
			}
			for peer, fingerprint := range user.Fingerprints() {
				t.Errorf("learnt %v of %v", fingerprint, peer)
			}
			if err := user.SetTrust(peer, session.Fingerprint, otr.TrustVerified); err != nil {
				t.Fatal(err)
			}
			if err := user.Forget(peer, session.Fingerprint); err != nil {
				t.Errorf("the fingerprint is in use: %v", err)
			}
		})
	}
}

// A restore for which the account has no key, or with a configuration that cannot be, changes nothing either.
func TestRestoreWithoutKeyOrConfig(t *testing.T) {
	p := testkit.NewPair(t)
	good, peer := snapshotOf(t, p.Alice), p.Alice.Peer()
	for _, test := range []struct {
		user   *otr.UserState
		config otr.Config
		want   error
	}{
		{otr.NewUserState(), p.Alice.Config, otr.ErrNoKey},
		{testkit.User(t, testkit.Alice), otr.Config{MaxMessageSize: 39}, otr.ErrConfig},
		{testkit.User(t, testkit.Alice), otr.Config{Policy: otr.RequireEncryption}, otr.ErrConfig},
	} {
		if _, err := test.user.RestoreConversation(peer, test.config, good); !errors.Is(err, test.want) {
			t.Errorf("error %v, want %v", err, test.want)
		}
		if _, ok := test.user.InstanceTag(peer.Account); ok {
			t.Errorf("%v: an instance tag was made", test.want)
		}
	}
}
