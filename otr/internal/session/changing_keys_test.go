package session

import (
	"bytes"
	"testing"

	"otrbot/otr/internal/wire"
)

// tellWithNewKeys sends messages from b to a, each with a new D-H key: b does not wait until a has seen the former one. It
// returns the MAC keys that a verified them with, in order.
func (k *talk) tellWithNewKeys(messages int) (keys []byte) {
	k.t.Helper()
	for range messages {
		d := k.parse(k.say(k.b, ""))
		keys = append(keys, k.receivingKey(k.a, d)...)
		if _, err := k.a.Decrypt(d); err != nil {
			k.t.Fatal(err)
		}
		k.b.rotateOurs()
		k.b.revealed = nil
	}
	return keys
}

// revealsInTurn checks that so many messages reveal the keys, each 100 of them.
func (k *talk) revealsInTurn(keys []byte) {
	k.t.Helper()
	const atOnce = 100 * 20
	for len(keys) > 0 {
		d := k.parse(k.say(k.a, "text"))
		want := keys[:min(atOnce, len(keys))]
		if !bytes.Equal(d.OldMACKeys, want) {
			k.t.Fatalf("%d bytes of keys are revealed, want %d, or others; %d bytes left", len(d.OldMACKeys), len(want), len(keys))
		}
		keys = keys[len(want):]
	}
	if d := k.parse(k.say(k.a, "text")); len(d.OldMACKeys) > 0 {
		k.t.Fatalf("%d more bytes of keys are revealed", len(d.OldMACKeys))
	}
}

const waiting = 1000 * 20 // bytes of MAC keys

// A peer that changes its keys with every message makes none of ours longer than 100 MAC keys. At most 1000 wait, without
// the oldest, and each is revealed once.
func TestPeerThatChangesKeysAlways(t *testing.T) {
	const messages = 2000
	k := newTalk(t)
	alive := 20 // the last key is not dead yet
	keys := k.tellWithNewKeys(messages)
	size := k.a.MaxSize(header, "text", nil)
	if raw := k.say(k.a, "text"); len(raw) > size {
		t.Fatalf("a message of %d bytes, announced were %d", len(raw), size)
	}
	dead := keys[:len(keys)-alive]
	k.revealsInTurn(dead[len(dead)-waiting+100*20:])
	if left := k.a.Wipe(); !bytes.Equal(left, keys[len(keys)-alive:]) {
		t.Fatalf("%d bytes of keys are left, want the last key", len(left))
	}
}

// What an ended session leaves to be revealed is bounded likewise, and so is a snapshot of it.
func TestDeadKeysOfAnEndedSession(t *testing.T) {
	k := newTalk(t)
	var dead []byte
	for n := range 1200 {
		dead = append(dead, bytes.Repeat([]byte{byte(n), byte(n >> 8)}, 10)...)
	}
	k.begin(1, 1, dead, nil)
	r := wire.NewReader(k.a.Append(nil))
	k.a = new(Session)
	if err := k.a.Read(&r); err != nil {
		t.Fatal(err)
	}
	k.revealsInTurn(dead[len(dead)-waiting:])
}

// A D-H key is new with the first message that advertises it alone, also when the peer's key changes in between.
func TestFirst(t *testing.T) {
	k := newTalk(t)
	first := func(want bool) {
		t.Helper()
		if k.a.First() != want {
			t.Fatalf("First is %v", !want)
		}
	}
	first(true)
	crossing := k.say(k.b, "crosses")
	one := k.say(k.a, "one")
	first(false)
	k.accepts(k.a, crossing, "crosses")
	first(false)
	k.accepts(k.b, one, "one")
	k.accepts(k.a, k.say(k.b, "seen"), "seen")
	first(true)
}
