package bot

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"otrbot/internal/record"
)

// learners are those who may talk to the bot, by canonical bare JID. Safe for concurrent use.
type learners struct {
	mu    sync.RWMutex
	fixed []record.Learner // of the settings
	byJID map[string]record.Learner
	left  int // how often the bot itself has changed the list

	unwilling map[string]bool // have declined our invitation
	noes      noes            // how often, since they last came or asked themselves
	leaving   map[string]bool // are on no list any more, but still in the roster
	awaited   map[string]claim
}

// A claim is what somebody has said on a course page: that they come.
type claim struct {
	since time.Time
	anew  bool // and ask to be invited anew
}

func newLearners() *learners {
	return &learners{byJID: make(map[string]record.Learner), unwilling: make(map[string]bool), leaving: make(map[string]bool), awaited: make(map[string]claim)}
}

// leavings is to be asked before the store's list is read: see replace.
func (l *learners) leavings() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.left
}

// replace takes the store's list, and puts the settings' before it, with the languages that those have chosen since. It
// refuses one that may be from before the bot itself has changed the list.
func (l *learners) replace(stored []record.Learner, chosen map[string]string, leavings int) bool {
	byJID := make(map[string]record.Learner, len(stored)+len(l.fixed))
	for _, one := range stored {
		byJID[one.JID] = one
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.left != leavings {
		return false
	}
	for _, one := range l.fixed {
		one.Locale = cmp.Or(chosen[one.JID], one.Locale, byJID[one.JID].Locale)
		byJID[one.JID] = one
	}
	l.byJID = byJID
	return true
}

func (l *learners) of(jid string) (record.Learner, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	one, ok := l.byJID[jid]
	return one, ok
}

// decline notes that a learner does not want to be invited, until they ask themselves or the bot starts anew. A course
// page may ask once more.
func (l *learners) decline(jid string, yes bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !yes {
		delete(l.unwilling, jid)
		l.noes.forget(jid)
		return
	}
	l.unwilling[jid] = true
	l.noes.count(jid)
}

func (l *learners) declined(jid string) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.unwilling[jid] || l.noes.enough(jid)
}

// refuses reports whether somebody is not invited any more, whoever wishes so.
func (l *learners) refuses(jid string) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.noes.enough(jid)
}

// dismiss notes that somebody shall leave the roster; dismissed lists them, unless they are on the list again.
func (l *learners) dismiss(jid string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.leave(jid)
}

// leave forgets what was known of somebody's invitations; l.mu is held.
func (l *learners) leave(jid string) {
	l.leaving[jid] = true
	delete(l.unwilling, jid)
	delete(l.awaited, jid)
}

func (l *learners) dismissed() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []string
	for jid := range l.leaving {
		if _, listed := l.byJID[jid]; !listed {
			list = append(list, jid)
		}
	}
	return list
}

// unlist takes somebody off the list who has left it in the store.
func (l *learners) unlist(jid string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.byJID, jid)
	l.left++
	l.leave(jid)
}

// await notes that somebody is to be greeted who is in the roster already, or comes there; or invited anew.
func (l *learners) await(jid string, since time.Time, anew bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, waits := l.awaited[jid]
	if !waits {
		c.since = since
	}
	c.anew = c.anew || anew
	l.awaited[jid] = c
	if anew {
		delete(l.unwilling, jid)
	}
}

// expected lists those who are awaited.
func (l *learners) expected() []string {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return slices.Collect(maps.Keys(l.awaited))
}

// asks reports whether somebody has asked to be invited anew, and was not yet.
func (l *learners) asks(jid string) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.awaited[jid].anew
}

// met notes that somebody was invited, or greeted, and is not awaited any more.
func (l *learners) met(jid string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.awaited, jid)
}

func (l *learners) gone(jid string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.leaving, jid)
}

// all lists everybody, in the order in which they were added or have last claimed their address on a course page.
func (l *learners) all() []string {
	l.mu.RLock()
	defer l.mu.RUnlock()
	since := func(jid string) time.Time {
		if c, claimed := l.awaited[jid]; claimed {
			return c.since
		}
		return l.byJID[jid].Added
	}
	return slices.SortedFunc(maps.Keys(l.byJID), func(a, b string) int {
		return cmp.Or(since(a).Compare(since(b)), strings.Compare(a, b))
	})
}

// nameLearners takes the settings' list, and returns the one before it.
func (b *Bot) nameLearners(ctx context.Context, list []record.Learner) (before []record.Learner, err error) {
	before = b.learners.settings(list)
	if err = b.spared(b.store.NameLearners(ctx, list)); err != nil {
		return before, err
	}
	return before, b.readLearners(ctx)
}

// readLearners brings the list up to date with the store.
func (b *Bot) readLearners(ctx context.Context) error {
	for {
		leavings := b.learners.leavings()
		stored, err := b.store.Learners(ctx)
		if err = b.spared(err); err != nil {
			return err
		}
		chosen, err := b.store.Choices(ctx)
		if err = b.spared(err); err != nil {
			return err
		}
		if b.learners.replace(stored, chosen, leavings) {
			return nil
		}
	}
}
