// Package learner is a learner for tests: somebody with an XMPP account and a client
// that speaks OTR, who does what the test says and remembers what was seen.
package learner

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"otrbot/internal/chatxml"
	"otrbot/internal/xmpp"
	"otrbot/internal/xmpp/stanza"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

// Config is who the learner is, and whom they talk to.
type Config struct {
	JID, Resource, Password string
	Server                  string // host:port
	Roots                   *x509.CertPool
	Bot                     string // bare JID
	Policy                  otr.Policy
	Parameters              *otr.Parameters // for the learner's key
	Declines                bool            // says no to invitations
}

// Learner is somebody who learns. Its methods may be called from several goroutines.
type Learner struct {
	config Config
	client *xmpp.Client
	user   *otr.UserState
	stop   context.CancelFunc
	ended  chan struct{}

	mu       sync.Mutex
	endpoint *otrxmpp.Endpoint
	seen     []Seen
	changed  chan struct{} // closed, and made anew, when there is more to see
	err      error
}

// Seen is something that the learner noticed: an event of OTR, or the bot's presence.
type Seen struct {
	Event    otrxmpp.Event // nil for presence
	Presence string        // "available", "unavailable", "subscribe" …
	Status   string
}

// Text is what the bot said; false if this is something else.
func (s Seen) Text() (otrxmpp.MessageReceived, bool) {
	m, ok := s.Event.(otrxmpp.MessageReceived)
	return m, ok
}

// Start logs in and becomes available.
func Start(ctx context.Context, c Config) (*Learner, error) {
	user := otr.NewUserState()
	account := otr.Account{Name: c.JID, Protocol: "xmpp"}
	key, err := otr.GenerateKeyWithParameters(c.Parameters, nil)
	if err != nil {
		return nil, err
	}
	if err := user.SetKey(account, key); err != nil {
		return nil, err
	}
	endpoint, err := otrxmpp.New(otrxmpp.Config{User: user, Account: account, Peer: c.Bot, OTR: otr.Config{Policy: c.Policy}})
	if err != nil {
		return nil, err
	}
	client, err := xmpp.New(xmpp.Config{
		JID: c.JID, Resource: c.Resource, Password: xmpp.Password(c.Password), Server: c.Server, TLS: xmpp.TLS{Roots: c.Roots},
	})
	if err != nil {
		return nil, err
	}
	run, stop := context.WithCancel(context.Background())
	l := &Learner{
		config: c, client: client, user: user, stop: stop, ended: make(chan struct{}),
		endpoint: endpoint, changed: make(chan struct{}),
	}
	online := make(chan struct{})
	go func() {
		defer close(l.ended)
		err := client.Run(run, &handler{l, sync.OnceFunc(func() { close(online) })})
		l.mu.Lock()
		l.err = err
		l.mu.Unlock()
	}()
	select {
	case <-online:
		return l, nil
	case <-l.ended:
		stop()
		return nil, errors.Join(errors.New("the learner could not log in"), l.err)
	case <-ctx.Done():
		l.Close()
		return nil, ctx.Err()
	}
}

// JID is the learner's bare JID.
func (l *Learner) JID() string { return l.config.JID }

// Close logs out, without ending OTR, as a client that is switched off.
func (l *Learner) Close() {
	l.stop()
	<-l.ended
}

type handler struct {
	*Learner
	online func()
}

func (h *handler) Online(s xmpp.Session) {
	if !s.Resumed {
		_ = h.client.Send(stanza.New(stanza.NSClient, "presence"), 0)
	}
	h.online()
}
func (h *handler) Offline(error)       {}
func (h *handler) InDoubt([]xmpp.Sent) {}

func (h *handler) Stanza(e *stanza.Element, _ int64) {
	if stanza.Bare(e.Attr("from")) != h.config.Bot {
		return
	}
	switch e.Local {
	case "presence":
		h.presence(e)
	case "message":
		m, _ := chatxml.Read(e)
		h.mu.Lock()
		defer h.mu.Unlock()
		_ = h.take(h.endpoint.Receive(m, time.Now()), nil)
	}
}

