package store

import (
	"context"
	"database/sql"

	"otrbot/internal/record"
)

// EnrolmentsChanged returns the enrolments that were written, or whose grades were, or that were erased, after version
// since, by any process, and the version to ask with the next time. With since 0 it returns no enrolments, only the
// present version. It costs microseconds when nothing has changed.
func (d *DB) EnrolmentsChanged(ctx context.Context, since int64) (ids []int64, version int64, err error) {
	version = since
	err = d.with(ctx, func(c *connection) error {
		if since == 0 {
			version, err = c.number("SELECT seq FROM sqlite_sequence WHERE name = 'news'")
			return err
		}
		return c.each(func(r *sql.Rows) error {
			var id int64
			if err := r.Scan(&version, &id); err != nil {
				return err
			}
			ids = append(ids, id)
			return nil
		}, "SELECT version, enrolment FROM news WHERE version > ? ORDER BY version", since)
	})
	return ids, version, err
}

// keepProgress keeps what the bot tells of an address in the enrolment that has it. Until the bot has heard that this
// is another one than before, it tells of the one before. noted is the note that it answers.
func (d *DB) keepProgress(c *connection, who []byte, noted int64, p record.Progress) error {
	unheard, err := c.number("SELECT count(*) FROM note WHERE who = ? AND arrival = ? AND id <> ?", who, enrolled, noted)
	if err != nil || unheard > 0 {
		return err
	}
	e, err := d.enrolment(c, "address = ?", who)
	switch {
	case isNone(err), isUnreadable(err): // the session is kept all the same; who reads it next will tell
		return nil
	case err != nil:
		return err
	}
	e.Progress = p.After(e.Progress)
	return d.putEnrolment(c, e)
}
