package bot

import (
	"maps"
	"time"
)

// A whole class comes at once, so invitations go out in numbers. Some servers drop subscriptions that come faster than
// a few in a minute, and say nothing: where the roster does not show what was sent, they go out one by one. Those that
// the server does not show go out again.
const (
	inviteBurst = 30
	inviteEvery = time.Second // one more, after the burst
	inviteSlow  = 15 * time.Second
	inviteShown = 5 * time.Second // after that a server has shown it, or dropped it
	inviteLost  = 3               // so many that are not shown make us slow
	invitePause = time.Minute     // until the same learner is invited again
	inviteTries = 5               // for one learner
)

// invitations are those sent by this process.
type invitations struct {
	sent map[string]invitation
	full time.Time // when a whole burst may go out again
	slow bool
}

type invitation struct {
	at    time.Time
	tries int
}

// A guest is somebody to invite.
type guest struct {
	jid     string
	anew    bool // has asked for it on a course page
	pending bool // the roster shows an invitation that is not answered yet
}

// due notes whom to invite now, of those who are missing, and tells when to look again.
func (i *invitations) due(missing []guest, now time.Time) (invited []string, again time.Duration) {
	again = time.Hour
	i.look(missing, now)
	for _, g := range missing {
		if g.anew {
			i.renew(g)
		}
		repeat := i.repeat(g.jid, now)
		if repeat != 0 {
			if repeat > 0 {
				again = min(again, repeat)
			}
			continue
		}
		if wait := i.wait(now); wait > 0 {
			again = min(again, wait)
			break
		}
		i.note(g.jid, now)
		invited = append(invited, g.jid)
		again = min(again, inviteShown)
	}
	return invited, again
}

// look finds out whether the server takes what we send, and forgets what is over.
func (i *invitations) look(missing []guest, now time.Time) {
	left := make(map[string]bool, len(missing))
	lost := 0
	for _, g := range missing {
		left[g.jid] = true
		if one := i.sent[g.jid]; one.tries > 0 && one.tries < inviteTries && !g.anew && now.Sub(one.at) >= inviteShown {
			lost++
		}
	}
	maps.DeleteFunc(i.sent, func(jid string, one invitation) bool { return !left[jid] && now.Sub(one.at) >= invitePause })
	i.slow = lost >= inviteLost
}

// wait is how long the next invitation has to wait.
func (i *invitations) wait(now time.Time) time.Duration {
	if i.slow {
		return max(0, i.full.Sub(now))
	}
	return max(0, i.full.Add(-(inviteBurst-1)*inviteEvery).Sub(now))
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
func (i *invitations) renew(g guest) {
	one, ok := i.sent[g.jid]
	if !ok {
		return
	}
	one.tries = 0
	if !g.pending {
		one.at = time.Time{}
	}
	i.sent[g.jid] = one
}

func (i *invitations) note(jid string, now time.Time) {
	i.sent[jid] = invitation{at: now, tries: i.sent[jid].tries + 1}
	step := inviteEvery
	if i.slow {
		step = inviteSlow
	}
	if i.full.Before(now) {
		i.full = now
	}
	i.full = i.full.Add(step)
}
