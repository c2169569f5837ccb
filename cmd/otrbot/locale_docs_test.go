package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"otrbot/lessons"
)

// What docs/translating.md shows is what a translator sees who types the same; only numbers may differ.
func TestTranslatingGuide(t *testing.T) {
	guide, err := os.ReadFile("../../docs/translating.md")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	shown := alike(string(guide))
	types := func(wantCode int, args ...string) {
		t.Helper()
		var out, problems bytes.Buffer
		if code := run(args, strings.NewReader("hello\n"), &out, &problems); code != wantCode {
			t.Fatalf("%q: exit code %d: %s", args, code, problems.String())
		}
		typed := "otrbot " + strings.Join(args, " ")
		if !strings.Contains(string(guide), typed) {
			t.Errorf("nobody is told to type %q", typed)
		}
		if args[0] == "lesson" {
			return // what is said is not in the guide
		}
		for line := range strings.Lines(filepath.ToSlash(out.String() + problems.String())) {
			if !strings.Contains(shown, "\n"+alike(line)) {
				t.Errorf("%s: the guide does not show %q", typed, line)
			}
		}
	}
	types(0, "locale", "init", "eo")
	types(0, "locale", "init", "nl")
	const file, greeting = "locales/eo/otrbot.po", "things: you cannot break anything \"\n\"here.\"\nmsgstr \"\""
	po := readText(t, file)
	if !strings.Contains(po, greeting) {
		t.Fatal("no greeting")
	}
	write(t, file, strings.Replace(po, greeting, strings.TrimSuffix(greeting, `""`)+`"Saluton! Mi estas {bot_titel}. {bot_description}\nMi estas programo."`, 1))
	types(1, "locale", "check", "-l", "eo")
	write(t, file, strings.Replace(readText(t, file), "{bot_titel}", "{bot_title}", 1))
	types(0, "lesson", "play", "--locale", "eo", "--locales-dir", "locales")
	write(t, "my-lesson.yaml", strings.Replace(string(lessons.Basic), "lesson: basic", "lesson: my_lesson", 1))
	types(0, "locale", "extract", "--lesson", "my-lesson.yaml")
	if err := os.Rename(file, "kept.po"); err != nil {
		t.Fatal(err)
	}
	types(0, "locale", "init", "messages.pot", "eo")
	if err := os.Rename("kept.po", file); err != nil {
		t.Fatal(err)
	}
	types(0, "locale", "update", "messages.pot", "eo")
	types(0, "lesson", "play", "my-lesson.yaml", "--locale", "eo", "--locales-dir", "locales")
	types(0, "locale", "update", "eo")
}

var digits = regexp.MustCompile(`\d+(?: translations?)?`) // one or many

// alike is a text without its numbers.
func alike(text string) string { return digits.ReplaceAllString(text, "N") }

func readText(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
