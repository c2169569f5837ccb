package otr

// Result is what an action leads to.
type Result struct {
	// Send are the messages to put on the wire, in this order. OTR messages are within Config.MaxMessageSize; texts in
	// clear, queries and error messages are as long as they are.
	Send []string
	// Events are what happened, in order.
	Events []Event
}

// Event is something the program may want to show or to act on: one of the types of this file.
type Event interface{ isEvent() }

// Received is a text that came encrypted, authenticated with the key that Fingerprint names. [UserState.Trust] tells
// whether that key is trusted.
type Received struct {
	Instance    InstanceTag // the peer's client; 0 in version 2
	Fingerprint Fingerprint
	Text        string // as the peer's client sent it, some send HTML; empty when TLVs came alone
	TLVs        []TLV  // records that the library does not act on itself, in order
}

// ReceivedInClear is a text that came without any protection.
type ReceivedInClear struct {
	Text string
	// Unexpected says that a private conversation, or a policy that requires one, made this a surprise: warn.
	Unexpected bool
}

// Requested is the peer's query for a private conversation, answered if the policy allows a version it offers.
type Requested struct {
	Text     string // the whole message; clients usually do not show it
	Versions []int  // what the peer offers, 1 to 3
}

// Held is a text that waits until the conversation is private.
type Held struct{ Text string }

// Resent is a text that went out after a key exchange: one that was held, or the last one, which the peer could not
// read. It is never sent to another key than the one it was first meant for.
type Resent struct {
	Instance InstanceTag
	Text     string
	First    bool // a held text, sent for the first time
}

// NotSent gives back a text that was held and cannot be sent, or that the peer has missed and that is not repeated. It is
// kept nowhere else.
type NotSent struct {
	Instance InstanceTag
	Text     string
	Detail   string // for the log, in English
}

// Secured is the beginning of a private conversation, or new keys for one.
type Secured struct {
	Session     Session
	Refreshed   bool // the conversation was private already, with the same key of the peer
	PeerStarted bool // the peer began the key exchange; otherwise we did
}

// NewFingerprint is a key of the peer that was never seen before. Save the fingerprints. If [UserState.Fingerprints] has
// another key of this peer with trust in it, warn: it may be a new device, or somebody else.
type NewFingerprint struct {
	Fingerprint Fingerprint
	Instance    InstanceTag
}

// TrustChanged is a new trust of a fingerprint, by the socialist millionaires' protocol. Save the fingerprints.
type TrustChanged struct {
	Fingerprint Fingerprint
	Trust, Was  Trust
}

// Ended is the end of a private conversation. If the peer ended it, nothing can be sent until it is started again or
// ended on this side too.
type Ended struct {
	Instance InstanceTag
	ByPeer   bool
}

// SMPAsked is the peer's wish to verify: reply with [Conversation.AnswerSMP] or [Conversation.AbortSMP].
type SMPAsked struct {
	Instance    InstanceTag
	Question    string
	HasQuestion bool
}

// SMPAdvanced is a step of a verification under way.
type SMPAdvanced struct {
	Instance InstanceTag
	Percent  int // of the whole, for a progress bar
}

// SMPSucceeded says that both people gave the same secret.
type SMPSucceeded struct{ Instance InstanceTag }

// SMPFailed says that the secrets differ: a mistake, or somebody in the middle.
type SMPFailed struct{ Instance InstanceTag }

// SMPAborted is the end of a verification without a result.
type SMPAborted struct {
	Instance InstanceTag
	Reason   SMPAbortReason
}

// SMPAbortReason says why a verification had no result.
type SMPAbortReason int

// The reasons.
const (
	AbortedByPeer       SMPAbortReason = iota // the peer broke it off
	AbortedByUs                               // AbortSMP, or a new verification begun during one
	AbortedCheated                            // a value or proof of the peer was wrong
	AbortedOutOfOrder                         // the peer sent a step that was not due
	AbortedSessionEnded                       // the private conversation ended or got new keys
)

// String is the reason in English.
func (r SMPAbortReason) String() string {
	switch r {
	case AbortedByPeer:
		return "broken off by the peer"
	case AbortedByUs:
		return "broken off here"
	case AbortedCheated:
		return "a value of the peer was wrong"
	case AbortedOutOfOrder:
		return "a step of the peer was not due"
	default:
		return "the private conversation ended"
	}
}

// ExtraKeyOffered is the peer's wish to use the extra symmetric key: Protocol v3, "Extra symmetric key".
type ExtraKeyOffered struct {
	Instance InstanceTag
	Use      uint32 // what for; no values are defined
	Data     []byte // meaning depends on Use
	Key      ExtraKey
}

// PeerError is an error message of the peer. It is not authenticated.
type PeerError struct{ Text string }

// Heartbeat is an empty message that keeps keys rotating. Nothing to show.
type Heartbeat struct {
	Instance InstanceTag
	Sent     bool // by us; otherwise by the peer
}

// Rejected is a message that was not accepted.
type Rejected struct {
	Reason   Reason
	Instance InstanceTag // as far as it is known; not authenticated
	Detail   string      // for the log, in English; never holds a text or secret of a person
}

// Reason says why a message was not accepted.
type Reason int

// The reasons.
const (
	Malformed          Reason = iota // it does not follow the format
	Unreadable                       // encrypted with unknown keys, forged, or a repetition
	NotInPrivate                     // encrypted, while the conversation is not private
	OtherInstance                    // for another client of ours, or from one of the peer's that we share no keys with
	Reflected                        // our own message came back
	UnsupportedVersion               // version 1, or one that the policy does not allow
	HandshakeFailed                  // a key exchange message did not verify
	TooLarge                         // over Limits.MessageBytes or FragmentBytes
	TooMany                          // over another limit
	NoKey                            // our account has no private key any more
)

// String is the reason in English.
func (r Reason) String() string {
	switch r {
	case Malformed:
		return "malformed"
	case Unreadable:
		return "unreadable"
	case NotInPrivate:
		return "not in a private conversation"
	case OtherInstance:
		return "for another instance"
	case Reflected:
		return "reflected"
	case UnsupportedVersion:
		return "unsupported version"
	case HandshakeFailed:
		return "key exchange failed"
	case TooLarge:
		return "too large"
	case TooMany:
		return "too many"
	default:
		return "no private key"
	}
}

func (Received) isEvent()        {}
func (ReceivedInClear) isEvent() {}
func (Requested) isEvent()       {}
func (Held) isEvent()            {}
func (Resent) isEvent()          {}
func (NotSent) isEvent()         {}
func (Secured) isEvent()         {}
func (NewFingerprint) isEvent()  {}
func (TrustChanged) isEvent()    {}
func (Ended) isEvent()           {}
func (SMPAsked) isEvent()        {}
func (SMPAdvanced) isEvent()     {}
func (SMPSucceeded) isEvent()    {}
func (SMPFailed) isEvent()       {}
func (SMPAborted) isEvent()      {}
func (ExtraKeyOffered) isEvent() {}
func (PeerError) isEvent()       {}
func (Heartbeat) isEvent()       {}
func (Rejected) isEvent()        {}

func (r *Result) emit(e Event) { r.Events = append(r.Events, e) }
