package otr_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// A forged Data Message of any kind changes nothing: not the keys, not the
// counters, not the memory. The genuine message is read afterwards.
func TestForgedDataChangesNothing(t *testing.T) {
	forgeries := map[string]dataChange{
		"MAC":                  func(m *wire.Data) { m.MAC[0] ^= 1 },
		"text":                 func(m *wire.Data) { m.Encrypted[0] ^= 1 },
		"length":               func(m *wire.Data) { m.Encrypted = m.Encrypted[1:] },
		"largest counter":      func(m *wire.Data) { m.Counter = 1<<64 - 1 },
		"next key":             func(m *wire.Data) { m.NextDH[100] ^= 1 },
		"sender keyid":         func(m *wire.Data) { m.SenderKeyID++ },
		"old sender keyid":     func(m *wire.Data) { m.SenderKeyID-- },
		"recipient keyid":      func(m *wire.Data) { m.RecipientKeyID-- },
		"recipient keyid up":   func(m *wire.Data) { m.RecipientKeyID++ },
		"strange keyids":       func(m *wire.Data) { m.SenderKeyID, m.RecipientKeyID = 0x12345678, 0x87654321 },
		"flags":                func(m *wire.Data) { m.Flags |= 2 },
		"all of it, and a lot": func(m *wire.Data) { m.Encrypted, m.Counter = make([]byte, 10000), 99 },
	}
	for _, version := range []int{2, 3} {
		for name, forge := range forgeries {
			t.Run(fmt.Sprintf("%s/v%d", name, version), func(t *testing.T) {
				s := newScene(t, version).private()
				s.talks()
				genuine := s.bob.data("genuine", nil, unreadableIgnored)
				m := parse(t, genuine).(*wire.Data)
				forge(m)
				s.get(encode(m)) // may compute the keys of the pair, once
				before := s.snapshot()
				for range 20 {
					s.get(encode(m))
				}
				if after := s.snapshot(); !bytes.Equal(before, after) {
					t.Errorf("the snapshot changed, from %d to %d bytes", len(before), len(after))
				}
				wantText(t, s.get(genuine), "genuine")
				s.talks()
			})
		}
	}
}

// A long monologue needs no answer.
func TestMonologue(t *testing.T) {
	for _, version := range []int{2, 3} {
		s := newScene(t, version).private()
		for i := range 10000 {
			text := fmt.Sprint("message ", i)
			wantText(t, s.get(s.bob.data(text, nil)), text)
		}
		s.talks()
	}
}

// Of 10 000 random exchanges over a link that loses messages, every revealed
// MAC key has verified something, is dead and is revealed once, and no dead
// key is missing.
func TestRevealedKeysAreExactlyTheDead(t *testing.T) {
	type pair struct{ bob, alice uint32 }
	s := newScene(t, 3).private()
	random := rand.New(rand.NewPCG(31, 10000))
	used := map[string]pair{}
	revealed := map[string]bool{}
	notes := func(m *wire.Data) {
		for _, key := range keysOf(m) {
			p, was := used[key]
			if !was || revealed[key] {
				t.Fatalf("revealed a key that verified nothing (%v) or for the second time (%v)", !was, revealed[key])
			}
			revealed[key] = true
			if s.accepts(p.bob, p.alice) {
				t.Fatalf("a key of pair %v was revealed and still verifies", p)
			}
		}
	}
	for range 10000 {
		lost := random.IntN(4) == 0
		if random.IntN(2) == 0 {
			m := s.says("x")
			notes(m)
			if !lost {
				s.bob.read(m)
			}
			continue
		}
		m := s.bob.data("y", nil)
		if !lost {
			p := pair{s.bob.ourID - 1, s.bob.theirID}
			wantText(t, s.get(m), "y")
			used[string(s.bob.keys(p.bob, p.alice).sendMAC)] = p
		}
	}
	notes(s.says("the last reveals what is left"))
	for key, p := range used {
		if !revealed[key] && !s.accepts(p.bob, p.alice) {
			t.Errorf("the key of pair %v is dead and was not revealed", p)
		}
	}
	if len(revealed) < 1000 {
		t.Errorf("only %d keys were revealed: the test has not done its work", len(revealed))
	}
}

