package lesson_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"otrbot/fsm"
	"otrbot/internal/lesson"
)

// words is a small vocabulary, so that the lessons of these tests are short.
var words = lesson.Vocabulary{
	Events: []lesson.Word{
		{Name: "otr_enabled", Meaning: "encryption began"},
		{Name: "otr_disabled", Meaning: "encryption ended"},
		{Name: "help", Meaning: "the learner asked for help"},
		{Name: "stop", Meaning: "the learner wants to stop"},
	},
	Actions: []lesson.Action{
		{Word: lesson.Word{Name: "say", Meaning: "says a text"}, Argument: lesson.TextArgument},
		{Word: lesson.Word{Name: "arm", Meaning: "starts a timer"}, Argument: lesson.TimerArgument},
		{Word: lesson.Word{Name: "hint", Meaning: "gives the next hint"}, Argument: lesson.StateHints},
		{Word: lesson.Word{Name: "start_smp", Meaning: "asks for the secret"}},
	},
	Variables: []lesson.Word{{Name: "bot_title", Meaning: "what the bot is called"}, {Name: "client", Meaning: "the learner's client"}},
	Timers:    []lesson.Word{{Name: "silence", Meaning: "nothing heard for a while"}},
}

const sound = `# a comment
lesson: small
title: A small lesson
start: plain
goal: done

always:
  help: [hint]
  otr_disabled: ignore
  stop: {to: left, do: [say bye]}

states:
  plain:
    enter: [say greeting, arm silence]
    on:
      otr_enabled: {to: encrypted}
    hints: [look, menu]
  encrypted:
    allow: [start_smp]
    on:
      otr_enabled: {to: done, do: [say bye]}
      help: ignore
  done: {final: true}
  left: {final: true}

texts:
  greeting:
    note: The first words of all.
    again: Hello again.
    text: |
      Hello, I am {bot_title}.
      Please switch encryption on.
  look: Is there a lock in your window?
  menu: >
    In {client}, click the lock
    beside the name.
  bye: "Good bye!"
`

