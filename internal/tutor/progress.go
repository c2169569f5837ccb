package tutor

import (
	"slices"
	"time"

	"otrbot/fsm"
	"otrbot/internal/record"
)

// Progress is what others may know of the session: a course page, a teacher. Its Best and its Answer are the
// caller's: this session knows neither what was before nor which note brought a code.
func (s *Session) Progress() record.Progress {
	p := record.Progress{
		Step: s.Step, Trouble: s.Trouble, Since: s.Stood, Active: s.Heard, Ended: s.Over, Client: s.client().ID,
	}
	if !s.Away.IsZero() && s.matters(record.TroubleLeft) {
		p.Trouble, p.Since = record.TroubleLeft, s.Away
	}
	if !s.matters(p.Trouble) {
		p.Trouble = record.NoTrouble
	}
	if s.Compared { // not before: one that can be copied from the page proves nothing
		p.Fingerprint = s.Channel.OwnKey
	}
	return p
}

// step is how far the learner is. The code counts as long as the session lasts: who has read it may switch OTR off
// before it is typed on a page.
func (s *Session) step() record.Step {
	switch {
	case s.Passed:
		return record.StepDone
	case s.Over:
		return record.StepChatting
	case s.CodeTold:
		return record.StepCode
	case s.Verified():
		return record.StepVerified
	case s.Channel.Encrypted:
		return record.StepEncrypted
	}
	return record.StepChatting
}

// trouble is a row of the table of troubles.
type trouble struct {
	name   record.Trouble
	begins []fsm.Event
	ends   []fsm.Event // beside the next step, which ends every trouble
	until  record.Step // from there on it stands in nobody's way
}

var troubleTable = []trouble{
	{record.TroubleLeft, nil, nil, record.StepCode}, // see Session.Away
	{record.TroubleClient, []fsm.Event{clientWithoutOTR}, []fsm.Event{clientRecognised}, record.StepCode},
	{record.TroubleOtherCrypto, []fsm.Event{OtherEncryption}, []fsm.Event{MessageReceived}, record.StepCode},
	{record.TroubleNoSecret, []fsm.Event{secretMissing}, []fsm.Event{secretKept}, record.StepCode},
	{record.TroubleWeakSecret, []fsm.Event{unsafeSecretReceived}, []fsm.Event{secretKept}, record.StepCode},
	{record.TroubleBurnt, []fsm.Event{secretBurnt, secretWornOut}, []fsm.Event{secretKept}, record.StepCode},
	{record.TroubleDiffers,
		[]fsm.Event{IncorrectSecretReceived, ourAnswerWrong, theirAnswerWrong, secretOftenWrong, answerOftenWrong},
		[]fsm.Event{ourAnswerRight, theirAnswerRight, secretKept}, record.StepCode},
	{record.TroubleAborted, []fsm.Event{SMPAborted, abortedOften},
		[]fsm.Event{SMPStarted, SMPQuestionUsed, ourAnswerRight, theirAnswerRight}, record.StepCode},
	{record.TroubleEnded, []fsm.Event{OTRDisabled, otrLost, plaintextLeak}, []fsm.Event{OTREnabled, OTRAlreadySetup}, record.StepCode},
	{record.TroubleUnreadable, []fsm.Event{Unreadable, unreadableOften, ErrorReceived},
		[]fsm.Event{MessageReceived, OTRAlreadySetup, NewKey, otrEnabledVerified}, record.StepCode},
	{record.TroubleWrongCode, []fsm.Event{codeWrong, codeWornOut, CodeReceived}, []fsm.Event{codeInChat}, record.StepDone},
	{record.TroubleExpired, []fsm.Event{sessionExpired}, nil, record.StepDone},
}

// matters reports whether a trouble stands in the way of the next step.
func (s *Session) matters(name record.Trouble) bool {
	i := slices.IndexFunc(troubleTable, func(t trouble) bool { return t.name == name })
	return i >= 0 && s.Step.Number() < troubleTable[i].until.Number()
}

// relieve ends the trouble that an event ends.
func (u *turn) relieve(ev fsm.Event) {
	for _, t := range troubleTable {
		if t.name == u.s.Trouble && slices.Contains(t.ends, ev) {
			u.trouble(record.NoTrouble)
		}
	}
}

// notice keeps the trouble that an event begins. A weak secret is none while a good one is in use.
func (u *turn) notice(ev fsm.Event) {
	for _, t := range troubleTable {
		if slices.Contains(t.begins, ev) && (t.name != record.TroubleWeakSecret || u.s.Secret.IsZero()) {
			u.trouble(t.name)
		}
	}
}

func (u *turn) trouble(name record.Trouble) {
	if u.s.Trouble != name {
		u.s.Trouble, u.s.Stood = name, u.now
	}
}

// advance keeps the step that was reached. What stood in the way of it does so no more.
func (u *turn) advance() {
	old, now := u.s.Step, u.s.step()
	if old == now {
		return
	}
	u.s.Step, u.s.Stood = now, u.now
	if now.Number() > old.Number() {
		u.s.Trouble = record.NoTrouble
	}
}

// fromPage lists what a course page has sent, and nobody in the chat.
var fromPage = []fsm.Event{SecretReceived, CodeReceived, FingerprintReceived}

// attend keeps when the learner was here, and whether the chat program is.
func (u *turn) attend() {
	switch {
	case u.sig.Event == LearnerLeft || u.sig.Event == Bounced:
		if u.s.Away.IsZero() {
			u.s.Away = u.now
		}
	case u.fromLearner():
		u.s.Heard = u.now
		if !slices.Contains(fromPage, u.sig.Event) {
			u.s.Away = time.Time{}
		}
	}
}
