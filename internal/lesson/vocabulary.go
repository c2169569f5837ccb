package lesson

import (
	"errors"
	"fmt"
	"iter"
	"regexp"
)

// A Vocabulary holds the words that lessons may use. The program that performs
// lessons brings it: every action in it must be one that the program can do, every
// event one that it can see.
//
// Names are words of small letters, digits and underscores that begin with a letter.
type Vocabulary struct {
	Events    []Word
	Actions   []Action
	Variables []Word // what {name} in a text may name
	Timers    []Word // what can be armed
}

// A Word is a name with its meaning in one line, for those who write lessons.
type Word struct{ Name, Meaning string }

// An Action is a word that orders something.
type Action struct {
	Word
	Argument Argument
}

// Argument is what stands after the name of an action.
type Argument int

const (
	NoArgument    Argument = iota
	TextArgument           // the name of a text, which must exist
	TimerArgument          // one of the timers
	// StateHints takes no argument but needs hints: a state in which the action can
	// happen must have some.
	StateHints
)

// word is the form of every name in a lesson.
var word = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

const maxWord = 64

func isWord(s string) bool { return len(s) <= maxWord && word.MatchString(s) }

// Check tells what is wrong with a vocabulary: names that are no words, names that
// stand twice, names that are both event and action. Nil means nothing is.
func (v Vocabulary) Check() error {
	var faults []error
	kinds := map[string]string{} // of events and actions
	for kind, words := range v.lists() {
		seen := map[string]bool{}
		for _, w := range words {
			switch other := kinds[w]; {
			case !isWord(w) || w == ignore:
				faults = append(faults, fmt.Errorf("%s %q: not a word for lessons", kind, w))
			case seen[w]:
				faults = append(faults, fmt.Errorf("%s %q stands twice", kind, w))
			case other != "" && (kind == "event" || kind == "action"):
				faults = append(faults, fmt.Errorf("%q is an event and an action", w))
			case kind == "event" || kind == "action":
				kinds[w] = kind
			}
			seen[w] = true
		}
	}
	return errors.Join(faults...)
}

// lists goes through the names of each kind.
func (v Vocabulary) lists() iter.Seq2[string, []string] {
	return func(yield func(string, []string) bool) {
		_ = yield("event", names(v.Events)) && yield("action", v.actions()) &&
			yield("variable", names(v.Variables)) && yield("timer", names(v.Timers))
	}
}

func (v Vocabulary) actions() []string {
	var all []string
	for _, a := range v.Actions {
		all = append(all, a.Name)
	}
	return all
}

// argument is what the action takes; NoArgument if there is no such action.
func (v Vocabulary) argument(action string) Argument {
	for _, a := range v.Actions {
		if a.Name == action {
			return a.Argument
		}
	}
	return NoArgument
}

func names(words []Word) []string {
	var all []string
	for _, w := range words {
		all = append(all, w.Name)
	}
	return all
}
