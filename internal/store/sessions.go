package store

import (
	"context"

	"otrbot/internal/record"
)

// Sessions returns all sessions. With a *Damaged error it returns the others: log it and go on.
func (d *DB) Sessions(ctx context.Context) ([]record.Session, error) {
	var all []record.Session
	err := readRows(ctx, d, sessionRow, 3, func(_ row, v [][]byte) {
		all = append(all, record.Session{JID: string(v[0]), Due: unpackTime(v[1]), Data: v[2]})
	}, "SELECT id, who, sealed, 0, 0 FROM session ORDER BY id")
	return all, err
}

// Commit keeps a change, all of it or nothing, and returns the ids of its Out in order.
//
// A change without a session erases the session, and the stanza and note it answers, but not what has still to be
// done: stanzas of that learner that arrived since, and those on their way out, such as the goodbye. They go when they
// are handled and confirmed. The learner's secret stays too, unless the change forgets it.
//
// Progress goes to the enrolment that has the address, which keeps the farthest step; a Grade into the outbox of grades,
// unless it is no better than what is there, and with Done the lesson counts as passed.
func (d *DB) Commit(ctx context.Context, change record.Change) ([]int64, error) {
	who := d.seals.who(change.JID)
	var sealed []byte
	if len(change.Session) > 0 {
		sealed = d.seals.seal(sessionRow, who, pack([]byte(change.JID), packTime(change.Due), change.Session))
	}
	ids := make([]int64, 0, len(change.Out))
	err := d.change(ctx, func(c *connection) error {
		if err := d.keepSession(c, who, sealed); err != nil {
			return err
		}
		if change.ForgetSecret {
			if err := d.forgetSecret(c, who, change.Noted); err != nil {
				return err
			}
		}
		if err := d.keepLocale(c, change.JID, change.Locale); err != nil {
			return err
		}
		if err := d.keepCourse(c, who, change); err != nil {
			return err
		}
		if err := d.settle(c, change.Handled, change.Noted); err != nil {
			return err
		}
		for _, out := range change.Out {
			id, err := d.putOut(c, out)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return ids, nil
}

// keepLocale keeps the language that a learner has chosen in the chat, as SetLocale keeps the page's choice.
func (d *DB) keepLocale(c *connection, jid, locale string) error {
	if locale == "" {
		return nil
	}
	e, err := d.enrolment(c, "address = ?", d.seals.who(jid))
	switch {
	case err == nil:
		e.Locale, e.Chosen = locale, true
		if err := d.putEnrolment(c, e); err != nil {
			return err
		}
	case !isNone(err) && !isUnreadable(err):
		return err
	}
	if err := d.speak(c, jid, locale, true); !isUnreadable(err) {
		return err
	}
	return nil
}

// keepCourse keeps what a change says to a course. It comes before settle: a note that the change answers is known yet.
func (d *DB) keepCourse(c *connection, who []byte, change record.Change) error {
	if change.Progress != nil {
		if err := d.keepProgress(c, who, change.Noted, *change.Progress); err != nil {
			return err
		}
	}
	if change.Grade != nil {
		if err := d.keepGrade(c, change.Noted, *change.Grade); err != nil {
			return err
		}
	}
	if change.Unlist {
		return d.unlist(c, who, change.JID, change.Noted)
	}
	return nil
}

// unlist takes a learner of a course off the list. Whoever is invited, claims the address or has set a secret, in a note
// of which the bot has not heard yet, stays. noted is the note that the change answers.
func (d *DB) unlist(c *connection, who []byte, jid string, noted int64) error {
	unheard, err := c.number("SELECT count(*) FROM note WHERE who = ? AND (arrival IN (?, ?) OR secret = ?) AND id <> ?",
		who, invited, enrolled, aSecret, noted)
	if err != nil || unheard > 0 {
		return err
	}
	l, listed, err := d.listed(c, jid)
	if isUnreadable(err) || err == nil && (!listed || l.Source != record.FromCourse) {
		return nil
	}
	if err != nil {
		return err
	}
	d.sweepWithin(afterErasing)
	for _, statement := range []string{
		"DELETE FROM learner WHERE who = ?",
		"DELETE FROM secrets WHERE who = ?",
		"DELETE FROM note WHERE who = ? AND secret <> 0",
	} {
		if err := c.exec(statement, who); err != nil {
			return err
		}
	}
	return nil
}

// keepSession replaces the session; a nil one is erased.
func (d *DB) keepSession(c *connection, who, sealed []byte) error {
	if sealed != nil {
		return c.exec("INSERT INTO session (who, sealed) VALUES (?, ?) ON CONFLICT (who) DO UPDATE SET sealed = excluded.sealed", who, sealed)
	}
	erased, err := c.affected("DELETE FROM session WHERE who = ?", who)
	if erased > 0 {
		d.sweepWithin(afterErasing)
	}
	return err
}

// settle deletes what a change answers.
func (d *DB) settle(c *connection, in, note int64) error {
	if in != 0 {
		if err := c.exec("DELETE FROM inbox WHERE id = ?", in); err != nil {
			return err
		}
	}
	if note == 0 {
		return nil
	}
	return d.dropNote(c, note)
}
