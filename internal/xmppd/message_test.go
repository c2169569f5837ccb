package xmppd_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otrbot/internal/xmppd"
)

func TestMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{})
		alice, bob, tablet := w.online("alice", "x"), w.online("bob", "x"), w.online("bob", "tablet")
		bob.quietly()
		tablet.quietly()
		const text = "<body>hi &lt;b&gt;\n</body><active xmlns='http://jabber.org/protocol/chatstates'/></message>"

		alice.send("<message to='bob@bot.example/x' type='chat' id='1'>" + text)
		bob.want("<message to='bob@bot.example/x' type='chat' id='1' from='alice@bot.example/x'>" + text)
		tablet.quiet()

		t.Log("the bare address: all devices of equal priority")
		alice.send("<message to='BOB@bot.example'><body>2</body></message>")
		bob.want("<message to='BOB@bot.example' from='alice@bot.example/x'><body>2</body></message>")
		tablet.want("<message*<body>2</body></message>")

		t.Log("one of them has a higher priority, or a negative one")
		tablet.send("<presence><priority>5</priority></presence>")
		tablet.quietly()
		alice.send("<message to='bob@bot.example'><body>3</body></message>")
		tablet.want("<message*<body>3</body></message>")
		bob.quietly()
		tablet.send("<presence><priority>-1</priority></presence>")
		tablet.quietly()
		alice.send("<message to='bob@bot.example'><body>4</body></message>")
		bob.quietlyBut("<message*<body>4</body></message>")
		tablet.quiet()

		t.Log("a device that is gone: another one gets it")
		alice.send("<message to='bob@bot.example/gone' type='chat'><body>5</body></message>")
		bob.want("<message to='bob@bot.example/gone'*<body>5</body></message>")
		alice.send("<message to='bob@bot.example' type='headline'><body>6</body></message>")
		bob.want("<message*<body>6</body></message>")

		t.Log("to oneself")
		alice.send("<message><body>7</body></message>")
		alice.want("<message from='alice@bot.example/x' to='alice@bot.example'><body>7</body></message>")
	})
}

func TestBounces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{})
		alice := w.online("alice", "x")
		w.login("carol", "not-available")
		for _, tt := range []struct{ to, typ, body, want string }{
			{"nobody@bot.example", "", "<body>secret</body>", "service-unavailable"},
			{"nobody@bot.example/x", "", "<body>secret</body>", "service-unavailable"},
			{"bot.example", "", "<body>secret</body>", "service-unavailable"},
			{"bob@other.example", "", "<body>secret</body>", "remote-server-not-found"},
			{"bob@bot.example", "groupchat", "<body>secret</body>", "service-unavailable"},
			{"bob@bot.example", "chat", "<body>secret</body><no-store xmlns='urn:xmpp:hints'/>", "service-unavailable"},
			{"bob@bot.example/\u1113", "chat", "<body>secret</body><no-store xmlns='urn:xmpp:hints'/>", "service-unavailable"},
			{"bob@bot.example", "chat", "<active xmlns='http://jabber.org/protocol/chatstates'/>", ""},
			{"bob@bot.example/x", "headline", "<body>secret</body>", ""},
			{"bob@bot.example", "headline", "<body>secret</body>", ""},
			{"bob@bot.example", "error", "<body>secret</body>", ""},
			{"nobody@bot.example", "error", "<body>secret</body>", ""},
		} {
			alice.send("<message to='" + tt.to + "' id='1' type='" + tt.typ + "'>" + tt.body + "</message>")
			if tt.want != "" {
				alice.want("<message type='error' id='1' to='alice@bot.example/x' from='" + tt.to + "'><error type='cancel'><" + tt.want +
					" xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>")
			}
			alice.quiet()
		}
	})
}

func TestOffline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{Offline: 2})
		alice := w.online("alice", "x")
		for i := range 3 {
			alice.send(fmt.Sprintf("<message to='bob@bot.example' id='%d'><body>%d</body></message>", i, i))
		}
		alice.want("<message type='error' id='2'*<service-unavailable*")
		bob := w.online("bob", "x")
		stamp := time.Now().UTC().Format(time.RFC3339)
		for i := range 2 {
			bob.want(fmt.Sprintf("<message to='bob@bot.example' id='%d' from='alice@bot.example/x'><body>%d</body>"+
				"<delay xmlns='urn:xmpp:delay' from='bot.example' stamp='%s'/></message>", i, i, stamp))
		}
		bob.quiet()
		w.online("bob", "tablet").quietly()
	})
}

