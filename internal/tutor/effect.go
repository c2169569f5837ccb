package tutor

import "otrbot/internal/record"

// An Effect is something to do for a learner, in the order in which they were
// returned.
type Effect interface{ isEffect() }

// Say is a message to the learner.
type Say struct {
	Name string // of the text in the lesson: what a log may hold
	Text string // ready to send: variables filled in, in the learner's language; lines are separated by "\n"
	// Urgent: send at once, without a typing delay, and drop the messages of this learner that wait for theirs
	// since an earlier call: what they say may no longer be true. Those of the same call stay.
	Urgent bool
	// Private: send only inside an encrypted conversation, and drop it when there is none any more.
	Private bool
}

// StartOTR offers the learner's client an encrypted conversation.
type StartOTR struct{}

// EndOTR ends the encrypted conversation on our side, and tells the other if
// that has not ended it. Our next texts are in the clear.
type EndOTR struct{}

// StartSMP begins a verification by the shared secret.
type StartSMP struct{ Secret Secret }

// AskSMP begins a verification with a question.
type AskSMP struct {
	Question string
	Secret   Secret
}

// AnswerSMP answers the learner's verification.
type AnswerSMP struct{ Secret Secret }

// AbortSMP gives up the verification that is under way.
type AbortSMP struct{}

// ForgetSecret says that the learner's own secret must not be used in another
// session: it has stood in the chat, was tried or guessed too often, is easy to
// guess, or has led through the lesson. Whoever keeps it for the next session
// erases it.
type ForgetSecret struct{}

// Status is the status text of our presence for this learner.
type Status struct{ Text string }

// Grade says how the learner did.
type Grade struct{ Passed bool }

// Judged says what the code or the fingerprint of this signal is worth: CodeReceived, FingerprintReceived. Without
// it nothing could be compared.
type Judged struct {
	Verdict record.Verdict
	Left    int // tries that are left before the code is changed; only with VerdictWrong
}

// Pace switches typing delays on or off.
type Pace struct{ On bool }

// AskVersion asks the learner's client for its name: XEP-0092. The answer
// comes as a ClientSeen signal.
type AskVersion struct{}

// Language says that the learner has chosen a language: keep it for the next session, and for the course page.
type Language struct{ Locale string }

// Retire ends the session: it is the last effect. Forget everything about it,
// and go offline for the learner with this status, which says how to come back.
type Retire struct{ Status string }

func (Say) isEffect()          {}
func (StartOTR) isEffect()     {}
func (EndOTR) isEffect()       {}
func (StartSMP) isEffect()     {}
func (AskSMP) isEffect()       {}
func (AnswerSMP) isEffect()    {}
func (AbortSMP) isEffect()     {}
func (ForgetSecret) isEffect() {}
func (Status) isEffect()       {}
func (Grade) isEffect()        {}
func (Judged) isEffect()       {}
func (Pace) isEffect()         {}
func (AskVersion) isEffect()   {}
func (Language) isEffect()     {}
func (Retire) isEffect()       {}
