package otr_test

import (
	"bytes"
	"fmt"
	"maps"
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

func keyCells() cells {
	table := cells{}
	for _, part := range []cells{exchangeKeyCells(), sendKeyCells(), receiveKeyCells(), rotationCells(), revealCells(), deriveCells()} {
		maps.Copy(table, part)
	}
	return table
}

// says lets Alice send a text and returns the message unread.
func (s *scene) says(text string) *wire.Data {
	s.t.Helper()
	return only[*wire.Data](s.t, s.must(s.alice.Send(text)))
}

// refuses checks that a Data Message is not read.
func (s *scene) refuses(message string) {
	s.t.Helper()
	r := s.get(message)
	none[otr.Received](s.t, r)
	none[otr.Ended](s.t, r)
	if e := event[otr.Rejected](s.t, r); e.Reason != otr.Unreadable && e.Reason != otr.Malformed {
		s.t.Fatalf("rejected as %v (%s)", e.Reason, e.Detail)
	}
	s.is(otr.Encrypted)
}

// "When you send AKE messages" and "Upon completing the AKE".
func exchangeKeyCells() cells {
	return cells{
		"K-01": inState(otr.Encrypted, 0, func(s *scene) {
			if s.bob.peerID != 1 {
				s.t.Errorf("the AKE carries our key %d, want 1", s.bob.peerID)
			}
		}),
		"K-02": func(t *testing.T, version int) {
			for _, id := range []uint32{2, 7, 0x80000000, 0xffffffff} {
				s := newScene(t, version)
				s.bob.akeID = id
				s.private()
				m := s.says("to your key")
				if m.RecipientKeyID != id {
					t.Errorf("recipient keyid %d, want %d", m.RecipientKeyID, id)
				}
				s.bob.read(m)
				if id != 0xffffffff {
					s.talks()
				}
			}
		},
		"K-03": inState(otr.Encrypted, 0, func(s *scene) {
			// Bob's next exchange shows the key that Alice already has as his most recent one.
			previous := s.bob.ake
			s.get(s.bob.data("here is my second key", nil))
			second := s.bob.ours[2]
			next := s.again()
			next.ake, next.akeID = second, 2
			message := next.commitAgain()
			next.finish(first[*wire.Signature](s.t, s.get(next.reveal(only[*wire.DHKey](s.t, s.get(message))))))
			s.is(otr.Encrypted)
			next.ours[1] = previous
			s.refuses(next.data("under my first key", nil, func(m *wire.Data) { m.SenderKeyID, m.NextDH = 1, second.gx.Bytes() }))
			s.bob = next
			s.talks()
		}),
		"K-04": inState(otr.Encrypted, 0, func(s *scene) {
			s.talks()
			old := s.bob
			late := old.data("late", nil)
			s.bob = s.again()
			s.bob.akeID = 5
			s.exchange()
			s.refuses(late)
			s.bob.ours[1], s.bob.ours[4] = old.ours[1], old.ours[2]
			s.refuses(s.bob.data("under my old key", nil, func(m *wire.Data) { m.SenderKeyID = 1 }))
			s.refuses(s.bob.data("under my other old key", nil, func(m *wire.Data) { m.SenderKeyID = 4 }))
			s.talks()
		}),
	}
}

// "When you send a Data Message".
func sendKeyCells() cells {
	return cells{
		"K-05": inState(otr.Encrypted, 0, func(s *scene) {
			if m := s.says("first"); m.SenderKeyID != 1 || m.RecipientKeyID != 1 {
				s.t.Errorf("keyids %d and %d, want 1 and 1", m.SenderKeyID, m.RecipientKeyID)
			}
		}),
		"K-06": inState(otr.Encrypted, 0, func(s *scene) {
			m := s.says("first")
			s.bob.read(m)
			if s.bob.theirID != 2 {
				s.t.Fatalf("Bob knows Alice's key %d", s.bob.theirID)
			}
			wantText(s.t, s.get(s.bob.data("to your next key", nil)), "to your next key")
		}),
		"K-07": inState(otr.Encrypted, 0, func(s *scene) {
			type pair struct{ sender, recipient uint32 }
			last := map[pair]uint64{}
			for range 5 {
				for range 4 {
					m := s.says("x")
					p := pair{m.SenderKeyID, m.RecipientKeyID}
					if m.Counter == 0 || m.Counter <= last[p] {
						s.t.Errorf("counter %d after %d under %v", m.Counter, last[p], p)
					}
					last[p] = m.Counter
					s.bob.read(m)
				}
				s.get(s.bob.data("y", nil))
			}
		}),
		"K-08": inState(otr.Encrypted, 0, func(s *scene) {
			if m := s.says("x"); m.Flags != 0 {
				s.t.Errorf("a text has flags %#x", m.Flags)
			}
			_, r, err := s.alice.ExtraKey(1, nil)
			quiet := []otr.Result{s.must(r, err), s.must(s.alice.StartSMP([]byte("x"))), s.must(s.alice.AbortSMP()), s.must(s.alice.End())}
			for i, r := range quiet {
				if m := only[*wire.Data](s.t, r); m.Flags != wire.FlagIgnoreUnreadable {
					s.t.Errorf("message %d has flags %#x", i, m.Flags)
				}
			}
		}),
		"K-09": inState(otr.Encrypted, 0, func(s *scene) {
			m := s.must(s.alice.Send("grüß dich", otr.TLV{Type: 0x100, Value: []byte("abc")}))
			plain := s.bob.plain(only[*wire.Data](s.t, m))
			if want := "grüß dich\x00\x01\x00\x00\x03abc"; string(plain) != want {
				s.t.Errorf("plaintext %q, want %q", plain, want)
			}
		}),
	}
}

// "When you receive a Data Message".
func receiveKeyCells() cells {
	keyIDs := func(sender, recipient func(*handmade) uint32) func(*testing.T, int) {
		return inState(otr.Encrypted, 0, func(s *scene) {
			s.talks()
			s.talks()
			s.refuses(s.bob.data("x", nil, func(m *wire.Data) {
				if sender != nil {
					m.SenderKeyID = sender(s.bob)
				}
				if recipient != nil {
					m.RecipientKeyID = recipient(s.bob)
				}
			}))
			s.talks()
		})
	}
	both := func(a, b func(*testing.T, int)) func(*testing.T, int) {
		return func(t *testing.T, version int) { a(t, version); b(t, version) }
	}
	id := func(offset int) func(*handmade) uint32 {
		return func(h *handmade) uint32 { return uint32(int(h.ourID) - 1 + offset) }
	}
	theirID := func(offset int) func(*handmade) uint32 {
		return func(h *handmade) uint32 { return uint32(int(h.theirID) + offset) }
	}
	zero := func(*handmade) uint32 { return 0 }
	return cells{
		"K-10": both(keyIDs(id(+1), nil), keyIDs(func(*handmade) uint32 { return 0xffffffff }, nil)),
		"K-11": both(keyIDs(nil, theirID(+1)), keyIDs(nil, func(*handmade) uint32 { return 0xffffffff })),
		"K-12": func(t *testing.T, version int) {
			s := newScene(t, version)
			s.bob.akeID = 5
			s.private()
			s.bob.ours[4] = s.bob.newPair()
			s.refuses(s.bob.data("x", nil, func(m *wire.Data) { m.SenderKeyID = 4 }))
			s.talks()
		},
		"K-13": both(keyIDs(zero, nil), keyIDs(nil, zero)),
		"K-14": inState(otr.Encrypted, 0, func(s *scene) {
			s.talks()
			genuine := s.bob.data("genuine", nil)
			m := parse(s.t, genuine).(*wire.Data)
			raw := m.Append(nil)
			covered := len(m.Authenticated) + len(m.MAC)
			for i := range covered {
				changed := bytes.Clone(raw)
				changed[i] ^= 0x40
				r := s.get(wire.Encode(changed))
				none[otr.Received](s.t, r)
				none[otr.Ended](s.t, r)
				none[otr.ReceivedInClear](s.t, r)
			}
			s.is(otr.Encrypted)
			wantText(s.t, s.get(genuine), "genuine")
			s.talks()
		}),
		"K-15": inState(otr.Encrypted, 0, func(s *scene) {
			m := s.bob.data("once", nil)
			wantText(s.t, s.get(m), "once")
			s.refuses(m)
			s.talks()
		}),
		"K-16": inState(otr.Encrypted, 0, func(s *scene) {
			early, late := s.bob.data("early", nil), s.bob.data("late", nil)
			wantText(s.t, s.get(late), "late")
			s.refuses(early)
			s.talks()
		}),
		"K-17": inState(otr.Encrypted, 0, func(s *scene) {
			s.refuses(s.bob.data("x", nil, func(m *wire.Data) { m.Counter = 0 }))
			s.talks()
		}),
		"K-18": inState(otr.Encrypted, 0, func(s *scene) {
			for _, counter := range []uint64{127, 128, 255, 256, 1<<31 - 1, 1 << 31, 1<<63 - 1, 1 << 63, 1<<64 - 1} {
				text := fmt.Sprint("counter ", counter)
				wantText(s.t, s.get(s.bob.data(text, nil, func(m *wire.Data) { m.Counter = counter })), text)
			}
			s.refuses(s.bob.data("x", nil, func(m *wire.Data) { m.Counter = 5 }))
		}),
		"K-19": inState(otr.Encrypted, 0, func(s *scene) {
			wantText(s.t, s.get(s.bob.data("high", nil, func(m *wire.Data) { m.Counter = 1 << 40 })), "high")
			s.reads(s.must(s.alice.Send("now your keys rotate")), "now your keys rotate")
			wantText(s.t, s.get(s.bob.data("low", nil, func(m *wire.Data) { m.Counter = 1 })), "low")
		}),
		"K-24": inState(otr.Encrypted, 0, func(s *scene) {
			for _, n := range outOfRange() {
				s.refuses(s.bob.data("x", nil, func(m *wire.Data) { m.NextDH = n.Bytes() }))
			}
			if m := s.says("still to your first key"); m.RecipientKeyID != 1 {
				s.t.Errorf("recipient keyid %d, want 1", m.RecipientKeyID)
			}
		}),
		"K-35": inState(otr.Encrypted, 0, func(s *scene) {
			m := parse(s.t, s.bob.data("read", nil)).(*wire.Data)
			m.OldMACKeys = make([]byte, 40)
			wantText(s.t, s.get(encode(m)), "read")
		}),
		"K-36": inState(otr.Encrypted, 0, func(s *scene) {
			r := s.get(s.bob.dataPlain([]byte("héllo\x00\x01\x01\x00\x01a\x01\x02\x00\x09short")))
			e := event[otr.Received](s.t, r)
			if e.Text != "héllo" || len(e.TLVs) != 1 || e.TLVs[0].Type != 0x101 {
				s.t.Errorf("received %+v", e)
			}
			s.talks()
		}),
	}
}

// "Finally, check if keys need rotation".
func rotationCells() cells {
	return cells{
		"K-20": inState(otr.Encrypted, 0, func(s *scene) {
			one := s.says("one")
			s.bob.read(one)
			s.get(s.bob.data("to your second key", nil))
			two := s.says("two")
			if two.SenderKeyID != one.SenderKeyID+1 || bytes.Equal(two.NextDH, one.NextDH) {
				s.t.Errorf("sender keyids %d and %d", one.SenderKeyID, two.SenderKeyID)
			}
			s.bob.read(two)
			s.talks()
		}),
		"K-21": inState(otr.Encrypted, 0, func(s *scene) {
			s.get(s.bob.data("with my second key", nil))
			if m := s.says("to your second key"); m.RecipientKeyID != 2 {
				s.t.Errorf("recipient keyid %d, want 2", m.RecipientKeyID)
			} else {
				s.bob.read(m)
			}
		}),
		"K-22": inState(otr.Encrypted, 0, func(s *scene) {
			s.talks()
			// Two messages under the most recent keys of both: the first makes them the previous ones.
			first, late := s.bob.data("first", nil), s.bob.data("late", nil)
			wantText(s.t, s.get(first), "first")
			wantText(s.t, s.get(late), "late")
			s.reads(s.must(s.alice.Send("go on")), "go on")
			s.talks()
		}),
		"K-23": inState(otr.Encrypted, 0, func(s *scene) {
			late := s.bob.data("late by two generations", nil)
			for range 3 {
				s.talks()
			}
			s.refuses(late)
			s.talks()
		}),
		"K-37": func(t *testing.T, version int) {
			p := testkit.NewPair(t, onlyPolicy(version, 0))
			p.Secure(t)
			for _, from := range []*testkit.Client{p.Alice, p.Bob, p.Alice} {
				for i := range 300 {
					p.Say(from, fmt.Sprint("message ", i))
				}
			}
		},
	}
}
