package bot

import (
	"context"
	"errors"
	"slices"
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

// Servers drop subscriptions that come faster than a few in a minute, and say nothing. So invitations go out in small
// numbers, and those that the server does not show after a while go out again.
const (
	inviteBurst = 5 // in a time of invitePause
	invitePause = time.Minute
	inviteTries = 5 // for one learner
)

// invitations are those sent by this process.
type invitations struct {
	sent map[string]invitation
	last []time.Time // of the latest inviteBurst of them
}

type invitation struct {
	at    time.Time
	tries int
}

// wait is how long the next invitation has to wait.
func (i *invitations) wait(now time.Time) time.Duration {
	if len(i.last) < inviteBurst {
		return 0
	}
	return max(0, i.last[0].Add(invitePause).Sub(now))
}

// repeat is how long the same learner has to wait for another one; negative: for ever.
func (i *invitations) repeat(jid string, now time.Time) time.Duration {
	one, ok := i.sent[jid]
	switch {
	case !ok:
		return 0
	case one.tries >= inviteTries:
		return -1
	}
	return max(0, one.at.Add(invitePause).Sub(now))
}

// renew lets a learner who asks for it be invited as if for the first time; while the last invitation may still be
// answered, not at once.
func (i *invitations) renew(jid string, pending bool) {
	one := i.sent[jid]
	one.tries = 0
	if !pending {
		one.at = time.Time{}
	}
	i.sent[jid] = one
}

func (i *invitations) note(jid string, now time.Time) {
	i.sent[jid] = invitation{at: now, tries: i.sent[jid].tries + 1}
	i.last = append(i.last, now)
	if len(i.last) > inviteBurst {
		i.last = i.last[1:]
	}
}

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
	again := time.Hour
	for _, jid := range b.uninvited() {
		now := b.now()
		if b.learners.asks(jid) {
			c, _ := b.client.Contact(jid)
			sent.renew(jid, c.Asked)
		}
		repeat := sent.repeat(jid, now)
		if repeat < 0 {
			continue
		}
		if repeat > 0 {
			again = min(again, repeat)
			continue
		}
		if wait := sent.wait(now); wait > 0 {
			return min(again, wait)
		}
		b.invite(jid)
		b.learners.met(jid)
		sent.note(jid, now)
		again = min(again, invitePause)
	}
	return again
}

// uninvited are the learners whom we neither see nor have asked, and who have not said no.
func (b *Bot) uninvited() []string {
	return slices.DeleteFunc(b.learners.all(), func(jid string) bool {
		c, _ := b.client.Contact(jid)
		return c.Asked && !b.learners.asks(jid) || b.sees(jid) || b.learners.declined(jid)
	})
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
			b.learners.await(jid, false)
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
