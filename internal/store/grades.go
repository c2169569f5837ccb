package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
)

const (
	// keepTrying is how long a grade is sent again and again.
	keepTrying = 3 * 24 * time.Hour
	// apart is the least time between two grades of one enrolment: Moodle compares their times by the second.
	apart = time.Second
)

const selectGrade = "SELECT grade.id, grade.enrolment, score, done, at, state, tries, next, until, why "

func scanGrade(f func(course.Grade)) func(*sql.Rows) error {
	return func(r *sql.Rows) error {
		var g course.Grade
		var at, next, until int64
		if err := r.Scan(&g.ID, &g.Enrolment, &g.Score, &g.Done, &at, &g.State, &g.Tries, &next, &until, &g.Why); err != nil {
			return err
		}
		g.At, g.Next, g.Until = fromMillis(at), fromMillis(next), fromMillis(until)
		f(g)
		return nil
	}
}

// gradesOf returns the grades of an enrolment, the newest first.
func gradesOf(c *connection, enrolment int64) (all []course.Grade, err error) {
	err = c.each(scanGrade(func(g course.Grade) { all = append(all, g) }),
		selectGrade+"FROM grade WHERE enrolment = ? ORDER BY id DESC", enrolment)
	return all, err
}

// Grade returns the newest grade of an enrolment; course.ErrNone.
func (d *DB) Grade(ctx context.Context, enrolment int64) (g course.Grade, err error) {
	err = d.with(ctx, func(c *connection) error {
		all, err := gradesOf(c, enrolment)
		if err == nil && len(all) == 0 {
			return course.ErrNone
		}
		if err == nil {
			g = all[0]
		}
		return err
	})
	return g, err
}

// keepGrade puts a grade on its way, and notes that the lesson was passed. One that is no better than what is on its way
// or has arrived is left out, and so is what was earned in a session that has been ended. noted is the note that the
// change answers.
func (d *DB) keepGrade(c *connection, noted int64, earned record.Grade) error {
	e, err := d.enrolment(c, "id = ?", earned.Enrolment)
	g := course.Grade{Enrolment: earned.Enrolment, Score: earned.Score, Done: earned.Done, State: course.GradeWaiting,
		At: earned.At.UTC().Truncate(time.Millisecond)}
	practice := false
	switch {
	case isNone(err):
		return nil // erased meanwhile
	case isUnreadable(err): // the grade waits until the learner comes back
	case err != nil:
		return err
	default:
		if late, err := d.afterTheEnd(c, e, noted); err != nil || late {
			return err
		}
		practice = e.Role.Practice()
		if !e.Gradable() {
			g.State = course.GradeNowhere
		}
		if earned.Done && e.Passed.IsZero() {
			e.Passed = g.At
			if err := d.putEnrolment(c, e); err != nil {
				return err
			}
		}
	}
	all, err := gradesOf(c, g.Enrolment)
	if err != nil || slices.ContainsFunc(all, func(old course.Grade) bool { return !worthIt(g, old) }) {
		return err
	}
	for _, old := range all {
		if next := old.At.Add(apart); g.At.Before(next) {
			g.At = next
		}
	}
	return addGrade(c, g, practice)
}

// afterTheEnd reports whether the session in which something was earned was ended, of which the bot has not heard yet.
func (d *DB) afterTheEnd(c *connection, e course.Enrolment, noted int64) (bool, error) {
	if e.JID == "" {
		return false, nil
	}
	n, err := c.number("SELECT count(*) FROM note WHERE who = ? AND arrival = ? AND id <> ?", d.seals.who(e.JID), ended, noted)
	return n > 0, err
}

// worthIt reports whether a grade is to be kept beside an old one.
func worthIt(g, old course.Grade) bool {
	switch old.State {
	case course.GradeSuperseded:
		return true // there is a better one, which decides
	case course.GradeRefused:
		return g.Score >= old.Score // once more
	}
	return g.Supersedes(old)
}

// addGrade adds a grade. It goes in place of one that waits, and after one in doubt, which may be under way.
func addGrade(c *connection, g course.Grade, practice bool) error {
	if g.State.Open() {
		if err := supersede(c, g.Enrolment); err != nil {
			return err
		}
		g.Next, g.Until = g.At, g.At.Add(keepTrying)
	}
	if err := c.exec(`INSERT INTO grade (enrolment, platform, score, done, at, state, tries, next, until, why, claimed, practice)
		SELECT id, platform, ?, ?, ?, ?, 0, ?, ?, '', 0, ? FROM enrolment WHERE id = ?`,
		g.Score, g.Done, millis(g.At), g.State, millis(g.Next), millis(g.Until), practice, g.Enrolment); err != nil {
		return err
	}
	return schedule(c, g.Enrolment)
}

