package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"otrbot/internal/lesson"
	"otrbot/internal/tutor"
	"otrbot/lessons"
)

// What the bot says in the transcript of README.md is what the lesson says today.
func TestReadmeTranscriptIsTheLesson(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "<!-- transcript:")
	_, rest, _ = strings.Cut(rest, "```\n")
	transcript, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("README.md has no transcript")
	}
	spoken := regexp.MustCompile(`^\d\d:\d\d otrbot \([^)]*\): `)
	said := 0
	for _, one := range strings.Split(strings.ReplaceAll(transcript, "\n      ", " "), "\n") {
		if words := spoken.ReplaceAllString(one, ""); words != one {
			said++
			if !inLesson(t, words) {
				t.Errorf("the lesson does not say: %s", words)
			}
		}
	}
	if said < 10 {
		t.Errorf("the bot says %d things only", said)
	}
}

// inLesson reports whether the words are a text of the basic lesson, whatever its variables stand for.
func inLesson(t *testing.T, words string) bool {
	t.Helper()
	l, err := lesson.Parse(lessons.BasicName, lessons.Basic, tutor.Vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range l.Texts {
		body := regexp.QuoteMeta(strings.Join(strings.Fields(text.Body), " "))
		body = regexp.MustCompile(`\\\{[a-z_]+\\\}`).ReplaceAllString(body, ".+")
		if regexp.MustCompile("^" + body + "$").MatchString(words) {
			return true
		}
	}
	return false
}
