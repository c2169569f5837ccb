package tutor

import (
	"sync"
	"testing"

	"otrbot/internal/lesson"
	"otrbot/lessons"
)

var parseBasic = sync.OnceValues(func() (*lesson.Lesson, error) {
	return lesson.Parse(lessons.BasicName, lessons.Basic, Vocabulary())
})

func basic(t testing.TB) *lesson.Lesson {
	t.Helper()
	l, err := parseBasic()
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
