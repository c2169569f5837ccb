package bot

import (
	"context"

	"otrbot/internal/secret"
	"otrbot/internal/tutor"
	"otrbot/otrxmpp"
)

// secret is the one that was set for the learner; empty: none.
func (t *turn) secret() tutor.Secret {
	words, ok, err := t.bot.store.Secret(context.Background(), t.jid)
	switch err = t.bot.spared(err); {
	case err != nil:
		t.bot.storeFailed(err)
	case ok:
		return tutor.NewSecret(string(words))
	}
	return tutor.Secret{}
}

// giveSecret tells the tutor a secret that was set for the learner, unless it is empty.
func (t *turn) giveSecret(s tutor.Secret) {
	if !s.IsZero() {
		t.signal(tutor.Signal{Event: tutor.SecretReceived, Text: s.Reveal()})
	}
}

// catchUp gives the lesson a secret of which the note was not read yet, before somebody who is quick verifies with it,
// or asks us to.
func (t *turn) catchUp(e otrxmpp.Event) {
	switch e := e.(type) {
	case otrxmpp.SMPStarted, otrxmpp.SMPQuestionUsed:
	case otrxmpp.MessageReceived:
		if !e.Encrypted {
			return
		}
	default:
		return
	}
	if set := t.secret(); !t.over && !set.IsZero() && !secret.Equal(set, t.session.Secret) {
		t.early = set
		t.giveSecret(set)
	}
}

// heardOfSecret comes with the note about a secret.
func (t *turn) heardOfSecret() {
	if t.live == nil {
		return // the next session finds it
	}
	set, early := t.secret(), t.early
	t.early = tutor.Secret{}
	switch {
	case early.IsZero() || !secret.Equal(set, early):
		t.giveSecret(set)
	case !secret.Equal(set, t.session.Secret):
		t.forgetSecret = true // it was used up meanwhile; only the note has kept it
	}
}
