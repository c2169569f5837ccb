package store

import (
	"context"
	"errors"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
)

// busyFor is how long after the last sign of life an address is somebody's who is not done.
const busyFor = time.Hour

// ClaimAddress makes an address that of an enrolment, and its learner one of the bot's, with a NoteEnrolled and a
// NoteInvite. The enrolment's earlier address is released: see ReleaseAddress. A learner of the settings or of a
// command stays one. The same address once more only leaves the notes again.
//
// An address that another enrolment has goes over if that one is done, of the same user of the same platform, or was
// not seen in page or chat for an hour; else the error is course.ErrTaken. From another user nothing goes along:
// session, secret and waiting stanzas are erased.
//
// Other errors: course.ErrNone, and course.ErrTooMany above 30 an hour.
func (d *DB) ClaimAddress(ctx context.Context, id int64, jid string, now time.Time) error {
	var refused error
	err := d.rewrite(ctx, func(c *connection) error {
		e, err := d.enrolment(c, "id = ?", id)
		if err != nil {
			return err
		}
		if refused, err = d.attempt(c, id, "address", now); err != nil || refused != nil {
			return err
		}
		if e.JID == jid {
			return d.admit(c, e, now)
		}
		if refused, err = d.vacate(c, e, jid, now); err != nil || refused != nil {
			return err
		}
		if e.JID != "" {
			if err := d.release(c, e.JID); err != nil {
				return err
			}
		}
		e.JID, e.Progress = jid, startOver(e.Progress, record.StepInvited, now)
		if err := d.putEnrolment(c, e); err != nil {
			return err
		}
		return d.admit(c, e, now)
	})
	if err != nil {
		return err
	}
	return refused
}

// startOver is the progress of an enrolment whose address has changed.
func startOver(old record.Progress, to record.Step, now time.Time) record.Progress {
	return record.Progress{Step: to, Since: now, Active: old.Active}.After(record.Progress{Best: old.Best})
}

// vacate takes an address from the enrolment that has it, for that of e, or refuses to.
func (d *DB) vacate(c *connection, e course.Enrolment, jid string, now time.Time) (refused, err error) {
	who := d.seals.who(jid)
	held, err := d.enrolment(c, "address = ?", who)
	if isNone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	own := held.Platform == e.Platform && held.User == e.User
	if !own {
		lively, err := c.number("SELECT count(*) FROM enrolment WHERE id = ? AND active > ?", held.ID, millis(now.Add(-busyFor)))
		if err != nil {
			return nil, err
		}
		if lively > 0 && held.Passed.IsZero() {
			return course.ErrTaken, nil
		}
	}
	d.sweepWithin(afterErasing)
	held.JID, held.Progress = "", startOver(held.Progress, record.StepLaunched, now)
	if err := d.putEnrolment(c, held); err != nil || own {
		return nil, err
	}
	_, err = d.erase(c, who)
	return nil, err
}

// admit sees to it that the bot takes the learner of an enrolment for one, and invites them.
func (d *DB) admit(c *connection, e course.Enrolment, now time.Time) error {
	l, listed, err := d.listed(c, e.JID)
	if err != nil {
		return err
	}
	if !listed {
		l = record.Learner{JID: e.JID, Source: record.FromCourse, Added: now}
	}
	if l.Source == record.FromCourse {
		l.Locale = e.Locale
		if _, err := d.putLearner(c, l); err != nil {
			return err
		}
	}
	if err := d.leave(c, record.Note{JID: e.JID, Kind: record.NoteEnrolled}); err != nil {
		return err
	}
	return d.leave(c, record.Note{JID: e.JID, Kind: record.NoteInvite})
}

// ReleaseAddress takes an enrolment's address away. A learner who came from the course is removed, with everything about
// them; one of the settings or of a command stays, with a NoteEnrolled for the bot. course.ErrNone.
func (d *DB) ReleaseAddress(ctx context.Context, id int64) error {
	err := d.rewrite(ctx, func(c *connection) error {
		e, err := d.enrolment(c, "id = ?", id)
		if err != nil || e.JID == "" {
			return err
		}
		if err := d.release(c, e.JID); err != nil {
			return err
		}
		e.JID, e.Progress = "", startOver(e.Progress, record.StepLaunched, e.Progress.Since)
		return d.putEnrolment(c, e)
	})
	_, err = d.erased(ctx, true, err)
	return err
}

// release is what becomes of the learner with an address that an enrolment gives up.
func (d *DB) release(c *connection, jid string) error {
	d.sweepWithin(afterErasing)
	l, listed, err := d.listed(c, jid)
	if err != nil {
		return err
	}
	if !listed || l.Source != record.FromCourse {
		return d.leave(c, record.Note{JID: jid, Kind: record.NoteEnrolled})
	}
	who := d.seals.who(jid)
	if _, err := d.erase(c, who); err != nil {
		return err
	}
	if err := removeListing(c, who); err != nil {
		return err
	}
	return d.leave(c, record.Note{JID: jid, Kind: record.NoteRemove})
}

// unlink takes the address of a learner who was removed from the enrolment that has it.
func (d *DB) unlink(c *connection, who []byte) error {
	e, err := d.enrolment(c, "address = ?", who)
	switch {
	case isNone(err):
		return nil
	case isUnreadable(err):
		return c.exec("UPDATE enrolment SET address = NULL WHERE address = ?", who)
	case err != nil:
		return err
	}
	e.JID, e.Progress = "", startOver(e.Progress, record.StepLaunched, e.Progress.Since)
	return d.putEnrolment(c, e)
}

func isNone(err error) bool { return errors.Is(err, course.ErrNone) }

func isUnreadable(err error) bool {
	bad := (*unreadable)(nil)
	return errors.As(err, &bad)
}
