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
// command stays one; a language that was Chosen on the page becomes that of the chat. The same address once more only leaves the
// notes again.
//
// An address that another enrolment has goes over if that one has passed and its session is over, if it is of the same
// user of the same platform, or if there was no launch, address, secret, code or message to the bot for an hour; else the error is course.ErrTaken. From
// another user nothing goes along: session, secret and waiting stanzas are erased. A session that the address has
// without any enrolment is erased too. Who has lost it reads so in Progress.Trouble.
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
		if e.Chosen {
			if err := d.speak(c, e.JID, e.Locale, true); err != nil {
				return err
			}
		}
		return d.admit(c, e, now)
	})
	if err != nil {
		return err
	}
	return refused
}

// ClaimAgain begins anew with the address that an enrolment has: everything of the lesson is erased, as ReleaseAddress
// does, and the learner is invited, as by ClaimAddress. After an error nothing has changed.
//
// Errors: course.ErrNone also without an address; course.ErrTooMany above 30 an hour, together with ClaimAddress.
func (d *DB) ClaimAgain(ctx context.Context, id int64, now time.Time) error {
	err := d.tell(ctx, id, "address", now, func(c *connection, _ string) error {
		e, err := d.enrolment(c, "id = ?", id)
		if err != nil {
			return err
		}
		e.Progress = startOver(e.Progress, record.StepInvited, now)
		return d.beginAnew(c, e, now)
	})
	_, err = d.erased(ctx, true, err)
	return err
}

// beginAnew ends the lesson of an enrolment that keeps its address, and invites the learner. e is how it begins.
func (d *DB) beginAnew(c *connection, e course.Enrolment, now time.Time) error {
	end := d.release
	if l, listed, err := d.listed(c, e.JID); err != nil {
		return err
	} else if listed && l.Source != record.FromCourse {
		end = d.reset
	}
	if err := end(c, e.JID); err != nil {
		return err
	}
	if err := d.putEnrolment(c, e); err != nil {
		return err
	}
	return d.admit(c, e, now)
}

// reset ends the session of a learner who stays one, with the secret: others have set it.
func (d *DB) reset(c *connection, jid string) error {
	d.sweepWithin(afterErasing)
	if err := d.eraseLesson(c, d.seals.who(jid)); err != nil {
		return err
	}
	return d.leave(c, record.Note{JID: jid, Kind: record.NoteReset})
}

// startOver is the progress of an enrolment whose lesson begins anew, or whose address has changed.
func startOver(old record.Progress, to record.Step, now time.Time) record.Progress {
	return record.Progress{Step: to, Since: now, Active: old.Active}.After(record.Progress{Best: old.Best})
}

// loseAddress keeps of an enrolment that it has no address any more, and why.
func (d *DB) loseAddress(c *connection, e course.Enrolment, why record.Trouble, now time.Time) error {
	e.JID, e.Progress = "", startOver(e.Progress, record.StepLaunched, now)
	e.Progress.Trouble = why
	return d.putEnrolment(c, e)
}

// vacate takes an address from the enrolment that has it, for that of e, or refuses to.
func (d *DB) vacate(c *connection, e course.Enrolment, jid string, now time.Time) (refused, err error) {
	who := d.seals.who(jid)
	held, err := d.enrolment(c, "address = ?", who)
	if isNone(err) {
		return nil, d.intrude(c, who, jid)
	}
	if err != nil {
		return nil, err
	}
	own := held.Platform == e.Platform && held.User == e.User
	why := record.TroubleAddressMoved
	if !own {
		why = record.TroubleAddressLost
		lively, err := c.number("SELECT count(*) FROM enrolment WHERE id = ? AND busy > ?", held.ID, millis(now.Add(-busyFor)))
		if err != nil {
			return nil, err
		}
		if lively > 0 && (held.Passed.IsZero() || !held.Progress.Ended) {
			return course.ErrTaken, nil
		}
	}
	d.sweepWithin(afterErasing)
	if err := d.loseAddress(c, held, why, now); err != nil || own {
		return nil, err
	}
	_, err = d.erase(c, who)
	return nil, err
}

// intrude erases the session of an address that no enrolment has: nobody knows whether it is the same person's. The
// secret of somebody who is on the list without a course stays, for others have set it.
func (d *DB) intrude(c *connection, who []byte, jid string) error {
	running, err := c.number("SELECT count(*) FROM session WHERE who = ?", who)
	if err != nil || running == 0 {
		return err
	}
	d.sweepWithin(afterErasing)
	l, listed, err := d.listed(c, jid)
	if err == nil && listed && l.Source == record.FromCourse {
		_, err = d.erase(c, who)
		return err
	}
	if err != nil {
		return err
	}
	return d.eraseLesson(c, who)
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

// ReleaseAddress takes an enrolment's address away, of which it reads in Progress.Trouble. A learner who came from the
// course is removed, with everything about them; one of the settings or of a command stays, with a NoteEnrolled for the
// bot. course.ErrNone.
func (d *DB) ReleaseAddress(ctx context.Context, id int64) error {
	err := d.rewrite(ctx, func(c *connection) error {
		e, err := d.enrolment(c, "id = ?", id)
		if err != nil || e.JID == "" {
			return err
		}
		if err := d.release(c, e.JID); err != nil {
			return err
		}
		return d.loseAddress(c, e, record.TroubleAddressLost, e.Progress.Since)
	})
	_, err = d.erased(ctx, true, err)
	return err
}

// release is what becomes of the learner with an address that an enrolment gives up. One who is on the list no more has
// passed: what there is belongs to the course.
func (d *DB) release(c *connection, jid string) error {
	d.sweepWithin(afterErasing)
	l, listed, err := d.listed(c, jid)
	if err != nil {
		return err
	}
	if listed && l.Source != record.FromCourse {
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
	return d.loseAddress(c, e, record.TroubleAddressLost, e.Progress.Since)
}

func isNone(err error) bool { return errors.Is(err, course.ErrNone) }

func isUnreadable(err error) bool {
	bad := (*unreadable)(nil)
	return errors.As(err, &bad)
}
