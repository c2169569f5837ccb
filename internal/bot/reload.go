package bot

import (
	"context"
	"time"

	"otrbot/internal/record"
	"otrbot/internal/tutor"
	"otrbot/otr"
)

// options are what may change while the bot runs.
type options struct {
	tutor           *tutor.Tutor
	policy          otr.Policy
	typingSpeed     int
	logUserMessages bool
	checkInterval   time.Duration
	partialCredit   bool
}

func optionsOf(c Config) *options {
	return &options{
		tutor: c.Tutor, policy: c.Policy, typingSpeed: c.TypingSpeed, logUserMessages: c.LogUserMessages,
		checkInterval: c.CheckInterval, partialCredit: c.PartialCredit,
	}
}

// A change is another configuration on its way to the goroutine that knows the list of learners.
type change struct {
	Config
	taken chan struct{}
}

// Reload goes on with what another configuration says of Tutor, Learners, Policy, TypingSpeed, LogUserMessages,
// CheckInterval, PartialCredit and the authorities in XMPP.TLS.Roots; the rest is not looked at. Sessions that have begun
// keep their lesson and policy to their end. Who is taken off the list hears goodbye, who is new is invited, and new
// authorities count from the next connection on.
//
// It returns when that is so for all that happens from then on, or with the error of ctx, which ended before. It is safe
// for concurrent use, and before Run has begun it waits for that.
func (b *Bot) Reload(ctx context.Context, c Config) error {
	ch := change{c.withDefaults(), make(chan struct{})}
	select {
	case b.changes <- ch:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case <-ch.taken:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// adopt does what Reload promises. The error is that of the store.
func (b *Bot) adopt(ctx context.Context, c Config) error {
	b.options.Store(optionsOf(c))
	b.client.SetRoots(c.XMPP.TLS.Roots)
	b.confess()
	before, err := b.nameLearners(ctx, c.Learners)
	if err != nil {
		return err
	}
	for _, one := range before {
		if _, listed := b.learners.of(one.JID); !listed {
			b.post(one.JID, struck{})
		}
	}
	for _, jid := range b.lives.all() { // their timers may be others now
		b.post(jid, woken{})
	}
	b.lookAtRoster()
	return nil
}

// confess says what learners should know that it is written down.
func (b *Bot) confess() {
	if b.options.Load().logUserMessages {
		b.log.Warn("messages of learners are written to this log: log_user_messages is on")
	}
}

// struck ends the session of somebody whom the settings do not name any more.
type struck struct{}

func (struck) do(t *turn) {
	if t.live != nil {
		t.removed()
	}
	t.after = append(t.after, func() { t.bot.dismiss(t.jid) })
}

// teach gives a turn the tutor of its session: the lesson that it began with, and options as they are now.
func (t *turn) teach() {
	if t.live != nil {
		t.tutor = t.bot.options.Load().tutor.After(t.tutor)
	}
}

// settings takes the settings' list, and returns the one before it.
func (l *learners) settings(list []record.Learner) (before []record.Learner) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before, l.fixed = l.fixed, list
	return before
}
