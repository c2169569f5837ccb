package tutor

import (
	"strings"
	"time"

	"otrbot/fsm"
)

// read takes in what a signal says about the conversation and returns what it
// means: the events for the lesson, none if it is no news.
func (u *turn) read() []fsm.Event {
	before := u.s.Channel
	newKey := u.readChannel(before)
	events := u.readClient()
	switch s := u.s; u.sig.Event {
	case MessageReceived:
		return append(events, u.readText()...)
	case OTREnabled, OTRAlreadySetup:
		return append(events, u.readEnabled(before, newKey))
	case OTRDisabled:
		s.SMP, s.Aborting = false, false
		switch {
		case !u.sig.ByPeer && !before.Encrypted: // our own end, which the lesson has ordered
			return events
		case u.sig.Lost || !u.sig.ByPeer:
			return append(events, otrLost)
		}
	case LearnerLeft, LearnerReturned:
		s.Since = time.Time{} // nothing is on its way any more: see crossing
	case SMPStarted, SMPQuestionUsed:
		s.SMP = true
		if u.sig.Question == coyimPIN {
			return append(events, pinAsked)
		}
	case SMPAborted:
		return append(events, u.readAborted()...)
	case CorrectSecretReceived:
		return append(events, u.readRight())
	case IncorrectSecretReceived:
		return append(events, u.readWrong())
	case Unreadable:
		if u.third("unreadable") {
			return append(events, unreadableOften)
		}
	case CodeReceived:
		return append(events, u.judgeCode(legible(u.sig.Text))...)
	case FingerprintReceived:
		return append(events, u.judgeDigits(legible(u.sig.Text))...)
	case ClientSeen, NewKey:
		return events // what is new has been read above
	}
	return append(events, u.sig.Event)
}

// coyimPIN is the question of CoyIM's own dialog: the answer is a PIN that the
// program has made and only its user can see.
const coyimPIN = "Please enter the PIN that I shared with you."

// readChannel keeps the state of the conversation, step by step with the
// events that change it. Whom somebody has verified is a matter of keys: with
// another key, nobody.
func (u *turn) readChannel(before Channel) (newKey bool) {
	s, now := u.s, u.sig.Channel
	if s.Channel.OwnKey == "" {
		s.Channel.OwnKey = now.OwnKey
	}
	switch u.sig.Event {
	case OTREnabled, OTRAlreadySetup:
		if now.OwnKey != "" {
			s.Channel.OwnKey = now.OwnKey
		}
		s.Channel.Encrypted, s.Channel.PeerKey = true, now.PeerKey
		if !before.Encrypted {
			s.Since = u.now
		}
	case OTRDisabled:
		s.Channel.Encrypted = false
	}
	changed := func(old, now string) bool { return old != "" && digitsOf(old) != digitsOf(now) }
	if changed(before.PeerKey, s.Channel.PeerKey) || changed(before.OwnKey, s.Channel.OwnKey) {
		s.LearnerTrusts, s.BotTrusts = false, false
		return true
	}
	return false
}

// readClient keeps what is known of the learner's program.
func (u *turn) readClient() []fsm.Event {
	before := u.client()
	if last := u.s.Told[ClientSeen]; u.s.Evidence.Moved(u.sig.Client) && u.now.Sub(last) >= time.Minute {
		u.s.Told[ClientSeen] = u.now
		u.emit(AskVersion{})
	}
	u.s.Evidence = u.s.Evidence.With(u.sig.Client)
	switch c := u.client(); {
	case c == before:
		return nil
	case u.lacksOTR():
		return []fsm.Event{clientWithoutOTR}
	case c.Known():
		if before.Known() {
			u.s.Hint = 0
		}
		u.knowPlaces()
		return []fsm.Event{clientRecognised}
	}
	return nil
}

// knowPlaces lets the state's plainest hint be given once more: it can name
// the places in the learner's client now.
func (u *turn) knowPlaces() {
	if hints := u.t.lesson.Hints[u.s.State]; len(hints) > 0 {
		delete(u.s.Spoken, hints[len(hints)-1])
	}
}

// readEnabled tells a new beginning from fresh keys, and both from another
// key: some clients report one, some the other.
func (u *turn) readEnabled(before Channel, newKey bool) fsm.Event {
	u.s.SMP, u.s.Aborting = false, false
	switch {
	case newKey:
		return NewKey
	case before.Encrypted:
		return OTRAlreadySetup
	case u.s.Verified():
		return otrEnabledVerified
	}
	return OTREnabled
}

