package lesson_test

import (
	"strings"
	"testing"

	"otrbot/fsm"
	"otrbot/internal/lesson"
)

// Whatever the file holds, it is refused with places in the file, or it is a lesson in which nobody gets stuck.
func FuzzParse(f *testing.F) {
	f.Add(sound)
	f.Add(strings.ReplaceAll(sound, "\n", "\r\n"))
	f.Add("lesson: a\ntitle: b\nstart: c\ngoal: c\nstates: {c: {final: true}}\n")
	f.Add("states: &a [*a, !!map {<<: *a}, ? b]\n--- |\n x\n")
	f.Add("texts:\n  a: >2-\n    é {x} }} {{\n  a: '''\n")
	f.Fuzz(func(t *testing.T, src string) {
		l, err := lesson.Parse("f", []byte(src), words)
		if err != nil {
			checkFaults(t, src, err)
			return
		}
		for _, s := range l.Machine.States() {
			checkState(t, l, s)
		}
		for name, text := range l.Texts {
			if text.Name != name || text.Body == "" || text.Line < 1 || text.Render(nil) == "" {
				t.Errorf("%+v", text)
			}
		}
	})
}

func checkFaults(t *testing.T, src string, err error) {
	t.Helper()
	all := lesson.Faults(err)
	if len(all) == 0 {
		t.Errorf("no faults in %v", err)
	}
	for _, f := range all {
		if f.File != "f" || f.Line < 1 || f.Line > strings.Count(src, "\n")+strings.Count(src, "\r")+2 || f.Column < 1 || f.Problem == "" {
			t.Errorf("%+v", f)
		}
	}
}

// checkState asks what package tutor will ask.
func checkState(t *testing.T, l *lesson.Lesson, s fsm.State) {
	t.Helper()
	if l.Machine.Final(s) {
		return
	}
	for _, e := range words.Events {
		step, err := l.Machine.Next(s, fsm.Event(e.Name))
		if err != nil {
			t.Error(err)
		}
		for _, a := range step.Do {
			name, argument := lesson.Split(a)
			_, isText := l.Texts[argument]
			switch ok := true; name {
			case "say":
				ok = isText
				fallthrough
			case "arm":
				if !ok || argument == "" {
					t.Errorf("%s on %s: %q", s, e.Name, a)
				}
			case "hint":
				if at := len(l.Hints[step.From]) + len(l.Hints[step.To]); at == 0 {
					t.Errorf("%s on %s: no hints", s, e.Name)
				}
			}
		}
	}
}
