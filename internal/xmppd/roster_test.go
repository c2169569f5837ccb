package xmppd_test

import (
	"testing"
	"testing/synctest"

	"otrbot/internal/xmppd"
)

const (
	roster = "<query xmlns='jabber:iq:roster'>"
	failed = " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
)

// push is a roster push of one item, to a device.
func push(to, item string) string {
	return "<iq type='set' id='push-*' to='" + to + "'>" + roster + item + "</query></iq>"
}

func TestRoster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{})
		alice, tablet, silent := w.online("alice", "x"), w.online("alice", "tablet"), w.login("alice", "silent")
		alice.quietly()
		tablet.quietly()

		alice.send("<iq type='set' id='1'>" + roster + "<item jid='Bob@bot.example/x' name='B&amp;B'><group>Work</group></item></query></iq>")
		const item = "<item jid='bob@bot.example' name='B&amp;B' subscription='none'><group>Work</group></item>"
		alice.want(push("alice@bot.example/x", item))
		alice.want("<iq type='result' id='1' to='alice@bot.example/x'/>")
		tablet.want(push("alice@bot.example/tablet", item))
		silent.quiet()
		tablet.send("<iq type='get' id='2'>" + roster + "</query></iq>")
		tablet.want("<iq type='result' id='2' to='alice@bot.example/tablet'>" + roster + item + "</query></iq>")

		tablet.send("<iq type='set' id='3'>" + roster + "<item jid='bob@bot.example' subscription='remove'/></query></iq>")
		tablet.want(push("alice@bot.example/tablet", "<item jid='bob@bot.example' subscription='remove'/>"))
		tablet.want("<iq type='result' id='3'*")
		alice.want(push("alice@bot.example/x", "<item jid='bob@bot.example' subscription='remove'/>"))

		for items, want := range map[string]string{
			"":             "bad-request",
			"<item/>":      "bad-request",
			"<x jid='b'/>": "bad-request",
			"<item jid='a@bot.example'/><item jid='b@bot.example'/>":              "bad-request",
			"<item jid='alice@bot.example'/>":                                     "bad-request",
			"<item jid='bob@bot.example' subscription='remove'/>":                 "item-not-found",
			"<item jid='bob@bot.example'><group/></item>":                         "not-acceptable",
			"<item jid='bob@bot.example'><group>a</group><group>a</group></item>": "not-acceptable",
		} {
			alice.send("<iq type='set' id='4'>" + roster + items + "</query></iq>")
			alice.want("<iq type='error' id='4'*<" + want + failed)
		}
		alice.send("<iq type='set' id='5' to='bob@bot.example'>" + roster + "<item jid='carol@bot.example'/></query></iq>")
		alice.want("<iq type='error' id='5'*<service-unavailable" + failed)
	})
}

