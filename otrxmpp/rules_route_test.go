package otrxmpp_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

// Rules 1, 3 and 14: what servers and other devices are told about a message.
func TestMarks(t *testing.T) {
	s := newScene(t, withPolicy(otr.Opportunistic))
	bob := s.join(phone)
	check := func(what string, o otrxmpp.Outgoing, start string, isOTR, eme bool) {
		t.Helper()
		if !strings.HasPrefix(o.Body, start) || o.OTR != isOTR || o.EME != eme || o.Type != "chat" || o.ID == "" {
			t.Errorf("%s: %+v", what, o)
		}
	}
	check("a text in clear", s.say("hello").Send[0], "hello", false, false)
	check("a query", s.start().Send[0], "?OTRv23? ", true, false)
	s.flow()
	check("an encrypted text", s.say("hello").Send[0], "?OTR:AAMD", true, true)
	s.flow()
	bob.Out = []string{damage(bob, "broken")}
	s.flow()
	check("an error message", s.sent[len(s.sent)-1], "?OTR Error:", true, false)
	ids := map[string]bool{}
	for _, o := range s.sent {
		if ids[o.ID] {
			t.Errorf("two stanzas with the id %q", o.ID)
		}
		ids[o.ID] = true
	}
}

// damage is an encrypted text of a client whose MAC is wrong.
func damage(c *testkit.Client, text string) string {
	c.Say(text)
	body := c.Take()
	at := len(body) - 40
	return body[:at] + map[bool]string{true: "B", false: "A"}[body[at] == 'A'] + body[at+1:]
}

// Facts about clients, 24: some gateways make a message of each line.
func TestQueryIsOneLine(t *testing.T) {
	s := newScene(t)
	if body := s.start().Send[0].Body; strings.ContainsAny(body, "\r\n") {
		t.Errorf("query %q", body)
	}
}

// Rule 7: the answer goes to the full JID that wrote, and a client is the same under a new resource.
func TestReconnectWithNewResource(t *testing.T) {
	versions(t, func(t *testing.T, version otr.Policy) {
		s := newScene(t)
		s.join(phone, testkit.Policy(version))
		if got := s.alice.Route(); got != testkit.Bob {
			t.Errorf("before a word, the route is %q", got)
		}
		s.secure(phone)
		if got := s.say("one").Send[0].To; got != phone {
			t.Errorf("sent to %q", got)
		}
		s.flow()
		testkit.ExpectText(t, s.bobs[phone], "one")

		s.note(s.alice.Presence(phone, false, s.now()))
		s.expectState(otr.Encrypted)
		if !s.alice.Away() {
			t.Error("not away")
		}
		if _, err := s.alice.Send("nobody there", s.now()); !errors.Is(err, otrxmpp.ErrAway) {
			t.Errorf("sending while away: %v", err)
		}
		if _, err := s.alice.Start(s.now()); !errors.Is(err, otrxmpp.ErrAway) {
			t.Errorf("starting while away: %v", err)
		}

		s.move(phone, tablet)
		s.events = nil
		s.note(s.alice.Presence(tablet, true, s.now()))
		s.private(tablet, "back again")
		if got := expect[otrxmpp.OTRAlreadySetup](s); !got.Resumed {
			t.Errorf("%+v", got)
		}
		if got := expect[otrxmpp.MessageReceived](s); !got.Encrypted || got.Resource != "tablet" {
			t.Errorf("%+v", got)
		}
		if got := s.say("two").Send[0].To; got != tablet {
			t.Errorf("sent to %q", got)
		}
		s.flow()
		testkit.ExpectText(t, s.bobs[tablet], "two")
	})
}

// Rule 7: the same client under the same resource needs no word to be back.
func TestReconnectWithSameResource(t *testing.T) {
	s := newScene(t)
	bob := s.join(phone)
	s.secure(phone)
	s.alice.Presence(phone, true, s.now())
	s.alice.Presence(testkit.Bob, false, s.now()) // all of them
	if !s.alice.Away() {
		t.Error("not away")
	}
	s.alice.Presence(phone, true, s.now())
	s.say("welcome back")
	s.flow()
	testkit.ExpectText(t, bob, "welcome back")
	s.expectOnly()
}

