package clients

import (
	"regexp"
	"strings"
	"testing"

	"otrbot/internal/lesson"
	"otrbot/internal/tutor"
	"otrbot/lessons"
)

// book finds the texts of the lesson by their names, so that their wording may
// change.
type book struct{ texts map[string]lesson.Text }

func openBook(t *testing.T) book {
	t.Helper()
	l, err := lesson.Parse(lessons.BasicName, lessons.Basic, tutor.Vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	return book{l.Texts}
}

// text is a pattern for a line of any of the named texts, said for the first
// time or again.
func (b book) text(t *testing.T, names ...string) *regexp.Regexp {
	t.Helper()
	var fragments []string
	for _, name := range names {
		text, ok := b.texts[name]
		if !ok {
			t.Fatalf("the lesson has no text %q", name)
		}
		for _, said := range []string{text.Body, text.Again} {
			if said != "" {
				fragments = append(fragments, regexp.QuoteMeta(longestFragment(said)))
			}
		}
	}
	return regexp.MustCompile(strings.Join(fragments, "|"))
}

var variable = regexp.MustCompile(`\{[^}]*\}|\n`)

// longestFragment is the longest part of a text that stands in one line and has
// no variable.
func longestFragment(text string) string {
	longest := ""
	for _, part := range variable.Split(text, -1) {
		if part = strings.TrimSpace(part); len(part) > len(longest) {
			longest = part
		}
	}
	return longest
}
