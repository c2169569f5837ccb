package otrxmpp

import "otrbot/otr"

// Event is something that happened: one of the types of this file. Name is how the original's OTR plugin called it, or
// would have.
type Event interface {
	Name() string
	isEvent()
}

// The events of the original's OTR plugin.
type (
	// MessageReceived is a text of the peer.
	MessageReceived struct {
		// Text is for reading: formatting that the peer's client added to a private text is removed.
		Text string
		// Raw is the text as it came. A secret typed into the chat may be in either, so compare both.
		Raw       string
		Encrypted bool
		Verified  bool // encrypted with a key that is trusted
		Leak      bool // in clear, though a private conversation is on: the peer may have ended it without a word
		Delayed   bool // kept by a server meanwhile
		Resource  string
		ID        string // of the stanza
	}

	// OTREnabled says that OTR was off and is now on.
	OTREnabled struct {
		Session     otr.Session
		PeerStarted bool // the peer began the key exchange
	}

	// OTRDisabled says that OTR was on and is now off. Unless it was we who ended it, Send refuses texts until OTR is
	// on again or the program calls End, so that nothing goes out in clear by surprise. A program that has nobody to ask
	// calls End at once: later it would break off a key exchange that has begun meanwhile.
	OTRDisabled struct {
		ByPeer bool // the peer ended it
		Lost   bool // nobody did: the peer's client went away and did not come back
	}

	// OTRAlreadySetup says that OTR was on and is on with new keys, or on from another resource of the same client.
	OTRAlreadySetup struct {
		Session     otr.Session
		PeerStarted bool
		Resumed     bool // the same keys: the client came back under another resource
		KeyChanged  bool // the peer proved to have another long-term key than before: warn
	}

	// SMPStarted is the peer's wish to verify: reply with AnswerSMP or AbortSMP.
	SMPStarted struct{}

	// SMPQuestionUsed is the same with a question, whose answer is the secret.
	SMPQuestionUsed struct{ Question string }

	// SMPAborted is the end of a verification without a result.
	SMPAborted struct {
		ByPeer bool
		Reason otr.SMPAbortReason
	}

	// CorrectSecretReceived says that both gave the same secret.
	CorrectSecretReceived struct {
		Asked    bool // we asked
		Question bool // there was a question: only who asked it has learned something about the other
	}

	// IncorrectSecretReceived says that the secrets differ: a mistake, or somebody in the middle.
	IncorrectSecretReceived struct{ Asked, Question bool }

	// SecretReceived says that SetSecret has given the secret for the next verification.
	SecretReceived struct{}

	// UnsafeSecretReceived says that a secret is easy to guess. An Endpoint does not judge secrets: programs that do
	// fire it.
	UnsafeSecretReceived struct{}
)

// More events.
type (
	// Requested is the peer's query for a private conversation, answered as the policy allows. Its words tell the
	// client of the peer.
	Requested struct {
		Text     string
		Versions []int // offered, 1 to 3
	}

	// Tagged says that white space in the peer's text offered OTR.
	Tagged struct{}

	// Unreadable is a message of OTR that could not be read, for instance because we have no keys for it.
	Unreadable struct {
		Reason   otr.Reason
		Detail   string // for the log
		Resource string
	}

	// PeerError is an error message of the peer's OTR. It is not authenticated.
	PeerError struct{ Text string }

	// OtherEncryption is a message that was encrypted, but not with OTR. Its body, if any, is not the peer's text.
	OtherEncryption struct{ Namespace string }

	// Refused is a message that has nothing to do with a conversation between two.
	Refused struct{ What Refusal }

	// Bounced says that a message of ours has not arrived. Condition is the server's, such as "service-unavailable".
	Bounced struct{ ID, Condition string }

	// OtherDevice says that another client of the peer has its say. Moved: the conversation goes on there, State,
	// Session, Verified and Route are about it from now on. Otherwise it stays where it is.
	OtherDevice struct {
		Resource string
		Moved    bool
	}

	// NewKey is a key of the peer that was never seen before: save the fingerprints.
	NewKey struct{ Fingerprint otr.Fingerprint }

	// TrustChanged is a new trust in a key of the peer, by a verification: save the fingerprints.
	TrustChanged struct {
		Fingerprint otr.Fingerprint
		Trust       otr.Trust
	}

	// Held is a text that waits until the conversation is private.
	Held struct{ Text string }

	// Resent is a text that went out, or went out again, after a key exchange.
	Resent struct{ Text string }

	// NotSent gives back a text that the peer has missed or that cannot be sent.
	NotSent struct{ Text string }

	// Ignored is a message that led to nothing, and to no answer. For the log.
	Ignored struct {
		Why    string // in English; never holds what a person said
		Detail string
		// Handshake says that it belonged to a key exchange and did not verify.
		Handshake bool
	}
)

// Refusal says why a message was refused.
type Refusal string

// The refusals.
const (
	GroupChat  Refusal = "groupchat"   // said to a room
	Invitation Refusal = "invitation"  // to a room
	MUCPrivate Refusal = "muc-private" // from an occupant of a room, who is nobody stable: OTR needs the real address
)
