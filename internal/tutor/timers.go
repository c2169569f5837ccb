package tutor

import (
	"slices"
	"time"

	"otrbot/fsm"
)

// A Timer is something that a lesson may arm. It fires an event, once, unless
// it is disarmed before.
type Timer string

// The timers of lessons.
const (
	HintTimer    Timer = "hint"
	KeyWait      Timer = "key_wait"
	ReplyWait    Timer = "reply_wait"
	AskBackTimer Timer = "ask_back"
)

// timer is a row of the table of timers.
type timer struct {
	name    Timer
	after   []time.Duration // since it was armed, or since the learner was heard; more than one: fires as often
	event   fsm.Event
	meaning string
}

var timerTable = []timer{
	{HintTimer, []time.Duration{60 * time.Second, 120 * time.Second, 240 * time.Second}, silence,
		"60, 120 and 240 seconds after the learner was heard last; fires silence"},
	{KeyWait, []time.Duration{10 * time.Second}, keyWaitOver, "10 seconds; fires key_wait_over"},
	{ReplyWait, []time.Duration{20 * time.Second}, replyWaitOver, "20 seconds; fires reply_wait_over"},
	{AskBackTimer, []time.Duration{5 * time.Second}, askBackDue, "5 seconds; fires ask_back_due"},
}

func timerOf(name Timer) timer {
	i := slices.IndexFunc(timerTable, func(t timer) bool { return t.name == name })
	if i < 0 {
		return timer{}
	}
	return timerTable[i]
}

// alarm is something that will be due.
type alarm struct {
	at    time.Time
	timer Timer // "" for the end of the session and its warning
	event fsm.Event
}

// next is what is due first; by name where times are the same.
func (t *Tutor) next(s *Session) (alarm, bool) {
	if s.Over || s.State == "" {
		return alarm{}, false
	}
	first := t.ending(s)
	for _, row := range timerTable {
		if at, armed := s.Timers[row.name]; armed && at.Before(first.at) {
			first = alarm{at, row.name, row.event}
		}
	}
	return first, true
}

// ending is the warning, or after it the end. Nobody is signed out unwarned,
// not even after the bot has been away for hours: the time between the two is
// always left.
func (t *Tutor) ending(s *Session) alarm {
	if s.Warned.IsZero() {
		return alarm{at: s.Active.Add(t.o.Warning), event: sessionWarning}
	}
	return alarm{at: s.Warned.Add(t.o.Expiry - t.o.Warning), event: sessionExpired}
}

// Due tells when the session has to be woken by Tick at the latest; false: not
// any more.
func (t *Tutor) Due(s *Session) (time.Time, bool) {
	a, ok := t.next(s)
	return a.at, ok
}

// Tick does what has become due by now.
func (t *Tutor) Tick(s *Session, now time.Time) []Effect {
	u := t.turn(s, now)
	for {
		a, ok := t.next(s)
		if !ok || a.at.After(now) {
			return u.effects
		}
		switch {
		case a.timer != "":
			u.fire(a.timer)
		case a.event == sessionWarning:
			s.Warned = now
		}
		u.happen(a.event)
	}
}

// arm starts a timer from the beginning.
func (u *turn) arm(name Timer) {
	row := timerOf(name)
	if name == HintTimer {
		u.s.Silence, u.s.Quiet = 0, u.now
	}
	u.s.Timers[name] = u.now.Add(row.after[0])
}

// fire takes a timer that is due off, or sets it to its next time.
func (u *turn) fire(name Timer) {
	row := timerOf(name)
	if name == HintTimer {
		if u.s.Silence++; u.s.Silence < len(row.after) {
			u.s.Timers[name] = u.s.Quiet.Add(row.after[u.s.Silence])
			return
		}
	}
	delete(u.s.Timers, name)
}

// heard puts hints off: the learner is not silent.
func (u *turn) heard() {
	if _, armed := u.s.Timers[HintTimer]; armed {
		u.arm(HintTimer)
	}
}

// touch extends the session.
func (u *turn) touch() {
	u.s.Active = u.now
	if !u.s.Warned.IsZero() {
		u.s.Warned = time.Time{}
		u.happen(sessionRefreshed)
	}
}