func mustParse(t *testing.T, src string) *lesson.Lesson {
	t.Helper()
	l, err := lesson.Parse("small.yaml", []byte(src), words)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestParse(t *testing.T) {
	l := mustParse(t, sound)
	if l.Name != "small" || l.Title != "A small lesson" || l.Goal != "done" || len(l.Warnings) != 1 {
		t.Errorf("got %q %q %q %v", l.Name, l.Title, l.Goal, l.Warnings)
	}
	if got := fmt.Sprint(l.Hints); got != "map[plain:[look menu]]" {
		t.Errorf("hints %s", got)
	}
	for _, want := range []lesson.Text{
		{Name: "greeting", Body: "Hello, I am {bot_title}.\nPlease switch encryption on.", Again: "Hello again.",
			Note: "The first words of all.", Line: 31, AgainLine: 29},
		{Name: "look", Body: "Is there a lock in your window?", Line: 33},
		{Name: "menu", Body: "In {client}, click the lock beside the name.", Line: 35},
		{Name: "bye", Body: "Good bye!", Line: 37},
	} {
		if got := l.Texts[want.Name]; got != want {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
}

// The machine has the rules of the file, and in each state that is no end those of always that it has not.
func TestMachine(t *testing.T) {
	l := mustParse(t, sound)
	m := l.Machine
	for _, c := range []struct {
		from  fsm.State
		event fsm.Event
		want  string
	}{
		{"plain", "otr_enabled", "encrypted []"},
		{"plain", "help", "plain [hint]"},
		{"plain", "stop", "left [say bye]"},
		{"plain", "otr_disabled", "plain []"},
		{"encrypted", "otr_enabled", "done [say bye]"},
		{"encrypted", "help", "encrypted []"},
	} {
		step, err := m.Next(c.from, c.event)
		if got := fmt.Sprint(step.To, " ", step.Do); err != nil || got != c.want {
			t.Errorf("%s in %s: %s, %v; want %s", c.event, c.from, got, err, c.want)
		}
	}
	if start := m.Start(); start.To != "plain" || fmt.Sprint(start.Do) != "[say greeting arm silence]" {
		t.Errorf("starts with %+v", start)
	}
	if len(m.Events("done")) != 0 || !m.Final("left") || m.Allowed("encrypted", "start_smp") != nil || m.Allowed("plain", "start_smp") == nil {
		t.Error("ends or permissions of the wrong states")
	}
	if name, argument := lesson.Split("say bye"); name != "say" || argument != "bye" {
		t.Errorf("%q %q", name, argument)
	}
	if name, argument := lesson.Split("hint"); name != "hint" || argument != "" {
		t.Errorf("%q %q", name, argument)
	}
}

func TestSeveralEventsInAKey(t *testing.T) {
	l := mustParse(t, strings.Replace(sound, "  otr_disabled: ignore\n  stop: ", "  otr_disabled, stop: ", 1))
	for _, event := range []fsm.Event{"otr_disabled", "stop"} {
		if step, err := l.Machine.Next("plain", event); err != nil || step.To != "left" || fmt.Sprint(step.Do) != "[say bye]" {
			t.Errorf("%s: %+v, %v", event, step, err)
		}
	}
}

// A file from another machine: a byte order mark, and lines that end in carriage returns.
func TestForeignLineEnds(t *testing.T) {
	l := mustParse(t, "\ufeff"+strings.ReplaceAll(sound, "\n", "\r\n"))
	if got := l.Texts["greeting"]; got.Body != "Hello, I am {bot_title}.\nPlease switch encryption on." || got.Line != 31 {
		t.Errorf("%+v", got)
	}
}

func TestWarnings(t *testing.T) {
	src := strings.Replace(sound, "Good bye!", strings.Repeat("Good bye! ", 81), 1)
	src = strings.Replace(src, "      Please", "\n      Please", 1)
	l := mustParse(t, src)
	var got []string
	for _, w := range l.Warnings {
		got = append(got, w.Error())
	}
	if want := []string{
		"small.yaml:14:13: enter of state plain is never done: learners are there from the start; let an event lead to a second state that does it",
		"small.yaml:30:11: text greeting has several paragraphs; one idea a text is easier to follow",
		"small.yaml:38:8: text bye has 809 characters; say it in several, of at most 800",
	}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestRender(t *testing.T) {
	vars := map[string]string{"a": "one", "b_2": "{a}", "empty": ""}
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"no variable", "no variable"},
		{"{a}, {a} and {b_2}{empty}.", "one, one and {a}."},
		{"{unknown} {A} { a } {}", "{unknown} {A} { a } {}"},
		{"{{a}} is {a}", "{a} is one"},
		{"{{{a}}}", "{one}"},
		{"é{a}é", "éoneé"},
		{"{a", "{a"},
		{"}{", "}{"},
	} {
		if got := (lesson.Text{Body: c.text}).Render(vars); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
	text := lesson.Text{Body: "first {a}", Again: "then {a}"}
	if got := text.RenderAgain(vars); got != "then one" {
		t.Errorf("%q", got)
	}
	text.Again = ""
	if got := text.RenderAgain(vars); got != "first one" {
		t.Errorf("%q", got)
	}
}

func TestVocabularyCheck(t *testing.T) {
	if err := words.Check(); err != nil {
		t.Error(err)
	}
	bad := lesson.Vocabulary{
		Events:    []lesson.Word{{Name: "Help"}, {Name: "say"}, {Name: "say"}, {Name: "ignore"}},
		Actions:   []lesson.Action{{Word: lesson.Word{Name: "say"}}},
		Variables: []lesson.Word{{Name: "say"}, {Name: ""}},
	}
	const want = `event "Help": not a word for lessons
event "say" stands twice
event "ignore": not a word for lessons
"say" is an event and an action
variable "": not a word for lessons`
	if err := bad.Check(); err == nil || err.Error() != want {
		t.Errorf("got\n%v", err)
	}
	if _, err := lesson.Parse("x", []byte(sound), bad); err == nil || len(lesson.Faults(err)) != 0 {
		t.Errorf("parsed with it: %v", err)
	}
}
