package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func playLesson(t *testing.T, input string, args ...string) (code int, out, problems string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(append([]string{"lesson", "play"}, args...), strings.NewReader(input), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func TestPlayLesson(t *testing.T) {
	for name, test := range map[string]struct {
		input string
		args  []string
		want  []string
	}{
		"from hello to the end": {
			"hello\n/start\n/verify seven brass lanterns\nstop\nthis is not read\n", nil,
			[]string{"(waiting, unencrypted)", "(plain, unencrypted)", "(encrypted, encrypted)", "(verified, verified)", "bot!", "The session is over."}},
		"time": {
			"hello\n/timers\n/wait 1m\n/timers\n", nil,
			[]string{"hint: in 1m0s", "bot: Look around"}},
		"state": {
			"hello\n/start\n/state\n/quit\n", nil,
			[]string{"state encrypted; hints given: 0"}},
		"by the name of the settings": {
			"hello\n", []string{"basic"},
			[]string{"(plain, unencrypted)"}},
		"without a secret": {
			"hello\n/start\n", []string{"--secret", ""},
			[]string{"(needs_secret, encrypted)"}},
		"the bot begins": {
			"hello\n/start\n/answer seven brass lanterns\n", []string{"--may-start-smp"},
			[]string{"[begins to verify by secret]", "(verified, verified)"}},
		"in another language": {
			"hallo\nenglish\n", []string{"--locale", "nl"},
			[]string{"bot: Hallo! Ik ben", "[language: en_GB]", "bot: Fine, we go on like this."}},
		"slips": {
			"hello\n/nothing\n/wait long\n/end\n/event nothing\n\n", nil,
			[]string{"! there is no /nothing here", "! how long?", "! OTR is off", "! there is no event"}},
		"the learner's program": {
			"/client pidgin\nhello\n/client nothing known\n", nil,
			[]string{"(waiting, unencrypted) [the learner's program: Pidgin]\n", "[the learner's program: one that the bot does not know]\n"}},
		"a language akin": {"hello\n", []string{"--locale", "nl_BE"}, []string{"bot: Hallo!"}},
		"help":            {"/help\n", nil, []string{"/verify SECRET", "/timers"}},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, problems := playLesson(t, test.input, test.args...)
			if code != 0 || problems != "" {
				t.Errorf("exit code %d, %s", code, problems)
			}
			for _, want := range test.want {
				if !strings.Contains(out, want) {
					t.Errorf("no %q in\n%s", want, out)
				}
			}
		})
	}
}

// A language that there are no texts in is told, not played in English.
func TestPlayLessonInNoLanguage(t *testing.T) {
	for _, locale := range []string{"eo", "xx", "no such", ""} {
		code, out, problems := playLesson(t, "hello\n", "--locale", locale)
		if code != 1 || out != "" || !strings.Contains(problems, "there are en_GB, ar, de") {
			t.Errorf("%q: exit code %d, %s%s", locale, code, out, problems)
		}
	}
	for _, locale := range []string{"en", "en_US", "pt"} {
		if code, _, problems := playLesson(t, "hello\n", "--locale", locale); code != 0 {
			t.Errorf("%q: exit code %d, %s", locale, code, problems)
		}
	}
}

func TestPlayLessonOfFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mine.yaml")
	if err := os.WriteFile(file, []byte("lesson: mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, problems := playLesson(t, "", file); code != 1 || !strings.Contains(problems, "mine.yaml:1:1: the lesson has no title") {
		t.Errorf("a faulty lesson: exit code %d, %s", code, problems)
	}
	if code, _, problems := playLesson(t, "", filepath.Join(t.TempDir(), "missing.yaml")); code != 2 || problems == "" {
		t.Errorf("a missing file: exit code %d, %s", code, problems)
	}
}
