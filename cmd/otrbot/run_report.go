package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"otrbot/internal/xmpp"
)

// A teacher is what is reported of the bot. Its methods are safe for concurrent use.
type teacher interface {
	Connected() bool
	Sessions() map[string]int        // by state
	Alive(ctx context.Context) error // nil: it does its work
}

const (
	lookEvery = time.Second
	// upAnyway is when a program counts as started although its XMPP server is away: it goes on trying, its pages work, and
	// a start that fails would say goodbye to everybody whom the last process has left to this one.
	upAnyway = 20 * time.Second
)

// report tells the manager how the bot does until ctx ends, and then why that is.
func (h *herald) report(ctx context.Context, b teacher) error {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	late := time.NewTimer(upAnyway)
	defer late.Stop()
	var beats <-chan time.Time
	if h.alive > 0 {
		beat := time.NewTicker(h.alive / 2)
		defer beat.Stop()
		beats = beat.C
	}
	for {
		if b.Connected() {
			h.up()
		}
		h.says(inShort(b))
		select {
		case <-ctx.Done():
			h.stopping(lastWords(context.Cause(ctx)))
			return nil
		case <-late.C:
			h.up()
		case <-beats:
			h.prove(ctx, b)
		case <-look.C:
		}
	}
}

// prove gives a sign of life if there is life. The manager ends a program without, and starts it anew.
func (h *herald) prove(ctx context.Context, b teacher) {
	ctx, cancel := context.WithTimeout(ctx, h.alive/4)
	defer cancel()
	switch err := b.Alive(ctx); {
	case err == nil:
		h.beat()
	case errors.Is(err, context.DeadlineExceeded):
		h.log.Error("the bot does not do its work: the service manager gets no sign of life", "waited", h.alive/4)
	}
}

// inShort is the state of the bot for people, without a name.
func inShort(b teacher) string {
	if !b.Connected() {
		return "No connection to the XMPP server; trying again."
	}
	n := 0
	for _, here := range b.Sessions() {
		n += here
	}
	switch n {
	case 0:
		return "Ready; nobody is in a lesson."
	case 1:
		return "Teaching; 1 learner is in a lesson."
	}
	return fmt.Sprintf("Teaching; %d learners are in a lesson.", n)
}

// lastWords say what happens after a reason to end.
func lastWords(cause error) string {
	if errors.Is(cause, xmpp.ErrHandOver) {
		return "Handing over to the next process."
	}
	return "Saying goodbye."
}
