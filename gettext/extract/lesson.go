package extract

import (
	"errors"
	"maps"
	"slices"

	"otrbot/gettext"
	"otrbot/internal/lesson"
)

// Lesson adds the texts of a lesson that was read from a file of that name: its title in the context of the lesson's
// name, each text in that of lesson and text, as in "basic/greeting", with the note for translators.
func (m *Messages) Lesson(name string, l *lesson.Lesson) error {
	faults := []error{m.add(gettext.Entry{
		Key:       gettext.Key{ID: l.Title, Context: l.Name, HasContext: true},
		Extracted: []string{"The title of the lesson."},
	}, Place{File: name})}
	for _, key := range slices.Sorted(maps.Keys(l.Texts)) {
		text := l.Texts[key]
		add := func(said, note string, line int) {
			faults = append(faults, m.add(gettext.Entry{
				Key:       gettext.Key{ID: said, Context: string(l.Context(key)), HasContext: true},
				Extracted: []string{note},
			}, Place{File: name, Line: line}))
		}
		add(text.Body, text.Note, text.Line)
		if text.Again != "" {
			add(text.Again, "Said when the text comes up once more.", text.AgainLine)
		}
	}
	return errors.Join(faults...)
}