func TestSubscription(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{})
		alice, bob := w.online("alice", "x"), w.online("bob", "x")

		t.Log("alice asks")
		alice.send("<presence type='subscribe' to='bob@bot.example/x' id='s'><status>please</status></presence>")
		alice.want(push("alice@bot.example/x", "<item jid='bob@bot.example' subscription='none' ask='subscribe'/>"))
		bob.want("<presence type='subscribe' to='bob@bot.example' id='s' from='alice@bot.example'><status>please</status></presence>")
		bob.send("<iq type='get' id='1'>" + roster + "</query></iq>")
		bob.want("<iq type='result' id='1' to='bob@bot.example/x'><query xmlns='jabber:iq:roster'/></iq>")

		t.Log("bob agrees")
		bob.send("<presence type='subscribed' to='alice@bot.example'/>")
		bob.want(push("bob@bot.example/x", "<item jid='alice@bot.example' subscription='from'/>"))
		alice.want("<presence type='subscribed' to='alice@bot.example' from='bob@bot.example'/>")
		alice.want(push("alice@bot.example/x", "<item jid='bob@bot.example' subscription='to'/>"))
		alice.want("<presence from='bob@bot.example/x' to='alice@bot.example'/>")

		t.Log("presence goes one way")
		bob.send("<presence><show>away</show><status>tea</status></presence>")
		bob.want("<presence from='bob@bot.example/x' to='bob@bot.example'>*</presence>")
		alice.want("<presence from='bob@bot.example/x' to='alice@bot.example'><show>away</show><status>tea</status></presence>")
		alice.send("<presence><show>dnd</show></presence>")
		alice.quietly()
		bob.quiet()

		t.Log("asked again, the server answers for bob")
		alice.send("<presence type='subscribe' to='bob@bot.example'/>")
		alice.quietly()
		bob.quiet()

		t.Log("and the other way")
		bob.send("<presence type='subscribe' to='alice@bot.example'/>")
		alice.want("<presence type='subscribe'*from='bob@bot.example'/>")
		alice.send("<presence type='subscribed' to='bob@bot.example'/>")
		alice.want(push("alice@bot.example/x", "<item jid='bob@bot.example' subscription='both'/>"))
		bob.want(push("bob@bot.example/x", "<item jid='alice@bot.example' subscription='from' ask='subscribe'/>"))
		bob.want("<presence type='subscribed'*")
		bob.want(push("bob@bot.example/x", "<item jid='alice@bot.example' subscription='both'/>"))
		bob.want("<presence from='alice@bot.example/x' to='bob@bot.example'><show>dnd</show></presence>")

		t.Log("a device that comes learns who is there, and is seen")
		tablet := w.online("alice", "tablet")
		tablet.want("<presence from='alice@bot.example/x' to='alice@bot.example/tablet'><show>dnd</show></presence>")
		tablet.want("<presence from='bob@bot.example/x' to='alice@bot.example/tablet'><show>away</show><status>tea</status></presence>")
		bob.want("<presence from='alice@bot.example/tablet' to='bob@bot.example'/>")
		tablet.send("<presence type='unavailable'><status>bye</status></presence>")
		bob.want("<presence type='unavailable' from='alice@bot.example/tablet' to='bob@bot.example'><status>bye</status></presence>")
		tablet.conn.Close()
		alice.quietly()

		t.Log("alice has had enough")
		alice.send("<presence type='unsubscribe' to='bob@bot.example'/>")
		bob.want("<presence type='unsubscribe' from='alice@bot.example' to='bob@bot.example'/>")
		bob.want(push("bob@bot.example/x", "<item jid='alice@bot.example' subscription='to'/>"))
		alice.want("<presence type='unavailable' from='bob@bot.example/x' to='alice@bot.example'/>")
		alice.want(push("alice@bot.example/x", "<item jid='bob@bot.example' subscription='from'/>"))
		alice.send("<presence type='unsubscribed' to='bob@bot.example'/>")
		bob.want("<presence type='unsubscribed' from='alice@bot.example' to='bob@bot.example'/>")
		bob.want(push("bob@bot.example/x", "<item jid='alice@bot.example' subscription='none'/>"))
		bob.want("<presence type='unavailable' from='alice@bot.example/x' to='bob@bot.example'/>")
		alice.want(push("alice@bot.example/x", "<item jid='bob@bot.example' subscription='none'/>"))
	})
}

// Who is away finds the request at the next login, until it has been answered.
func TestRequestWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{})
		alice := w.online("alice", "x")
		alice.send("<presence type='subscribe' to='bob@bot.example'/>")
		alice.quietly()
		for range 2 {
			bob := w.online("bob", "x")
			bob.want("<presence type='subscribe' to='bob@bot.example' from='alice@bot.example'/>")
			bob.send("</stream:stream>")
			bob.wantEnd("")
		}
		bob := w.online("bob", "x")
		bob.want("<presence type='subscribe'*")
		bob.send("<presence type='unsubscribed' to='alice@bot.example'/>")
		alice.want("<presence type='unsubscribed' from='bob@bot.example' to='alice@bot.example'/>")
		alice.want(push("alice@bot.example/x", "<item jid='bob@bot.example' subscription='none'/>"))
		bob.quietly()
		w.online("bob", "y").quietly()
	})
}

