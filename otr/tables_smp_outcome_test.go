package otr_test

import (
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// Outcomes, trust, and what ends a run.
func smpOutcomeCells() cells {
	return cells{
		"S-60": func(t *testing.T, version int) {
			s := smpAt(t, version, asked)
			s.answer("another secret")
			m3 := s.run.message3(s.last)
			event[otr.SMPFailed](t, s.tellRead(m3))
			s.aborts(s.tell(m3), otr.AbortedOutOfOrder)
			s.completes(expect1)
		},
		"S-61": func(t *testing.T, version int) {
			for _, at := range []stage{asked, expect2, expect3, expect4} {
				s := smpAt(t, version, at)
				s.must(s.alice.End())
				s.startsAfresh(at)

				s = smpAt(t, version, at)
				s.tell(disconnected...)
				s.startsAfresh(at)
			}
		},
		"S-62": func(t *testing.T, version int) {
			for _, at := range []stage{asked, expect2, expect3, expect4} {
				smpAt(t, version, at).startsAfresh(at)
			}
		},
		"S-63": func(t *testing.T, version int) {
			s := smpAt(t, version, expect2)
			s.completes(expect2)
			s.wantTrust(otr.TrustSMP)

			s = smpAt(t, version, expect1)
			s.run = s.bob.smpStart(false, keyOf(t, testkit.Alice).fingerprint(), sharedSecret)
			m1q := s.one(s.must(s.alice.AskSMP("?", []byte(sharedSecret))), wire.TLVSMP1Q)
			s.last = wire.TLV{Type: wire.TLVSMP1, Value: m1q.Value[2:]}
			s.completes(expect2)
			s.wantTrust(otr.TrustSMP)
		},
		"S-64": func(t *testing.T, version int) {
			s := smpAt(t, version, asked)
			s.answer(sharedSecret)
			r := s.tell(s.run.message3(s.last))
			event[otr.SMPSucceeded](t, r)
			if e := event[otr.TrustChanged](t, r); e.Trust != otr.TrustSMP || e.Was != "" || e.Fingerprint != s.bob.key.fingerprint() {
				t.Errorf("trust changed: %+v", e)
			}
			s.wantTrust(otr.TrustSMP)
		},
		"S-65": func(t *testing.T, version int) {
			for _, before := range []otr.Trust{"", otr.TrustSMP, otr.TrustVerified} {
				s := smpAt(t, version, expect1)
				s.setTrust(before)
				s.askedWith("why?")
				s.completes(asked)
				s.wantTrust(before)
			}
		},
		"S-66": func(t *testing.T, version int) {
			s := smpAt(t, version, expect1)
			s.setTrust(otr.TrustSMP)
			r := s.fails()
			if e := event[otr.TrustChanged](t, r); e.Trust != "" || e.Was != otr.TrustSMP {
				t.Errorf("trust changed: %+v", e)
			}
			s.wantTrust("")

			s.setTrust(otr.TrustSMP)
			s.failsAnswering()
			s.wantTrust("")
		},
		"S-67": func(t *testing.T, version int) {
			s := smpAt(t, version, expect1)
			for _, byHand := range []otr.Trust{otr.TrustVerified, "met at the fair"} {
				s.setTrust(byHand)
				none[otr.TrustChanged](t, s.fails())
				s.wantTrust(byHand)
				s.failsAnswering()
				s.wantTrust(byHand)
				s.completes(expect1)
				s.wantTrust(byHand)
			}
		},
		"S-68": func(t *testing.T, version int) {
			s := smpAt(t, version, expect1)
			s.run = s.bob.smpStart(true, keyOf(t, testkit.Alice).fingerprint(), sharedSecret)
			event[otr.SMPAsked](t, s.get(s.bob.data("", []wire.TLV{s.run.message1()})))
			s.completes(asked)
		},
		"S-69": func(t *testing.T, version int) {
			s := smpAt(t, version, expect1)
			carol := keyOf(t, testkit.Carol).fingerprint()
			s.run = s.bob.smpStart(true, carol, sharedSecret)
			s.tell(s.run.message1())
			s.answer(sharedSecret)
			event[otr.SMPFailed](t, s.tellRead(s.run.message3(s.last)))

			s.run = s.bob.smpStart(true, keyOf(t, testkit.Alice).fingerprint(), sharedSecret)
			genuine := s.bob.s
			s.bob.s = two
			s.run.secret = s.bob.smpStart(true, keyOf(t, testkit.Alice).fingerprint(), sharedSecret).secret
			s.bob.s = genuine
			s.tell(s.run.message1())
			s.answer(sharedSecret)
			event[otr.SMPFailed](t, s.tellRead(s.run.message3(s.last)))
		},
		"S-70": func(t *testing.T, version int) {
			malformed := func(tlv wire.TLV) wire.TLV { return wire.TLV{Type: tlv.Type, Value: tlv.Value[:len(tlv.Value)-1]} }
			falsified := func(tlv wire.TLV) wire.TLV { tlv.Value[len(tlv.Value)-1] ^= 1; return tlv }
			s := smpAt(t, version, expect1)
			for _, before := range []otr.Trust{"", otr.TrustSMP, otr.TrustVerified} {
				s.setTrust(before)
				for _, kind := range []uint16{wire.TLVSMP1, wire.TLVSMP2, wire.TLVSMP3, wire.TLVSMP4} {
					for _, damaged := range []func(wire.TLV) wire.TLV{malformed, falsified} {
						r := s.tell(damaged(s.due(kind, nil)))
						s.aborts(r, otr.AbortedCheated)
						none[otr.TrustChanged](t, r)
						s.wantTrust(before)
					}
				}
			}
		},
		"S-71": func(t *testing.T, version int) {
			for _, before := range []otr.Trust{"", otr.TrustSMP, otr.TrustVerified} {
				s := smpAt(t, version, expect1)
				s.setTrust(before)
				s.askedWith("why?")
				s.answer("another secret")
				r := s.tellRead(s.run.message3(s.last))
				event[otr.SMPFailed](t, r)
				none[otr.TrustChanged](t, r)
				s.wantTrust(before)
			}
		},
	}
}

// tellRead is tell, and Bob reads the answer.
func (s *smpScene) tellRead(tlvs ...wire.TLV) otr.Result {
	s.t.Helper()
	r := s.tell(tlvs...)
	s.tlvs(r)
	return r
}

// failsAnswering runs SMP that Bob begins and Alice answers wrongly.
func (s *smpScene) failsAnswering() {
	s.t.Helper()
	s.enter(asked)
	s.answer("another secret")
	event[otr.SMPFailed](s.t, s.tellRead(s.run.message3(s.last)))
}

// startsAfresh makes a new session and checks that nothing is left of a run
// that was at a stage in the old one.
func (s *smpScene) startsAfresh(at stage) {
	s.t.Helper()
	s.bob = s.again()
	s.exchange()
	if at == asked {
		if r, err := s.alice.AnswerSMP([]byte(sharedSecret)); err == nil {
			s.t.Errorf("an answer was sent to a question of the old session: %d messages", len(r.Send))
		}
	}
	s.completes(expect1)
}
