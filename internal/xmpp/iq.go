package xmpp

import (
	"context"
	"strings"
	"time"

	"otrbot/internal/xmpp/stanza"
)

// A query waits for its answer.
type query struct {
	to     string
	result chan reply // buffered: the reader never waits
	sent   bool       // guarded by Client.mu, as is given up
	gone   bool
}

type reply struct {
	e   *stanza.Element
	err error
}

// Query sends an IQ of type get or set and returns its result. It chooses the id, and takes an answer only from the
// one it asked. It must not be called from inside a [Handler], unless in a goroutine of its own.
//
// Errors: *QueryError for an answer of type "error", ErrNoAnswer, ErrSessionLost, those of [Client.Send], and the
// context's.
func (c *Client) Query(ctx context.Context, iq *stanza.Element) (*stanza.Element, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	e := copyOf(iq).Set("id", id)
	if e.Attr("type") == "" {
		e.Set("type", "get")
	}
	q := &query{to: e.Attr("to"), result: make(chan reply, 1)}
	c.mu.Lock()
	c.queries[id] = q
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.queries, id)
		q.gone = true
	}()
	if err := c.enqueue(item{query: q}, e); err != nil {
		return nil, err
	}
	limit := time.NewTimer(c.conf.Timers.Query)
	defer limit.Stop()
	select {
	case r := <-q.result:
		if r.err != nil {
			return nil, r.err
		}
		return answer(r.e)
	case <-limit.C:
		return nil, ErrNoAnswer
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-c.done:
		return nil, ErrClosed
	}
}

// answer sorts a result from an error.
func answer(e *stanza.Element) (*stanza.Element, error) {
	if e.Attr("type") == "result" {
		return e, nil
	}
	q := &QueryError{}
	child := e.Child(stanza.NSClient, "error")
	q.Condition = condition(child, stanza.NSStanzas)
	if child != nil {
		q.Type = child.Attr("type")
	}
	return nil, q
}

// asker finds who waits for e, an IQ of type result or error.
func (c *Client) asker(e *stanza.Element) *query {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := e.Attr("id")
	q := c.queries[id]
	if q == nil || !q.sent || !c.answers(q.to, e.Attr("from")) {
		return nil
	}
	delete(c.queries, id)
	return q
}

// answers reports whether from may answer an IQ to that address: RFC 6120, 8.1.2.1. c.mu is held.
func (c *Client) answers(to, from string) bool {
	if to == "" || sameAddress(to, c.bare) {
		return c.isOwn(from) || sameAddress(from, c.offers.full)
	}
	return sameAddress(to, from) || from == "" && to == c.me.Domainpart()
}

// sameAddress compares addresses as servers hand them out: case matters in the resource only.
func sameAddress(a, b string) bool {
	bareA, bareB := stanza.Bare(a), stanza.Bare(b)
	return strings.EqualFold(bareA, bareB) && a[len(bareA):] == b[len(bareB):]
}

// loseQueries fails those whose answer cannot come any more. c.mu is held.
func (c *Client) loseQueries() {
	for id, q := range c.queries {
		if q.sent {
			q.result <- reply{err: ErrSessionLost}
			delete(c.queries, id)
		}
	}
}

// copyOf lets attributes and children be added without touching the caller's element.
func copyOf(e *stanza.Element) *stanza.Element {
	d := *e
	d.Attrs = append([]stanza.Attr(nil), e.Attrs...)
	d.Nodes = append([]stanza.Node(nil), e.Nodes...)
	return &d
}
