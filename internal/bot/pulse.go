package bot

import (
	"context"
	"sync"
)

// A pulse finds out whether the bot's goroutines still do their work. The zero value is not usable: see newPulse.
type pulse struct {
	one   sync.Mutex         // one question at a time
	notes chan chan struct{} // for the goroutine that listens for notes, which asks the store
	rang  chan struct{}      // by the goroutine of the alarms
}

func newPulse() *pulse {
	return &pulse{notes: make(chan chan struct{}), rang: make(chan struct{}, 1)}
}

// nobody is whose alarm it is that only tells that alarms ring, and whose desk that workers work.
const nobody = ""

// Alive waits until each part of the bot that teaches has shown that it works: the one that asks the store for notes,
// the workers, and the alarms. The error is that of ctx, which ended before. It is safe for concurrent use, and before
// Run has begun it waits for that.
func (b *Bot) Alive(ctx context.Context) error {
	b.pulse.one.Lock()
	defer b.pulse.one.Unlock()
	listened, worked := make(chan struct{}), make(chan struct{})
	select {
	case b.pulse.notes <- listened:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	signalled := func(done <-chan struct{}) error {
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if err := signalled(listened); err != nil {
		return err
	}
	if err := b.post(nobody, felt{worked}); err != nil {
		return err
	}
	if err := signalled(worked); err != nil {
		return err
	}
	select {
	case <-b.pulse.rang: // of a question that was given up
	default:
	}
	b.alarms.set(nobody, b.now())
	return signalled(b.pulse.rang)
}

// felt is work that does nothing.
type felt struct{ done chan struct{} }

func (w felt) do(t *turn) { t.finally = append(t.finally, func() { close(w.done) }) }

// ring hands out an alarm.
func (b *Bot) ring(jid string) {
	if jid == nobody {
		signal(b.pulse.rang)
		return
	}
	b.wake(jid)
}
