package tutor

import (
	"io"
	"slices"
	"strings"
	"time"

	"otrbot/fsm"
	"otrbot/gettext"
	"otrbot/internal/lesson"
	"otrbot/internal/record"
)

// Options are the settings of a Tutor. The zero value of a field stands for
// what is said in brackets.
type Options struct {
	BotTitle string // the bot's name in texts [OTR Bot]
	// These are said in the learner's language, if the catalogues have them.
	BotDescription gettext.Msg // one sentence about it [I teach private chatting, one small step at a time.]
	ProjectName    gettext.Msg // where learners come from and can come back to [the person who invited you]
	CoursePage     gettext.Msg // the page of learners who come from a course [your course page]; empty: there are none here
	Helper         gettext.Msg // who gives secrets and helps [the person who invited you]

	MayStartSMP   bool   // begin to verify as soon as OTR is on and a secret is known; else only when asked to
	DefaultSecret Secret // for learners without one of their own; meant for tests and practice
	SecretTries   int    // wrong secrets until a new one is needed [6]
	CodeFormat    string // each X becomes a random letter or digit [XXXX-XXXX-XXXX]
	CodeTries     int    // wrong codes until there is a new one [5]

	Warning  time.Duration // silence until the learner is warned [25 min]
	Expiry   time.Duration // silence until the session ends, more than Warning [30 min]
	NoTyping bool          // no typing delays from the start

	Languages *gettext.Set // that there are texts in [en_GB]
	Locale    string       // of learners of whom no other is known [that of the source]
	Rand      io.Reader    // dice for codes [crypto/rand]
}

// A Tutor teaches one lesson. It does not change; any number of goroutines may
// use it at once if Options.Rand allows it.
type Tutor struct {
	lesson  *lesson.Lesson
	o       Options
	lexicon lexicon
}

// New makes a Tutor of a lesson that was parsed with [Vocabulary].
func New(l *lesson.Lesson, o Options) *Tutor {
	o = o.withDefaults()
	return &Tutor{lesson: l, o: o, lexicon: newLexicon(o.Languages)}
}

func (o Options) withDefaults() Options {
	text := func(s *string, instead string) {
		if *s == "" {
			*s = instead
		}
	}
	message := func(m *gettext.Msg, instead gettext.Msg) {
		if *m == "" {
			*m = instead
		}
	}
	number := func(n *int, instead int) {
		if *n <= 0 {
			*n = instead
		}
	}
	text(&o.BotTitle, "OTR Bot")
	message(&o.BotDescription, "I teach private chatting, one small step at a time.")
	// translators: who gives secrets and helps, as in “ask the person who invited you”
	message(&o.Helper, "the person who invited you")
	message(&o.ProjectName, o.Helper)
	text(&o.CodeFormat, "XXXX-XXXX-XXXX")
	number(&o.SecretTries, 6)
	number(&o.CodeTries, 5)
	if o.Warning <= 0 {
		o.Warning = 25 * time.Minute
	}
	if o.Expiry <= o.Warning {
		o.Expiry = o.Warning + 5*time.Minute
	}
	if o.Languages == nil {
		o.Languages = gettext.NewSet("en_GB")
	}
	return o
}

// After is this tutor for a session that another one has begun: with the other's lesson and its own options. It is the
// tutor itself where both teach the same lesson; nil has begun nothing.
func (t *Tutor) After(other *Tutor) *Tutor {
	if other == nil || other.lesson == t.lesson {
		return t
	}
	return &Tutor{lesson: other.lesson, o: t.o, lexicon: t.lexicon}
}

// Teaches reports whether a session stands where the lesson has a place for it. One of an older lesson may not.
func (t *Tutor) Teaches(s *Session) bool { return slices.Contains(t.lesson.Machine.States(), s.State) }

// Begin opens a session. Nothing is said before the first signal.
func (t *Tutor) Begin(learner record.Learner, now time.Time) *Session {
	name, _, _ := strings.Cut(learner.JID, "@")
	s := &Session{
		State: t.lesson.Machine.Initial(), Locale: learner.Locale, Name: name, Page: learner.Enrolment != 0,
		Secret: t.o.DefaultSecret, Lent: !t.o.DefaultSecret.IsZero(), Code: t.newCode(),
		Fast: t.o.NoTyping, Active: now, Stepped: now, Step: record.StepChatting, Stood: now, Heard: now,
		Failures: map[string]int{}, Told: map[fsm.Event]time.Time{}, Spoken: map[string]int{}, Timers: map[Timer]time.Time{},
	}
	return s
}

// Stranger is the one answer to somebody who is not on the list. lang is the xml:lang of the stanza, or empty.
func (t *Tutor) Stranger(lang string, now time.Time) []Effect {
	s := t.Begin(record.Learner{}, now)
	s.Page = t.o.CoursePage != ""
	u := t.turn(s, now)
	u.sig.Lang = lang
	u.guessLanguage()
	u.happen(stranger)
	return u.effects
}

// Handle tells the tutor what happened and returns what to do.
func (t *Tutor) Handle(s *Session, sig Signal, now time.Time) []Effect {
	if s.Over {
		return nil
	}
	u := t.turn(s, now)
	u.sig = sig
	u.attend()
	u.guessLanguage()
	u.relieve(sig.Event)
	events := u.read()
	if u.fromLearner() {
		u.heard()
	}
	if u.refreshes() {
		u.touch()
	}
	for _, ev := range events {
		u.happen(ev)
	}
	u.advance()
	return u.effects
}

// Order does what the state allows others to order: a page, an operator. The
// error is an *fsm.ActionNotAllowedError.
func (t *Tutor) Order(s *Session, a fsm.Action, now time.Time) ([]Effect, error) {
	if err := t.lesson.Machine.Allowed(s.State, a); err != nil {
		return nil, err
	}
	u := t.turn(s, now)
	u.do(a)
	u.settle()
	u.advance()
	return u.effects, nil
}
