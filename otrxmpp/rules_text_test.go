package otrxmpp_test

import (
	"strings"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

// Rule 10: private texts as the clients send them.
func TestHTMLIn(t *testing.T) {
	for _, test := range []struct{ name, raw, want string }{
		{"as typed", "hello", "hello"},
		{"mcabber, with signs", "hello <&>", "hello <&>"},
		{"Pidgin, with signs", "hello &lt;&amp;&gt;", "hello <&>"},
		{"Pidgin, in colour", `<FONT COLOR="#cc0000">open</FONT> the &quot;door&quot;`, `open the "door"`},
		{"Pidgin, two lines", "one<br>two", "one\ntwo"},
		{"Psi, two lines", "one<br/>two", "one\ntwo"},
		{"Psi, two lines", "one<br />two", "one\ntwo"},
		{"Adium", `<HTML><BODY><span style="font-family: Helvetica; color: 'a>b'">start <b>OTR</b></span></BODY></HTML>`, "start OTR"},
		{"paragraphs", "<p>one</p><p>two</p>", "one\ntwo"},
		{"a link", `see <a href="https://example.org/?a=1&amp;b=2">here</a>`, "see here"},
		{"a picture", `<img src="x" alt="y">ok`, "ok"},
		{"blanks that do not break", "a &nbsp;b", "a  b"},
		{"characters by number", "caf&#233;&#x21; &eacute;", "café! é"},
		{"decoded once", "&amp;lt;", "&lt;"},
		{"a secret typed in mcabber", "a<b>&amp;", "a<b>&amp;"},
		{"the same in Pidgin", "a&lt;b&gt;&amp;amp;", "a<b>&amp;"},
		{"no element", "a <secret> b", "a <secret> b"},
		{"not closed", "a <b>c", "a <b>c"},
		{"closed in disorder", "<b><i>x</b></i>", "<b><i>x</b></i>"},
		{"not open", "x</b>", "x</b>"},
		{"a company", "AT&T", "AT&T"},
		{"an address", "https://example.org/?a=1&copy=2&amp;b", "https://example.org/?a=1&copy=2&amp;b"},
		{"an arrow", "a -> b <- c", "a -> b <- c"},
		{"less", "1 < 2", "1 < 2"},
		{"a heart", "<3", "<3"},
		{"cut", "<br", "<br"},
		{"cut in a value", `<a href="x`, `<a href="x`},
		{"no such character", "&nonsense;", "&nonsense;"},
		{"a semicolon later", "a & b; c", "a & b; c"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newScene(t)
			s.join(phone)
			s.secure(phone)
			s.private(phone, test.raw)
			if got := expect[otrxmpp.MessageReceived](s); got.Text != test.want || got.Raw != test.raw {
				t.Errorf("%q reads %q, raw %q; want %q", test.raw, got.Text, got.Raw, test.want)
			}
			s.says(phone, test.raw) // outside of OTR a body is text: RFC 6121, "Body Element"
			if got := expect[otrxmpp.MessageReceived](s); got.Text != test.raw {
				t.Errorf("%q in clear reads %q", test.raw, got.Text)
			}
		})
	}
}

// Rule 10: one text that is no HTML says that the client never writes any.
func TestClientThatTypes(t *testing.T) {
	s := newScene(t)
	s.join(phone)
	s.secure(phone)
	s.private(phone, "is 1 < 2?")
	s.private(phone, "my secret is x&amp;y")
	expect[otrxmpp.MessageReceived](s)
	if got := expect[otrxmpp.MessageReceived](s); got.Text != "my secret is x&amp;y" {
		t.Errorf("read %q", got.Text)
	}
}

// Rule 11: who sends HTML reads HTML.
func TestHTMLOut(t *testing.T) {
	s := newScene(t)
	bob := s.join(phone)
	s.secure(phone)
	for _, test := range []struct{ hears, says, arrives string }{
		{"hello", "1 < 2 & 3", "1 < 2 & 3"},
		{"hello &amp; goodbye", "1 < 2 & 3", "1 &lt; 2 &amp; 3"},
	} {
		s.private(phone, test.hears)
		s.say(test.says)
		s.flow()
		testkit.ExpectText(t, bob, test.arrives)
	}
	s.end()
	if got := s.say("1 < 2 & 3").Send[0].Body; got != "1 < 2 & 3" {
		t.Errorf("in clear, sent %q", got)
	}
}

