package otrxmpp_test

import (
	"strings"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

// Rules 2, 12, 14, 16, 19 and 20: what a stanza is decides before OTR is asked.
func TestKindsOfMessages(t *testing.T) {
	const query = "?OTRv23?"
	body := []otrxmpp.Body{{Text: query}}
	for _, test := range []struct {
		name    string
		message otrxmpp.Message
		events  string
		answers int
	}{
		{"a chat message", otrxmpp.Message{Type: "chat", Bodies: body}, "otr_requested", 1},
		{"a normal message", otrxmpp.Message{Type: "normal", Bodies: body}, "otr_requested", 1},
		{"no type", otrxmpp.Message{Bodies: body}, "otr_requested", 1},
		{"an unknown type", otrxmpp.Message{Type: "poem", Bodies: body}, "otr_requested", 1},
		{"a carbon", otrxmpp.Message{Type: "chat", Carbon: true, Bodies: body}, "message_ignored", 0},
		{"a headline", otrxmpp.Message{Type: "headline", Bodies: body}, "message_ignored", 0},
		{"said to a room", otrxmpp.Message{Type: "groupchat", Bodies: body}, "message_refused", 0},
		{"an invitation", otrxmpp.Message{MUCInvite: true, Bodies: body}, "message_refused", 0},
		{"in private from a room", otrxmpp.Message{Type: "chat", MUCPrivate: true, Bodies: body}, "message_refused", 0},
		{"an error", otrxmpp.Message{Type: "error", Bodies: body, ErrorCondition: "service-unavailable"}, "message_bounced", 0},
		{"no body", otrxmpp.Message{Type: "chat", ChatState: "composing"}, "", 0},
		{"an empty body", otrxmpp.Message{Type: "chat", Bodies: []otrxmpp.Body{{}}}, "", 0},
		{"a receipt", otrxmpp.Message{Type: "chat", Receipt: "m1"}, "", 0},
		{"a request of a receipt for nothing", otrxmpp.Message{Type: "chat", ID: "x", ReceiptAsked: true}, "", 0},
		{"marked as OTR", otrxmpp.Message{Type: "chat", Encryption: "urn:xmpp:otr:0", Bodies: body}, "otr_requested", 1},
		{"marked as OMEMO, but is OTR", otrxmpp.Message{Type: "chat", Encryption: "urn:xmpp:omemo:2", Bodies: body}, "otr_requested", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newScene(t)
			test.message.From = phone
			r := s.receive(test.message)
			s.expectOnly(strings.Fields(test.events)...)
			if len(r.Send) != test.answers {
				t.Errorf("%d answers, want %d: %+v", len(r.Send), test.answers, r.Send)
			}
		})
	}
}

// Rule 12: the body in the language of the stream, else the first.
func TestWhichBody(t *testing.T) {
	for _, test := range []struct {
		name   string
		bodies []otrxmpp.Body
		want   string
	}{
		{"one", []otrxmpp.Body{{Text: "a"}}, "a"},
		{"the one without a language", []otrxmpp.Body{{Lang: "nl", Text: "a"}, {Text: "b"}, {Lang: "en", Text: "c"}}, "b"},
		{"the first", []otrxmpp.Body{{Lang: "nl", Text: "a"}, {Lang: "en", Text: "b"}}, "a"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newScene(t)
			s.receive(otrxmpp.Message{From: phone, Bodies: test.bodies, XHTML: true})
			if got := expect[otrxmpp.MessageReceived](s); got.Text != test.want {
				t.Errorf("read %q", got.Text)
			}
		})
	}
}

// Rule 14: a note for clients that cannot decrypt is not what the person said.
func TestOtherEncryptions(t *testing.T) {
	for _, namespace := range []string{"eu.siacs.conversations.axolotl", "urn:xmpp:omemo:2", "urn:xmpp:openpgp:0", "jabber:x:encrypted", "urn:example:new"} {
		s := newScene(t)
		m := s.message(phone, "I sent you an encrypted message, but your client does not support that.")
		m.Encryption, m.ReceiptAsked = namespace, true
		s.expectSilence(s.receive(m))
		if got := expect[otrxmpp.OtherEncryption](s); got.Namespace != namespace || len(s.events) > 0 {
			t.Errorf("%+v, then %+v", got, s.events)
		}
	}
}

// Rule 5: what a server has kept.
func TestDelayed(t *testing.T) {
	s := newScene(t, withPolicy(otr.Opportunistic))
	bob := s.join(phone)
	late := func(body string, age time.Duration) otrxmpp.Result {
		t.Helper()
		m := s.message(phone, body)
		m.Delay = s.now().Add(-age)
		return s.receive(m)
	}
	t.Run("OTR from before is dropped", func(t *testing.T) {
		for _, body := range []string{"?OTRv23?", "?OTR Error: what?", "?OTR:AAMDxxxx.", "?OTR,1,2,?OTR:AAID,"} {
			s.expectSilence(late(body, time.Minute))
			s.expectOnly("message_ignored")
		}
	})
	t.Run("a text counts, its tag does not", func(t *testing.T) {
		s.expectSilence(late("hello \t  \t\t\t\t \t \t \t    \t\t  \t\t", time.Minute))
		expect[otrxmpp.Tagged](s)
		if got := expect[otrxmpp.MessageReceived](s); got.Text != "hello" || !got.Delayed {
			t.Errorf("%+v", got)
		}
	})
	s.clock.Advance(time.Hour)
	s.secure(phone)
	began := s.now()
	s.clock.Advance(time.Minute)
	t.Run("a text from before is no leak", func(t *testing.T) {
		late("are you there?", time.Hour)
		if got := expect[otrxmpp.MessageReceived](s); got.Leak {
			t.Errorf("%+v", got)
		}
		s.expectState(otr.Encrypted)
	})
	t.Run("a message of this conversation is read", func(t *testing.T) {
		bob.Say("kept by the server for a moment")
		late(bob.Take(), s.now().Sub(began))
		if got := expect[otrxmpp.MessageReceived](s); !got.Encrypted || !got.Delayed {
			t.Errorf("%+v", got)
		}
	})
	t.Run("a text in clear since then is a leak", func(t *testing.T) {
		late("oops", time.Second)
		if got := expect[otrxmpp.MessageReceived](s); !got.Leak {
			t.Errorf("%+v", got)
		}
	})
}

