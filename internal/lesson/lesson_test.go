package lesson_test

import (
	"testing"

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

func TestParse(t *testing.T) {
	l, err := lesson.Parse("small.yaml", []byte(sound), words)
	if err != nil {
		t.Fatal(err)
	}
	if l.Name != "small" || l.Title != "A small lesson" || l.Goal != "done" || l.Machine.Initial() != "plain" {
		t.Errorf("got %q %q %q %q", l.Name, l.Title, l.Goal, l.Machine.Initial())
	}
}