// supersede ends the way of the grade that waits.
func supersede(c *connection, enrolment int64) error {
	return c.exec("UPDATE grade SET state = ?, due = NULL, claimed = 0 WHERE enrolment = ? AND state = ?",
		course.GradeSuperseded, enrolment, course.GradeWaiting)
}

// schedule makes the oldest open grade of an enrolment due, unless one is.
func schedule(c *connection, enrolment int64) error {
	return c.exec(`UPDATE grade SET due = next
		WHERE id = (SELECT min(id) FROM grade WHERE enrolment = ?1 AND state IN ('waiting', 'doubtful'))
		AND NOT EXISTS (SELECT 1 FROM grade WHERE enrolment = ?1 AND due IS NOT NULL)`, enrolment)
}

// HoldGrade is asked just before a grade is sent: it makes the grade doubtful, claimed until then, and reports true. It
// reports false, and changes nothing, for a grade that must not be sent: superseded by a better one, settled, or erased.
func (d *DB) HoldGrade(ctx context.Context, id int64, until time.Time) (bool, error) {
	held := int64(0)
	err := d.with(ctx, func(c *connection) (err error) {
		held, err = c.affected("UPDATE grade SET state = ?1, due = ?2, claimed = ?2 WHERE id = ?3 AND due IS NOT NULL",
			course.GradeDoubtful, millis(until), id)
		return err
	})
	return held > 0, err
}

// SettleGrade keeps what became of an open grade: its State, Tries, Next, Until and Why. It gives up the claim. Nothing
// happens to a grade that was superseded, settled or erased meanwhile. One that would wait while a better one does is
// superseded.
func (d *DB) SettleGrade(ctx context.Context, g course.Grade, now time.Time) error {
	return d.change(ctx, func(c *connection) error {
		if g.State == course.GradeWaiting {
			better, err := c.number("SELECT count(*) FROM grade WHERE enrolment = ? AND state = ? AND id > ?", g.Enrolment, course.GradeWaiting, g.ID)
			if err != nil {
				return err
			}
			if better > 0 {
				g.State, g.Next = course.GradeSuperseded, time.Time{}
			}
		}
		var due any
		if g.State.Open() {
			due = millis(g.Next)
		}
		if err := c.exec("UPDATE grade SET state = ?, tries = ?, next = ?, until = ?, why = ?, due = ?, claimed = 0 WHERE id = ? AND due IS NOT NULL",
			g.State, g.Tries, millis(g.Next), millis(g.Until), g.Why, due, g.ID); err != nil {
			return err
		}
		return schedule(c, g.Enrolment)
	})
}

// ResendGrade lets the newest grade of an enrolment be sent at once, if it was refused or is on its way: with the same
// time, and for another three days. It reports whether there was one.
func (d *DB) ResendGrade(ctx context.Context, enrolment int64, now time.Time) (bool, error) {
	found := false
	err := d.change(ctx, func(c *connection) (err error) {
		found, err = reopen(c, enrolment, now, course.GradeRefused, course.GradeWaiting, course.GradeDoubtful)
		return err
	})
	return found, err
}

// reopen sends the newest grade of an enrolment again, if it is in one of these states. One that may have arrived stays
// doubtful: it is read back first. Claims are waited for.
func reopen(c *connection, enrolment int64, now time.Time, states ...course.GradeState) (bool, error) {
	all, err := gradesOf(c, enrolment)
	if err != nil || len(all) == 0 || !slices.Contains(states, all[0].State) {
		return false, err
	}
	if !all[0].State.Open() {
		if err := supersede(c, enrolment); err != nil {
			return false, err
		}
		if err := c.exec("UPDATE grade SET state = ? WHERE id = ?", course.GradeWaiting, all[0].ID); err != nil {
			return false, err
		}
	}
	if err := c.exec(`UPDATE grade SET tries = 0, next = ?1, until = ?2, why = '', due = CASE WHEN due IS NOT NULL THEN max(?1, claimed) END
		WHERE enrolment = ?3 AND state IN ('waiting', 'doubtful')`, millis(now), millis(now.Add(keepTrying)), enrolment); err != nil {
		return false, err
	}
	return true, schedule(c, enrolment)
}
