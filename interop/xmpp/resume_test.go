package xmpp_test

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"testing"

	"otrbot/internal/xmpp"
	"otrbot/internal/xmpp/stanza"
	"otrbot/interop/servers"
)

// A ledger is a journal in memory that outlives the client.
type ledger struct {
	mu    sync.Mutex
	saved xmpp.Saved
	any   bool
	in    []string // bodies in the order in which they were kept
	out   int      // messages on their way out
}

func (l *ledger) Saved() (xmpp.Saved, bool, error) { return l.saved, l.any, nil }

func (l *ledger) Enabled(s xmpp.Saved) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.saved, l.any = s, true
	return nil
}

func (l *ledger) Received(h uint32, e *stanza.Element) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.saved.H = h
	if e != nil {
		if body := e.Child(stanza.NSClient, "body"); body != nil {
			l.in = append(l.in, body.Text())
		}
	}
	return 0, nil
}

func (l *ledger) Sent(s xmpp.Sent) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.saved.Queue = append(l.saved.Queue, s)
	if bytes.HasPrefix(s.XML, []byte("<message")) {
		l.out++
	}
	return nil
}

func (l *ledger) sent() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out
}

func (l *ledger) Acked(seq uint64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.saved.Queue = slices.Clone(l.saved.Queue[seq-l.saved.Acked:])
	l.saved.Acked = seq
	return nil
}

func (l *ledger) Ended() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.saved, l.any = xmpp.Saved{}, false
	return nil
}

func (l *ledger) heard() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.in)
}

// expect waits for n bodies and compares them with 0..n-1.
func (b *bot) expect(n int) {
	b.t.Helper()
	for i := range n {
		if got, want := receive(b.t, fmt.Sprintf("message %d", i), b.bodies), fmt.Sprint(i); got != want {
			b.t.Fatalf("message %q, not %q: lost or doubled", got, want)
		}
	}
}

// Processes are killed in the middle of a conversation, and others go on with the same stream: no message is lost or
// doubled in either direction, and the peer sees no change of presence.
func TestKilledAndResumed(t *testing.T) {
	t.Parallel()
	servers.Each(t, servers.Options{}, func(t *testing.T, s *servers.Server) {
		const each, rounds = 40, 5
		alice := login(t, config(s, "alice", s.AddUser("alice")))
		book := &ledger{}
		c := config(s, "bot", s.AddUser("bot"))
		c.Journal = book
		b := login(t, c)
		full := b.JID()
		for round := range rounds {
			for i := range each {
				alice.say(full, fmt.Sprint(round*each+i))
				b.say(alice.JID(), fmt.Sprint(round*each+i))
			}
			for range each / 2 {
				receive(t, "message at alice", alice.bodies)
				receive(t, "message at the bot", b.bodies)
			}
			b.stop(xmpp.ErrHandOver) // as kill -9 does: nothing is said to the server
			receive(t, "end", b.ended)
			begun := book.sent()
			b = start(t, c)
			if session := receive(t, "session", b.online); !session.Resumed || session.JID != full {
				t.Fatalf("%+v", session)
			}
			for i := begun; i < (round+1)*each; i++ { // what the killed process had not even begun to send
				b.say(alice.JID(), fmt.Sprint(i))
			}
			for range each / 2 {
				receive(t, "message at alice", alice.bodies)
			}
			for len(book.heard()) < (round+1)*each { // handed to the old process or to this one
				receive(t, "message at the bot", b.bodies)
			}
		}
		for i, got := range book.heard() {
			if got != fmt.Sprint(i) {
				t.Fatalf("the bot's message %d is %q", i, got)
			}
		}
		b.leave()
		alice.leave()
		if len(alice.bodies)+len(alice.doubt)+len(b.doubt) != 0 {
			t.Errorf("%d messages doubled; in doubt at alice %d, at the bot %d", len(alice.bodies), len(alice.doubt), len(b.doubt))
		}
	})
}

// A connection is cut under traffic, many times.
func TestCutUnderTraffic(t *testing.T) {
	t.Parallel()
	servers.Each(t, servers.Options{}, func(t *testing.T, s *servers.Server) {
		const messages, cuts = 400, 8
		alice := login(t, config(s, "alice", s.AddUser("alice")))
		way := servers.Proxy(t, s.Addr())
		c := config(s, "bot", s.AddUser("bot"))
		c.Server = way.Addr()
		c.Timers.Stable = 1 // any session resets the pause
		b := login(t, c)
		for i := range messages {
			alice.say(b.JID(), fmt.Sprint(i))
			b.say(alice.JID(), fmt.Sprint(i))
			if i%(messages/cuts) == messages/cuts-1 {
				way.Cut()
				if session := receive(t, "session", b.online); !session.Resumed {
					t.Fatal("not resumed")
				}
			}
		}
		alice.expect(messages)
		b.expect(messages)
		b.leave()
		alice.leave()
	})
}

// A server that restarts knows no session: the client gets a new one, and goes on.
func TestServerRestart(t *testing.T) {
	t.Parallel()
	servers.Each(t, servers.Options{}, func(t *testing.T, s *servers.Server) {
		b := login(t, config(s, "bot", s.AddUser("bot")))
		s.Stop()
		for i := range 10 {
			b.say("nobody@"+s.Domain, fmt.Sprint(i))
		}
		s.Start()
		if session := receive(t, "session", b.online); session.Resumed {
			t.Error("resumed a session that the server cannot know")
		}
		alice := login(t, config(s, "alice", s.AddUser("alice")))
		b.say(alice.JID(), "0")
		alice.expect(1)
		b.leave()
		alice.leave()
	})
}
