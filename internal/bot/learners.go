package bot

import (
	"context"
	"sync"

	"otrbot/internal/record"
)

// learners are those who may talk to the bot, by canonical bare JID. Safe for concurrent use.
type learners struct {
	mu    sync.RWMutex
	fixed []record.Learner // of the settings
	byJID map[string]record.Learner
}

func newLearners() *learners { return &learners{byJID: make(map[string]record.Learner)} }

func (l *learners) settings(list []record.Learner) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fixed = list
}

// replace takes the store's list, and puts the settings' before it.
func (l *learners) replace(stored []record.Learner) {
	byJID := make(map[string]record.Learner, len(stored)+len(l.fixed))
	for _, one := range stored {
		byJID[one.JID] = one
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, one := range l.fixed {
		byJID[one.JID] = one
	}
	l.byJID = byJID
}

func (l *learners) of(jid string) (record.Learner, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	one, ok := l.byJID[jid]
	return one, ok
}

func (l *learners) remove(jid string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.byJID, jid)
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
	stored, err := b.store.Learners(ctx)
	if err = b.spared(err); err != nil {
		return err
	}
	b.learners.replace(stored)
	return nil
}
