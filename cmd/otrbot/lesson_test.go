package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"otrbot/internal/lesson"
)

func lessonFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "my.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestLessonCheck(t *testing.T) {
	sound := lessonFile(t, soundLesson(t))
	faulty := lessonFile(t, strings.Replace(soundLesson(t), "goal: ", "gaol: ", 1))
	missing := filepath.Join(t.TempDir(), "none.yaml")
	long := lessonFile(t, strings.Repeat("#", lesson.MaxSize+10))
	for _, c := range []struct {
		name           string
		args           []string
		code           int
		stdout, stderr string // what they hold; "" is nothing at all
	}{
		{"sound", []string{sound}, exitOK, "my.yaml: nothing wrong: ", ""},
		{"faulty", []string{faulty}, exitRefused, "", `my.yaml:5:1: unknown key “gaol”; did you mean goal?`},
		{"all are checked", []string{faulty, sound}, exitRefused, "nothing wrong", "lessons that cannot be used: 1 of 2"},
		{"too long", []string{long}, exitRefused, "", "longer than"},
		{"missing", []string{missing, faulty}, exitFailed, "", "lessons that cannot be used: 2 of 2"},
		{"no file", nil, exitRefused, "", "name the file of the lesson, such as my-lesson.yaml\ntry otrbot lesson check --help"},
		{"unknown flag", []string{"--yaml", sound}, exitRefused, "", "try otrbot lesson check --help"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := execute("", append([]string{"lesson", "check"}, c.args...)...)
			if got.code != c.code || !holds(got.stdout, c.stdout) || !holds(got.stderr, c.stderr) {
				t.Errorf("%d\n%s\n%s", got.code, got.stdout, got.stderr)
			}
		})
	}
}

func holds(text, part string) bool { return text == part || part != "" && strings.Contains(text, part) }

func TestLessonCheckStandardInput(t *testing.T) {
	if got := execute(soundLesson(t), "lesson", "check", "-"); got.code != exitOK {
		t.Error(got)
	}
	if got := execute("lesson: [", "lesson", "check", "-"); got.code != exitRefused || !strings.HasPrefix(got.stderr, "-:1:9: not YAML") {
		t.Error(got)
	}
}

func TestLessonCheckWarns(t *testing.T) {
	src := strings.Replace(soundLesson(t), "\ntexts:\n", "\ntexts:\n  long: "+strings.Repeat("words ", 200)+"\n", 1)
	src = strings.Replace(src, "[say greeting", "[say long, say greeting", 1)
	got := execute(src, "lesson", "check", "-")
	if got.code != exitOK || !strings.HasPrefix(got.stdout, "warning: -:") || !strings.Contains(got.stdout, "text long has 1199 characters") {
		t.Error(got)
	}
	got = execute(src, "lesson", "check", "--json", "-")
	var r lessonRemark
	if err := json.Unmarshal([]byte(got.stdout), &r); err != nil || got.code != exitOK || !r.Warning || r.File != "-" || r.Line == 0 {
		t.Errorf("%v %+v", err, got)
	}
}

func TestLessonCheckJSON(t *testing.T) {
	got := execute("lesson: a\ntitel: b\n", "lesson", "check", "--json", "-")
	if got.code != exitRefused || got.stderr != "lessons that cannot be used: 1 of 1\n" {
		t.Error(got)
	}
	if first, _, _ := strings.Cut(got.stdout, "\n"); first != `{"file":"-","line":1,"column":1,"warning":false,"problem":"the lesson has no start","remedy":"write start: and the state that a learner begins in"}` {
		t.Error(first)
	}
	for line := range strings.Lines(got.stdout) {
		var r lessonRemark
		if err := json.Unmarshal([]byte(line), &r); err != nil || r.Line == 0 || r.Problem == "" {
			t.Errorf("%v in %q", err, line)
		}
	}
	if got := execute("", "lesson", "check", "--json", "/nonexistent/a.yaml"); got.code != exitFailed || !strings.Contains(got.stderr, "/nonexistent/a.yaml") {
		t.Error(got)
	}
}

func TestLessonGraph(t *testing.T) {
	sound := lessonFile(t, soundLesson(t))
	for _, c := range []struct {
		args   []string
		code   int
		stdout string
		stderr string
	}{
		{[]string{sound}, exitOK, "digraph {\n", ""},
		{[]string{"--format", "dot", sound}, exitOK, "digraph {\n", ""},
		{[]string{"--format=mermaid", sound}, exitOK, "stateDiagram-v2\n", ""},
		{[]string{"--format", "png", sound}, exitRefused, "", "it is dot or mermaid"},
		{[]string{lessonFile(t, "a: b")}, exitRefused, "", "unknown key"},
		{[]string{"/nonexistent/a.yaml"}, exitFailed, "", "/nonexistent/a.yaml"},
		{[]string{sound, sound}, exitRefused, "", "try otrbot lesson graph --help"},
	} {
		got := execute("", append([]string{"lesson", "graph"}, c.args...)...)
		if got.code != c.code || !strings.HasPrefix(got.stdout, c.stdout) || !holds(got.stderr, c.stderr) {
			t.Errorf("%q: %+v", c.args, got)
		}
	}
}

func TestLessonStreamsThatFail(t *testing.T) {
	broken := iotest.ErrReader(errors.New("unplugged"))
	if code := run([]string{"lesson", "check", "-"}, broken, &strings.Builder{}, &strings.Builder{}); code != exitFailed {
		t.Errorf("reading: exit code %d", code)
	}
	for _, args := range [][]string{{"lesson", "check", "-"}, {"lesson", "graph", "-"}} {
		if code := run(args, strings.NewReader(soundLesson(t)), brokenWriter{io.ErrShortWrite}, &strings.Builder{}); code != exitFailed {
			t.Errorf("%q: exit code %d", args, code)
		}
	}
}

func TestLessonHelpHasAnExample(t *testing.T) {
	for _, args := range [][]string{{"lesson"}, {"lesson", "check"}, {"lesson", "graph"}} {
		got := execute("", append(args, "--help")...)
		if got.code != exitOK || !strings.Contains(got.stdout, "Examples:\n  otrbot "+strings.Join(args, " ")) {
			t.Errorf("%q: %+v", args, got)
		}
	}
}
