package otr

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
)

var (
	alice = Account{"alice@example.org", "xmpp"}
	bob   = Peer{alice, "bob@example.org"}
	eve   = Peer{alice, "eve@example.org"}
)

func TestNamesThatFilesCannotHold(t *testing.T) {
	for _, name := range []string{"a\tb", "a\nb", "a\rb", "a\x00b", strings.Repeat("a", maxName+1)} {
		t.Run(fmt.Sprintf("%.9q", name), func(t *testing.T) {
			u := NewUserState()
			for what, err := range map[string]error{
				"account in SetKey":         u.SetKey(Account{name, "xmpp"}, sampleKey(t)),
				"protocol in SetKey":        u.SetKey(Account{"alice", name}, sampleKey(t)),
				"account in SetTrust":       u.SetTrust(Peer{Account{name, "xmpp"}, "bob"}, Fingerprint{}, ""),
				"protocol in SetTrust":      u.SetTrust(Peer{Account{"alice", name}, "bob"}, Fingerprint{}, ""),
				"peer in SetTrust":          u.SetTrust(Peer{alice, name}, Fingerprint{}, ""),
				"account in SetInstanceTag": u.SetInstanceTag(Account{name, "xmpp"}, 0x100),
			} {
				if !errors.Is(err, ErrName) {
					t.Errorf("%s: %v", what, err)
				}
			}
			if _, err := u.ensureInstanceTag(Account{"alice", name}, bytes.NewReader(make([]byte, 64))); !errors.Is(err, ErrName) {
				t.Errorf("ensureInstanceTag: %v", err)
			}
			if contents(t, u) != contents(t, NewUserState()) {
				t.Error("the state changed")
			}
		})
	}
}

func TestKeyIsReplacedAndForgotten(t *testing.T) {
	u := sampleState(t)
	accounts := u.Accounts()
	k, _ := u.Key(accounts[1])
	if err := u.SetKey(accounts[0], k); err != nil {
		t.Fatal(err)
	}
	if got, _ := u.Key(accounts[0]); got != k || len(u.Accounts()) != len(accounts) {
		t.Error("the key was not replaced")
	}
	u.ForgetKey(accounts[0])
	u.ForgetKey(accounts[0])
	if _, ok := u.Key(accounts[0]); ok || !slices.Equal(u.Accounts(), accounts[1:]) {
		t.Error("the key was not forgotten")
	}
}

func TestForget(t *testing.T) {
	f, g := Fingerprint{1}, Fingerprint{2}
	u := NewUserState()
	if !u.learn(bob, f) || u.learn(bob, f) || !u.learn(bob, g) || !u.learn(eve, f) {
		t.Fatal("learn does not tell new from known")
	}
	u.use(bob, f)
	u.use(bob, f)
	if err := u.Forget(bob, f); !errors.Is(err, ErrInUse) {
		t.Errorf("Forget in use: %v", err)
	}
	if err := u.ForgetPeer(bob); !errors.Is(err, ErrInUse) {
		t.Errorf("ForgetPeer in use: %v", err)
	}
	if _, known := u.Trust(bob, g); !known {
		t.Error("ForgetPeer dropped a part")
	}
	u.release(bob, f)
	if err := u.Forget(bob, f); !errors.Is(err, ErrInUse) {
		t.Errorf("Forget with one of two uses left: %v", err)
	}
	u.release(bob, f)
	if err := errors.Join(u.Forget(bob, f), u.Forget(bob, f)); err != nil {
		t.Errorf("Forget: %v", err)
	}
	if err := u.ForgetPeer(bob); err != nil {
		t.Errorf("ForgetPeer: %v", err)
	}
	var left []Peer
	for p := range u.Fingerprints() {
		left = append(left, p)
	}
	if !slices.Equal(left, []Peer{eve}) {
		t.Errorf("left: %v", left)
	}
}

