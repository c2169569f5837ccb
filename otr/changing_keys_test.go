package otr_test

import (
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// tellWithNewKeys has Bob send messages, each with a new D-H key, without waiting until Alice has seen the former one.
func (s *scene) tellWithNewKeys(messages int) {
	s.t.Helper()
	for range messages {
		wantText(s.t, s.get(s.bob.data("text", nil)), "text")
		s.bob.ourID++
		s.bob.ours[s.bob.ourID] = s.bob.newPair()
	}
}

// A peer that changes its keys with every message makes our messages long by 100 revealed MAC keys and no more: texts and
// the goodbye still go through a narrow link.
func TestPeerThatChangesKeysAlways(t *testing.T) {
	const messages, limit, atOnce = 250, 100, 100 * 20
	bothVersions(t, func(t *testing.T, version int) {
		s := newScene(t, version, testkit.MaxSize(limit))
		key := parse(t, assembled(t, s.get(s.bob.commit()).Send)).(*wire.DHKey)
		s.bob.finish(parse(t, assembled(t, s.get(s.bob.reveal(key)).Send)).(*wire.Signature))
		s.tellWithNewKeys(messages)
		known := map[string]bool{}
		reveals := func(r otr.Result, want int) {
			t.Helper()
			for _, piece := range r.Send {
				if len(piece) > limit {
					t.Fatalf("a piece of %d bytes", len(piece))
				}
			}
			keys := parse(t, assembled(t, r.Send)).(*wire.Data).OldMACKeys
			if len(keys) != want {
				t.Errorf("%d bytes of keys are revealed, want %d", len(keys), want)
			}
			for ; len(keys) > 0; keys = keys[20:] {
				if known[string(keys[:20])] {
					t.Fatal("a key is revealed twice")
				}
				known[string(keys[:20])] = true
			}
		}
		reveals(s.must(s.alice.Send("one")), atOnce)
		reveals(s.must(s.alice.Send("two")), atOnce)
		r := s.must(s.alice.End())
		reveals(r, (messages-1)*20-2*atOnce) // the last key was not dead yet
		event[otr.Ended](t, r)
		s.is(otr.Plaintext)
	})
}
