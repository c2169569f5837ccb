package otr_test

import (
	"fmt"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// Versions within and between exchanges.
func versionCells() cells {
	forbidden := func(state otr.AuthState, message func(h *half) string) func(*testing.T, int) {
		return func(t *testing.T, version int) {
			h := halfway(t, version, state)
			genuine := message(h)
			h.alice.SetPolicy(testkit.VersionPolicy(5 - version))
			h.ignores(genuine)
		}
	}
	mixed := func(state otr.AuthState, message func(h *half) string) func(*testing.T, int) {
		return func(t *testing.T, version int) {
			h := halfway(t, version, state)
			r := h.get(h.otherVersion(message(h)))
			silent(t, r)
			none[otr.Secured](t, r)
			h.is(otr.Plaintext)
			h.goesOn()
		}
	}
	dhKey := func(h *half) string { return h.bob.dhKey(h.commit) }
	reveal := func(h *half) string { return h.bob.reveal(h.key) }
	signature := func(h *half) string { return h.bob.signature(h.commit, h.reveal) }
	return cells{
		"A-31": forbidden(otr.AuthNone, func(h *half) string { return h.bob.commit() }),
		"A-32": forbidden(otr.AuthAwaitingDHKey, dhKey),
		"A-33": forbidden(otr.AuthAwaitingRevealSig, reveal),
		"A-34": forbidden(otr.AuthAwaitingSig, signature),
		"A-35": mixed(otr.AuthAwaitingDHKey, dhKey),
		"A-36": mixed(otr.AuthAwaitingRevealSig, reveal),
		"A-37": mixed(otr.AuthAwaitingSig, signature),
		"A-45": func(t *testing.T, _ int) {
			s := newScene(t, 3)
			old := newHandmade(t, 2, testkit.Bob, "an old client")
			only[*wire.DHKey](t, s.get(old.commit()))
			s.get("?OTR,1,2,x,")
			if m := only[*wire.DHCommit](t, s.get("?OTRv23?")); m.Version != 3 {
				t.Errorf("D-H Commit Message of version %d, want 3", m.Version)
			}
		},
	}
}

// Whole exchanges, and what strangers do to them.
func exchangeCells() cells {
	return cells{
		"A-38": func(t *testing.T, version int) {
			for order := range 8 {
				t.Run(fmt.Sprint("order ", order), func(t *testing.T) { collide(t, version, order) })
			}
		},
		"A-39": func(t *testing.T, version int) {
			p := testkit.NewPair(t, onlyPolicy(version, 0))
			p.Secure(t)
			before, _ := p.Alice.Session()
			p.Alice.Do(p.Alice.Refresh())
			if got := p.Alice.AuthState(); got != otr.AuthAwaitingDHKey {
				t.Errorf("authentication state %v", got)
			}
			p.Flow()
			a, b := testkit.Expect[otr.Secured](t, p.Alice), testkit.Expect[otr.Secured](t, p.Bob)
			if !a.Refreshed || !b.Refreshed || a.Session.SSID != b.Session.SSID || a.Session.SSID == before.SSID {
				t.Errorf("refresh: %+v and %+v after %+v", a, b, before)
			}
			p.Say(p.Alice, "with new keys")
			p.Say(p.Bob, "with new keys too")
		},
		"A-40": func(t *testing.T, version int) {
			h := halfway(t, version, otr.AuthAwaitingRevealSig)
			reveal := h.bob.reveal(h.key)
			h.bob.finish(only[*wire.Signature](t, h.get(reveal)))
			r := h.get(reveal)
			silent(t, r)
			none[otr.Secured](t, r)
			h.talks()

			h = halfway(t, version, otr.AuthAwaitingSig)
			signature := h.bob.signature(h.commit, h.reveal)
			event[otr.Secured](t, h.get(signature))
			r = h.get(signature)
			silent(t, r)
			none[otr.Secured](t, r)
			h.talks()
		},
		"A-41": func(t *testing.T, version int) {
			h := halfway(t, version, otr.AuthAwaitingDHKey)
			r := h.get(encode(h.commit))
			silent(t, r)
			wantRejected(t, r, otr.Reflected)
			h.auth(otr.AuthAwaitingDHKey)
			h.goesOn()
		},
		"A-42": func(t *testing.T, version int) {
			s := newScene(t, version, func(c *otr.Config) { c.Limits.AnswersPerMinute = 5 })
			answers := 0
			var last otr.Result
			for range 20 {
				last = s.get(s.bob.commit())
				answers += len(last.Send)
			}
			if answers != 5 {
				t.Errorf("%d answers in a minute, want 5", answers)
			}
			wantRejected(t, last, otr.TooMany)
			s.clock.Advance(61 * time.Second)
			s.private().talks()
		},
		"A-43": func(t *testing.T, version int) {
			s := newScene(t, version).private()
			before, _ := s.alice.Session()
			for _, asked := range []bool{false, true} {
				stranger := newHandmade(t, version, testkit.Mallory, "stranger")
				stranger.tag, stranger.peerTag = s.bob.tag, s.bob.peerTag
				stranger.lie.signature = true
				if asked {
					c := s.wantCommit(s.get(s.query()))
					s.stays(before)
					m := only[*wire.RevealSignature](t, s.get(stranger.dhKey(c)))
					s.stays(before)
					s.get(stranger.signature(c, m))
				} else {
					m := only[*wire.DHKey](t, s.get(stranger.commit()))
					s.stays(before)
					s.get(stranger.reveal(m))
				}
				s.stays(before)
			}
		},
		"A-44": func(t *testing.T, version int) {
			h := halfway(t, version, otr.AuthAwaitingDHKey)
			h.clock.Advance(2 * time.Minute)
			h.alice.Tick()
			h.auth(otr.AuthNone)
			h.ignores(h.bob.dhKey(h.commit))
		},
	}
}

// stays checks that the session is what it was and works.
func (s *scene) stays(before otr.Session) {
	s.t.Helper()
	if now, _ := s.alice.Session(); now != before {
		s.t.Fatalf("session %+v, was %+v", now, before)
	}
	s.is(otr.Encrypted)
	s.talks()
}

// collide lets both sides begin; the bits of order say who is delivered first.
func collide(t *testing.T, version, order int) {
	p := testkit.NewPair(t, onlyPolicy(version, 0))
	query := fmt.Sprintf("?OTRv%d?", version)
	p.Alice.Get(query)
	p.Bob.Get(query)
	for step := 0; len(p.Alice.Out)+len(p.Bob.Out) > 0; step++ {
		next := p.Alice
		if order>>(step%3)&1 == 1 {
			next = p.Bob
		}
		if len(next.Out) == 0 {
			next = p.Other(next)
		}
		if p.Deliver(next); step > 50 {
			t.Fatal("the exchange does not end")
		}
	}
	testkit.Expect[otr.Secured](t, p.Alice)
	testkit.Expect[otr.Secured](t, p.Bob)
	a, _ := p.Alice.Session()
	b, _ := p.Bob.Session()
	if a.SSID != b.SSID {
		t.Errorf("session ids %x and %x", a.SSID, b.SSID)
	}
	p.Say(p.Alice, "one")
	p.Say(p.Bob, "two")
}
