package xmpp

import (
	"context"
	"errors"
	"io"
	"strconv"
	"sync"
	"time"

	"otrbot/internal/xmpp/stanza"
)

// An arrival is an element, or why there is none.
type arrival struct {
	e   *stanza.Element
	err error
}

var errLeft = errors.New("xmpp: closed by us")

// partingTime is for the server to end its stream as well, when all that we sent has arrived: RFC 6120, 4.4.
const partingTime = time.Second

// serve carries a session until its connection ends. Three goroutines share the link: one reads, one writes, and
// this one handles what arrived.
func (c *Client) serve(ctx context.Context, l *link, h Handler) error {
	c.guard(func() { h.Online(l.session) })
	in, failed, stop := make(chan arrival), make(chan error, 1), make(chan struct{})
	var both sync.WaitGroup
	both.Go(func() { l.read(in, stop) })
	both.Go(func() { failed <- c.write(l, stop) })
	err := c.loop(ctx, l, h, in, failed)
	close(stop)
	l.raw.Close()
	both.Wait()
	return c.ended(l, h, err)
}

func (c *Client) loop(ctx context.Context, l *link, h Handler, in <-chan arrival, failed <-chan error) error {
	for _, e := range l.early {
		if err := c.handle(l, h, e, false); err != nil {
			return err
		}
	}
	tick := time.NewTicker(c.conf.Timers.Ack)
	defer tick.Stop()
	var limit, parting <-chan time.Time
	done, written := ctx.Done(), false
	for {
		if written && parting == nil && c.settled() {
			parting = time.After(partingTime)
		}
		select {
		case a := <-in:
			if a.err != nil {
				return a.err
			}
			if err := c.handle(l, h, a.e, true); err != nil {
				return err
			}
		case err := <-failed:
			if err != nil {
				return err
			}
			failed, written = nil, true // the end of the stream too
		case now := <-tick.C:
			if c.overdue(l, now) {
				return errSilent
			}
		case <-done:
			if errors.Is(context.Cause(ctx), ErrHandOver) {
				return errLeft
			}
			done, limit = nil, time.After(c.conf.Timers.Close)
			c.finish(l)
		case <-limit:
			return errLeft
		case <-parting:
			return errLeft
		}
	}
}

// read hands on what arrives. A stanza over its limit is only counted.
func (l *link) read(in chan<- arrival, stop <-chan struct{}) {
	for {
		e, err := l.next()
		var big *stanza.TooLarge
		more := err == nil
		if errors.As(err, &big) {
			e, err, more = stanza.New(stanza.NSClient, big.Local, "type", dropped), nil, true
		}
		select {
		case in <- arrival{e, err}:
		case <-stop:
			return
		}
		if !more {
			return
		}
	}
}

// dropped marks the place of a stanza that was read past; no server sends such a type.
const dropped = "\x00"

// handle deals with one element. Its errors end the connection; nothing that a stranger sent is one.
func (c *Client) handle(l *link, h Handler, e *stanza.Element, counts bool) error {
	switch {
	case e.Space == stanza.NSClient && isStanza(e.Local):
		return c.stanza(l, h, e, counts)
	case e.Space == stanza.NSSM && e.Local == "r" && l.managed:
		c.mu.Lock()
		l.ackDue = true
		c.mu.Unlock()
		c.stir()
	case e.Space == stanza.NSSM && e.Local == "a" && l.managed:
		n, ok := count(e)
		if !ok {
			return errCount
		}
		c.answered(l)
		return c.confirmed(n)
	}
	return nil
}

// stanza keeps it, then handles it.
func (c *Client) stanza(l *link, h Handler, e *stanza.Element, counts bool) error {
	act, forHandler := c.reaction(l, e)
	kept := e
	if !forHandler {
		kept = nil
	}
	in, err := c.received(kept, counts)
	if err != nil {
		return err
	}
	if forHandler {
		c.guard(func() { h.Stanza(e, in) })
	}
	if act != nil {
		return act()
	}
	return nil
}

// ended looks at why the stream is over, and gives up a session that must not be resumed. After a polite end nobody is
// left to hear of doubts: they wait in the journal for the next process, whose server may know more.
func (c *Client) ended(l *link, h Handler, err error) error {
	switch {
	case errors.Is(err, io.EOF) && l.finishing && !c.settled():
		return errLeft
	case errors.Is(err, io.EOF) && l.finishing:
		err = errLeft
	case errors.Is(err, io.EOF):
		return errClosed
	case !spoils(err):
		return err
	}
	if lost := c.forget(h); lost != nil {
		return lost
	}
	return err
}

// overdue reports whether the server has left a question unanswered for too long; else it has the next one asked.
func (c *Client) overdue(l *link, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !l.asked.IsZero() && now.Sub(l.asked) >= c.conf.Timers.Read {
		return true
	}
	l.askDue = true
	c.stir()
	return false
}

// answered lets the next question go out.
func (c *Client) answered(l *link) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l.asked, l.pingID = time.Time{}, ""
	c.stir()
}

// finish has the writer say goodbye once nothing waits.
func (c *Client) finish(l *link) {
	bye, err := stanza.New(stanza.NSClient, "presence", "type", "unavailable").Append(nil, stanza.NSClient)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.waiting.push(item{xml: bye, at: time.Now()})
	}
	l.finishing = true
	c.stir()
}

func number(h uint32) string { return strconv.FormatUint(uint64(h), 10) }
