package tutor

import (
	"slices"
	"time"

	"otrbot/fsm"
	"otrbot/gettext"
)

// A turn is the tutor's answer to one signal in the making.
type turn struct {
	t       *Tutor
	s       *Session
	now     time.Time
	sig     Signal
	queue   []fsm.Event // raised by actions, not yet answered
	effects []Effect
	in      *gettext.Catalogue // the learner's language
	opening bool               // a state was entered: what is said now is what "again" repeats
}

func (t *Tutor) turn(s *Session, now time.Time) *turn {
	for _, m := range []*map[string]int{&s.Failures, &s.Spoken} {
		if *m == nil {
			*m = map[string]int{}
		}
	}
	if s.Told == nil {
		s.Told = map[fsm.Event]time.Time{}
	}
	if s.Timers == nil {
		s.Timers = map[Timer]time.Time{}
	}
	return &turn{t: t, s: s, now: now, in: t.catalogue(s.Locale)}
}

// maxChain bounds how many events one event may lead to: a lesson in which
// actions raise events in a circle must not hold up the bot.
const maxChain = 16

// happen answers an event, and what its actions raise.
func (u *turn) happen(ev fsm.Event) {
	u.raise(ev)
	u.settle()
}

func (u *turn) raise(ev fsm.Event) { u.queue = append(u.queue, ev) }

func (u *turn) settle() {
	for range maxChain {
		if len(u.queue) == 0 || u.s.Over {
			break
		}
		ev := u.queue[0]
		u.queue = u.queue[1:]
		u.step(ev)
	}
	u.queue = nil
}

// step asks the machine and does what it says.
func (u *turn) step(ev fsm.Event) {
	u.relieve(ev)
	u.notice(ev)
	defer u.advance()
	if u.tooSoon(ev) {
		return
	}
	step, err := u.t.lesson.Machine.Next(u.s.State, ev)
	if err != nil {
		return // a final state answers nothing; elsewhere the lesson's checker has seen to an answer
	}
	if step.To != step.From {
		u.moved()
	}
	u.s.State = step.To
	for _, a := range step.Do {
		u.do(a)
	}
	if u.t.lesson.Machine.Final(u.s.State) && !u.s.Over {
		u.retire("")
	}
}

// moved begins a new step of the lesson. Three quick steps in a row, and the
// learner is no newcomer: the typing delays go.
func (u *turn) moved() {
	const quick = 15 * time.Second
	u.s.Hint, u.s.Said, u.opening = 0, nil, true
	if u.sig.Event == "" || !u.fromLearner() {
		return
	}
	if u.now.Sub(u.s.Stepped) <= quick {
		u.s.Quick++
	} else {
		u.s.Quick = 0
	}
	u.s.Stepped = u.now
	if u.s.Quick == 3 && !u.s.Fast {
		u.s.Fast = true
		u.emit(Pace{On: false})
	}
}

// noisy events are answered once a minute: a client that repeats itself is no
// reason to repeat ourselves.
var noisy = []fsm.Event{Unreadable, ErrorReceived, OtherDevice, OtherEncryption, Bounced, Refused}

func (u *turn) tooSoon(ev fsm.Event) bool {
	if !slices.Contains(noisy, ev) {
		return false
	}
	if last, told := u.s.Told[ev]; told && u.now.Sub(last) < time.Minute {
		return true
	}
	u.s.Told[ev] = u.now
	return false
}

func (u *turn) emit(e Effect) {
	if !u.s.Over {
		u.effects = append(u.effects, e)
	}
}

func (u *turn) retire(status string) {
	if u.s.Served {
		u.eraseSecret()
	}
	u.emit(Retire{Status: status})
	u.s.Over = true
	clear(u.s.Timers)
}

// fromLearner reports whether the learner's side caused the signal.
func (u *turn) fromLearner() bool {
	return !slices.Contains([]fsm.Event{"", ClientSeen, LearnerLeft, Bounced, OtherDevice, Closing, Removed, Reset}, u.sig.Event)
}

func (u *turn) refreshes() bool { return slices.Contains(Refreshing(), u.sig.Event) }