// Rule 13: the tag comes and goes unseen, wherever it stands.
func TestWhitespaceTag(t *testing.T) {
	const base, v1, v2, v3 = " \t  \t\t\t\t \t \t \t  ", " \t \t  \t ", "  \t\t  \t ", "  \t\t  \t\t"
	for _, test := range []struct {
		name, body, want string
		commit           string
	}{
		{"behind", "help" + base + v2 + v3, "help", "?OTR:AAMC"},
		{"before", base + v3 + "help", "help", "?OTR:AAMC"},
		{"within", "do" + base + v2 + "start", "dostart", "?OTR:AAIC"},
		{"with version 1", "help" + base + v1 + v2, "help", "?OTR:AAIC"},
		{"version 1 alone", "help" + base + v1, "help", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newScene(t, withPolicy(otr.Opportunistic))
			r := s.says(phone, test.body)
			expect[otrxmpp.Tagged](s)
			if got := expect[otrxmpp.MessageReceived](s); got.Text != test.want {
				t.Errorf("read %q", got.Text)
			}
			if test.commit == "" {
				s.expectSilence(r)
			} else if len(r.Send) != 1 || !strings.HasPrefix(r.Send[0].Body, test.commit) {
				t.Errorf("answered %+v, want %s", r.Send, test.commit)
			}
		})
	}
	t.Run("alone", func(t *testing.T) {
		s := newScene(t)
		s.says(phone, base+v3)
		s.expectOnly("otr_tagged")
	})
	t.Run("ours", func(t *testing.T) {
		s := newScene(t, withPolicy(otr.Opportunistic))
		bob := s.join(phone, testkit.Policy(otr.Opportunistic))
		s.say("hello")
		s.flow()
		if got := testkit.Expect[otr.ReceivedInClear](t, bob); got.Text != "hello" {
			t.Errorf("Bob reads %q", got.Text)
		}
		expect[otrxmpp.OTREnabled](s)
	})
}

// Rule 15: nothing we send in OTR is longer than agreed, and what arrives is bounded.
func TestSizes(t *testing.T) {
	long := strings.Repeat("words and ", 4000)
	t.Run("out", func(t *testing.T) {
		for _, max := range []int{0, 8000, 400} {
			s := newScene(t, func(c *otrxmpp.Config) { c.MaxBody = max })
			bob := s.join(phone)
			s.secure(phone)
			s.say(long)
			limit := max
			if max == 0 {
				limit = 48_000
			}
			for _, o := range s.sent {
				if len(o.Body) > limit {
					t.Errorf("a body of %d bytes, the limit is %d", len(o.Body), limit)
				}
			}
			s.flow()
			testkit.ExpectText(t, bob, long)
		}
	})
	t.Run("in", func(t *testing.T) {
		s := newScene(t)
		s.join(phone, testkit.MaxSize(300))
		s.secure(phone)
		s.private(phone, long)
		if got := expect[otrxmpp.MessageReceived](s); got.Text != long {
			t.Errorf("read %d bytes", len(got.Text))
		}
	})
	t.Run("too long", func(t *testing.T) {
		s := newScene(t)
		s.expectSilence(s.says(phone, "?OTR:"+strings.Repeat("A", 300<<10)+"."))
		if got := expect[otrxmpp.Unreadable](s); got.Reason != otr.TooLarge {
			t.Errorf("%+v", got)
		}
	})
	t.Run("pieces without end", func(t *testing.T) {
		s := newScene(t)
		for range 1000 {
			s.says(phone, "?OTR,1,65535,"+strings.Repeat("A", 10_000)+",")
		}
		if snapshot, _ := s.alice.Snapshot(); len(snapshot) > 200<<10 {
			t.Errorf("%d bytes are kept", len(snapshot))
		}
	})
}

// Rule 18: a text in clear while the conversation is private is shown with a warning, and ends nothing.
func TestLeak(t *testing.T) {
	versions(t, func(t *testing.T, version otr.Policy) {
		s := newScene(t)
		bob := s.join(phone, testkit.Policy(version))
		s.secure(phone)
		bob.Close() // "end" in a client that believes us offline: no goodbye
		s.says(phone, "can you read this?")
		if got := expect[otrxmpp.MessageReceived](s); !got.Leak || got.Encrypted || got.Verified {
			t.Errorf("%+v", got)
		}
		s.expectState(otr.Encrypted)
		s.end()
		s.say("yes, and so can others")
		s.flow()
		if got := testkit.Expect[otr.ReceivedInClear](t, bob); got.Text != "yes, and so can others" {
			t.Errorf("Bob reads %+v", got)
		}
	})
}

// Rule 18: a flood of errors leads to one key exchange in a minute.
func TestErrorFlood(t *testing.T) {
	s := newScene(t, withPolicy(otr.Opportunistic))
	s.join(phone)
	s.secure(phone)
	s.clock.Advance(time.Hour)
	count := func(from string, n int) (sent int) {
		for range n {
			sent += len(s.says(from, "?OTR Error: what?").Send)
			s.clock.Advance(time.Millisecond)
		}
		return sent
	}
	if sent := count(phone, 100) + count(laptop, 100); sent != 1 {
		t.Errorf("%d answers to 200 errors", sent)
	}
	s.clock.Advance(time.Minute)
	if sent := count(phone, 100); sent != 1 {
		t.Errorf("%d answers a minute later", sent)
	}
	s.expectState(otr.Encrypted)
}

// Rule 18: what cannot be read is complained about once in a minute.
func TestUnreadableFlood(t *testing.T) {
	s := newScene(t)
	bob := s.join(phone)
	s.secure(phone)
	sent := 0
	for range 50 {
		sent += len(s.says(phone, damage(bob, "broken")).Send)
	}
	if sent != 1 {
		t.Errorf("%d complaints about 50 messages", sent)
	}
}

// Rule 21: what a stranger can have computed is bounded.
func TestExchangeFlood(t *testing.T) {
	s := newScene(t)
	sent := 0
	for range 200 {
		sent += len(s.says(phone, "?OTRv23?").Send)
		sent += len(s.says(laptop, "?OTRv2?").Send)
	}
	if sent > 2*20 {
		t.Errorf("%d answers to 400 queries in a minute", sent)
	}
}