// Who does not read is cut off in the end, and holds up nobody.
func TestSlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{Queue: 50})
		alice, bob, carol := w.online("alice", "x"), w.online("bob", "x"), w.online("carol", "x")
		start := time.Now()
		for range 100 {
			alice.send("<message to='bob@bot.example/x' type='headline'><body>" + strings.Repeat("x", 1000) + "</body></message>")
			alice.send("<message to='carol@bot.example/x'><body>hi</body></message>")
			carol.want("<message*<body>hi</body></message>")
		}
		alice.quiet()
		if waited := time.Since(start); waited != 0 {
			t.Errorf("others waited %v", waited)
		}
		for {
			if _, err := bob.r.Next(); err != nil {
				break
			}
		}
		alice.send("<message to='bob@bot.example' id='9'><body>hi</body><no-store xmlns='urn:xmpp:hints'/></message>")
		alice.want("<message type='error' id='9'*<service-unavailable*")
	})
}

// A client that stops reading, with little to read, is given up at the deadline of a write.
func TestFrozenReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{})
		alice := w.online("alice", "x")
		w.online("bob", "x")
		alice.send("<message to='bob@bot.example/x' type='chat'><body>lost?</body></message>")
		<-time.After(time.Minute)
		alice.send("<message to='bob@bot.example' id='9'><body>hi</body><no-store xmlns='urn:xmpp:hints'/></message>")
		alice.want("<message type='error' id='9'*<service-unavailable*")
	})
}

func TestWhatEndsAStream(t *testing.T) {
	for xml, want := range map[string]string{
		"<message to='bob@bot.example'><body>" + strings.Repeat("x", 300<<10) + "</body></message>": "policy-violation",
		strings.Repeat("<a>", 60) + strings.Repeat("</a>", 60):                                      "policy-violation",
		"<message><!-- x --></message>":                                                             "restricted-xml",
		"<message>\x01</message>":                                                                   "not-well-formed",
		"<message xmlns='jabber:server'/>":                                                          "unsupported-stanza-type",
		"<hello/>":                                                                                  "unsupported-stanza-type",
		"<a xmlns='urn:xmpp:sm:3' h='1'/>":                                                          "undefined-condition",
		"<unknown xmlns='urn:xmpp:sm:3'/>":                                                          "unsupported-stanza-type",
		"</stream:stream>":                                                                          "",
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, xmppd.Config{})
			alice, bob := w.online("alice", "x"), w.online("bob", "x")
			befriend(bob, alice)
			go alice.conn.Write([]byte(xml))
			alice.wantEnd(want)
			bob.want("<presence type='unavailable' from='alice@bot.example/x' to='bob@bot.example'/>")
		})
	}
}

// What is large, strange or broken below the limits goes through as it is.
func TestOddStanzasPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{})
		alice, bob := w.online("alice", "\u1113"), w.online("bob", "x")
		for _, content := range []string{
			"<body>" + strings.Repeat("x", 60_000) + "</body>",
			"<body> \t \t\t\t\t \t \t \t  \n</body>",
			"<x xmlns='urn:x' y='1' xmlns:n1='urn:p' n1:q='2'>mixed<y/>content</x>",
			"<xml:x xml:lang='de'/>",
		} {
			alice.send("<message to='bob@bot.example/x'>" + content + "</message>")
			bob.want("<message to='bob@bot.example/x' from='alice@bot.example/\u1113'>" + content + "</message>")
		}
	})
}

// quietlyBut reads past what the server has up to what is wanted.
func (c *client) quietlyBut(xml string) {
	c.t.Helper()
	for {
		got, err := c.next().Append(nil, "jabber:client")
		if err != nil {
			c.t.Fatal(err)
		}
		if like(string(got), xml) {
			return
		}
	}
}
