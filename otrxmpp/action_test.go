package otrxmpp_test

import (
	"errors"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

func setSecret(text string, start bool) func(*otrxmpp.Endpoint, time.Time) (otrxmpp.Result, error) {
	return func(e *otrxmpp.Endpoint, now time.Time) (otrxmpp.Result, error) {
		return e.SetSecret([]byte(text), start, now)
	}
}

// The original's set_secret.
func TestSetSecret(t *testing.T) {
	asks := func(s *scene, secret string) {
		s.t.Helper()
		bob := s.bobs[phone]
		bob.Do(bob.StartSMP([]byte(secret)))
		s.flow()
	}
	begin := func(t *testing.T, options ...option) *scene {
		s := newScene(t, options...)
		s.join(phone)
		s.secure(phone)
		return s
	}
	t.Run("answers the one that waits", func(t *testing.T) {
		s := begin(t)
		asks(s, "x")
		s.expectOnly("smp_started")
		s.do(setSecret("x", false))
		s.flow()
		s.expectOnly("secret_received", "correct_secret_received", "trust_changed")
	})
	t.Run("begins one", func(t *testing.T) {
		s := begin(t)
		s.do(setSecret("x", true))
		s.flow()
		bob := s.bobs[phone]
		bob.Do(bob.AnswerSMP([]byte("y")))
		s.flow()
		s.expectOnly("secret_received", "incorrect_secret_received")
	})
	t.Run("answers the next, once", func(t *testing.T) {
		s := begin(t)
		s.do(setSecret("x", false))
		asks(s, "x")
		s.expectOnly("secret_received", "smp_started", "correct_secret_received", "trust_changed")
		asks(s, "x")
		s.expectOnly("smp_started")
	})
	t.Run("answers all, as the original did", func(t *testing.T) {
		s := begin(t, func(c *otrxmpp.Config) { c.AutoAnswer = true })
		s.restart = true
		s.do(setSecret("x", false))
		s.events = nil
		for range 2 {
			asks(s, "y")
			s.expectOnly("smp_started", "incorrect_secret_received")
		}
	})
	t.Run("is forgotten", func(t *testing.T) {
		s := begin(t)
		s.do(setSecret("x", false))
		s.do(func(e *otrxmpp.Endpoint, now time.Time) (otrxmpp.Result, error) { return e.SetSecret(nil, false, now) })
		asks(s, "x")
		s.expectOnly("secret_received", "smp_started")
	})
	t.Run("waits for a private conversation", func(t *testing.T) {
		s := newScene(t)
		if _, err := s.alice.SetSecret([]byte("x"), true, s.now()); !errors.Is(err, otr.ErrNotEncrypted) {
			t.Errorf("%v", err)
		}
	})
}

// Actions at the wrong time change nothing.
func TestActionsOutOfPlace(t *testing.T) {
	type action = func(*otrxmpp.Endpoint, time.Time) (otrxmpp.Result, error)
	actions := map[string]action{
		"refresh": (*otrxmpp.Endpoint).Refresh,
		"smp":     func(e *otrxmpp.Endpoint, now time.Time) (otrxmpp.Result, error) { return e.StartSMP([]byte("x"), now) },
		"ask": func(e *otrxmpp.Endpoint, now time.Time) (otrxmpp.Result, error) {
			return e.AskSMP("q", []byte("x"), now)
		},
		"abort": (*otrxmpp.Endpoint).AbortSMP,
	}
	for name, act := range actions {
		s := newScene(t)
		bob := s.join(phone)
		check := func(when string, want error) {
			t.Helper()
			r, err := act(s.alice, s.now())
			if !errors.Is(err, want) || len(r.Send) > 0 {
				t.Errorf("%s, %s: %v, sent %+v", name, when, err, r.Send)
			}
		}
		check("at first", otr.ErrNotEncrypted)
		s.secure(phone)
		s.alice.Presence(phone, false, s.now())
		check("away", otrxmpp.ErrAway)
		s.alice.Presence(phone, true, s.now())
		bob.Do(bob.End())
		s.flow()
		check("after the peer's end", otr.ErrFinished)
	}
	s := newScene(t)
	if _, err := s.alice.AnswerSMP([]byte("x"), s.now()); !errors.Is(err, otr.ErrNoSMPRequest) {
		t.Errorf("answer: %v", err)
	}
	s.expectSilence(s.end())
	s.expectSilence(s.say(""))
	never := newScene(t, withPolicy(otr.Never))
	if _, err := never.alice.Start(never.now()); !errors.Is(err, otr.ErrPolicy) {
		t.Errorf("start: %v", err)
	}
}

// A policy that requires encryption holds texts until the conversation is private.
func TestHeldTexts(t *testing.T) {
	versions(t, func(t *testing.T, version otr.Policy) {
		s := newScene(t, withPolicy(otr.Always))
		bob := s.join(phone, testkit.Policy(version))
		s.restart = true
		if got := s.say("nobody else may read this").Send; len(got) != 1 || !got[0].OTR {
			t.Errorf("sent %+v", got)
		}
		if got := expect[otrxmpp.Held](s); got.Text != "nobody else may read this" {
			t.Errorf("%+v", got)
		}
		s.expectSilence(s.say("nor this")) // one query is enough
		s.flow()
		expect[otrxmpp.OTREnabled](s)
		expect[otrxmpp.Resent](s)
		testkit.ExpectText(t, bob, "nobody else may read this")
		testkit.ExpectText(t, bob, "nor this")
	})
}

// The end of a private conversation ends its verification.
func TestVerificationEndsWithTheConversation(t *testing.T) {
	s := newScene(t)
	bob := s.join(phone)
	s.secure(phone)
	bob.Do(bob.StartSMP([]byte("x")))
	s.flow()
	s.expectOnly("smp_started")
	bob.Do(bob.End())
	s.flow()
	s.expectOnly("smp_aborted", "otr_disabled")
}

// A peer that proves to have another key than before is pointed out.
func TestKeyChanged(t *testing.T) {
	s := newScene(t)
	bob := s.join(phone)
	s.secure(phone)
	tag, _ := bob.User.InstanceTag(otr.Account{Name: testkit.Bob, Protocol: testkit.Protocol})
	other := otr.NewUserState()
	account := otr.Account{Name: testkit.Bob, Protocol: testkit.Protocol}
	key, _ := testkit.User(t, testkit.Carol).Key(otr.Account{Name: testkit.Carol, Protocol: testkit.Protocol})
	if err := errors.Join(other.SetKey(account, key), other.SetInstanceTag(account, tag)); err != nil {
		t.Fatal(err)
	}
	s.bobs[phone] = testkit.NewClientOf(t, other, testkit.Bob, testkit.Alice, "new key", s.clock)
	s.bobs[phone].Do(s.bobs[phone].Start())
	s.flow()
	expect[otrxmpp.NewKey](s)
	if got := expect[otrxmpp.OTRAlreadySetup](s); !got.KeyChanged {
		t.Errorf("%+v", got)
	}
}
