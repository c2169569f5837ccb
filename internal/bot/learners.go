package bot

import (
	"context"
	"maps"
	"slices"
	"sync"

	"otrbot/internal/record"
)

// learners are those who may talk to the bot, by canonical bare JID. Safe for concurrent use.
type learners struct {
	mu    sync.RWMutex
	fixed []record.Learner // of the settings
	byJID map[string]record.Learner
	left  int // how often the bot itself has changed the list

	unwilling map[string]bool // have declined our invitation
	noes      map[string]int  // how often, since they last came or asked themselves
	leaving   map[string]bool // are on no list any more, but still in the roster
	awaited   map[string]bool // have said on a course page that they come; true: and ask to be invited anew
}

func newLearners() *learners {
	return &learners{byJID: make(map[string]record.Learner), unwilling: make(map[string]bool), noes: make(map[string]int), leaving: make(map[string]bool), awaited: make(map[string]bool)}
}

func (l *learners) settings(list []record.Learner) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fixed = slices.Clone(list)
}

// leavings is to be asked before the store's list is read: see replace.
func (l *learners) leavings() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.left
}

// replace takes the store's list, and puts the settings' before it. It refuses one that may be from before the bot itself
// has changed the list.
func (l *learners) replace(stored []record.Learner, leavings int) bool {
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

// patience is how often somebody has to decline until nobody can have them invited again: anybody may enter an address
// on a course page.
const patience = 2

// decline notes that a learner does not want to be invited, until they ask themselves or the bot starts anew. A course
// page may ask once more.
func (l *learners) decline(jid string, yes bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !yes {
		delete(l.unwilling, jid)
		delete(l.noes, jid)
		return
	}
	l.unwilling[jid] = true
	l.noes[jid]++
}

func (l *learners) declined(jid string) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.unwilling[jid] || l.noes[jid] >= patience
}

// refuses reports whether somebody is not invited any more, whoever wishes so.
func (l *learners) refuses(jid string) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.noes[jid] >= patience
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
func (l *learners) await(jid string, anew bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.awaited[jid] = l.awaited[jid] || anew
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
	return l.awaited[jid]
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

func (l *learners) all() []string {
	l.mu.RLock()
	defer l.mu.RUnlock()
	list := make([]string, 0, len(l.byJID))
	for jid := range l.byJID {
		list = append(list, jid)
	}
	return list
}

// readLearners brings the list up to date with the store.
func (b *Bot) readLearners(ctx context.Context) error {
	for {
		leavings := b.learners.leavings()
		stored, err := b.store.Learners(ctx)
		if err = b.spared(err); err != nil {
			return err
		}
		if b.learners.replace(stored, leavings) {
			return nil
		}
	}
}
