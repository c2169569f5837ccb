package otrxmpp_test

import (
	"fmt"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

// A whole lesson with a client that nobody taught anything, with both versions, and with Alice's program stopped and
// started again before everything that happens.
func TestWholeConversation(t *testing.T) {
	for _, restart := range []bool{false, true} {
		versions(t, func(t *testing.T, version otr.Policy) {
			t.Run(fmt.Sprint("restart=", restart), func(t *testing.T) { wholeConversation(t, version, restart) })
		})
	}
}

func wholeConversation(t *testing.T, version otr.Policy, restart bool) {
	s := newScene(t)
	s.restart = restart
	bob := s.join(phone, testkit.Policy(version))

	s.says(phone, "hello")
	if got := expect[otrxmpp.MessageReceived](s); got.Text != "hello" || got.Encrypted || got.Leak || got.Resource != "phone.6d828b0d" {
		t.Errorf("received %+v", got)
	}
	s.say("Hello Bob.")
	s.flow()
	if got := testkit.Expect[otr.ReceivedInClear](t, bob); got.Text != "Hello Bob." {
		t.Errorf("Bob received %+v", got)
	}

	s.start()
	s.flow()
	expect[otrxmpp.NewKey](s)
	if got := expect[otrxmpp.OTREnabled](s); !got.PeerStarted || got.Session.Fingerprint == (otr.Fingerprint{}) {
		t.Errorf("enabled %+v", got)
	}
	s.private(phone, "in private")
	if got := expect[otrxmpp.MessageReceived](s); got.Text != "in private" || !got.Encrypted || got.Verified || got.Leak {
		t.Errorf("received %+v", got)
	}
	s.say("here too")
	s.flow()
	testkit.ExpectText(t, bob, "here too")

	verifySteps(s, bob)

	s.do((*otrxmpp.Endpoint).Refresh)
	s.flow()
	if got := expect[otrxmpp.OTRAlreadySetup](s); got.Resumed || got.KeyChanged {
		t.Errorf("refreshed %+v", got)
	}
	s.private(phone, "still here")
	if got := expect[otrxmpp.MessageReceived](s); !got.Encrypted {
		t.Errorf("received %+v", got)
	}

	bob.Do(bob.End())
	s.flow()
	if got := expect[otrxmpp.OTRDisabled](s); !got.ByPeer || got.Lost {
		t.Errorf("disabled %+v", got)
	}
	s.expectState(otr.Finished)
	if _, err := s.alice.Send("too late", s.now()); err != otr.ErrFinished {
		t.Errorf("sending after the end: %v", err)
	}
	s.end()
	s.expectOnly()
	s.say("all can read this")
	s.flow()
	if got := testkit.Expect[otr.ReceivedInClear](t, bob); got.Text != "all can read this" {
		t.Errorf("Bob received %+v", got)
	}

	s.secure(phone)
	s.private(phone, "again")
	s.end()
	s.flow()
	if got := expect[otrxmpp.OTRDisabled](s); got.ByPeer {
		t.Errorf("disabled %+v", got)
	}
	if testkit.Expect[otr.Ended](t, bob); bob.State() != otr.Finished {
		t.Errorf("Bob is %v", bob.State())
	}
}

// verifySteps has both sides ask, with and without a question, right and wrong, and break off.
func verifySteps(s *scene, bob *testkit.Client) {
	t := s.t
	t.Helper()
	answer := func(secret string) {
		t.Helper()
		s.do(func(e *otrxmpp.Endpoint, now time.Time) (otrxmpp.Result, error) {
			return e.AnswerSMP([]byte(secret), now)
		})
		s.flow()
	}
	bobAnswers := func(secret string) {
		t.Helper()
		s.flow()
		testkit.Expect[otr.SMPAsked](t, bob)
		bob.Do(bob.AnswerSMP([]byte(secret)))
		s.flow()
	}

	bob.Do(bob.StartSMP([]byte("right")))
	s.flow()
	expect[otrxmpp.SMPStarted](s)
	answer("wrong")
	if got := expect[otrxmpp.IncorrectSecretReceived](s); got.Asked || got.Question || s.alice.Verified() {
		t.Errorf("wrong secret: %+v, verified %v", got, s.alice.Verified())
	}

	bob.Do(bob.AskSMP("Which?", []byte("right")))
	s.flow()
	if got := expect[otrxmpp.SMPQuestionUsed](s); got.Question != "Which?" || !s.alice.SMPRunning() {
		t.Errorf("asked %+v, running %v", got, s.alice.SMPRunning())
	}
	answer("right")
	if got := expect[otrxmpp.CorrectSecretReceived](s); got.Asked || !got.Question || s.alice.Verified() {
		t.Errorf("right answer: %+v, verified %v", got, s.alice.Verified())
	}

	s.do(func(e *otrxmpp.Endpoint, now time.Time) (otrxmpp.Result, error) {
		return e.AskSMP("And you?", []byte("yes"), now)
	})
	bobAnswers("no")
	if got := expect[otrxmpp.IncorrectSecretReceived](s); !got.Asked || !got.Question {
		t.Errorf("wrong answer: %+v", got)
	}

	bob.Do(bob.StartSMP([]byte("right")))
	s.flow()
	expect[otrxmpp.SMPStarted](s)
	bob.Do(bob.AbortSMP())
	s.flow()
	if got := expect[otrxmpp.SMPAborted](s); !got.ByPeer || s.alice.SMPRunning() {
		t.Errorf("aborted %+v, running %v", got, s.alice.SMPRunning())
	}
	bob.Do(bob.AbortSMP()) // some clients say it twice
	s.flow()
	s.expectOnly()

	s.do(func(e *otrxmpp.Endpoint, now time.Time) (otrxmpp.Result, error) { return e.StartSMP([]byte("x"), now) })
	s.do((*otrxmpp.Endpoint).AbortSMP)
	if got := expect[otrxmpp.SMPAborted](s); got.ByPeer {
		t.Errorf("aborted %+v", got)
	}
	s.flow()

	s.do(func(e *otrxmpp.Endpoint, now time.Time) (otrxmpp.Result, error) {
		return e.StartSMP([]byte("right"), now)
	})
	bobAnswers("right")
	if got := expect[otrxmpp.CorrectSecretReceived](s); !got.Asked || got.Question || !s.alice.Verified() {
		t.Errorf("right secret: %+v, verified %v", got, s.alice.Verified())
	}
	if got := expect[otrxmpp.TrustChanged](s); !got.Trust.Trusted() {
		t.Errorf("trust %+v", got)
	}
	s.private(phone, "now you know me")
	if got := expect[otrxmpp.MessageReceived](s); !got.Verified {
		t.Errorf("received %+v", got)
	}
}

// Two endpoints, as two programs built on this package have.
func TestTwoEndpoints(t *testing.T) {
	clock := testkit.NewClock()
	end := func(me, peer string) *otrxmpp.Endpoint {
		e, err := otrxmpp.New(otrxmpp.Config{
			User: testkit.User(t, me), Account: otr.Account{Name: me, Protocol: testkit.Protocol}, Peer: peer,
			OTR: otr.Config{Policy: otr.Opportunistic, Rand: testkit.Rand(t.Name() + me)},
		})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	alice, bob := end(testkit.Alice, testkit.Bob), end(testkit.Bob, testkit.Alice)
	var events []string
	var deliver func(from string, to, back *otrxmpp.Endpoint, out []otrxmpp.Outgoing)
	deliver = func(from string, to, back *otrxmpp.Endpoint, out []otrxmpp.Outgoing) {
		for _, o := range out {
			r := to.Receive(otrxmpp.Message{From: from + "/x", To: o.To, ID: o.ID, Type: o.Type, Bodies: []otrxmpp.Body{{Text: o.Body}}}, clock.Now())
			for _, e := range r.Events {
				events = append(events, e.Name())
			}
			other := testkit.Alice
			if from == testkit.Alice {
				other = testkit.Bob
			}
			deliver(other, back, to, r.Send)
		}
	}
	for _, text := range []string{"hello", "private by now"} {
		r, err := alice.Send(text, clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		deliver(testkit.Alice, bob, alice, r.Send)
	}
	want := "[otr_tagged message_received new_key_received otr_enabled new_key_received otr_enabled message_received]"
	if got := fmt.Sprint(events); got != want {
		t.Errorf("events %v, want %v", got, want)
	}
	if alice.State() != otr.Encrypted || bob.State() != otr.Encrypted {
		t.Errorf("alice %v, bob %v", alice.State(), bob.State())
	}
}
