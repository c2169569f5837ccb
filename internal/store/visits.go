package store

import (
	"context"
	"database/sql"
	"time"

	"otrbot/internal/course"
)

// PutVisit keeps a visit in place of any other with the same token. A cookie that was bound to it stays.
func (d *DB) PutVisit(ctx context.Context, v course.Visit) error {
	who := d.visitMark(v.Token)
	sealed := d.seals.seal(visitRow, who, pack(packNumber(v.Enrolment), packFlag(v.Staff), []byte(v.ReturnURL), packFlag(v.Framed),
		packTime(v.Begun), packTime(v.Expires)))
	var cookie []byte
	if v.Cookie != [32]byte{} {
		cookie = v.Cookie[:]
	}
	return d.change(ctx, func(c *connection) error {
		known, err := c.number("SELECT count(*) FROM enrolment WHERE id = ?", v.Enrolment)
		if err != nil {
			return err
		}
		if known == 0 {
			return course.ErrNone
		}
		return c.exec(`INSERT INTO visit (who, enrolment, expires, cookie, sealed) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (who) DO UPDATE SET expires = excluded.expires, cookie = coalesce(cookie, excluded.cookie), sealed = excluded.sealed`,
			who, v.Enrolment, millis(v.Expires), cookie, sealed)
	})
}

func (d *DB) visitMark(token [32]byte) []byte { return d.seals.mark(visitRow, string(token[:])) }

// stale is how exactly the store knows when a page was looked at last.
const stale = time.Minute

// Visit returns a visit that has not expired, and notes that its page is looked at; course.ErrNone.
func (d *DB) Visit(ctx context.Context, token [32]byte, now time.Time) (course.Visit, error) {
	who := d.visitMark(token)
	v := course.Visit{Token: token}
	err := d.with(ctx, func(c *connection) error {
		if err := d.readWith(c, visitRow, growing, func(_ row, values [][]byte) {
			f := form(values)
			v.Enrolment, v.Staff, v.ReturnURL, v.Framed, v.Begun, v.Expires = f.number(0), f.flag(1), f.text(2), f.flag(3), f.time(4), f.time(5)
		}, "SELECT id, who, sealed, 0, 0 FROM visit WHERE who = ?", who); err != nil {
			return err
		}
		if v.Enrolment == 0 || !now.Before(v.Expires) {
			return course.ErrNone
		}
		if err := c.each(func(r *sql.Rows) error {
			var cookie []byte
			err := r.Scan(&cookie)
			copy(v.Cookie[:], cookie)
			return err
		}, "SELECT cookie FROM visit WHERE who = ?", who); err != nil {
			return err
		}
		return c.lively(v.Enrolment, now)
	})
	if err != nil {
		return course.Visit{}, err
	}
	return v, nil
}

// lively writes once a minute at the most: pages are looked at more often. An open page counts for retention only:
// nobody need be sitting before it.
func (c *connection) lively(enrolment int64, now time.Time) error {
	known, err := c.number("SELECT active > ? FROM enrolment WHERE id = ?", millis(now.Add(-stale)), enrolment)
	if err != nil || known != 0 {
		return err
	}
	return c.exec("UPDATE enrolment SET active = ? WHERE id = ?", millis(now), enrolment)
}

// BindVisit makes a cookie one that must come along with a visit, and reports whether it was the first: only that one
// is bound.
func (d *DB) BindVisit(ctx context.Context, token, cookie [32]byte) (bool, error) {
	bound := int64(0)
	err := d.with(ctx, func(c *connection) (err error) {
		bound, err = c.affected("UPDATE visit SET cookie = ? WHERE who = ? AND cookie IS NULL", cookie[:], d.visitMark(token))
		return err
	})
	return bound > 0, err
}
