package store

import (
	"context"
	"strconv"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
)

const selectEnrolment = `SELECT id, who, sealed, EXISTS (SELECT 1 FROM secrets WHERE secrets.who = enrolment.address), 0
	FROM enrolment WHERE sealed <> x'' AND `

// Enrol keeps a launch: e is found by its Key, and what the launch says replaces what was known. ID, JID, Progress,
// Passed, Launched and a Locale that was Chosen stay; Seen becomes now. A roster is kept for teachers only. While a
// grade is on its way the place it goes to stays, if the launch names none. A grade that was refused, or had nowhere to
// go, is sent once more if the link is graded. course.ErrNone: no such platform.
//
// What was earned in practice is no learner's: when the role becomes Learner it is erased, and unless the lesson was
// passed as a learner before, it begins anew.
func (d *DB) Enrol(ctx context.Context, e course.Enrolment, now time.Time) (course.Enrolment, error) {
	who := d.enrolmentMark(e.Key)
	err := d.rewrite(ctx, func(c *connection) error {
		known, err := c.number("SELECT count(*) FROM platform WHERE id = ?", e.Platform)
		if err != nil {
			return err
		}
		if known == 0 {
			return course.ErrNone
		}
		r, v, ok, err := d.one(c, enrolmentRow, growing, selectEnrolment+"who = ?", who)
		if err != nil {
			return err
		}
		var old course.Enrolment
		if ok {
			old = unpackEnrolment(r, v)
		}
		e = relaunched(old, e, now)
		if err := keepPlace(c, old, &e); err != nil {
			return err
		}
		anew, err := endPractice(c, who, old, &e, now)
		if err != nil {
			return err
		}
		if e.ID, err = c.number(`INSERT INTO enrolment (who, platform, link, active, busy, sealed) VALUES (?1, ?2, ?3, ?4, ?4, ?5)
			ON CONFLICT (who) DO UPDATE SET sealed = excluded.sealed, active = max(active, excluded.active), busy = max(busy, excluded.busy)
			RETURNING id`, who, e.Platform, d.linkMark(e.Platform, e.Deployment, e.Link), millis(now),
			d.seals.seal(enrolmentRow, who, packEnrolment(e))); err != nil {
			return err
		}
		switch {
		case anew:
			err = d.beginAnew(c, e, now)
		case e.Locale != old.Locale:
			err = d.speak(c, e.JID, e.Locale, false)
		}
		if err != nil || !e.Gradable() {
			return err
		}
		_, err = reopen(c, e.ID, now, course.GradeRefused, course.GradeNowhere)
		return err
	})
	if err != nil {
		return course.Enrolment{}, err
	}
	return e, nil
}

func (d *DB) enrolmentMark(k course.Key) []byte {
	return d.seals.mark(enrolmentRow, strconv.FormatInt(k.Platform, 10), k.Deployment, k.Link, k.User)
}

func (d *DB) linkMark(platform int64, deployment, link string) []byte {
	return d.seals.mark("link", strconv.FormatInt(platform, 10), deployment, link)
}

// Enrolment returns one enrolment; course.ErrNone.
func (d *DB) Enrolment(ctx context.Context, id int64) (e course.Enrolment, err error) {
	err = readRows(ctx, d, enrolmentRow, growing, func(r row, v [][]byte) { e = unpackEnrolment(r, v) }, selectEnrolment+"id = ?", id)
	if err == nil && e.ID == 0 {
		err = course.ErrNone
	}
	return e, err
}

// Enrolled returns the enrolment to which an address belongs at present, also that of a learner of the settings, with
// its progress; 0: there is none.
func (d *DB) Enrolled(ctx context.Context, jid string) (id int64, p record.Progress, err error) {
	err = readRows(ctx, d, enrolmentRow, growing, func(r row, v [][]byte) {
		id, p = r.id, unpackEnrolment(r, v).Progress
	}, selectEnrolment+"address = ?", d.seals.who(jid))
	return id, p, err
}

