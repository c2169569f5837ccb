package xmppd_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otrbot/internal/xmppd"
)

const sm = " xmlns='urn:xmpp:sm:3'"

// enable turns stream management on and returns the identifier to resume with.
func (c *client) enable() string {
	c.t.Helper()
	c.send("<enable" + sm + " resume='true'/>")
	got := c.want("<enabled" + sm + " id='*' resume='true' max='300'/>")
	_, id, _ := strings.Cut(got, "id='")
	id, _, _ = strings.Cut(id, "'")
	return id
}

func TestAcknowledgements(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{})
		alice, bob := w.online("alice", "x"), w.online("bob", "x")
		alice.send("<enable" + sm + "/>")
		alice.want("<enabled" + sm + "/>")
		for i := range 3 {
			alice.send("<message to='bob@bot.example'><body>hi</body></message> <presence type='probe' to='x'/><r" + sm + "/>")
			alice.want(fmt.Sprintf("<a"+sm+" h='%d'/>", 2*i+2))
			bob.want("<message*")
		}
		bob.send("<message to='alice@bot.example'><body>hi</body></message>")
		alice.want("<message*")
		alice.want("<r" + sm + "/>")
		alice.send("<a" + sm + " h='1'/><enable" + sm + "/>")
		alice.want("<failed" + sm + "><unexpected-request*")
		bob.send("<message to='alice@bot.example'><body>hi</body></message>")
		alice.want("<message*")
		alice.want("<r" + sm + "/>")
		alice.send("<a" + sm + " h='3'/>")
		alice.wantEnd("undefined-condition")
	})
}

// A client that comes back goes on where it was, and nobody notices.
func TestResumption(t *testing.T) {
	for name, cut := range map[string]func(*client){
		"the connection was cut":       func(c *client) { c.conn.Close(); synctest.Wait() },
		"the server does not know yet": func(*client) {},
		"in the middle of a stanza":    func(c *client) { c.send("<message"); c.conn.Close(); synctest.Wait() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, xmppd.Config{})
				alice, bob := w.online("alice", "x"), w.online("bob", "x")
				befriend(alice, bob)
				id := alice.enable()
				for i := range 3 {
					bob.send(fmt.Sprintf("<message to='alice@bot.example/x' id='%d'><body>hi</body></message>", i))
					alice.quietlyBut("<message*")
				}
				alice.send("<message to='bob@bot.example'><body>counted</body></message>")
				bob.want("<message*")
				cut(alice)
				for i := range 3 {
					bob.send(fmt.Sprintf("<message to='alice@bot.example/x' id='%d'><body>hi</body></message>", 3+i))
				}
				bob.quiet()

				again := w.authenticated("alice")
				again.jid = alice.jid
				again.send("<resume" + sm + " previd='" + id + "' h='2'/>")
				again.want("<resumed" + sm + " previd='" + id + "' h='1'/>")
				for i := range 4 {
					again.want(fmt.Sprintf("<message to='alice@bot.example/x' id='%d'*", 2+i))
				}
				again.want("<r" + sm + "/>")
				again.send("<a" + sm + " h='6'/>")
				again.quiet()
				again.quietly()
				bob.quiet()
				if n, err := alice.conn.Read(make([]byte, 1)); err == nil {
					t.Errorf("the old connection still gets %d bytes", n)
				}
				t.Log("and again")
				again.conn.Close()
				third := w.authenticated("alice")
				third.send("<resume" + sm + " previd='" + id + "' h='7'/>")
				third.want("<resumed" + sm + " previd='" + id + "' h='3'/>")
			})
		})
	}
}

func TestNoResumption(t *testing.T) {
	const notFound = "<failed" + sm + "><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>"
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{})
		alice := w.online("alice", "x")
		id := alice.enable()
		eve := w.authenticated("bob")
		for _, attrs := range []string{"previd='" + id + "' h='0'", "previd='' h='0'", "h='0'", "previd='" + id + "' h='x'", "previd='" + id + "'"} {
			eve.send("<resume" + sm + " " + attrs + "/>")
			eve.want(notFound)
		}
		eve.bind("x", "bob@bot.example/x")
		eve.send("<resume" + sm + " previd='" + id + "' h='0'/>")
		eve.want("<failed" + sm + "><unexpected-request*")
		alice.quiet()

		t.Log("a count that cannot be")
		again := w.authenticated("alice")
		again.send("<resume" + sm + " previd='" + id + "' h='1000'/>")
		again.wantEnd("undefined-condition")

		t.Log("after a goodbye")
		alice = w.online("alice", "x")
		id = alice.enable()
		alice.send("</stream:stream>")
		alice.wantEnd("")
		again = w.authenticated("alice")
		again.send("<resume" + sm + " previd='" + id + "' h='0'/>")
		again.want(notFound)

		t.Log("after an offence")
		again.bind("x", "alice@bot.example/x")
		id = again.enable()
		again.send("<!-- x -->")
		again.wantEnd("restricted-xml")
		again = w.authenticated("alice")
		again.send("<resume" + sm + " previd='" + id + "' h='0'/>")
		again.want(notFound)
	})
}

// What a client never got goes to another device, or waits, or comes back.
func TestHoldEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{})
		alice, bob := w.online("alice", "x"), w.online("bob", "x")
		befriend(alice, bob)
		id := alice.enable()
		alice.conn.Close()
		synctest.Wait()
		bob.send("<message to='alice@bot.example/x' id='1'><body>keep</body></message>")
		bob.send("<message to='alice@bot.example/x' id='2'><body>lose</body><no-store xmlns='urn:xmpp:hints'/></message>")
		bob.quiet()
		start := time.Now()
		bob.want("<presence type='unavailable' from='alice@bot.example/x' to='bob@bot.example'/>")
		if held := time.Since(start); held != 5*time.Minute {
			t.Errorf("held for %v", held)
		}
		bob.want("<message type='error' id='2'*<service-unavailable*")
		again := w.authenticated("alice")
		again.send("<resume" + sm + " previd='" + id + "' h='0'/>")
		again.want("<failed*<item-not-found*")
		again.bind("x", "alice@bot.example/x")
		again.send("<presence/>")
		again.quietlyBut("<message to='alice@bot.example/x' id='1' from='bob@bot.example/x'><body>keep</body><delay*")
	})
}

// A session whose client is away does not grow without end.
func TestHeldQueueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{Queue: 20})
		alice, bob := w.online("alice", "x"), w.online("bob", "x")
		befriend(alice, bob)
		alice.enable()
		alice.conn.Close()
		synctest.Wait()
		for range 21 {
			bob.send("<message to='alice@bot.example/x' type='headline'><body>hi</body></message>")
		}
		bob.want("<presence type='unavailable' from='alice@bot.example/x' to='bob@bot.example'/>")
		bob.quiet()
	})
}

func TestHoldCanBeOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{Hold: -1})
		alice, bob := w.online("alice", "x"), w.online("bob", "x")
		befriend(alice, bob)
		alice.send("<enable" + sm + " resume='true'/>")
		alice.want("<enabled" + sm + "/>")
		alice.conn.Close()
		bob.want("<presence type='unavailable' from='alice@bot.example/x' to='bob@bot.example'/>")
	})
}

// The server ends while one session waits for its client.
func TestCloseWithHeldSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{})
		alice := w.online("alice", "x")
		alice.enable()
		alice.conn.Close()
		synctest.Wait()
		bob := w.online("bob", "x")
		closed := make(chan error)
		go func() { closed <- w.server.Close() }()
		bob.wantEnd("system-shutdown")
		if err := <-closed; err != nil {
			t.Error(err)
		}
	})
}
