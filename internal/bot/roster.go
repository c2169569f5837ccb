package bot

import (
	"context"
	"errors"
	"sync"
	"time"

	"otrbot/internal/record"
	"otrbot/internal/xmpp"
)

// settling are goroutines that wait for the server's answers, so that nobody else has to.
type settling struct {
	ctx     context.Context
	running sync.WaitGroup
}

func (s *settling) start(f func(ctx context.Context)) { s.running.Go(func() { f(s.ctx) }) }

// lookAtRoster has keepRoster look soon.
func (b *Bot) lookAtRoster() { signal(b.rosterDue) }

// keepRoster invites every learner who is not in the roster, and takes those out who were dismissed, until ctx ends.
// Before the roster is read the server would not tell us the answers: RFC 6121, 2.2, "interested resource".
func (b *Bot) keepRoster(ctx context.Context) {
	sent := &invitations{sent: make(map[string]invitation)}
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.rosterDue:
		case <-timer.C:
		}
		wait := invitePause
		if b.connected.Load() && (b.interested.Load() || b.readRoster(ctx)) {
			b.removeContacts(ctx)
			b.greetExpected()
			wait = b.inviteMissing(sent)
		}
		timer.Reset(wait)
	}
}

// readRoster makes us somebody whom the server tells of the roster's changes.
func (b *Bot) readRoster(ctx context.Context) bool {
	if _, err := b.client.Roster(ctx); err != nil {
		if ctx.Err() == nil {
			b.log.Warn("the roster could not be read", "err", err)
		}
		return false
	}
	b.interested.Store(true)
	return true
}

// inviteMissing invites as many as may be now, and returns when to look again.
func (b *Bot) inviteMissing(sent *invitations) time.Duration {
	invited, again := sent.due(b.uninvited(), b.now())
	for _, jid := range invited {
		b.invite(jid)
		b.learners.met(jid)
		b.post(jid, asked{b.now()})
	}
	return again
}

// uninvited are the learners whom we neither see nor have asked, and who have not said no: who has waited longest comes
// first.
func (b *Bot) uninvited() []guest {
	var missing []guest
	for _, jid := range b.learners.all() {
		c, _ := b.client.Contact(jid)
		anew := b.learners.asks(jid)
		if (anew || !c.Asked) && !b.sees(jid) && !b.learners.declined(jid) {
			missing = append(missing, guest{jid, anew, c.Asked})
		}
	}
	return missing
}

// sees reports whether the roster lets us see a learner.
func (b *Bot) sees(jid string) bool {
	c, _ := b.client.Contact(jid)
	return c.Subscription == "both" || c.Subscription == "to"
}

// greetExpected begins with those who have come from a course page and need no invitation.
func (b *Bot) greetExpected() {
	for _, jid := range b.learners.expected() {
		if b.sees(jid) && b.post(jid, accepted{}) == nil {
			b.learners.met(jid)
		}
	}
}

// loadAwaited finds those who had been invited on a course page when the last process ended: they may be in the roster.
func (b *Bot) loadAwaited(ctx context.Context) error {
	for _, jid := range b.learners.all() {
		if b.lives.of(jid) != nil {
			continue
		}
		id, p, err := b.store.Enrolled(ctx, jid)
		if err = b.spared(err); err != nil {
			return err
		}
		if id != 0 && p.Step == record.StepInvited && !p.Ended {
			b.learners.await(jid, p.Since, false)
		}
	}
	return nil
}

// invite asks a learner to let us see them, and allows them to see us.
func (b *Bot) invite(jid string) {
	if _, err := b.client.PreApprove(jid); err != nil {
		b.log.Warn("a learner could not be approved", "err", err)
	}
	if err := b.client.Subscribe(jid); err != nil {
		b.log.Warn("a learner could not be invited", "err", err)
	}
}

// publishAvatar shows the bot's picture.
func (b *Bot) publishAvatar(ctx context.Context) {
	if len(b.config.Avatar) == 0 {
		return
	}
	if err := b.client.PublishAvatar(ctx, b.config.Avatar); err != nil {
		b.log.Warn("the avatar was not published", "err", err)
		return
	}
	for _, jid := range b.lives.all() {
		b.post(jid, shown{})
	}
}

// approve lets a learner see us, and asks for the same.
func (b *Bot) approve(jid string) {
	if err := b.client.Approve(jid); err != nil {
		b.log.Warn("a learner could not be approved", "err", err)
	}
	// A request that waits for an answer may have been lost: asking again harms nobody.
	if !b.sees(jid) {
		if err := b.client.Subscribe(jid); err != nil {
			b.log.Warn("a learner could not be invited", "err", err)
		}
	}
}

// dismiss takes somebody out of the roster who was taken off the list, unless they are on it again.
func (b *Bot) dismiss(jid string) {
	if err := b.readLearners(context.Background()); err != nil {
		b.storeFailed(err)
		return
	}
	if _, listed := b.learners.of(jid); !listed {
		b.learners.dismiss(jid)
	}
	b.lookAtRoster()
}

// removeContacts takes the dismissed out of the roster.
func (b *Bot) removeContacts(ctx context.Context) {
	for _, jid := range b.learners.dismissed() {
		err := b.client.RemoveContact(ctx, jid)
		if refusal := (*xmpp.QueryError)(nil); errors.As(err, &refusal) && refusal.Condition == "item-not-found" {
			err = nil // was never there
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			b.log.Warn("a learner could not be removed from the roster", "err", err)
			return // another time
		}
		b.learners.gone(jid)
	}
}
