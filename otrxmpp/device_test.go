package otrxmpp_test

import (
	"fmt"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

// What is remembered of a peer's clients is bounded, and the one in use is never forgotten.
func TestManyDevices(t *testing.T) {
	versions(t, func(t *testing.T, version otr.Policy) {
		s := newScene(t)
		bob := s.join(phone, testkit.Policy(version))
		s.secure(phone)
		for i := range 100 {
			route := fmt.Sprintf("%s/%d", testkit.Bob, i)
			s.alice.Presence(route, true, s.now())
			s.says(route, "hello")
			s.says(route, "?OTRv2?")
			s.says(route, "?OTRv3?")
		}
		if snapshot, _ := s.alice.Snapshot(); len(snapshot) > 8<<10 {
			t.Errorf("%d bytes are kept", len(snapshot))
		}
		s.expectState(otr.Encrypted)
		s.say("you are still the one")
		s.queue = s.queue[len(s.queue)-1:]
		s.flow()
		testkit.ExpectText(t, bob, "you are still the one")
	})
}

// More private conversations than are remembered: the oldest ones go, that in use stays.
func TestManyPrivateDevices(t *testing.T) {
	s := newScene(t)
	s.join(phone, testkit.Policy(otr.AllowV2))
	s.secure(phone)
	for i := range 12 {
		route := fmt.Sprintf("%s/%d", testkit.Bob, i)
		s.join(route)
		s.clock.Advance(time.Minute)
		s.secure(route)
		s.private(route, "hello")
		expect[otrxmpp.MessageReceived](s)
		if got := s.alice.Route(); got != route {
			t.Errorf("route %q", got)
		}
		s.say("hello back")
		s.flow()
		testkit.ExpectText(t, s.bobs[route], "hello back")
		s.events = nil
	}
	s.do((*otrxmpp.Endpoint).EndAll)
	s.expectState(otr.Plaintext)
}

// A result at a device that the person has left says nothing about the one in use; nor does its end.
func TestOtherDevicesVerification(t *testing.T) {
	s := newScene(t)
	bob := s.join(phone)
	s.join(laptop)
	s.secure(phone)
	s.secure(laptop)
	s.private(phone, "ask me")
	s.events = nil
	s.do(func(e *otrxmpp.Endpoint, now time.Time) (otrxmpp.Result, error) { return e.StartSMP([]byte("x"), now) })
	s.flow()
	s.private(laptop, "I am here now")
	s.expectOnly("other_device_used", "message_received")
	if s.alice.SMPRunning() {
		t.Error("a verification runs with a device that nobody asked")
	}
	bob.Do(bob.AnswerSMP([]byte("x")))
	s.flow()
	s.expectOnly("message_ignored", "trust_changed")
	bob.Do(bob.End())
	s.flow()
	s.expectOnly()
	s.expectState(otr.Encrypted)
}

// A text in clear goes to the device in use, though another one is private; where nothing may go out in clear it is refused.
func TestClearBesidePrivate(t *testing.T) {
	for _, policy := range []otr.Policy{otr.Manual, otr.Always} {
		s := newScene(t, withPolicy(policy))
		s.join(phone)
		s.join(laptop)
		s.secure(phone)
		s.secure(laptop)
		s.says(tablet, "hello") // a leak, for now
		s.end()
		r, err := s.alice.Send("hello tablet", s.now())
		if policy == otr.Always {
			if err == nil {
				t.Errorf("sent %+v", r.Send)
			}
			continue
		}
		if err != nil || len(r.Send) != 1 || r.Send[0].To != tablet || r.Send[0].Body != "hello tablet" {
			t.Errorf("sent %+v, %v", r.Send, err)
		}
	}
}

// What a text of an old client means when nobody knows that client: it is kept by the server, its writer may be gone.
func TestDelayedTextOfUnknownDevice(t *testing.T) {
	s := newScene(t)
	m := s.message(phone, "I was here")
	m.Delay = s.now().Add(-time.Hour)
	s.receive(m)
	if got := s.alice.Route(); got != testkit.Bob {
		t.Errorf("route %q", got)
	}
	if got := s.say("sorry I missed you").Send[0].To; got != testkit.Bob {
		t.Errorf("sent to %q", got)
	}
	s.alice.Presence(phone, true, s.now())
	if got := s.start().Send; len(got) != 1 {
		t.Errorf("started with %+v", got)
	}
}
