package xmpp

import (
	"errors"
	"time"

	"otrbot/internal/xmpp/stanza"
)

// management is the state of stream management (XEP-0198). A session without it is kept the same way, with pings
// in the place of questions: its server handles stanzas in order, so the answer to a ping confirms what was before.
type management struct {
	began bool   // there is a session whose stanzas are counted
	id    string // for resumption; empty: not possible
	jid   string
	max   time.Duration
	h     uint32 // stanzas received and kept
	acked uint64
	queue []Sent // queue[i].Seq == acked+1+i
	bytes int    // of the queue
}

var (
	errCount   = errors.New("xmpp: the server confirms stanzas that were not sent")
	errResumed = errors.New("xmpp: odd answer to a resumption")
	errSaved   = errors.New("saved stream has gaps in its queue")
)

// spoils reports whether err would come again with the same session: what made one side stumble over the other.
func spoils(err error) bool {
	var (
		syntax *stanza.SyntaxError
		stream *StreamError
	)
	switch {
	case errors.As(err, &syntax), errors.Is(err, stanza.ErrRestrictedXML), errors.Is(err, stanza.ErrTooMuch):
		return true
	case errors.As(err, &stream):
		return stream.ours()
	}
	return errors.Is(err, errCount) || errors.Is(err, errResumed)
}

// restore takes over what an earlier process left.
func (c *Client) restore() error {
	saved, ok, err := c.conf.Journal.Saved()
	if err != nil || !ok {
		return journaled(err)
	}
	m := management{began: true, id: saved.SMID, jid: saved.JID, max: saved.Max, h: saved.H, acked: saved.Acked, queue: saved.Queue}
	for i, s := range m.queue {
		if s.Seq != m.acked+1+uint64(i) {
			return journaled(errSaved)
		}
		m.bytes += len(s.XML)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sm = m
	return nil
}

// begin starts counting for a new session.
func (c *Client) begin(m management) error {
	c.journal.Lock()
	defer c.journal.Unlock()
	m.began = true
	c.mu.Lock()
	c.sm = m
	c.mu.Unlock()
	return journaled(c.conf.Journal.Enabled(Saved{SMID: m.id, JID: m.jid, Max: m.max, Since: time.Now()}))
}

// received counts a stanza, with e nil if only that. Not before it is kept may the server hear of it.
func (c *Client) received(e *stanza.Element, counts bool) (int64, error) {
	c.journal.Lock()
	defer c.journal.Unlock()
	c.mu.Lock()
	h := c.sm.h
	c.mu.Unlock()
	if counts {
		h++ // XEP-0198, 4: modulo 2^32
	}
	in, err := c.conf.Journal.Received(h, e)
	if err != nil {
		return 0, journaled(err)
	}
	c.mu.Lock()
	c.sm.h = h
	c.mu.Unlock()
	return in, nil
}

// sending gives the stanza its place in the stream, before its bytes are on the socket.
func (c *Client) sending(it item) error {
	c.journal.Lock()
	defer c.journal.Unlock()
	c.mu.Lock()
	s := Sent{Seq: c.sm.acked + uint64(len(c.sm.queue)) + 1, Ref: it.ref, XML: it.xml}
	c.sm.queue = append(c.sm.queue, s)
	c.sm.bytes += len(s.XML)
	c.mu.Unlock()
	return journaled(c.conf.Journal.Sent(s))
}

// confirmed is the server's count of what it has received: XEP-0198, 4, "Acks".
func (c *Client) confirmed(h uint32) error {
	c.mu.Lock()
	n, sent := h-uint32(c.sm.acked), len(c.sm.queue)
	seq := c.sm.acked + uint64(n)
	c.mu.Unlock()
	if uint64(n) > uint64(sent) {
		return errCount // or counts backwards
	}
	return c.arrived(seq)
}

// arrived drops what is settled.
func (c *Client) arrived(seq uint64) error {
	c.journal.Lock()
	defer c.journal.Unlock()
	c.mu.Lock()
	if seq <= c.sm.acked {
		c.mu.Unlock()
		return nil
	}
	n := int(seq - c.sm.acked)
	for i := range n {
		c.sm.bytes -= len(c.sm.queue[i].XML)
		c.sm.queue[i] = Sent{}
	}
	c.sm.queue, c.sm.acked = c.sm.queue[n:], seq
	c.mu.Unlock()
	c.stir()
	return journaled(c.conf.Journal.Acked(seq))
}

// forget ends a session that cannot be resumed: what is in doubt goes to the handler, never to the server again,
// because a repeated OTR message cannot be read there.
func (c *Client) forget(h Handler) error {
	c.mu.Lock()
	old := c.sm
	c.sm = management{}
	c.loseQueries()
	c.mu.Unlock()
	if !old.began {
		return nil
	}
	if len(old.queue) > 0 {
		c.guard(func() { h.InDoubt(old.queue) })
	}
	c.journal.Lock()
	defer c.journal.Unlock()
	return journaled(c.conf.Journal.Ended())
}

// settled reports whether all that was written has arrived.
func (c *Client) settled() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.sm.queue) == 0
}

// window reports whether another stanza may go before the server has confirmed some. c.mu is held.
func (c *Client) window() bool {
	n := len(c.sm.queue)
	return n == 0 || n < c.conf.Limits.Unacked && c.sm.bytes < c.conf.Limits.UnackedBytes
}