func TestPreApproval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{})
		bot, alice := w.online("bob", "x"), w.online("alice", "x")
		bot.send("<presence type='subscribed' to='alice@bot.example'/>")
		bot.want(push("bob@bot.example/x", "<item jid='alice@bot.example' subscription='none' approved='true'/>"))
		bot.quiet()
		alice.quiet()
		alice.send("<presence type='subscribe' to='bob@bot.example'/>")
		bot.want(push("bob@bot.example/x", "<item jid='alice@bot.example' subscription='from' approved='true'/>"))
		bot.quiet()
		alice.want(push("alice@bot.example/x", "<item jid='bob@bot.example' subscription='none' ask='subscribe'/>"))
		alice.want("<presence type='subscribed' from='bob@bot.example' to='alice@bot.example'/>")
		alice.want(push("alice@bot.example/x", "<item jid='bob@bot.example' subscription='to'/>"))
		alice.want("<presence from='bob@bot.example/x' to='alice@bot.example'/>")
	})
}

// Removing a contact ends what was between the two.
func TestRemoval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{})
		alice, bob := w.online("alice", "x"), w.online("bob", "x")
		befriend(alice, bob)
		alice.send("<iq type='set' id='1'>" + roster + "<item jid='bob@bot.example' subscription='remove'/></query></iq>")
		bob.want("<presence type='unsubscribe' from='alice@bot.example' to='bob@bot.example'/>")
		bob.want(push("bob@bot.example/x", "<item jid='alice@bot.example' subscription='to'/>"))
		bob.want("<presence type='unsubscribed' from='alice@bot.example' to='bob@bot.example'/>")
		bob.want(push("bob@bot.example/x", "<item jid='alice@bot.example' subscription='none'/>"))
		bob.want("<presence type='unavailable' from='alice@bot.example/x' to='bob@bot.example'/>")
		alice.want("<presence type='unavailable' from='bob@bot.example/x' to='alice@bot.example'/>")
		alice.want(push("alice@bot.example/x", "<item jid='bob@bot.example' subscription='remove'/>"))
		alice.want("<iq type='result' id='1'*")
		bob.send("<presence><show>away</show></presence>")
		bob.quietly()
		alice.quiet()
	})
}

func TestStrangersGetNoPresence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{})
		alice, bob := w.online("alice", "x"), w.online("bob", "x")
		for _, xml := range []string{
			"<presence type='probe' to='bob@bot.example'/>",
			"<presence type='subscribed' to='bob@bot.example'/>",
			"<presence type='unsubscribe' to='bob@bot.example'/>",
			"<presence type='unsubscribed' to='carol@bot.example'/>",
			"<presence type='subscribe' to='nobody@bot.example'/>",
			"<presence type='subscribe' to='alice@bot.example'/>",
			"<presence to='nobody@bot.example'/>",
			"<presence type='nonsense'/>",
		} {
			alice.send(xml)
			alice.quietly()
		}
		bob.quiet()
		alice.send("<presence type='subscribe' to='bob@other.example'/>")
		alice.want("<presence type='error' to='alice@bot.example/x' from='bob@other.example'*<remote-server-not-found*")
	})
}

// Presence may be sent to one address; it learns when that ends, too.
func TestDirectedPresence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{})
		alice, bob, carol := w.online("alice", "x"), w.online("bob", "x"), w.online("carol", "x")
		for _, to := range []string{"bob@bot.example/x", "carol@bot.example"} {
			alice.send("<presence to='" + to + "'><status>lesson 2</status></presence>")
		}
		bob.want("<presence to='bob@bot.example/x' from='alice@bot.example/x'><status>lesson 2</status></presence>")
		carol.want("<presence to='carol@bot.example' from='alice@bot.example/x'><status>lesson 2</status></presence>")
		alice.send("<presence to='carol@bot.example' type='unavailable'/>")
		carol.want("<presence to='carol@bot.example' type='unavailable' from='alice@bot.example/x'/>")
		alice.conn.Close()
		bob.want("<presence type='unavailable' from='alice@bot.example/x' to='bob@bot.example/x'/>")
		carol.quiet()
	})
}
