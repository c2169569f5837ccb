package xmpp

import (
	"time"

	"otrbot/internal/xmpp/stanza"
)

// After so many stanzas or bytes the server is asked what has arrived.
const (
	askAfter      = 20
	askAfterBytes = 2_500 // a third of what may be on the way
)

// slow is how long a stanza may wait before the log tells.
const slow = 10 * time.Second

// write sends what waits, one whole stanza a write, until stop or the end of the stream.
func (c *Client) write(l *link, stop <-chan struct{}) error {
	for {
		next, err := c.next(l)
		switch {
		case err != nil:
			return err
		case next.bytes == nil:
			select {
			case <-c.wake:
			case <-stop:
				return nil
			}
			continue
		}
		if _, err := l.Write(next.bytes); err != nil || next.last {
			return err
		}
	}
}

// output is what the writer does next; no bytes: nothing.
type output struct {
	bytes []byte
	last  bool
}

// next chooses: answers and questions of stream management first, then what is sent again, then what waits.
func (c *Client) next(l *link) (output, error) {
	c.mu.Lock()
	var it item
	switch {
	case l.ackDue:
		l.ackDue = false
		b := []byte(`<a xmlns='` + stanza.NSSM + `' h='` + number(c.sm.h) + `'/>`)
		c.mu.Unlock()
		return output{bytes: b}, nil
	case len(l.again) > 0:
		b := l.again[0]
		l.again = l.again[1:]
		c.mu.Unlock()
		return output{bytes: b}, nil
	case l.askDue && l.asked.IsZero():
		c.mu.Unlock()
		return c.question(l)
	case c.waiting.takeable() && c.window():
		it = c.waiting.pop()
	case l.finishing && len(c.waiting.items) == 0:
		c.mu.Unlock()
		return c.farewell(l)
	default:
		c.mu.Unlock()
		return output{}, nil
	}
	if it.query != nil {
		it.query.sent = true
	}
	l.unasked++
	l.unaskedB += len(it.xml)
	full := len(c.sm.queue)+1 >= c.conf.Limits.Unacked || c.sm.bytes+len(it.xml) >= c.conf.Limits.UnackedBytes
	if l.unasked >= askAfter || l.unaskedB >= askAfterBytes || full {
		l.askDue = true
	}
	c.mu.Unlock()
	if waited := time.Since(it.at); waited > slow && time.Since(l.complained) > time.Minute {
		l.complained = time.Now()
		c.conf.Log.Warn("stanza waited to be sent: the server slows us down or was away", "waited", waited.Round(time.Second))
	}
	return output{bytes: it.xml}, c.sending(it)
}

// takeable drops questions that nobody waits for any more, and reports whether something is left.
func (o *outbox) takeable() bool {
	for len(o.items) > 0 && o.items[0].query != nil && o.items[0].query.gone {
		o.pop()
	}
	return len(o.items) > 0
}

// question asks what has arrived: <r/>, or a ping where the server has no stream management.
func (c *Client) question(l *link) (output, error) {
	id, err := c.id()
	if err != nil {
		return output{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	l.askDue, l.asked, l.unasked, l.unaskedB = false, time.Now(), 0, 0
	l.askedAt = c.sm.acked + uint64(len(c.sm.queue))
	if l.managed {
		return output{bytes: []byte(`<r xmlns='` + stanza.NSSM + `'/>`)}, nil
	}
	l.pingID = id
	ping := stanza.New(stanza.NSClient, "iq", "type", "get", "id", id, "to", c.me.Domainpart()).Add(stanza.New(stanza.NSPing, "ping"))
	b, err := ping.Append(nil, stanza.NSClient)
	return output{bytes: b}, err
}

// farewell ends the stream; before it the last counts of both sides.
func (c *Client) farewell(l *link) (output, error) {
	last, err := c.question(l)
	if err != nil {
		return output{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if l.managed {
		last.bytes = append(last.bytes, `<a xmlns='`+stanza.NSSM+`' h='`+number(c.sm.h)+`'/>`...)
	}
	return output{bytes: append(last.bytes, `</stream:stream>`...), last: true}, nil
}