// Rule 7: where there is no subscription, a server answers the request for one with "unavailable" of the bare JID. That
// is no news of a client whose presence nobody told.
func TestUnavailableWithoutSubscription(t *testing.T) {
	s := newScene(t)
	bob := s.join(phone)
	s.secure(phone)
	s.alice.Presence(testkit.Bob, false, s.now())
	if s.alice.Away() {
		t.Fatal("away, though nobody left")
	}
	s.say("you are still there")
	s.flow()
	testkit.ExpectText(t, bob, "you are still there")
}

// Rule 7: a client that stays away loses its private conversation, but nothing goes out in clear by that alone.
func TestAwayTooLong(t *testing.T) {
	s := newScene(t)
	s.join(phone)
	s.secure(phone)
	s.alice.Presence(phone, false, s.now())
	s.clock.Advance(29 * time.Minute)
	s.do((*otrxmpp.Endpoint).Tick)
	s.expectOnly()
	s.clock.Advance(time.Minute)
	s.do((*otrxmpp.Endpoint).Tick)
	if got := expect[otrxmpp.OTRDisabled](s); !got.Lost {
		t.Errorf("%+v", got)
	}
	if _, err := s.alice.Send("?", s.now()); !errors.Is(err, otr.ErrFinished) {
		t.Errorf("sending: %v", err)
	}
	s.expectSilence(s.end())
	if got := s.say("see you").Send[0]; got.To != testkit.Bob || got.OTR {
		t.Errorf("sent %+v", got)
	}
}

// Rule 7: a message for a client that is gone reaches another one, which complains.
func TestRedirectedMessage(t *testing.T) {
	s := newScene(t)
	s.join(phone)
	s.secure(phone)
	out := s.say("for the phone").Send[0]
	other := s.join(laptop)
	other.Get(out.Body)
	r := s.says(laptop, "?OTR Error: You sent encrypted data, but I wasn't expecting it.")
	s.expectSilence(r)
	s.expectOnly("otr_error_received")
	s.expectState(otr.Encrypted)
	if got := s.alice.Route(); got != phone {
		t.Errorf("route %q", got)
	}
}

// Rule 8: two devices answer one query. The conversation is with the one that speaks first.
func TestTwoDevicesAnswer(t *testing.T) {
	versions(t, func(t *testing.T, version otr.Policy) {
		s := newScene(t)
		s.join(phone, testkit.Policy(version))
		s.join(laptop, testkit.Policy(version))
		s.start()
		s.flow()
		expect[otrxmpp.OTREnabled](s)
		if got := expect[otrxmpp.OtherDevice](s); got.Resource != "laptop" || got.Moved {
			t.Errorf("%+v", got)
		}
		for route, bob := range s.bobs {
			if bob.State() != otr.Encrypted {
				t.Errorf("%s is %v", route, bob.State())
			}
		}
		s.private(laptop, "here I am")
		if got := expect[otrxmpp.OtherDevice](s); got.Resource != "laptop" || !got.Moved {
			t.Errorf("%+v", got)
		}
		expect[otrxmpp.MessageReceived](s)
		s.say("good")
		s.flow()
		testkit.ExpectText(t, s.bobs[laptop], "good")

		s.private(phone, "now here") // both go on
		if got := expect[otrxmpp.OtherDevice](s); got.Resource != "phone.6d828b0d" || !got.Moved {
			t.Errorf("%+v", got)
		}
		expect[otrxmpp.MessageReceived](s)
		s.say("as you like")
		s.flow()
		testkit.ExpectText(t, s.bobs[phone], "as you like")

		s.do((*otrxmpp.Endpoint).EndAll)
		s.flow()
		s.expectOnly("otr_disabled")
		for route, bob := range s.bobs {
			if bob.State() != otr.Finished {
				t.Errorf("%s is %v", route, bob.State())
			}
		}
	})
}

