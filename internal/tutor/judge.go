package tutor

import (
	"otrbot/fsm"
	"otrbot/internal/record"
)

// judgeCode compares what was typed as the code on the course page. It counts until the session ends, whatever has
// become of the chat meanwhile: that it was told proves the verified chat.
func (u *turn) judgeCode(text string) []fsm.Event {
	switch s := u.s; {
	case !s.CodeTold:
		u.judged(record.VerdictNone)
		return nil
	case u.quotesCode(text):
		u.judged(record.VerdictRight)
		return []fsm.Event{codeProof}
	case s.Wrong+1 >= u.t.o.CodeTries:
		u.renewCode()
		u.judged(record.VerdictWornOut)
		return []fsm.Event{codeWornOut}
	}
	u.s.Wrong++
	u.judged(record.VerdictWrong)
	return []fsm.Event{CodeReceived}
}

// judgeDigits compares a fingerprint from the course page with ours. Somebody in between shows the learner another
// one, and cannot change what the page says.
func (u *turn) judgeDigits(text string) []fsm.Event {
	read := u.readDigits(text)
	switch s := u.s; {
	case !s.Channel.Encrypted || digitsOf(s.Channel.OwnKey) == "":
		u.judged(record.VerdictNone)
		return nil
	case read == fingerprintRight:
		u.judged(record.VerdictRight)
		s.LearnerTrusts, s.BotTrusts, s.Compared = true, true, true
		return []fsm.Event{fingerprintProof}
	}
	u.judged(record.VerdictWrong)
	switch read {
	case fingerprintOwn:
		return []fsm.Event{fingerprintOwn}
	case fingerprintWrong:
		return []fsm.Event{FingerprintReceived}
	}
	return nil // not a fingerprint at all
}

func (u *turn) judged(v record.Verdict) {
	j := Judged{Verdict: v}
	if v == record.VerdictWrong && u.sig.Event == CodeReceived {
		j.Left = u.t.o.CodeTries - u.s.Wrong
	}
	u.emit(j)
}
