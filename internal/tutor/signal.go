package tutor

import (
	"otrbot/fsm"
	"otrbot/internal/clients"
)

// A Signal is something that happened to a learner's session.
type Signal struct {
	Event fsm.Event // one of the events that the caller may send: see Events

	// Text belongs to MessageReceived (what the learner wrote), SecretReceived, CodeReceived and
	// FingerprintReceived (what arrived by another way than the chat). It is never logged.
	Text string
	// Weak says of SecretReceived that the secret was refused where it was typed, as easy to guess: nobody keeps it.
	Weak bool
	// Raw is the text of MessageReceived before HTML was taken out of it; empty: the same.
	Raw string
	// Lang is the xml:lang of the stanza, as BCP 47 or not; empty: it has none.
	Lang string
	// Encrypted says of MessageReceived that this text came encrypted.
	Encrypted bool
	// Question is what the learner asked: SMPQuestionUsed. Never logged.
	Question string
	// ByPeer says of OTRDisabled, SMPAborted and OTREnabled that the learner's side did it.
	ByPeer bool
	// Lost says of OTRDisabled that the learner's client is gone.
	Lost bool
	// Asked and WithQuestion belong to CorrectSecretReceived and IncorrectSecretReceived: our side
	// began this verification; it had a question.
	Asked, WithQuestion bool

	// Channel is the conversation as it is after the event. Every signal carries it.
	Channel Channel
	// Client is what is newly known of the learner's client. Any signal may carry it.
	Client clients.Evidence
}

// A Channel is the conversation with a learner. Fingerprints are 40
// hexadecimal digits, in groups or not.
type Channel struct {
	Encrypted bool   // OTR is on
	OwnKey    string // fingerprint of the bot's key of this session; may be missing while OTR is off
	PeerKey   string // fingerprint of the learner's key; likewise
}