// A device whose person asks for OTR is where the person is.
func TestAskingMovesTheConversation(t *testing.T) {
	s := newScene(t)
	s.join(phone)
	s.join(laptop)
	s.secure(phone)
	bob := s.bobs[laptop]
	bob.Do(bob.Start())
	s.flow()
	s.expectOnly("otr_requested", "other_device_used", "otr_already_setup")
	if got := s.alice.Route(); got != laptop {
		t.Errorf("route %q", got)
	}
}

// A plain word from another device neither ends nor moves a private conversation.
func TestPlainWordFromOtherDevice(t *testing.T) {
	s := newScene(t)
	s.join(phone)
	s.secure(phone)
	s.says(laptop, "hello?")
	if got := expect[otrxmpp.OtherDevice](s); got.Moved {
		t.Errorf("%+v", got)
	}
	if got := expect[otrxmpp.MessageReceived](s); !got.Leak || got.Encrypted {
		t.Errorf("%+v", got)
	}
	if got := s.say("in private").Send[0]; got.To != phone || !got.EME {
		t.Errorf("sent %+v", got)
	}
	s.end()
	if got := s.say("in clear").Send[0]; got.To != laptop || got.OTR {
		t.Errorf("after the end, sent %+v", got)
	}
}

// Rule 9: what is for another client of ours is nobody's business here.
func TestForeignTags(t *testing.T) {
	s := newScene(t)
	s.join(phone)
	s.secure(phone)
	other := testkit.NewClientOf(t, testkit.User(t, testkit.Alice), testkit.Alice, testkit.Bob, "another login", s.clock)
	bob := testkit.NewClient(t, testkit.Bob, testkit.Alice, "bob of the other login", s.clock)
	pair := testkit.NewPairOf(t, other, bob)
	pair.Secure(t)
	bob.Say("for the other login")
	s.expectSilence(s.says(phone, bob.Take()))
	s.expectOnly("message_ignored")
	zero := "?OTR:AAMD" + "AAABAAAAAAA" + strings.Repeat("A", 60) + "."
	s.expectSilence(s.says(phone, zero))
	s.private(phone, "goes on")
	expect[otrxmpp.MessageReceived](s)
}

// A client that we have no keys of any more is not left alone with that.
func TestLostKeys(t *testing.T) {
	versions(t, func(t *testing.T, version otr.Policy) {
		s := newScene(t)
		bob := s.join(phone, testkit.Policy(version))
		s.secure(phone)
		var err error
		if s.alice, err = otrxmpp.New(s.config); err != nil {
			t.Fatal(err)
		}
		bob.Say("do you remember?")
		s.says(phone, bob.Take())
		if got := expect[otrxmpp.Unreadable](s); got.Reason != otr.NotInPrivate || got.Resource != "phone.6d828b0d" {
			t.Errorf("%+v", got)
		}
	})
}

// Facts about clients, 7: one key exchange at a time.
func TestNoCrossingExchanges(t *testing.T) {
	tag := " \t  \t\t\t\t \t \t \t  " + "  \t\t  \t " + "  \t\t  \t\t"
	commits := func(r otrxmpp.Result) int {
		return len(slices.DeleteFunc(slices.Clone(r.Send), func(o otrxmpp.Outgoing) bool { return !o.EME }))
	}
	t.Run("no query after a tag", func(t *testing.T) {
		s := newScene(t, withPolicy(otr.Opportunistic))
		if commits(s.says(phone, "hello"+tag)) != 1 {
			t.Error("a tag began nothing")
		}
		s.expectSilence(s.start())
		s.clock.Advance(10 * time.Second) // that client had no key yet, and dropped it
		if len(s.start().Send) != 1 {
			t.Error("no second try")
		}
	})
	t.Run("no commit for a tag after a query", func(t *testing.T) {
		s := newScene(t, withPolicy(otr.Opportunistic))
		s.start()
		s.expectSilence(s.says(phone, "hello"+tag))
		s.expectOnly("otr_tagged", "message_received")
	})
	t.Run("two tags, one commit", func(t *testing.T) {
		s := newScene(t, withPolicy(otr.Opportunistic))
		s.says(phone, "hello"+tag)
		s.expectSilence(s.says(phone, "hello?"+tag))
	})
}
