package otr_test

import (
	"errors"
	"maps"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

func instanceCells() cells {
	table := tagCells()
	maps.Copy(table, severalCells())
	return table
}

// beside is the same Alice with a second client of Bob's.
func (s *scene) beside() *scene {
	s.t.Helper()
	other := *s
	other.bob = newHandmade(s.t, 3, testkit.Bob, "second "+s.t.Name())
	other.bob.tag = 0x22222200
	return &other
}

// wrongTags sends Alice each message type, genuine but for its tags, and then
// the genuine message. The check sees what the wrong one led to.
func wrongTags(t *testing.T, change func(s *scene, h *wire.Header), commitToo bool, check func(*testing.T, otr.Result)) {
	t.Helper()
	states := []struct {
		state   otr.AuthState
		message func(h *half) string
	}{
		{otr.AuthNone, func(h *half) string { h.bob.peerTag = h.ourTag(); return h.bob.commit() }},
		{otr.AuthAwaitingDHKey, func(h *half) string { return h.bob.dhKey(h.commit) }},
		{otr.AuthAwaitingRevealSig, func(h *half) string { return h.bob.reveal(h.key) }},
		{otr.AuthAwaitingSig, func(h *half) string { return h.bob.signature(h.commit, h.reveal) }},
	}
	if !commitToo {
		states = states[1:]
	}
	for _, c := range states {
		h := halfway(t, 3, c.state)
		r := h.get(reversion(t, c.message(h), func(head *wire.Header) { change(h.scene, head) }))
		silent(t, r)
		none[otr.Secured](t, r)
		check(t, r)
		h.auth(c.state)
		h.goesOn()
	}
	s := newScene(t, 3).private()
	r := s.get(s.bob.data("x", nil, func(m *wire.Data) { change(s, &m.Header) }))
	silent(t, r)
	none[otr.Received](t, r)
	check(t, r)
	s.talks()
}

// Single tags.
func tagCells() cells {
	anything := func(*testing.T, otr.Result) {}
	return cells{
		"I-01": func(t *testing.T, _ int) {
			user := testkit.User(t, testkit.Alice)
			one := testkit.NewClientOf(t, user, testkit.Alice, testkit.Bob, "one", testkit.NewClock())
			two := testkit.NewClientOf(t, user, testkit.Alice, testkit.Carol, "two", testkit.NewClock())
			kept, ok := user.InstanceTag(one.Peer().Account)
			if !ok || kept < 0x100 || one.OurInstance() != kept || two.OurInstance() != kept {
				t.Errorf("tags %x and %x, kept %x", one.OurInstance(), two.OurInstance(), kept)
			}
		},
		"I-02": func(t *testing.T, _ int) {
			p := testkit.NewPair(t, onlyPolicy(3, 0))
			p.Secure(t)
			p.Say(p.Alice, "x")
			p.Say(p.Bob, "y")
			p.Verify(t, "", "s", "s")
			for _, from := range []*testkit.Client{p.Alice, p.Bob} {
				for _, message := range from.Sent {
					if wire.Classify(message).Kind != wire.KindEncoded {
						continue
					}
					m := parse(t, message)
					_, commit := m.(*wire.DHCommit)
					head := m.Head()
					if head.Sender != uint32(from.OurInstance()) {
						t.Errorf("%T with sender tag %x", m, head.Sender)
					}
					if head.Receiver != uint32(p.Other(from).OurInstance()) && (!commit || head.Receiver != 0) {
						t.Errorf("%T with receiver tag %x", m, head.Receiver)
					}
				}
			}
		},
		"I-03": func(t *testing.T, _ int) {
			for _, tag := range []uint32{0, 1, 0x64, 0xff} {
				wrongTags(t, func(_ *scene, h *wire.Header) { h.Sender = tag }, true, anything)
			}
		},
		"I-04": func(t *testing.T, _ int) {
			for _, tag := range []uint32{1, 0x64, 0xff} {
				wrongTags(t, func(_ *scene, h *wire.Header) { h.Receiver = tag }, true, anything)
			}
		},
		"I-05": func(t *testing.T, _ int) {
			other := func(s *scene, h *wire.Header) { h.Receiver = s.ourTag() ^ 0x01000000 }
			wrongTags(t, other, true, func(t *testing.T, r otr.Result) { t.Helper(); wantRejected(t, r, otr.OtherInstance) })
		},
		"I-06": func(t *testing.T, _ int) {
			s := newScene(t, 3)
			only[*wire.DHKey](t, s.get(s.bob.commit()))
		},
		"I-07": func(t *testing.T, _ int) {
			wrongTags(t, func(_ *scene, h *wire.Header) { h.Receiver = 0 }, false, anything)
		},
		"I-08": func(t *testing.T, _ int) {
			for _, tag := range []uint32{0x100, 0x11111112, 0x80000000, 0xffffffff} {
				s := newScene(t, 3)
				s.bob.tag = tag
				s.private().talks()
			}
		},
		"I-09": func(t *testing.T, _ int) {
			user := testkit.User(t, testkit.Alice)
			if err := user.SetInstanceTag(testkit.PeerOf(testkit.Alice, "").Account, 0xfedcba98); err != nil {
				t.Fatal(err)
			}
			s := newScene(t, 2)
			s.alice = testkit.NewClientOf(t, user, testkit.Alice, testkit.Bob, "v2", s.clock)
			s.private().talks()
		},
		"I-10": func(t *testing.T, _ int) {
			s := newScene(t, 3)
			for _, tag := range []uint32{0, 1, 0xff} {
				stranger := newHandmade(t, 3, testkit.Mallory, "stranger")
				stranger.tag = tag
				silent(t, s.get(stranger.commit()))
			}
			if n := len(s.alice.Instances()); n != 0 {
				t.Errorf("%d instances are known", n)
			}
			s.private().talks()
		},
		"I-17": func(t *testing.T, _ int) {
			s := newScene(t, 3)
			s.bob.tag = s.ourTag()
			r := s.get(s.bob.commit())
			silent(t, r)
			wantRejected(t, r, otr.Reflected)
			s.auth(otr.AuthNone)
		},
		"I-19": func(t *testing.T, _ int) {
			s := newScene(t, 3).private()
			m := s.bob.data("never", nil)
			for _, tags := range [][2]uint32{{0, s.ourTag()}, {0xff, s.ourTag()}, {s.bob.tag, 1}, {s.bob.tag, 0xff}} {
				s.lost(s.pieceFor(tags[0], tags[1], 1, 2, m[:40]), s.pieceFor(tags[0], tags[1], 2, 2, m[40:]))
				s.lost(s.pieceFor(tags[0], tags[1], 1, 1, m))
			}
			wantText(t, s.get(m), "never")
		},
	}
}

// Several clients of Bob.
func severalCells() cells {
	both := func(t *testing.T) (one, two *scene) {
		one = newScene(t, 3).private()
		one.clock.Advance(time.Second)
		two = one.beside().private()
		return one, two
	}
	// goesTo lets Alice send and checks to which of Bob's clients.
	goesTo := func(s *scene) {
		s.t.Helper()
		m := s.says("to whom?")
		if m.Receiver != s.bob.tag {
			s.t.Fatalf("sent to %x, want %x", m.Receiver, s.bob.tag)
		}
		s.bob.read(m)
	}
	return cells{
		"I-11": func(t *testing.T, _ int) {
			one := newScene(t, 3)
			two := one.beside()
			c := one.wantCommit(one.get("?OTRv3?"))
			r1 := only[*wire.RevealSignature](t, one.get(one.bob.dhKey(c)))
			r2 := only[*wire.RevealSignature](t, two.get(two.bob.dhKey(c)))
			if r1.Receiver != one.bob.tag || r2.Receiver != two.bob.tag {
				t.Errorf("sent to %x and %x", r1.Receiver, r2.Receiver)
			}
			e2 := event[otr.Secured](t, two.get(two.bob.signature(c, r2)))
			e1 := event[otr.Secured](t, one.get(one.bob.signature(c, r1)))
			if uint32(e1.Session.Instance) != one.bob.tag || uint32(e2.Session.Instance) != two.bob.tag || e1.Session.SSID == e2.Session.SSID {
				t.Errorf("sessions %+v and %+v", e1.Session, e2.Session)
			}
		},
		"I-12": func(t *testing.T, _ int) {
			one := newScene(t, 3)
			two := one.beside()
			k1 := only[*wire.DHKey](t, one.get(one.bob.commit()))
			k2 := only[*wire.DHKey](t, two.get(two.bob.commit()))
			if k1.Receiver != one.bob.tag || k2.Receiver != two.bob.tag {
				t.Errorf("answered to %x and %x", k1.Receiver, k2.Receiver)
			}
			one.bob.finish(only[*wire.Signature](t, one.get(one.bob.reveal(k1))))
			two.bob.finish(only[*wire.Signature](t, two.get(two.bob.reveal(k2))))
			wantText(t, one.get(one.bob.data("one", nil)), "one")
			wantText(t, two.get(two.bob.data("two", nil)), "two")
		},
		"I-13": func(t *testing.T, _ int) {
			one, two := both(t)
			for _, s := range []*scene{one, two, two, one} {
				e := event[otr.Received](t, s.get(s.bob.data("x", nil)))
				if uint32(e.Instance) != s.bob.tag {
					t.Errorf("received from %x, want %x", e.Instance, s.bob.tag)
				}
			}
		},
		"I-14": func(t *testing.T, _ int) {
			one, two := both(t)
			e := event[otr.Ended](t, one.get(one.bob.data("", disconnected)))
			if uint32(e.Instance) != one.bob.tag {
				t.Errorf("ended by %x", e.Instance)
			}
			two.is(otr.Encrypted)
			two.talks()
		},
		"I-15": func(t *testing.T, _ int) {
			one, two := both(t)
			selects := func(tag otr.InstanceTag) {
				t.Helper()
				if err := one.alice.Select(tag); err != nil {
					t.Fatal(err)
				}
			}
			selects(otr.InstanceTag(one.bob.tag))
			goesTo(one)
			selects(otr.InstanceTag(two.bob.tag))
			goesTo(two)
			one.clock.Advance(time.Second)
			one.get(one.bob.data("x", nil))
			selects(otr.RecentReceived)
			goesTo(one)
			selects(otr.InstanceTag(two.bob.tag))
			one.clock.Advance(time.Second)
			goesTo(two)
			selects(otr.RecentSent)
			goesTo(two)
			one.clock.Advance(time.Second)
			one.get(one.bob.data("y", nil))
			selects(otr.Recent)
			goesTo(one)
			selects(otr.Best)
			goesTo(one)
			one.get(one.bob.data("", disconnected))
			goesTo(two)
			if err := one.alice.Select(0x12345678); !errors.Is(err, otr.ErrNoInstance) {
				t.Errorf("selecting an unknown instance: %v", err)
			}
			goesTo(two)
		},
		"I-16": func(t *testing.T, _ int) {
			s := newScene(t, 3, func(c *otr.Config) { c.Limits.Instances, c.Limits.AnswersPerMinute = 4, 1000 }).private()
			for i := range 100 {
				stranger := newHandmade(t, 3, testkit.Mallory, "stranger")
				stranger.tag = 0x1000 + uint32(i)
				s.get(stranger.commit())
				if n := len(s.alice.Instances()); n > 4 {
					t.Fatalf("%d instances are known", n)
				}
			}
			s.talks()
			newcomer := s.beside()
			newcomer.exchange()
			wantText(t, newcomer.get(newcomer.bob.data("I am new", nil)), "I am new")
			wantText(t, s.get(s.bob.data("I am still here", nil)), "I am still here")
		},
		"I-18": func(t *testing.T, _ int) {
			one, two := both(t)
			r := one.must(one.alice.EndAll())
			if len(r.Send) != 2 {
				t.Fatalf("%d messages sent, want 2", len(r.Send))
			}
			for _, message := range r.Send {
				m := parse(t, message).(*wire.Data)
				peer := one.bob
				if m.Receiver == two.bob.tag {
					peer = two.bob
				}
				if _, tlvs := peer.read(m); len(tlvs) != 1 || tlvs[0].Type != wire.TLVDisconnected {
					t.Errorf("TLVs %v", tlvs)
				}
			}
			for _, instance := range one.alice.Instances() {
				if instance.State != otr.Plaintext {
					t.Errorf("instance %x is in state %v", instance.Tag, instance.State)
				}
			}
			one.is(otr.Plaintext)
		},
	}
}
