package xmpp

import (
	"crypto/x509"
	"encoding/hex"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"mellium.im/xmpp/jid"

	"otrbot/internal/xmpp/stanza"
)

// A Handler is told what happens. Its methods are called one after the other from the goroutine of [Client.Run] and
// must not block on the network: sending is fine, waiting for an answer is not. A panic concerns one stanza only.
type Handler interface {
	// Online says that a session has begun, or goes on. It comes before any stanza of that session.
	Online(s Session)
	// Stanza is a message, a presence, or an IQ's result that nobody waits for. in is what Journal.Received returned.
	Stanza(e *stanza.Element, in int64)
	// InDoubt names, in order, the stanzas that may have arrived or not, because the session could not be resumed.
	InDoubt(sent []Sent)
	// Offline says that the connection, or an attempt to get one, failed. The client will try again.
	Offline(err error)
}

// A Session is a time of being logged in.
type Session struct {
	JID        string // full, as the server gave it
	Resumed    bool   // nothing was lost, and others did not see us leave: presence and roster are as before
	Mechanism  string // of SASL; "-PLUS" at its end: bound to the TLS connection
	TLSVersion string // such as "TLS 1.3"
}

// Client is a client's side of a stream. Its methods may be called from several goroutines.
type Client struct {
	conf Config
	me   jid.JID
	bare string

	running    atomic.Bool
	done       chan struct{} // closed when Run returns
	wake       chan struct{} // the writer has something to look at
	dice       sync.Mutex    // guards conf.Rand
	roots      atomic.Pointer[x509.CertPool]
	online     bool   // there was a session in this Run; only Run's goroutine
	redirect   string // see-other-host to follow; only Run's goroutine
	redirected bool   // it was followed; likewise

	breaks int // TLS handshakes in a row on which the server hung up; likewise

	journal sync.Mutex // orders calls of conf.Journal; taken before mu
	shown   shown      // its lock is taken before mu

	mu      sync.Mutex
	closed  bool
	waiting outbox
	sm      management
	queries map[string]*query
	offers  offers
	roster  map[string]Contact
}

// offers are what the server said after login.
type offers struct {
	full        string // our JID with resource
	preApproval bool
	maxStanza   int // 0: did not say
}

// New checks c. It does nothing yet.
func New(c Config) (*Client, error) {
	conf, me, err := c.normal()
	if err != nil {
		return nil, err
	}
	client := &Client{
		conf: conf, me: me, bare: me.String(),
		done: make(chan struct{}), wake: make(chan struct{}, 1),
		queries: map[string]*query{}, roster: map[string]Contact{},
	}
	client.SetRoots(conf.TLS.Roots)
	return client, nil
}

// SetRoots has other authorities certify the server, from the next connection on; nil: those of the machine.
func (c *Client) SetRoots(authorities *x509.CertPool) { c.roots.Store(authorities) }

// Send queues a message, presence or iq; it never waits for the network. Stanzas are written in the order of the
// calls, those queued while offline in the next session. ref is the caller's own number, which comes back in InDoubt;
// 0: none. A presence without type gets the client's capabilities and the hash of its avatar.
//
// Errors: stanza.ErrIllegalText, ErrTooBig, ErrQueueFull, ErrClosed.
func (c *Client) Send(e *stanza.Element, ref int64) error {
	if e.Local == "presence" {
		return c.show(e, ref)
	}
	return c.enqueue(item{ref: ref}, e)
}

func (c *Client) enqueue(it item, e *stanza.Element) error {
	if e.Space != stanza.NSClient || !isStanza(e.Local) {
		return errors.New("xmpp: only message, presence and iq are sent")
	}
	xml, err := e.Append(nil, stanza.NSClient)
	if err != nil {
		return err
	}
	it.xml, it.at = xml, time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	limit := c.conf.Limits.Stanza
	if n := c.offers.maxStanza; n > 0 {
		limit = min(limit, n)
	}
	switch {
	case c.closed:
		return ErrClosed
	case len(xml) > limit:
		return ErrTooBig
	case len(c.waiting.items) >= c.conf.Limits.Waiting || c.waiting.bytes+len(xml) > c.conf.Limits.WaitingBytes:
		return ErrQueueFull
	}
	c.waiting.push(it)
	c.stir()
	return nil
}

// stir has the writer look.
func (c *Client) stir() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Backlog tells how many stanzas wait to be sent, and for how long the first has waited: servers slow clients down.
func (c *Client) Backlog() (stanzas int, oldest time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting.items) > 0 {
		oldest = time.Since(c.waiting.items[0].at)
	}
	return len(c.waiting.items), oldest
}

// JID is the full JID of the session, or the bare JID before the first one.
func (c *Client) JID() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.offers.full == "" {
		return c.bare
	}
	return c.offers.full
}

// id makes an IQ's id. It cannot be guessed, so a stranger cannot answer in another's name.
func (c *Client) id() (string, error) {
	c.dice.Lock()
	defer c.dice.Unlock()
	var b [8]byte
	if _, err := io.ReadFull(c.conf.Rand, b[:]); err != nil {
		return "", err
	}
	return hex.EncodeToString(b[:]), nil
}

func isStanza(local string) bool { return local == "message" || local == "presence" || local == "iq" }

// An item waits to be sent.
type item struct {
	xml   []byte
	ref   int64
	at    time.Time
	query *query // whose question it is
}

// outbox is a queue with a sum of bytes.
type outbox struct {
	items []item
	bytes int
}

func (o *outbox) push(it item) {
	o.items = append(o.items, it)
	o.bytes += len(it.xml)
}

func (o *outbox) pop() item {
	it := o.items[0]
	o.items[0] = item{}
	o.items = o.items[1:]
	o.bytes -= len(it.xml)
	return it
}
