package tutor

import (
	"otrbot/fsm"
	"otrbot/internal/lesson"
)

// action is a row of the table of actions: what a lesson may order.
type action struct {
	name     string
	argument lesson.Argument
	meaning  string
	do       func(u *turn, argument string)
}

var actionTable = []action{
	{"say", lesson.TextArgument, "say a text", (*turn).say},
	{"warn", lesson.TextArgument, "say a text at once, before anything else that waits", (*turn).warn},
	{"caution", lesson.TextArgument, "say a text if the shared secret has stood in the chat", (*turn).caution},
	{"remind", lesson.TextArgument, "say a text if another round needs a new secret, because the learner's own has served", (*turn).remind},
	{"hint", lesson.StateHints, "say the state's next hint", func(u *turn, _ string) { u.hint() }},
	{"repeat", lesson.NoArgument, "say the last texts of this state once more", func(u *turn, _ string) { u.repeat() }},
	{"arm", lesson.TimerArgument, "start a timer", func(u *turn, name string) { u.arm(Timer(name)) }},
	{"disarm", lesson.TimerArgument, "stop a timer", func(u *turn, name string) { delete(u.s.Timers, Timer(name)) }},

	{"start_otr", lesson.NoArgument, "offer OTR to the learner's client", func(u *turn, _ string) { u.startOTR() }},
	{"end_otr", lesson.NoArgument, "end OTR on our side", func(u *turn, _ string) { u.endOTR() }},
	{"start_smp", lesson.NoArgument, "begin to verify by shared secret; says nothing itself", func(u *turn, _ string) { u.startSMP() }},
	{"ask_smp", lesson.TextArgument, "begin to verify with a text as the question; its answer is the shared secret", (*turn).askSMP},
	{"answer_smp", lesson.NoArgument, "answer the learner's verification with the shared secret; without one give it up and raise secret_missing", func(u *turn, _ string) { u.answerSMP() }},
	{"abort_smp", lesson.NoArgument, "give up the verification", func(u *turn, _ string) { u.abortSMP() }},

	{"look_for_secret", lesson.NoArgument, "raise secret_known, secret_missing or smp_may_start", func(u *turn, _ string) { u.lookForSecret() }},
	{"check_secret_safe", lesson.NoArgument, "judge the secret that arrived: raise secret_kept or unsafe_secret_received", func(u *turn, _ string) { u.keepSecret() }},
	{"burn_secret", lesson.NoArgument, "after the secret was seen in the chat: raise secret_burnt or lent_secret_seen", func(u *turn, _ string) { u.burnSecret() }},
	{"give_code", lesson.TextArgument, "tell the code with a text, if both sides are verified; it never goes out unencrypted", (*turn).giveCode},
	{"grade", lesson.NoArgument, "report that the learner has passed; a secret of the learner's own has served then", func(u *turn, _ string) { u.grade() }},

	{"typing_on", lesson.NoArgument, "switch typing delays on", func(u *turn, _ string) { u.pace(true) }},
	{"typing_off", lesson.NoArgument, "switch typing delays off", func(u *turn, _ string) { u.pace(false) }},
	{"check_client", lesson.NoArgument, "raise client_without_otr if that is so", func(u *turn, _ string) { u.checkClient() }},
	{"ask_version", lesson.NoArgument, "ask the learner's client for its name", func(u *turn, _ string) { u.emit(AskVersion{}) }},
	{"status", lesson.TextArgument, "show a text as our status to the learner", func(u *turn, text string) { u.emit(Status{u.render(text)}) }},
	{"terminate_session", lesson.TextArgument, "end the session, with a text as our last status", func(u *turn, text string) { u.retire(u.render(text)) }},
}

// do performs an action of the lesson.
func (u *turn) do(a fsm.Action) {
	name, argument := lesson.Split(a)
	for _, row := range actionTable {
		if row.name == name {
			row.do(u, argument)
			return
		}
	}
}

func (u *turn) startOTR() {
	if !u.s.Channel.Encrypted {
		u.emit(StartOTR{})
	}
}

// endOTR also follows the learner's end: only then do our texts go out in the clear.
func (u *turn) endOTR() {
	if u.s.Channel.Encrypted || u.sig.Event == OTRDisabled {
		u.emit(EndOTR{})
	}
	u.s.Channel.Encrypted, u.s.SMP, u.s.Aborting = false, false, false
}

// canVerify reports whether a verification can begin: the protocol knows one
// at a time, and an SMP outside of OTR does not exist.
func (u *turn) canVerify() bool {
	return u.s.Channel.Encrypted && !u.s.SMP && !u.s.Secret.IsZero()
}

func (u *turn) startSMP() {
	if u.canVerify() {
		u.emit(StartSMP{u.s.Secret})
		u.s.SMP = true
	}
}

func (u *turn) askSMP(question string) {
	if u.canVerify() {
		u.emit(AskSMP{u.render(question), u.s.Secret})
		u.s.SMP = true
	}
}

// answerSMP never leaves the learner's program waiting.
func (u *turn) answerSMP() {
	switch {
	case u.s.Secret.IsZero():
		u.abortSMP()
		u.raise(secretMissing)
	case u.s.SMP:
		u.emit(AnswerSMP{u.s.Secret})
	}
}

func (u *turn) abortSMP() {
	if u.s.SMP {
		u.emit(AbortSMP{})
		u.s.SMP, u.s.Aborting = false, true
	}
}

func (u *turn) checkClient() {
	if u.lacksOTR() {
		u.raise(clientWithoutOTR)
	}
}

func (u *turn) pace(on bool) {
	u.s.Fast, u.s.Quick = !on, 0
	u.emit(Pace{On: on})
}

// giveCode tells the code. It is the proof that a verified chat took place, so
// there is no other moment for it.
func (u *turn) giveCode(text string) {
	if u.s.Verified() && !u.s.Code.IsZero() {
		u.s.CodeTold = true
		u.emit(Say{Name: text, Text: u.speak(text), Private: true})
	}
}

// grade reports success. A secret of the learner's own is for one way through
// the lesson, and is erased when the session ends: docs/decisions/0011.
func (u *turn) grade() {
	u.emit(Grade{Passed: true})
	u.s.Passed = true
	u.s.Served = !u.s.Lent && !u.s.Secret.IsZero()
}