// readAborted leaves out what is no news: our own doing, and aborts when
// nothing runs, which some clients send after a failure.
func (u *turn) readAborted() []fsm.Event {
	own, running := u.s.Aborting && !u.sig.ByPeer, u.s.SMP
	u.s.SMP, u.s.Aborting = false, false
	switch {
	case own || !running || !u.sig.Channel.Encrypted: // without OTR: its end is what comes next
		return nil
	case u.third(abortedChecks):
		return []fsm.Event{abortedOften}
	}
	return []fsm.Event{SMPAborted}
}

// readRight says who has verified whom. By shared secret both have; by
// question only the one who asked.
func (u *turn) readRight() fsm.Event {
	s := u.s
	s.SMP = false
	if !u.sig.WithQuestion || u.sig.Asked {
		s.BotTrusts = true
	}
	if !u.sig.WithQuestion || !u.sig.Asked {
		s.LearnerTrusts = true
	}
	switch {
	case s.LearnerTrusts && s.BotTrusts:
		return CorrectSecretReceived
	case s.LearnerTrusts:
		return ourAnswerRight
	}
	return theirAnswerRight
}

// readWrong counts what went wrong. The trust of the one who asked is gone, as
// it is in the clients.
func (u *turn) readWrong() fsm.Event {
	s := u.s
	s.SMP = false
	s.Failures[wrongSecrets]++
	if !u.sig.WithQuestion || u.sig.Asked {
		s.BotTrusts = false
	}
	if !u.sig.WithQuestion || !u.sig.Asked {
		s.LearnerTrusts = false
	}
	kind, often, ev := "secret", secretOftenWrong, IncorrectSecretReceived
	switch {
	case u.sig.WithQuestion && u.sig.Asked:
		kind, often, ev = "their_answer", answerOftenWrong, theirAnswerWrong
	case u.sig.WithQuestion:
		kind, often, ev = "our_answer", answerOftenWrong, ourAnswerWrong
	}
	third := u.third(kind)
	switch {
	case s.Failures[wrongSecrets] >= u.t.o.SecretTries:
		// Each try is a guess: a secret must not be open to any number of them.
		u.burn()
		u.forgetSecret()
		return secretWornOut
	case third:
		return often
	}
	return ev
}

// third counts something that went wrong, and reports every third time.
func (u *turn) third(kind string) bool {
	u.s.Failures[kind]++
	return u.s.Failures[kind]%3 == 0
}

// readText finds out what the learner says. Safety comes first, then what the
// lesson waits for, then words.
func (u *turn) readText() []fsm.Event {
	text := strings.TrimSpace(u.sig.Text)
	if text == "" {
		return nil
	}
	events := u.readInClear()
	plain := legible(text)
	if !u.sig.Encrypted && u.holdsCode(plain) {
		u.renewCode()
		return append(events, codeInClear)
	}
	if u.holdsSecret(text) || u.holdsSecret(plain) || u.holdsSecret(u.sig.Raw) {
		return append(events, secretInChat)
	}
	if len(events) > 0 {
		return events
	}
	if ev := u.readCode(plain); ev != "" {
		return []fsm.Event{ev}
	}
	if ev := u.readDigits(plain); ev != "" {
		return []fsm.Event{ev}
	}
	return []fsm.Event{u.readWords(plain)}
}

// crossing is how long after OTR came on a text in the clear may have been on
// its way already.
const crossing = 5 * time.Second

// readInClear looks at a text that came in the clear although OTR is on. Most
// often the learner has ended OTR and the client has not told us.
func (u *turn) readInClear() []fsm.Event {
	switch {
	case u.sig.Encrypted || !u.s.Channel.Encrypted:
		return nil
	case u.now.Sub(u.s.Since) < crossing:
		return []fsm.Event{earlyText}
	}
	return []fsm.Event{plaintextLeak}
}

// readDigits compares a text with the fingerprints; "" if it is none.
func (u *turn) readDigits(text string) fsm.Event {
	digits := digitsOf(text)
	switch {
	case len(digits) < 16 || !strings.ContainsAny(digits, "0123456789"):
		return ""
	case digits == digitsOf(u.s.Channel.OwnKey):
		return fingerprintRight
	case digits == digitsOf(u.s.Channel.PeerKey):
		return fingerprintOwn
	}
	return fingerprintWrong
}

// digitsOf is a fingerprint without what stands between its groups; "" if the
// text holds anything else.
func digitsOf(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		switch {
		case r >= '0' && r <= '9' || r >= 'a' && r <= 'f':
			b.WriteRune(r)
		case !strings.ContainsRune(" \t\n\u00a0-:.,", r):
			return ""
		}
	}
	return b.String()
}
