package store_test

import (
	"errors"
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/store"
)

func TestWhatWaits(t *testing.T) {
	d := openAt(t, t.TempDir(), key(1))
	look := func() store.Waiting {
		t.Helper()
		w, err := d.Waiting(t.Context())
		must(t, err)
		return w
	}
	queue := func(waiting, doubtful, refused int) map[course.GradeState]int {
		return map[course.GradeState]int{course.GradeWaiting: waiting, course.GradeDoubtful: doubtful, course.GradeRefused: refused}
	}
	same(t, "an empty store", look(), store.Waiting{Grades: queue(0, 0, 0)})

	must(t, d.PutSecret(t.Context(), ann.JID, []byte("rabbit")))
	first := look().Notes
	same(t, "a note", first, 1)

	graded(t, d, 3, put(t, d, campus()))
	w := look()
	same(t, "three grades", w.Grades, queue(3, 0, 0))
	oldest := w.Oldest
	if oldest.IsZero() {
		t.Fatal("the oldest grade has no age")
	}
	late := noon.Add(time.Hour)
	all := claim(t, d, late)
	g := all[0].Grade
	g.State, g.Next = course.GradeRefused, time.Time{}
	must(t, d.SettleGrade(t.Context(), g, late))
	g = all[1].Grade
	g.State, g.Next = course.GradeConfirmed, time.Time{}
	must(t, d.SettleGrade(t.Context(), g, late))
	w = look()
	same(t, "one of each", w.Grades, queue(1, 0, 1))
	same(t, "the oldest that is open", w.Oldest, all[2].Grade.At)
}

// A probe writes to the file, which others see, and says when it cannot.
func TestWritable(t *testing.T) {
	dir := t.TempDir()
	d, other := openAt(t, dir, key(1)), openAt(t, dir, key(1))
	_, err := other.Changed(t.Context())
	must(t, err)
	must(t, d.Writable(t.Context()))
	changed, err := other.Changed(t.Context())
	must(t, err)
	same(t, "something was written", changed, true)
	must(t, d.Close())
	if err := d.Writable(t.Context()); !errors.Is(err, store.ErrClosed) {
		t.Errorf("a closed store: %v", err)
	}
}
