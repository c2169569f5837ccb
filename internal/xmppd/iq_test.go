package xmppd_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"otrbot/internal/xmppd"
)

func TestQueriesToTheServer(t *testing.T) {
	const failed = " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{})
		alice := w.online("alice", "x")
		w.online("bob", "x")
		for _, tt := range []struct{ to, typ, query, want string }{
			{"bot.example", "get", "<ping xmlns='urn:xmpp:ping'/>", "<iq type='result' id='1' to='alice@bot.example/x' from='bot.example'/>"},
			{"alice@bot.example", "get", "<ping xmlns='urn:xmpp:ping'/>", "<iq type='result'*from='alice@bot.example'/>"},
			{"", "set", "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>", "<iq type='result' id='1' to='alice@bot.example/x'/>"},
			{"bot.example", "get", "<query xmlns='http://jabber.org/protocol/disco#info'/>",
				"<iq type='result'*<identity category='server' type='im'/><feature var='http://jabber.org/protocol/disco#info'/>*<feature var='urn:xmpp:ping'/>*</query></iq>"},
			{"", "get", "<query xmlns='http://jabber.org/protocol/disco#info'/>", "<iq type='result'*<identity category='account' type='registered'/>*"},
			{"bot.example", "get", "<query xmlns='http://jabber.org/protocol/disco#info' node='x'/>", "<iq type='error'*<item-not-found" + failed},
			{"bot.example", "get", "<query xmlns='http://jabber.org/protocol/disco#items'/>", "<iq type='result'*<query xmlns='http://jabber.org/protocol/disco#items'/></iq>"},
			{"", "get", "<vCard xmlns='vcard-temp'/>", "<iq type='result'*<vCard xmlns='vcard-temp'/></iq>"},
			{"", "set", "<vCard xmlns='vcard-temp'><FN>Alice</FN></vCard>", "<iq type='result' id='1' to='alice@bot.example/x'/>"},
			{"", "get", "<vCard xmlns='vcard-temp'/>", "<iq type='result'*<FN>Alice</FN></vCard></iq>"},
			{"bob@bot.example", "get", "<vCard xmlns='vcard-temp'/>", "<iq type='result'*from='bob@bot.example'><vCard xmlns='vcard-temp'/></iq>"},
			{"bob@bot.example", "set", "<vCard xmlns='vcard-temp'/>", "<iq type='error'*from='bob@bot.example'*<service-unavailable" + failed},
			{"", "get", "<query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'/></query>",
				"<iq type='result'*<query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'/></query></iq>"},
			{"", "set", "<query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'><a/></storage></query>", "<iq type='result'*/>"},
			{"", "get", "<query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'/></query>", "<iq type='result'*<storage xmlns='storage:bookmarks'><a/></storage></query></iq>"},
			{"", "get", "<query xmlns='jabber:iq:private'/>", "<iq type='error'*<bad-request" + failed},
			{"", "set", "<enable xmlns='urn:xmpp:carbons:2'/>", "<iq type='error'*<service-unavailable" + failed},
			{"", "get", "", "<iq type='error'*<bad-request" + failed},
			{"", "ask", "<ping xmlns='urn:xmpp:ping'/>", "<iq type='error'*<bad-request" + failed},
			{"bob@bot.example", "get", "<ping xmlns='urn:xmpp:ping'/>", "<iq type='error'*<service-unavailable" + failed},
			{"bob@bot.example/gone", "get", "<ping xmlns='urn:xmpp:ping'/>", "<iq type='error'*<service-unavailable" + failed},
			{"nobody@bot.example", "get", "<vCard xmlns='vcard-temp'/>", "<iq type='error'*<service-unavailable" + failed},
			{"bob@other.example", "get", "<ping xmlns='urn:xmpp:ping'/>", "<iq type='error'*<remote-server-not-found" + failed},
			{"bot.example", "result", "", ""},
			{"bob@other.example", "error", "", ""},
		} {
			to := ""
			if tt.to != "" {
				to = " to='" + tt.to + "'"
			}
			alice.send("<iq type='" + tt.typ + "' id='1'" + to + ">" + tt.query + "</iq>")
			if tt.want != "" {
				alice.want(tt.want)
			}
		}
		alice.quiet()
	})
}

func TestQueriesToADevice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{})
		alice, bob := w.login("alice", "x"), w.login("bob", "x")
		alice.send("<iq type='get' id='7' to='bob@bot.example/x'><query xmlns='jabber:iq:version'/></iq>")
		bob.want("<iq type='get' id='7' to='bob@bot.example/x' from='alice@bot.example/x'><query xmlns='jabber:iq:version'/></iq>")
		bob.send("<iq type='result' id='7' to='alice@bot.example/x'><query xmlns='jabber:iq:version'><name>B</name></query></iq>")
		alice.want("<iq type='result' id='7' to='alice@bot.example/x' from='bob@bot.example/x'><query*</iq>")
	})
}

func TestResources(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{})
		old := w.login("alice", "x")
		w.login("alice", "x").quiet()
		old.wantEnd("conflict")

		c := w.authenticated("alice")
		c.send("<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>")
		c.want("<iq type='error' id='1'><error type='auth'><not-authorized*")
		c.send("<iq type='set' id='2'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>" + strings.Repeat("x", 201) + "</resource></bind></iq>")
		c.want("<iq type='error' id='2'><error type='modify'><bad-request*")
		c.send("<enable xmlns='urn:xmpp:sm:3'/>")
		c.want("<failed xmlns='urn:xmpp:sm:3'><unexpected-request*")
		c.send("<iq type='set' id='3'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")
		c.want("<iq type='result' id='3'>*<jid>alice@bot.example/*</jid>*")

		for i := range 8 {
			w.login("alice", string(rune('a'+i)))
		}
		c = w.authenticated("alice")
		c.send("<iq type='set' id='2'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")
		c.wantEnd("resource-constraint")
	})
}
