package otr_test

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// No prefix of an exchange of a stranger who cannot sign as anybody changes
// the session in use: neither whole messages nor every part of each.
func TestForeignExchangeChangesNoSession(t *testing.T) {
	for _, version := range []int{2, 3} {
		s := newScene(t, version, func(c *otr.Config) { c.Limits.AnswersPerMinute = 1 << 20 }).private()
		before, _ := s.alice.Session()
		stranger := newHandmade(t, version, testkit.Mallory, "stranger")
		stranger.tag, stranger.peerTag = s.bob.tag, s.bob.peerTag
		stranger.lie.mac = true

		commit := stranger.commit()
		key := only[*wire.DHKey](t, s.get(commit))
		reveal := stranger.reveal(key)
		for _, message := range []string{commit, reveal} {
			raw, err := wire.Decode(message)
			if err != nil {
				t.Fatal(err)
			}
			for n := range raw {
				r := s.get(wire.Encode(raw[:n]))
				none[otr.Secured](t, r)
			}
			if now, _ := s.alice.Session(); now != before {
				t.Fatalf("session %+v, was %+v", now, before)
			}
			s.clock.Advance(2 * time.Minute)
			s.talks()
		}
	}
}

// Two sides that begin at the same time agree, also when messages are lost and
// repeated: whoever asks again gets through.
func TestSimultaneousStartsConverge(t *testing.T) {
	for _, version := range []int{2, 3} {
		for seed := range uint64(60) {
			p := testkit.NewPair(t, onlyPolicy(version, 0))
			random := rand.New(rand.NewPCG(seed, uint64(version)))
			p.Edit = func(_ *testkit.Client, message string) []string {
				switch random.IntN(6) {
				case 0:
					return nil
				case 1:
					return []string{message, message}
				}
				return []string{message}
			}
			p.Alice.Do(p.Alice.Start())
			p.Bob.Do(p.Bob.Start())
			p.Flow()

			p.Edit = nil
			p.Clock.Advance(2 * time.Minute)
			p.Alice.Note(p.Alice.Tick())
			p.Bob.Note(p.Bob.Tick())
			p.Secure(t)
			p.Say(p.Alice, "one")
			p.Say(p.Bob, "two")
		}
	}
}

// The same message in a state where it has no place does not touch what the
// exchange holds: the revealed key of a Reveal Signature Message is not kept.
func TestMessageOutOfPlaceLeavesNoTrace(t *testing.T) {
	for _, version := range []int{2, 3} {
		for _, state := range []otr.AuthState{otr.AuthNone, otr.AuthAwaitingDHKey, otr.AuthAwaitingRevealSig, otr.AuthAwaitingSig} {
			for _, kind := range []byte{wire.TypeDHKey, wire.TypeRevealSignature, wire.TypeSignature} {
				if state == otr.AuthAwaitingDHKey && kind == wire.TypeDHKey {
					continue // has its place
				}
				h := halfway(t, version, state)
				message := h.foreign(kind)
				before := h.snapshot()
				h.ignores(message)
				if after := h.snapshot(); !bytes.Equal(before, after) {
					t.Errorf("version %d, state %v: message of type %#x changed the snapshot", version, state, kind)
				}
			}
		}
	}
}

func (s *scene) snapshot() []byte {
	s.t.Helper()
	b, err := s.alice.Snapshot()
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}
