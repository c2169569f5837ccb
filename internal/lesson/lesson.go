// Package lesson reads a lesson, a YAML file that a trainer writes, and proves that
// nobody gets stuck in it.
//
// A lesson is a state machine and its texts: in which state a learner is, what each
// event leads to, what is said on the way. The words it may use, events, actions,
// variables and timers, are those of a [Vocabulary]. docs/lessons.md explains the
// format and docs/lesson.schema.json describes it to editors.
//
// [Parse] refuses a lesson that has a fault and tells all faults at once, each with
// line, column and the words that would be right. What it has accepted holds this:
// every event is answered in every state, every state can be reached, from every
// state a way leads to an end and to the goal, every text that is said exists, every
// text that exists is said, and every variable is known.
//
// A Lesson performs nothing: package tutor does.
package lesson

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"otrbot/fsm"
	"otrbot/gettext"
)

// A Lesson is one that has been found sound. It does not change; any number of
// goroutines may use it at once.
type Lesson struct {
	Name  string // a word, as in the file
	Title string // for people; plain text without variables
	// Machine holds the states. Its actions are those of the vocabulary, with the
	// argument after a space; [Split] takes them apart.
	Machine *fsm.Machine
	Goal    fsm.State // where the learner has made it
	// Texts by name.
	Texts map[string]Text
	// Hints are names of texts, for each state that has hints, from the gentlest to
	// the plainest.
	Hints map[fsm.State][]string
	// Warnings are what may be meant as it is, yet makes a lesson harder to follow.
	Warnings []*Fault
}

// Context is where translators find a text of the lesson: "basic/greeting".
func (l *Lesson) Context(text string) gettext.Ctxt { return gettext.Ctxt(l.Name + "/" + text) }

// Split takes an action of a Lesson apart: "say greeting" is the action "say" with
// the argument "greeting". The argument is "" for actions that take none.
func Split(a fsm.Action) (name, argument string) {
	name, argument, _ = strings.Cut(string(a), " ")
	return name, argument
}

// MaxSize bounds a lesson file, in bytes.
const MaxSize = 256 << 10

// maxSigns bounds the signs that mean something to YAML: the time and memory that its
// parser takes grow with the square of their number.
const (
	maxSigns = 20000
	signs    = "[]{},:&*!?|>-%@"
)

// Parse reads a lesson. The name is that of the file, for faults.
//
// The error joins a [*Fault] for everything that is wrong with the lesson, in the
// order of the file; [Faults] lists them. Where the file is no YAML at all, reading
// ends there, with one Fault. A vocabulary that is wrong in itself is another error.
func Parse(name string, src []byte, v Vocabulary) (*Lesson, error) {
	if err := v.Check(); err != nil {
		return nil, fmt.Errorf("lesson vocabulary: %w", err)
	}
	r := &reader{file: name, vocabulary: v}
	root := r.parse(src)
	if root == nil {
		return nil, r.err()
	}
	d := r.draft(root)
	machine := r.check(d)
	if err := r.err(); err != nil {
		return nil, err
	}
	l := &Lesson{
		Name: d.name.text, Title: d.title.text, Goal: fsm.State(d.goal.text),
		Machine: machine, Texts: map[string]Text{}, Hints: map[fsm.State][]string{},
		Warnings: sorted(r.warnings),
	}
	for _, t := range d.texts {
		l.Texts[t.Name] = t
	}
	for _, s := range d.states {
		for _, h := range s.hints {
			l.Hints[s.name()] = append(l.Hints[s.name()], h.text)
		}
	}
	return l, nil
}

// A Fault is one thing that is wrong in a lesson file, or a warning about it.
type Fault struct {
	File         string
	Line, Column int    // from 1, in characters
	Problem      string // what was found there
	Remedy       string // what would be right; may be empty
}

// Error is "file:line:column: problem; remedy".
func (f *Fault) Error() string {
	s := fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Problem)
	if f.Remedy != "" {
		s += "; " + f.Remedy
	}
	return s
}

// Faults lists the faults that an error of [Parse] joins; none if it is another error.
func Faults(err error) []*Fault {
	if f, ok := err.(*Fault); ok {
		return []*Fault{f}
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	var all []*Fault
	for _, e := range joined.Unwrap() {
		all = append(all, Faults(e)...)
	}
	return all
}

func sorted(faults []*Fault) []*Fault {
	slices.SortStableFunc(faults, func(a, b *Fault) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return faults
}

// err joins the faults found so far.
func (r *reader) err() error {
	var all []error
	for _, f := range sorted(r.faults) {
		all = append(all, f)
	}
	return errors.Join(all...)
}

// prepare makes the bytes of a file the text that positions are counted in.
func (r *reader) prepare(src []byte) bool {
	switch {
	case len(src) > MaxSize:
		r.fault(position{1, 1}, fmt.Sprintf("the file is longer than %d KiB", MaxSize>>10), "split the lesson")
	case tooManySigns(src):
		r.fault(position{1, 1}, fmt.Sprintf("the file has more than %d brackets, commas, colons and the like", maxSigns), "split the lesson")
	case !utf8.Valid(src):
		r.fault(position{1, 1}, "the file is not UTF-8", "save it with that encoding")
	default:
		r.src = strings.ReplaceAll(strings.TrimPrefix(string(src), "\ufeff"), "\r\n", "\n")
		return true
	}
	return false
}

func tooManySigns(src []byte) bool {
	n := 0
	for _, b := range src {
		if strings.IndexByte(signs, b) >= 0 {
			n++
		}
	}
	return n > maxSigns
}
