package xmpp

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// Run logs in and keeps the session, across lost connections, until ctx ends. Then it sends what waits, says
// goodbye and returns nil once all has arrived, or after Timers.Close: what has not stays in the journal. With
// ErrHandOver as the cause of ctx it only closes the socket, so that another process can resume.
//
// It returns an error when another try cannot help: ErrConflict, ErrNotAuthorized, *TLSRefused, *JournalError, and
// *SetupError before the first session. It can be called once.
func (c *Client) Run(ctx context.Context, h Handler) error {
	if !c.running.CompareAndSwap(false, true) {
		return errors.New("xmpp: Run was called before")
	}
	defer c.close()
	if err := c.restore(); err != nil {
		return err
	}
	pause := backoff{min: c.conf.Timers.BackoffMin}
	lost := time.Now()
	for {
		began, err := c.round(ctx, h)
		switch {
		case ctx.Err() != nil && !lostJournal(err):
			return nil
		case c.lasting(err):
			return err
		case !began.IsZero():
			lost = time.Now()
			if lost.Sub(began) >= c.conf.Timers.Stable {
				pause.reset()
				c.redirected = false
			}
		}
		c.conf.Log.Warn("offline; trying again", "reason", plain(err))
		c.guard(func() { h.Offline(err) })
		if c.follow(err) {
			continue
		}
		wait, err := pause.next(c.longest(lost), c.throw)
		if err != nil {
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil
		}
	}
}

// round is one connection, from looking for a server until its end. began is when the session did, zero if it
// did not.
func (c *Client) round(ctx context.Context, h Handler) (began time.Time, err error) {
	l, err := c.connect(ctx, h)
	if err != nil {
		return began, err
	}
	began, c.online = time.Now(), true
	return began, c.serve(ctx, l, h)
}

// connect tries one server after the other.
func (c *Client) connect(ctx context.Context, h Handler) (*link, error) {
	list := []target{{address: c.redirect}}
	if c.redirect == "" {
		var err error
		if list, err = c.targets(ctx); err != nil {
			return nil, err
		}
	}
	c.redirect = ""
	var worst error
	for _, t := range list {
		l, err := c.login(ctx, t, h)
		if err == nil || ctx.Err() != nil || c.lastingAnywhere(err) || redirects(err) {
			return l, err
		}
		err = explain(err)
		var setup *SetupError
		if worst == nil || errors.As(err, &setup) {
			worst = err
		}
	}
	return nil, worst
}

// explain finds the stream errors that settings have caused.
func explain(err error) error {
	var s *StreamError
	if errors.As(err, &s) && (s.Condition == "host-unknown" || s.Condition == "host-gone") {
		return &SetupError{"the server does not serve the domain of the JID", err}
	}
	return err
}

// lasting reports whether another try cannot help.
func (c *Client) lasting(err error) bool {
	var setup *SetupError
	return c.lastingAnywhere(err) || errors.As(err, &setup) && !c.online
}

// lastingAnywhere reports whether another server of the same domain could not help either.
func (c *Client) lastingAnywhere(err error) bool {
	var refused *TLSRefused
	return errors.Is(err, ErrConflict) || errors.Is(err, ErrNotAuthorized) || lostJournal(err) || errors.As(err, &refused)
}

func lostJournal(err error) bool {
	var journal *JournalError
	return errors.As(err, &journal)
}

// guard calls the handler. What it breaks concerns one stanza.
func (c *Client) guard(call func()) {
	defer func() {
		if r := recover(); r != nil {
			c.conf.Log.Error("handler panicked", "type", fmt.Sprintf("%T", r), "stack", string(debug.Stack()))
		}
	}()
	call()
}

func (c *Client) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	close(c.done)
}