// presence answers whoever wants to see us: it can only be the bot.
func (l *Learner) presence(e *stanza.Element) {
	typ := e.Attr("type")
	switch {
	case typ == "subscribe" && l.config.Declines:
		_ = l.client.Send(xmpp.Presence(l.config.Bot, "unsubscribed", ""), 0)
	case typ == "subscribe":
		_ = l.client.Approve(l.config.Bot)
		_ = l.client.Subscribe(l.config.Bot)
	}
	status := ""
	if s := e.Child(stanza.NSClient, "status"); s != nil {
		status = s.Text()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if typ == "" || typ == "unavailable" {
		_ = l.take(l.endpoint.Presence(e.Attr("from"), typ == "", time.Now()), nil)
	}
	if typ == "" {
		typ = "available"
	}
	l.note(Seen{Presence: typ, Status: status})
}

// take sends and remembers; l.mu is held.
func (l *Learner) take(r otrxmpp.Result, err error) error {
	for _, o := range r.Send {
		err = errors.Join(err, l.client.Send(chatxml.Write(o), 0))
	}
	for _, e := range r.Events {
		l.note(Seen{Event: e})
	}
	return err
}

func (l *Learner) note(s Seen) {
	l.seen = append(l.seen, s)
	close(l.changed)
	l.changed = make(chan struct{})
}

// do lets the learner's client do something.
func (l *Learner) do(f func(e *otrxmpp.Endpoint, now time.Time) (otrxmpp.Result, error)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	r, err := f(l.endpoint, time.Now())
	return l.take(r, err)
}

// Say sends a text, encrypted if OTR is on.
func (l *Learner) Say(text string) error {
	return l.do(func(e *otrxmpp.Endpoint, now time.Time) (otrxmpp.Result, error) { return e.Send(text, now) })
}

// StartOTR asks the bot to switch OTR on.
func (l *Learner) StartOTR() error { return l.do((*otrxmpp.Endpoint).Start) }

// EndOTR switches it off.
func (l *Learner) EndOTR() error { return l.do((*otrxmpp.Endpoint).EndAll) }

// Refresh makes new keys.
func (l *Learner) Refresh() error { return l.do((*otrxmpp.Endpoint).Refresh) }

// Verify asks the bot to prove that it knows the secret.
func (l *Learner) Verify(secret string) error {
	return l.do(func(e *otrxmpp.Endpoint, now time.Time) (otrxmpp.Result, error) {
		return e.StartSMP([]byte(secret), now)
	})
}

// Ask does so with a question.
func (l *Learner) Ask(question, secret string) error {
	return l.do(func(e *otrxmpp.Endpoint, now time.Time) (otrxmpp.Result, error) {
		return e.AskSMP(question, []byte(secret), now)
	})
}

// Answer gives our secret to the bot's verification.
func (l *Learner) Answer(secret string) error {
	return l.do(func(e *otrxmpp.Endpoint, now time.Time) (otrxmpp.Result, error) {
		return e.AnswerSMP([]byte(secret), now)
	})
}

// Abort breaks a verification off.
func (l *Learner) Abort() error { return l.do((*otrxmpp.Endpoint).AbortSMP) }

// Send sends any stanza.
func (l *Learner) Send(e *stanza.Element) error { return l.client.Send(e, 0) }

// Seen is everything noticed so far.
func (l *Learner) Seen() []Seen {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seen[:len(l.seen):len(l.seen)]
}

// Wait waits for something to be noticed, from the n-th thing on, and returns the number of the next one.
func (l *Learner) Wait(ctx context.Context, n int, what func(Seen) bool) (int, error) {
	for {
		l.mu.Lock()
		for ; n < len(l.seen); n++ {
			if what(l.seen[n]) {
				l.mu.Unlock()
				return n + 1, nil
			}
		}
		changed := l.changed
		l.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return n, fmt.Errorf("%w; the learner saw: %s", ctx.Err(), l)
		}
	}
}

// String is what the learner saw, for the report of a test.
func (l *Learner) String() string {
	var s strings.Builder
	for _, one := range l.Seen() {
		switch m, ok := one.Text(); {
		case ok:
			fmt.Fprintf(&s, "\n  says %q (encrypted: %t)", m.Text, m.Encrypted)
		case one.Event != nil:
			fmt.Fprintf(&s, "\n  %s %+v", one.Event.Name(), one.Event)
		default:
			fmt.Fprintf(&s, "\n  presence %s %q", one.Presence, one.Status)
		}
	}
	return s.String()
}

// Says waits for a text that contains the words.
func Says(words string) func(Seen) bool {
	return func(s Seen) bool { m, ok := s.Text(); return ok && strings.Contains(m.Text, words) }
}

// Is waits for an event of type E.
func Is[E otrxmpp.Event](s Seen) bool { _, ok := s.Event.(E); return ok }

// Shows waits for the bot's presence.
func Shows(presence string) func(Seen) bool {
	return func(s Seen) bool { return s.Presence == presence }
}