// accepts tells whether Alice still reads messages under a pair of keys.
func (s *scene) accepts(bobs, alices uint32) bool {
	s.t.Helper()
	r := s.get(s.bob.data("probe", nil, unreadableIgnored, func(m *wire.Data) {
		m.SenderKeyID, m.RecipientKeyID = bobs, alices
		m.NextDH = s.bob.ours[bobs+1].gx.Bytes()
	}))
	for _, e := range r.Events {
		if _, ok := e.(otr.Received); ok {
			return true
		}
	}
	return false
}

// IGNORE_UNREADABLE makes every unreadable message pass without a word, in
// every state; without the flag each is reported.
func TestIgnoreUnreadable(t *testing.T) {
	damages := map[string]func(*scene, *wire.Data){
		"MAC":     func(_ *scene, m *wire.Data) { m.MAC[0] ^= 1 },
		"keyid":   func(_ *scene, m *wire.Data) { m.SenderKeyID += 7 },
		"counter": func(s *scene, m *wire.Data) { s.get(encode(m)) }, // the second time it is old
	}
	for _, state := range []otr.MessageState{otr.Plaintext, otr.Encrypted, otr.Finished} {
		for name, damage := range damages {
			for _, ignore := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s in state %d, ignored %v", name, state, ignore), func(t *testing.T) {
					s := newScene(t, 3).private()
					var changes []dataChange
					if ignore {
						changes = append(changes, unreadableIgnored)
					}
					m := parse(t, s.bob.data("x", nil, changes...)).(*wire.Data)
					damage(s, m)
					switch state {
					case otr.Plaintext:
						s.must(s.alice.End())
					case otr.Finished:
						s.get(s.bob.data("", disconnected))
					}
					r := s.get(encode(m))
					if ignore {
						silent(t, r)
						if len(r.Events) != 0 {
							t.Errorf("events %+v", r.Events)
						}
						return
					}
					event[otr.Rejected](t, r)
				})
			}
		}
	}
}

// Records begin after the first NUL byte, wherever characters end.
func TestRecordsFollowBytes(t *testing.T) {
	for _, text := range []string{"é", "日本語", "x\xff\xfe", "", "🙂"} {
		s := &smpScene{scene: newScene(t, 3).private()}
		s.run = s.bob.smpStart(true, keyOf(t, testkit.Alice).fingerprint(), sharedSecret)
		r := s.get(s.bob.data(text, []wire.TLV{{Type: 0x1234, Value: []byte("é\x00é")}, s.run.message1()}))
		event[otr.SMPAsked](t, r)
		e := event[otr.Received](t, r)
		if e.Text != text || len(e.TLVs) != 1 || string(e.TLVs[0].Value) != "é\x00é" {
			t.Errorf("received %+v, want %q", e, text)
		}
		s.completes(asked)
	}
}

// What the link loses is lost, what it repeats is read once, what it overtakes
// is refused, and the conversation goes on.
func TestLostRepeatedAndOvertakenMessages(t *testing.T) {
	for _, version := range []int{2, 3} {
		p := testkit.NewPair(t, onlyPolicy(version, 0))
		p.Secure(t)

		p.Alice.Say("lost")
		p.Drop(p.Alice)
		p.Say(p.Alice, "after the loss")

		p.Alice.Say("repeated")
		p.Duplicate(p.Alice)
		p.Flow()
		testkit.ExpectText(t, p.Bob, "repeated")
		if e := testkit.Expect[otr.Rejected](t, p.Bob); e.Reason != otr.Unreadable {
			t.Errorf("the repetition was rejected as %v", e.Reason)
		}
		testkit.ExpectNo[otr.Received](t, p.Bob)

		p.Alice.Say("overtaken")
		p.Alice.Say("overtaking")
		p.Reverse(p.Alice)
		p.Flow()
		testkit.ExpectText(t, p.Bob, "overtaking")
		testkit.ExpectNo[otr.Received](t, p.Bob)

		p.Say(p.Bob, "go on")
		p.Say(p.Alice, "with pleasure")
	}
}