// Rule 6: a message that comes back is not one of the peer's.
func TestBounces(t *testing.T) {
	for _, test := range []struct {
		name, from, condition string
		ours                  bool // the id is that of a stanza of ours
		lost                  bool
	}{
		{"nobody there", phone, "service-unavailable", true, true},
		{"nobody there, says the account", testkit.Bob, "service-unavailable", true, true},
		{"no such server", phone, "remote-server-not-found", true, true},
		{"too big", phone, "policy-violation", true, false},
		{"busy", phone, "resource-constraint", true, false},
		{"another device", laptop, "service-unavailable", true, false},
		{"not ours", phone, "service-unavailable", false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newScene(t)
			bob := s.join(phone)
			s.secure(phone)
			id := s.say("hello").Send[0].ID
			if !test.ours {
				id = "m1"
			}
			bob.Say("a body of OTR, quoted")
			r := s.receive(otrxmpp.Message{
				From: test.from, Type: "error", ID: id, ErrorCondition: test.condition, ReceiptAsked: true,
				Bodies: []otrxmpp.Body{{Text: bob.Take()}},
			})
			s.expectSilence(r)
			if got := expect[otrxmpp.Bounced](s); got.ID != id || got.Condition != test.condition {
				t.Errorf("%+v", got)
			}
			if !test.lost {
				s.expectOnly()
				s.expectState(otr.Encrypted)
				return
			}
			if got := expect[otrxmpp.OTRDisabled](s); !got.Lost || got.ByPeer {
				t.Errorf("%+v", got)
			}
			s.expectState(otr.Finished)
			s.expectSilence(s.end())
			s.expectState(otr.Plaintext)
			if got := s.say("are you back?").Send[0]; got.To != testkit.Bob {
				t.Errorf("sent to %q", got.To)
			}
		})
	}
}

// Rule 16: the arrival of a message is confirmed once it is read, and never that of an error.
func TestReceipts(t *testing.T) {
	s := newScene(t)
	bob := s.join(phone)
	asking := func(body string) otrxmpp.Result {
		m := s.message(phone, body)
		m.ReceiptAsked = true
		return s.receive(m)
	}
	check := func(what string, r otrxmpp.Result, want int) {
		t.Helper()
		got := 0
		for i, o := range r.Send {
			if o.ReceiptFor == "" {
				continue
			}
			got++
			if o.To != phone || o.Body != "" || i != len(r.Send)-1 {
				t.Errorf("%s: %+v", what, o)
			}
		}
		if got != want {
			t.Errorf("%s: %d receipts, want %d", what, got, want)
		}
	}
	check("a text", asking("hello"), 1)
	s.secure(phone)
	bob.Say("in private")
	check("a private text", asking(bob.Take()), 1)
	check("an unreadable one", asking(damage(bob, "broken")), 0)
	check("an error message", asking("?OTR Error: what?"), 0)
	bob.Say("twice")
	body := bob.Take()
	s.says(phone, body)
	check("a repetition", asking(body), 0)
}

// Rule 16: ids are the senders' own; two messages may share one.
func TestSameIDTwice(t *testing.T) {
	s := newScene(t)
	for _, text := range []string{"one", "two"} {
		m := s.message(phone, text)
		m.ID = "same"
		s.receive(m)
		if got := expect[otrxmpp.MessageReceived](s); got.Text != text {
			t.Errorf("%+v", got)
		}
	}
}

// Rule 17: a data message that comes twice is nobody's fault.
func TestRepeatedDataMessages(t *testing.T) {
	versions(t, func(t *testing.T, version otr.Policy) {
		for _, size := range []int{0, 150} {
			s := newScene(t)
			bob := s.join(phone, testkit.Policy(version), testkit.MaxSize(size))
			s.secure(phone)
			var bodies []string
			for _, text := range []string{"one", "two", "three"} {
				bob.Say(text)
				bodies = append(bodies, bob.TakeAll()...)
			}
			for _, body := range bodies {
				s.says(phone, body)
			}
			s.expectOnly("message_received", "message_received", "message_received")
			for _, body := range bodies[len(bodies)-len(bodies)/3:] {
				s.expectSilence(s.says(phone, body))
			}
			for _, e := range s.events {
				if e.Name() != "message_ignored" {
					t.Errorf("fragments of %d: %+v", size, e)
				}
			}
			s.events = nil
			s.private(phone, "goes on")
			expect[otrxmpp.MessageReceived](s)
		}
	})
}
