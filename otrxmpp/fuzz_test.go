package otrxmpp_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

const fuzzLimit = 64 << 10 // no stanza of a stranger is longer

// FuzzReceive gives an endpoint in a private conversation any message at all: it goes on, its answers go to who wrote, and
// only the peer's own goodbye or a bounce takes its privacy away.
func FuzzReceive(f *testing.F) {
	for _, body := range []string{
		"hello", "?OTRv23?", "?OTR?v2?", "?OTR Error: x", "?OTR:AAMD", "?OTR:AAIC.", "?OTR|00000100|00000200,1,2,x,", "?OTR,1,2,x,",
		"hi \t  \t\t\t\t \t \t \t    \t\t  \t\t", "have you tried ?OTR yet", "<b>&amp;",
	} {
		f.Add(phone, "chat", body, "", int64(0), byte(0))
		f.Add(laptop, "", body, "urn:xmpp:omemo:2", int64(60), byte(1))
	}
	f.Add(phone, "error", "?OTRv2?", "service-unavailable", int64(0), byte(2))
	f.Add("", "groupchat", "", "", int64(0), byte(4))
	s := newScene(f, withPolicy(otr.Opportunistic))
	bob := s.join(phone)
	s.secure(phone)
	alices, err := s.alice.Snapshot()
	if err != nil {
		f.Fatal(err)
	}
	bob.Say("goes on")
	next := bob.Take()
	f.Fuzz(func(t *testing.T, from, kind, body, word string, age int64, flags byte) {
		if len(from)+len(kind)+len(body)+len(word) > fuzzLimit {
			return
		}
		alice, err := otrxmpp.Restore(s.config, alices)
		if err != nil {
			t.Fatal(err)
		}
		defer alice.Close()
		m := otrxmpp.Message{
			From: from, Type: kind, ID: "x", Bodies: []otrxmpp.Body{{Text: body}}, Encryption: word, ErrorCondition: word,
			ReceiptAsked: flags&2 != 0, Carbon: flags&4 != 0, MUCInvite: flags&8 != 0, MUCPrivate: flags&16 != 0,
		}
		if age != 0 {
			m.Delay = s.now().Add(-time.Duration(age) * time.Second)
		}
		for _, o := range alice.Receive(m, s.now()).Send {
			if o.To != from {
				t.Errorf("an answer to %q goes to %q", from, o.To)
			}
			if strings.HasPrefix(o.Body, "?OTR") != o.OTR {
				t.Errorf("marked wrong: %+v", o)
			}
		}
		if alice.State() != otr.Encrypted {
			t.Fatalf("a stranger's message made it %v", alice.State())
		}
		if flags&1 != 0 {
			again, err := alice.Snapshot()
			if err != nil {
				t.Fatal(err)
			}
			if alice, err = otrxmpp.Restore(s.config, again); err != nil {
				t.Fatal(err)
			}
		}
		events := alice.Receive(s.message(phone, next), s.now()).Events
		if len(events) == 0 || events[len(events)-1].Name() != "message_received" {
			t.Errorf("Bob is not heard any more: %+v", events)
		}
	})
}

// FuzzRestore reads any snapshot: what it accepts it would have written.
func FuzzRestore(f *testing.F) {
	clock := testkit.NewClock()
	config := otrxmpp.Config{
		User: testkit.User(f, testkit.Alice), Account: otr.Account{Name: testkit.Alice, Protocol: testkit.Protocol}, Peer: testkit.Bob,
		OTR: otr.Config{Policy: otr.Manual, Rand: testkit.Rand("fuzz"), Time: clock.Now},
	}
	e, err := otrxmpp.New(config)
	if err != nil {
		f.Fatal(err)
	}
	for _, m := range []string{"", "hello", "?OTRv23?", "?OTRv2?", "?OTR,1,2,x,"} {
		e.Receive(otrxmpp.Message{From: phone, Bodies: []otrxmpp.Body{{Text: m}}}, clock.Now())
		snapshot, err := e.Snapshot()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(snapshot)
	}
	f.Fuzz(func(t *testing.T, snapshot []byte) {
		if len(snapshot) > fuzzLimit {
			return
		}
		e, err := otrxmpp.Restore(config, snapshot)
		if err != nil {
			return
		}
		again, err := e.Snapshot()
		if err != nil || len(again) != len(snapshot) || !bytes.HasPrefix(again, snapshot[:16]) {
			t.Errorf("accepted, but written otherwise: %v", err)
		}
		e.Receive(otrxmpp.Message{From: phone, Bodies: []otrxmpp.Body{{Text: "hello"}}}, clock.Now())
		e.Close()
	})
}

// FuzzHTML reads any text: what HTML escaping made of it is undone exactly, and a text without signs stays.
func FuzzHTML(f *testing.F) {
	for _, text := range []string{"", "a<b>&amp;", "<br>", "<a href='>'>x</a>", "&#x110000;", "&#0;", "\xff<", "</"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > fuzzLimit {
			return
		}
		escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
		if got := otrxmpp.ReadHTML(escaped); got != text {
			t.Errorf("%q came escaped and reads %q", text, got)
		}
		if got := otrxmpp.ReadHTML(text); len(got) > len(text) && !strings.Contains(text, "&") {
			t.Errorf("%q became longer: %q", text, got)
		}
	})
}

// FuzzClassify compares what routing thinks of a body with what package otr makes of it.
func FuzzClassify(f *testing.F) {
	for _, body := range []string{
		"hello", "?OTRv23?", "?OTR?", "?OTR?v2?x", "?OTRv2 x?", "x?OTRv3?", "?OTR Error: x", "?OTR Errol", "?OTR:AAMD.", "?OTR:AAMD",
		"?OTR|1|2,1,2,x,", "?OTR,1,2,x,", "?OTR,1", "?OTR,1,1,x,", " \t  \t\t\t\t \t \t \t  ", " \t  \t\t\t\t \t \t \t    \t\t  \t ", "?OTR?OTRv2?",
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if len(body) > fuzzLimit || body == "" {
			return
		}
		s := newScene(t)
		conv, err := s.config.User.NewConversation(testkit.PeerOf(testkit.Alice, testkit.Bob), s.config.OTR)
		if err != nil {
			t.Fatal(err)
		}
		clear := false
		for _, e := range conv.Receive(body).Events {
			if _, ok := e.(otr.ReceivedInClear); ok {
				clear = true
			}
		}
		// A fragment is OTR's, also the only one of a text that turns out to be clear.
		fragment := strings.HasPrefix(body, "?OTR,") || strings.HasPrefix(body, "?OTR|")
		if speaks := otrxmpp.SpeaksOTR(body); speaks == clear && !(fragment && speaks) {
			t.Errorf("%q: OTR says it is clear text: %v", body, clear)
		}
	})
}
