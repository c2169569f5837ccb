package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"otrbot/internal/course"
)

// Waiting is how much in the store has still to be done, for those who watch the bot. It names nobody.
type Waiting struct {
	Notes  int                       // for the bot
	Grades map[course.GradeState]int // those that wait, are in doubt or were refused
	Oldest time.Time                 // when the oldest of those that wait or are in doubt was earned; zero: there is none
}

// Waiting counts. It reads rows and unseals nothing.
func (d *DB) Waiting(ctx context.Context) (w Waiting, err error) {
	w.Grades = map[course.GradeState]int{course.GradeWaiting: 0, course.GradeDoubtful: 0, course.GradeRefused: 0}
	err = d.with(ctx, func(c *connection) error {
		notes, err := c.number("SELECT count(*) FROM note")
		if err != nil {
			return err
		}
		w.Notes = int(notes)
		return c.each(func(r *sql.Rows) error {
			var state course.GradeState
			var count int
			var oldest int64
			if err := r.Scan(&state, &count, &oldest); err != nil {
				return err
			}
			w.Grades[state] = count
			if at := fromMillis(oldest); state.Open() && (w.Oldest.IsZero() || at.Before(w.Oldest)) {
				w.Oldest = at
			}
			return nil
		}, "SELECT state, count(*), min(at) FROM grade WHERE state IN ('waiting', 'doubtful', 'refused') GROUP BY state")
	})
	return w, err
}

// Writable writes what stands there already, and returns what keeps us from it: a full disk, another process that does
// not let go. That can take twenty seconds.
func (d *DB) Writable(ctx context.Context) error {
	return d.change(ctx, func(c *connection) error { return c.script(fmt.Sprintf("PRAGMA application_id = %d", applicationID)) })
}