func TestTrustSurvivesUse(t *testing.T) {
	u := NewUserState()
	f := Fingerprint{1}
	if err := u.SetTrust(bob, f, TrustVerified); err != nil {
		t.Fatal(err)
	}
	u.use(bob, f)
	u.learn(bob, f)
	u.release(bob, f)
	if trust, known := u.Trust(bob, f); trust != TrustVerified || !known {
		t.Errorf("trust %q, known %t", trust, known)
	}
	if _, known := u.Trust(eve, f); known {
		t.Error("the fingerprint of one peer is known of another")
	}
}

func TestFingerprintsAreSorted(t *testing.T) {
	u := NewUserState()
	want := []peerKey{
		{Peer{Account{"b", "x"}, "a"}, Fingerprint{9}}, {Peer{Account{"a", "x"}, "b"}, Fingerprint{8}},
		{Peer{Account{"a", "y"}, "b"}, Fingerprint{1}}, {Peer{Account{"a", "y"}, "b"}, Fingerprint{2}},
	}
	for _, k := range slices.Backward(want) {
		u.learn(k.peer, k.fingerprint)
	}
	var got []peerKey
	for p, f := range u.Fingerprints() {
		got = append(got, peerKey{p, f})
		if err := u.Forget(p, f); err != nil { // the loop does not hold the lock
			t.Fatal(err)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestInstanceTags(t *testing.T) {
	u := NewUserState()
	for _, tag := range []InstanceTag{0, 1, 0xff} {
		if err := u.SetInstanceTag(alice, tag); !errors.Is(err, ErrInstanceTag) {
			t.Errorf("SetInstanceTag(%#x): %v", uint32(tag), err)
		}
	}
	if _, err := u.ensureInstanceTag(alice, iotest.ErrReader(io.ErrClosedPipe)); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("without randomness: %v", err)
	}
	reserved := []byte{0, 0, 0, 0xff}
	random := bytes.NewReader(append(reserved, 0, 0, 1, 0))
	if tag, err := u.ensureInstanceTag(alice, random); tag != 0x100 || err != nil {
		t.Errorf("made %#x, %v; the first valid number was 0x100", uint32(tag), err)
	}
	if tag, err := u.ensureInstanceTag(alice, random); tag != 0x100 || err != nil {
		t.Errorf("a second time %#x, %v", uint32(tag), err)
	}
	u.ForgetInstanceTag(alice)
	if _, ok := u.InstanceTag(alice); ok {
		t.Error("the tag was not forgotten")
	}
}

// One state serves 64 goroutines that do everything at once; the race detector looks on.
func TestUserStateIsSafeForConcurrentUse(t *testing.T) {
	u := NewUserState()
	key := sampleKey(t)
	tags := sample(t, "otr.instance_tags")
	var all sync.WaitGroup
	for n := range 64 {
		all.Go(func() {
			a := Account{fmt.Sprint("account ", n%8), "xmpp"}
			p := Peer{a, fmt.Sprint("peer ", n%4)}
			f := Fingerprint{byte(n)}
			for range 20 {
				u.use(p, f)
				err := errors.Join(u.SetKey(a, key), u.SetTrust(p, f, TrustSMP), u.SetInstanceTag(a, 0x100),
					u.ReadInstanceTags(bytes.NewReader(tags)), u.WriteFingerprints(io.Discard), u.WriteInstanceTags(io.Discard))
				if err != nil {
					t.Error(err)
				}
				if err := u.Forget(p, f); !errors.Is(err, ErrInUse) {
					t.Errorf("Forget in use: %v", err)
				}
				for p, f := range u.Fingerprints() {
					u.Trust(p, f)
				}
				for _, a := range u.Accounts() {
					u.Key(a)
					u.InstanceTag(a)
				}
				u.ForgetKey(a)
				u.ForgetInstanceTag(a)
				u.release(p, f)
			}
		})
	}
	all.Wait()
	for p := range u.Fingerprints() {
		if err := u.ForgetPeer(p); err != nil {
			t.Errorf("after all releases: %v", err)
		}
	}
}
