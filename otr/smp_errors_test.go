package otr_test

import (
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// nonsense are steps that are due in no state, or not now.
var nonsense = []wire.TLV{wellFormed(wire.TLVSMP2), {Type: wire.TLVSMP3}, wellFormed(wire.TLVSMP4), {Type: wire.TLVSMP1Q, Value: []byte("no end")}}

// A peer who sends wrong steps of SMP gets so many aborts in a minute and no more; what he sends besides is refused, and
// the conversation goes on.
func TestWrongStepsAreAnsweredSparingly(t *testing.T) {
	const limit = 5
	for _, version := range []int{2, 3} {
		s := &smpScene{scene: newScene(t, version, func(c *otr.Config) { c.Limits.AnswersPerMinute = limit }).private()}
		s.clock.Advance(time.Minute)
		for minute := range 2 {
			for n := range 20 {
				r := s.tell(nonsense[n%len(nonsense)])
				if n < limit {
					s.one(r, wire.TLVSMPAbort)
					event[otr.SMPAborted](t, r)
					none[otr.Rejected](t, r)
					continue
				}
				silent(t, r)
				wantRejected(t, r, otr.TooMany)
				none[otr.SMPAborted](t, r)
			}
			if got := s.must(s.alice.Send("All the same.")); len(got.Send) != 1 {
				t.Errorf("minute %d: sent %.80q", minute, got.Send)
			} else {
				s.reads(got, "All the same.")
			}
			s.completes(expect1)
			s.clock.Advance(time.Minute)
		}
	}
}

// Many wrong steps in one message count each.
func TestWrongStepsOfOneMessageCount(t *testing.T) {
	const limit = 5
	s := &smpScene{scene: newScene(t, 3, func(c *otr.Config) { c.Limits.AnswersPerMinute = limit }).private()}
	s.clock.Advance(time.Minute)
	var all []wire.TLV
	for range 10 {
		all = append(all, wire.TLV{Type: wire.TLVSMP2})
	}
	if aborts := s.tlvs(s.tell(all...)); len(aborts) != limit {
		t.Errorf("%d records sent, want %d aborts", len(aborts), limit)
	}
	silent(t, s.tell(all...))
}

// Beyond the limit too, a wrong step ends the verification under way, and the person is told.
func TestWrongStepBeyondTheLimitIsTold(t *testing.T) {
	for _, at := range []stage{asked, expect2, expect3, expect4} {
		s := &smpScene{scene: newScene(t, 3, func(c *otr.Config) { c.Limits.AnswersPerMinute = 1 }).private()}
		s.clock.Advance(time.Minute)
		s.one(s.tell(wellFormed(wire.TLVSMP2)), wire.TLVSMPAbort)
		s.enter(at)
		r := s.tell(wellFormed(wire.TLVSMP1))
		silent(t, r)
		wantRejected(t, r, otr.TooMany)
		if e := event[otr.SMPAborted](t, r); e.Reason != otr.AbortedOutOfOrder {
			t.Errorf("stage %d: aborted for %v", at, e.Reason)
		}
		if state := s.alice.SMPState(); state != otr.SMPIdle {
			t.Errorf("stage %d: the state is %v", at, state)
		}
		s.completes(expect1)
	}
}

// What a person decided by hand, and what an earlier verification showed, survives a peer who sends rubbish in whatever
// state; see docs/decisions/0004. Cell S-70 has the steps that are due and do not verify.
func TestStepsOutOfOrderChangeNoTrust(t *testing.T) {
	for _, trust := range []otr.Trust{"", otr.TrustSMP, otr.TrustVerified, "met at the fair"} {
		for _, at := range []stage{expect1, asked, expect2, expect3, expect4} {
			s := smpAt(t, 3, at)
			s.setTrust(trust)
			wrong := wellFormed(wire.TLVSMP3)
			if at == expect3 {
				wrong = wellFormed(wire.TLVSMP4)
			}
			r := s.tell(wrong)
			s.aborts(r, otr.AbortedOutOfOrder)
			none[otr.TrustChanged](t, r)
			s.wantTrust(trust)
		}
	}
}

// Breaking a verification off, on either side, changes no trust.
func TestAbortChangesNoTrust(t *testing.T) {
	for _, trust := range []otr.Trust{"", otr.TrustSMP, otr.TrustVerified} {
		p := testkit.NewPair(t)
		p.Secure(t)
		trusts(t, p.Alice, testkit.Bob, trust)
		p.Alice.Do(p.Alice.StartSMP([]byte(sharedSecret)))
		p.Flow()
		p.Alice.Do(p.Alice.AbortSMP())
		p.Alice.Do(p.Alice.StartSMP([]byte(sharedSecret)))
		p.Flow()
		p.Bob.Do(p.Bob.AbortSMP())
		p.Flow()
		testkit.ExpectNo[otr.TrustChanged](t, p.Alice)
		if now := trustOf(t, p.Alice, testkit.Bob); now != trust {
			t.Errorf("trust was %q, is %q", trust, now)
		}
	}
}
