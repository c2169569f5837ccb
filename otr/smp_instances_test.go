package otr_test

import (
	"errors"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// threeBobs is Alice in private conversations with three clients of Bob.
func threeBobs(t *testing.T) (one, two, three *smpScene) {
	t.Helper()
	first := newScene(t, 3).private()
	at := func(tag uint32) *smpScene {
		other := *first
		other.bob = newHandmade(t, 3, testkit.Bob, t.Name()+string(rune(tag)))
		other.bob.tag = tag
		other.clock.Advance(time.Second)
		return &smpScene{scene: other.private()}
	}
	return &smpScene{scene: first}, at(0x200), at(0x300)
}

// chosen makes Alice select the instance of a scene.
func (s *scene) chosen() {
	s.t.Helper()
	if err := s.alice.Select(otr.InstanceTag(s.bob.tag)); err != nil {
		s.t.Fatal(err)
	}
}

// asks lets the clients of Bob ask for the secret, one after the other.
func asks(scenes ...*smpScene) {
	for _, s := range scenes {
		s.clock.Advance(time.Second)
		s.enter(asked)
	}
}

// An answer goes to the selected instance if it waits for one: that is the question on the screen. Only Bob's client
// that Alice answers can read her message.
func TestAnswerGoesToTheSelectedInstance(t *testing.T) {
	for _, test := range []struct {
		name      string
		oneLatest bool
	}{{"who asked first", false}, {"who asked last", true}} {
		t.Run(test.name, func(t *testing.T) {
			one, two, _ := threeBobs(t)
			if test.oneLatest {
				asks(two, one)
			} else {
				asks(one, two)
			}
			one.chosen()
			one.answer(sharedSecret)
			two.answer(sharedSecret) // the other one still waits
			one.completes(expect3)
			two.completes(expect3)
		})
	}
}

// If the selected instance has not asked, the answer goes to the one that asked last, then to the one before.
func TestAnswerGoesToTheLatestAsker(t *testing.T) {
	for _, oneLatest := range []bool{true, false} {
		one, two, three := threeBobs(t)
		if !oneLatest {
			one, two = two, one
		}
		three.chosen()
		asks(two, one)
		one.answer(sharedSecret)
		two.answer(sharedSecret)
		r, err := three.alice.AnswerSMP([]byte(sharedSecret))
		if !errors.Is(err, otr.ErrNoSMPRequest) {
			t.Errorf("a third answer: error %v, want ErrNoSMPRequest", err)
		}
		silent(t, r)
		one.completes(expect3)
		two.completes(expect3)
	}
}

// Who asked last is known after a restart too.
func TestLatestAskerSurvivesRestart(t *testing.T) {
	one, two, three := threeBobs(t)
	asks(two, one)
	three.chosen()
	three.alice.Restart(testkit.Bob)
	one.answer(sharedSecret)
	two.answer(sharedSecret)
	one.completes(expect3)
	two.completes(expect3)
}

// aborted lets Alice break off and checks whose verification it was.
func (s *smpScene) aborted() {
	s.t.Helper()
	r := s.must(s.alice.AbortSMP())
	s.one(r, wire.TLVSMPAbort)
	if e := event[otr.SMPAborted](s.t, r); uint32(e.Instance) != s.bob.tag || e.Reason != otr.AbortedByUs {
		s.t.Errorf("%+v, want the instance %x", e, s.bob.tag)
	}
}

// AbortSMP breaks off the verification with the selected instance, whoever began it; if there is none, that of the
// instance that asked last.
func TestAbortMeansTheSelectedInstance(t *testing.T) {
	t.Run("both asked", func(t *testing.T) {
		one, two, _ := threeBobs(t)
		asks(one, two)
		one.chosen()
		one.aborted()
		two.answer(sharedSecret)
		two.completes(expect3)
		one.completes(expect1)
	})
	t.Run("our own, while another asks", func(t *testing.T) {
		one, two, _ := threeBobs(t)
		one.chosen()
		one.enter(expect2)
		asks(two)
		one.aborted()
		two.answer(sharedSecret)
		two.completes(expect3)
	})
	t.Run("the selected one is idle", func(t *testing.T) {
		one, two, three := threeBobs(t)
		asks(two, one)
		three.chosen()
		one.aborted()
		two.aborted()
		three.must(three.alice.AbortSMP())
		three.completes(expect1)
	})
	t.Run("the selected one is in clear", func(t *testing.T) {
		one, two, three := threeBobs(t)
		three.chosen()
		three.must(three.alice.End())
		asks(two, one)
		one.aborted()
		two.answer(sharedSecret)
		two.completes(expect3)
	})
}