// Class returns all who launched a link, in the order in which they came. With a *Damaged error it returns the others.
func (d *DB) Class(ctx context.Context, platform int64, deployment, link string) (all []course.Member, err error) {
	mark := d.linkMark(platform, deployment, link)
	err = d.with(ctx, func(c *connection) error {
		newest := map[int64]*course.Grade{}
		if err := c.each(scanGrade(func(g course.Grade) { newest[g.Enrolment] = &g }), selectGrade+
			"FROM grade JOIN enrolment ON enrolment.id = grade.enrolment WHERE enrolment.link = ? ORDER BY grade.id", mark); err != nil {
			return err
		}
		return d.readWith(c, enrolmentRow, growing, func(r row, v [][]byte) {
			all = append(all, course.Member{Enrolment: unpackEnrolment(r, v), Grade: newest[r.id], Secret: r.a != 0})
		}, selectEnrolment+"link = ? ORDER BY id", mark)
	})
	return all, err
}

// enrolment reads one enrolment in a transaction of rewrite; course.ErrNone.
func (d *DB) enrolment(c *connection, which string, args ...any) (course.Enrolment, error) {
	r, v, ok, err := d.one(c, enrolmentRow, growing, selectEnrolment+which, args...)
	switch {
	case err != nil:
		return course.Enrolment{}, err
	case !ok:
		return course.Enrolment{}, course.ErrNone
	}
	return unpackEnrolment(r, v), nil
}

// putEnrolment replaces what is known of an enrolment.
func (d *DB) putEnrolment(c *connection, e course.Enrolment) error {
	who := d.enrolmentMark(e.Key)
	var address []byte
	if e.JID != "" {
		address = d.seals.who(e.JID)
	}
	return c.exec("UPDATE enrolment SET sealed = ?1, address = ?2, active = max(active, ?3), busy = max(busy, ?3) WHERE id = ?4",
		d.seals.seal(enrolmentRow, who, packEnrolment(e)), address, millis(e.Progress.Active), e.ID)
}

// SetLocale keeps the language that a user has chosen, for the pages and for the chat; course.ErrNone.
func (d *DB) SetLocale(ctx context.Context, id int64, locale string) error {
	return d.rewrite(ctx, func(c *connection) error {
		e, err := d.enrolment(c, "id = ?", id)
		if err != nil {
			return err
		}
		e.Locale, e.Chosen = locale, true
		if err := d.putEnrolment(c, e); err != nil {
			return err
		}
		return d.speak(c, e.JID, locale, true)
	})
}

// speak makes a language that of the chat too. That of learners who are on the list without a course, or in the settings,
// changes only when they have chosen so themselves.
func (d *DB) speak(c *connection, jid, locale string, chosen bool) error {
	if chosen {
		if err := d.keepChoice(c, jid, locale); err != nil {
			return err
		}
	}
	l, listed, err := d.listed(c, jid)
	if err != nil || !listed || !chosen && l.Source != record.FromCourse {
		return err
	}
	l.Locale = locale
	d.told = true // the bot reads its learners anew
	_, err = d.putLearner(c, l)
	return err
}

// listed is the learner with an address, if there is one in the store.
func (d *DB) listed(c *connection, jid string) (record.Learner, bool, error) {
	r, v, ok, err := d.one(c, learnerRow, 4, "SELECT id, who, sealed, 0, 0 FROM learner WHERE who = ?", d.seals.who(jid))
	if err != nil || !ok {
		return record.Learner{}, false, err
	}
	return unpackLearner(r, v), true, nil
}

// ForgetEnrolment erases an enrolment with its visits and grades, and all about its address if it came from the course.
// It reports whether there was such an enrolment.
func (d *DB) ForgetEnrolment(ctx context.Context, id int64) (bool, error) {
	found := false
	err := d.rewrite(ctx, func(c *connection) (err error) {
		found, err = d.forget(c, id)
		return err
	})
	return d.erased(ctx, found, err)
}

func (d *DB) forget(c *connection, id int64) (found bool, err error) {
	e, err := d.enrolment(c, "id = ?", id)
	switch {
	case err == nil && e.JID != "":
		if err := d.release(c, e.JID); err != nil {
			return false, err
		}
	case err != nil && !isNone(err) && !isUnreadable(err):
		return false, err
	}
	return dropEnrolment(c, id)
}

// dropEnrolment deletes an enrolment with all that hangs on it, readable or not; its address is the caller's.
func dropEnrolment(c *connection, id int64) (found bool, err error) {
	if err := c.exec("DELETE FROM damaged WHERE who = (SELECT who FROM enrolment WHERE id = ?)", id); err != nil {
		return false, err
	}
	removed, err := c.affected("DELETE FROM enrolment WHERE id = ?", id)
	return removed > 0, err
}
