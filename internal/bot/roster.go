package bot

import (
	"context"
	"sync"
	"time"

	"otrbot/internal/xmpp"
)

// settling are goroutines that wait for the server's answers, so that nobody else has to.
type settling struct {
	ctx     context.Context
	running sync.WaitGroup
}

func (s *settling) start(f func(ctx context.Context)) { s.running.Go(func() { f(s.ctx) }) }

// invitePause lies between two rounds of invitations: servers drop subscriptions that come faster than a few in a
// minute, and say nothing.
const (
	inviteBurst = 5
	invitePause = time.Minute
)

// settleRoster invites every learner who is not in the roster, in rounds, until all invitations are in the server's
// list.
func (b *Bot) settleRoster(ctx context.Context) {
	if len(b.config.Avatar) > 0 {
		if err := b.client.PublishAvatar(ctx, b.config.Avatar); err != nil {
			b.log.Warn("the avatar was not published", "err", err)
		}
	}
	for {
		contacts, err := b.client.Roster(ctx)
		if err != nil {
			b.log.Warn("the roster could not be read", "err", err)
			return
		}
		b.interested.Store(true)
		missing := b.uninvited(contacts)
		for _, jid := range missing[:min(len(missing), inviteBurst)] {
			b.invite(jid)
		}
		if len(missing) <= inviteBurst {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(invitePause):
		}
	}
}

// uninvited are the learners who neither see us nor were asked to.
func (b *Bot) uninvited(contacts []xmpp.Contact) []string {
	invited := make(map[string]bool)
	for _, c := range contacts {
		invited[c.JID] = c.Asked || c.Subscription == "both" || c.Subscription == "to"
	}
	var missing []string
	for _, jid := range b.learners.all() {
		if !invited[jid] {
			missing = append(missing, jid)
		}
	}
	return missing
}

// invite asks a learner to let us see them, and allows them to see us. Before the roster is read the server would not
// tell us the answer (RFC 6121, 2.2, "interested resource"): settleRoster invites everybody then.
func (b *Bot) invite(jid string) {
	if !b.interested.Load() {
		return
	}
	if _, err := b.client.PreApprove(jid); err != nil {
		b.log.Warn("a learner could not be approved", "err", err)
	}
	if err := b.client.Subscribe(jid); err != nil {
		b.log.Warn("a learner could not be invited", "err", err)
	}
}

// approve lets a learner see us, and asks for the same.
func (b *Bot) approve(jid string) {
	if err := b.client.Approve(jid); err != nil {
		b.log.Warn("a learner could not be approved", "err", err)
	}
	// A request that waits for an answer may have been lost: asking again harms nobody.
	if c, _ := b.client.Contact(jid); c.Subscription != "both" && c.Subscription != "to" {
		if err := b.client.Subscribe(jid); err != nil {
			b.log.Warn("a learner could not be invited", "err", err)
		}
	}
}

// dismiss takes a learner out of the roster.
func (b *Bot) dismiss(jid string) {
	b.learners.remove(jid)
	b.settling.start(func(ctx context.Context) {
		if err := b.client.RemoveContact(ctx, jid); err != nil {
			b.log.Warn("a learner could not be removed from the roster", "err", err)
		}
	})
}
