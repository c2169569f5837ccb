package bot

import (
	"maps"
	"time"

	"otrbot/otrxmpp"
)

// A Watcher is told how things go, and nobody's name. It is safe for concurrent use, and does not wait.
type Watcher interface {
	// KeyExchanged is the end of a key exchange, in one of the words of KeyExchanges.
	KeyExchanged(outcome string)
	// Verified is the end of a verification, in one of the words of Verifications.
	Verified(outcome string)
	// Answered is how long it took from a message of a learner until what it led to was kept. Typing delays come on top.
	Answered(took time.Duration)
}

// What becomes of key exchanges and verifications.
const (
	enabled   = "enabled"
	renewed   = "renewed"
	rejected  = "rejected" // a message of it did not verify
	correct   = "correct"
	incorrect = "incorrect"
	aborted   = "aborted"
)

// KeyExchanges are all words that a Watcher is told of key exchanges.
func KeyExchanges() []string { return []string{enabled, renewed, rejected} }

// Verifications are all words that a Watcher is told of verifications.
func Verifications() []string { return []string{correct, incorrect, aborted} }

// watch tells the watcher of an event.
func (b *Bot) watch(e otrxmpp.Event) {
	w := b.config.Watch
	switch e := e.(type) {
	case otrxmpp.OTREnabled:
		w.KeyExchanged(enabled)
	case otrxmpp.OTRAlreadySetup:
		if !e.Resumed {
			w.KeyExchanged(renewed)
		}
	case otrxmpp.Ignored:
		if e.Handshake {
			w.KeyExchanged(rejected)
		}
	case otrxmpp.CorrectSecretReceived:
		w.Verified(correct)
	case otrxmpp.IncorrectSecretReceived:
		w.Verified(incorrect)
	case otrxmpp.SMPAborted:
		w.Verified(aborted)
	}
}

// Sessions is how many learners are in each state of the lesson; states without anybody may be missing. It is safe for
// concurrent use.
func (b *Bot) Sessions() map[string]int {
	b.lives.mu.Lock()
	defer b.lives.mu.Unlock()
	return maps.Clone(b.lives.states)
}

// Connected reports whether there is a stream to the server. It is safe for concurrent use.
func (b *Bot) Connected() bool { return b.connected.Load() }

// unwatched is nobody who watches.
type unwatched struct{}

func (unwatched) KeyExchanged(string)    {}
func (unwatched) Verified(string)        {}
func (unwatched) Answered(time.Duration) {}
