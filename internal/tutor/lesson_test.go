package tutor

import (
	"testing"

	"otrbot/internal/lesson"
	"otrbot/lessons"
)

func basic(t testing.TB) *lesson.Lesson {
	t.Helper()
	l, err := lesson.Parse(lessons.BasicName, lessons.Basic, Vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestBasicLessonIsSound(t *testing.T) {
	for _, w := range basic(t).Warnings {
		t.Error(w)
	}
}
