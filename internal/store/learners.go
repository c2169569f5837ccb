package store

import (
	"context"
	"errors"

	"otrbot/internal/record"
)

// Learners returns all learners, in the order in which they were added. With a *Damaged error it returns the others.
func (d *DB) Learners(ctx context.Context) ([]record.Learner, error) {
	var all []record.Learner
	err := readRows(ctx, d, learnerRow, 4, func(r row, v [][]byte) {
		all = append(all, unpackLearner(r, v))
	}, `SELECT learner.id, learner.who, learner.sealed, coalesce(enrolment.id, 0), 0
		FROM learner LEFT JOIN enrolment ON enrolment.address = learner.who ORDER BY learner.id`)
	return all, err
}

func unpackLearner(r row, v [][]byte) record.Learner {
	return record.Learner{
		JID: string(v[0]), Locale: string(v[1]), Source: record.Source(v[2]), Added: unpackTime(v[3]), Enrolment: r.a,
	}
}

// PutLearner adds a learner, with a NoteInvite, or replaces what is known of one.
func (d *DB) PutLearner(ctx context.Context, l record.Learner) error {
	return d.change(ctx, func(c *connection) error {
		added, err := d.putLearner(c, l)
		if err != nil || !added {
			return err
		}
		return d.leave(c, record.Note{JID: l.JID, Kind: record.NoteInvite})
	})
}

// putLearner reports whether the learner is a new one.
func (d *DB) putLearner(c *connection, l record.Learner) (added bool, err error) {
	who := d.seals.who(l.JID)
	sealed := d.seals.seal(learnerRow, who, pack([]byte(l.JID), []byte(l.Locale), []byte(l.Source), packTime(l.Added)))
	known, err := c.affected("UPDATE learner SET sealed = ? WHERE who = ?", sealed, who)
	if err != nil || known > 0 {
		return false, err
	}
	return true, c.exec("INSERT INTO learner (who, sealed) VALUES (?, ?)", who, sealed)
}

// RemoveLearner removes a learner and erases everything about them at once, with a NoteRemove for the bot. It reports
// whether there was anything of that learner.
func (d *DB) RemoveLearner(ctx context.Context, jid string) (bool, error) {
	return d.eraseLearner(ctx, jid, record.NoteRemove)
}

// ResetLearner erases the learner's session, waiting stanzas and secret at once, with a NoteReset for the bot. The
// learner stays. It reports whether there was such a learner, or anything to erase.
func (d *DB) ResetLearner(ctx context.Context, jid string) (bool, error) {
	return d.eraseLearner(ctx, jid, record.NoteReset)
}

func (d *DB) eraseLearner(ctx context.Context, jid string, kind record.NoteKind) (bool, error) {
	who := d.seals.who(jid)
	found := false
	err := d.change(ctx, func(c *connection) error {
		listed, err := c.number("SELECT (SELECT count(*) FROM learner WHERE who = ?1) + (SELECT count(*) FROM choice WHERE who = ?1)", who)
		if err != nil {
			return err
		}
		erased, err := d.erase(c, who)
		if err != nil {
			return err
		}
		found = listed > 0 || erased
		if kind == record.NoteRemove {
			if err := errors.Join(removeListing(c, who), d.unlink(c, who)); err != nil {
				return err
			}
		}
		if !found {
			return nil
		}
		return d.leave(c, record.Note{JID: jid, Kind: kind})
	})
	return d.erased(ctx, found, err)
}

// removeListing also takes back notes that the bot has not read: they are about a learner who is gone.
func removeListing(c *connection, who []byte) error {
	if err := c.exec("DELETE FROM note WHERE who = ?", who); err != nil {
		return err
	}
	if err := dropChoice(c, who); err != nil {
		return err
	}
	return c.exec("DELETE FROM learner WHERE who = ?", who)
}

// erase deletes the session, the secret with the note about it, and what waits to be handled or sent. Stanzas that a
// stream counts stay counted, without their content.
func (d *DB) erase(c *connection, who []byte) (found bool, err error) {
	for _, statement := range append([]string{
		"DELETE FROM secrets WHERE who = ?",
		"DELETE FROM note WHERE who = ? AND secret <> 0",
		"DELETE FROM damaged WHERE who = ?",
	}, lesson...) {
		n, err := c.affected(statement, who)
		if err != nil {
			return false, err
		}
		found = found || n > 0
	}
	return found, d.blankAll(c, who)
}

// lesson is what there is of a lesson, beside what streams count.
var lesson = []string{
	"DELETE FROM session WHERE who = ?",
	"DELETE FROM inbox WHERE who = ?",
	"DELETE FROM outbox WHERE who = ? AND stream IS NULL",
}

// eraseLesson is erase without the secret.
func (d *DB) eraseLesson(c *connection, who []byte) error {
	for _, statement := range lesson {
		if err := c.exec(statement, who); err != nil {
			return err
		}
	}
	return d.blankAll(c, who)
}
