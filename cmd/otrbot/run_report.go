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
	ask := time.NewTimer(0)
	defer ask.Stop()
	if h.alive == 0 {
		ask.Stop()
	}
	answers := make(chan error, 1)
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
		case <-ask.C:
			go func() { answers <- h.ask(ctx, b) }()
		case err := <-answers:
			ask.Reset(h.answered(ctx, err))
		case <-look.C:
		}
	}
}

// A manager ends a program that gives no sign of life for h.alive, and starts it anew. A question has half of that time, so
// that one write may wait in vain for the database (20 s, with the 60 s of our unit); there is time for a second one.
const (
	answersWithin = 2 // a part of h.alive
	asksAfter     = 4 // likewise, after an answer
	asksAgain     = 16
)

// ask waits until the bot has shown that it lives, or for too long.
func (h *herald) ask(ctx context.Context, b teacher) error {
	ctx, cancel := context.WithTimeout(ctx, h.alive/answersWithin)
	defer cancel()
	return b.Alive(ctx)
}

// answered gives a sign of life if there is life, and returns when to ask again.
func (h *herald) answered(ctx context.Context, err error) time.Duration {
	if err == nil {
		h.beat()
		return h.alive / asksAfter
	}
	if ctx.Err() == nil {
		h.log.Error("the bot does not do its work: the service manager gets no sign of life", "err", err)
	}
	return h.alive / asksAgain
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
	switch {
	case errors.Is(cause, xmpp.ErrHandOver):
		return "Handing over to the next process."
	case errors.Is(cause, errPartEnded): // such as the bot, since its password was refused: there is nobody to say it to
		return "Ending; the log says why."
	}
	return "Saying goodbye."
}
