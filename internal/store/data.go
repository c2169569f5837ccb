package store

import (
	"context"
	"slices"

	"otrbot/internal/course"
	"otrbot/internal/record"
)

// Data is what is kept of one address. What nobody but the bot may read, or cannot be read any more, is only counted.
type Data struct {
	Learner *record.Learner // nil: not on the store's list
	Chosen  string          // the language that a learner of the settings has chosen; empty: none
	Parts   []Part          // in the order in which they began

	Session, Secret bool  // whether there is one
	Notes           int64 // that the bot has not read; without those of Ending
	Inbox, Outbox   int64 // stanzas that wait to be handled, or are on their way out
	Damaged         int64 // values that cannot be read, set aside or not

	// Ending means that the bot has not read yet that the session ends: this note alone still names the address.
	Ending bool
	// Elsewhere are other addresses with which the same user of the same platform takes part.
	Elsewhere []string
}

// A Part is an enrolment of the address, or one of the same user that has no address any more. Of a damaged one there
// is the ID, and what hangs on it.
type Part struct {
	course.Enrolment
	On     string         // name of the platform; empty: not known
	Grades []course.Grade // the oldest first
	Visits int64          // pages that are open, or were lately
}

// None reports whether nothing is kept, or nothing but the note of Ending.
func (a *Data) None() bool {
	return a.Learner == nil && a.Chosen == "" && len(a.Parts) == 0 && !a.Session && !a.Secret && a.Notes+a.Inbox+a.Outbox+a.Damaged == 0
}

// OnTheirWay returns the parts with a grade that has not arrived and is still tried.
func (a *Data) OnTheirWay() []Part {
	return slices.DeleteFunc(slices.Clone(a.Parts), func(p Part) bool {
		return !slices.ContainsFunc(p.Grades, func(g course.Grade) bool { return g.State.Open() })
	})
}

// DataOf returns what is kept of an address. Damage is no error, and stays as it is.
func (d *DB) DataOf(ctx context.Context, jid string) (all Data, err error) {
	err = d.change(ctx, func(c *connection) error {
		all, err = d.dataOf(c, jid)
		return err
	})
	return all, err
}

// EraseData erases at once what DataOf returns, damaged or not, with a NoteRemove for the bot, and returns what it was.
// Nothing happens where there is none. ErrOnItsWay: nothing is erased, for only with grades those go too that have not
// arrived.
func (d *DB) EraseData(ctx context.Context, jid string, grades bool) (all Data, err error) {
	err = d.change(ctx, func(c *connection) error {
		all, err = d.dataOf(c, jid)
		switch {
		case err != nil || all.None():
			return err
		case !grades && len(all.OnTheirWay()) > 0:
			return ErrOnItsWay
		}
		for _, p := range all.Parts {
			if _, err := dropEnrolment(c, p.ID); err != nil {
				return err
			}
		}
		who := d.seals.who(jid)
		if _, err := d.erase(c, who); err != nil {
			return err
		}
		if err := removeListing(c, who); err != nil {
			return err
		}
		return d.leave(c, record.Note{JID: jid, Kind: record.NoteRemove})
	})
	_, err = d.erased(ctx, true, err)
	return all, err
}

func (d *DB) dataOf(c *connection, jid string) (all Data, err error) {
	who := d.seals.who(jid)
	bad, err := d.scan(c, learnerRow, 4, func(r row, v [][]byte) {
		l := unpackLearner(r, v)
		all.Learner = &l
	}, "SELECT id, who, sealed, 0, 0 FROM learner WHERE who = ?", who)
	if err != nil {
		return all, err
	}
	badChoice, err := d.scan(c, choiceRow, 3, func(_ row, v [][]byte) { all.Chosen = unpackChoice(v).locale }, selectChoice+"WHERE who = ?", who)
	if err != nil {
		return all, err
	}
	if err := d.partsOf(c, who, &all); err != nil {
		return all, err
	}
	var session, secret, notes, aside int64
	for query, n := range map[string]*int64{
		"SELECT count(*) FROM session WHERE who = ?": &session,
		"SELECT count(*) FROM secrets WHERE who = ?": &secret,
		"SELECT count(*) FROM note WHERE who = ?":    &notes,
		"SELECT count(*) FROM inbox WHERE who = ?":   &all.Inbox,
		"SELECT count(*) FROM outbox WHERE who = ?":  &all.Outbox,
		"SELECT count(*) FROM damaged WHERE who = ?": &aside,
	} {
		if *n, err = c.number(query, who); err != nil {
			return all, err
		}
	}
	ending, err := c.number("SELECT count(*) FROM note WHERE who = ? AND arrival = ?", who, ended)
	all.Session, all.Secret, all.Ending = session > 0, secret > 0, ending > 0
	all.Notes = notes - ending
	all.Damaged += int64(len(bad)+len(badChoice)) + aside
	return all, err
}

// partsOf finds the enrolment that has the address, and those of the same user that have none.
func (d *DB) partsOf(c *connection, who []byte, all *Data) error {
	ids, err := c.numbers("SELECT id FROM enrolment WHERE address = ?", who)
	if err != nil || len(ids) == 0 {
		return err
	}
	own := Part{Enrolment: course.Enrolment{ID: ids[0]}}
	bad, err := d.scan(c, enrolmentRow, growing, func(r row, v [][]byte) {
		own.Enrolment = unpackEnrolment(r, v)
	}, selectEnrolment+"id = ?", own.ID)
	if err != nil {
		return err
	}
	all.Parts, all.Damaged = []Part{own}, int64(len(bad))
	if own.User != "" {
		if _, err := d.scan(c, enrolmentRow, growing, func(r row, v [][]byte) {
			switch e := unpackEnrolment(r, v); {
			case e.ID == own.ID || e.User != own.User:
			case e.JID == "":
				all.Parts = append(all.Parts, Part{Enrolment: e})
			default:
				all.Elsewhere = append(all.Elsewhere, e.JID)
			}
		}, selectEnrolment+"platform = ? ORDER BY id", own.Platform); err != nil {
			return err
		}
	}
	slices.SortFunc(all.Parts, func(a, b Part) int { return int(a.ID - b.ID) })
	for i := range all.Parts {
		if err := d.hangsOn(c, &all.Parts[i], all); err != nil {
			return err
		}
	}
	return nil
}

// hangsOn adds to a part what belongs to it.
func (d *DB) hangsOn(c *connection, p *Part, all *Data) error {
	grades, err := gradesOf(c, p.ID)
	if err != nil {
		return err
	}
	slices.Reverse(grades)
	p.Grades = grades
	if p.Visits, err = c.number("SELECT count(*) FROM visit WHERE enrolment = ?", p.ID); err != nil {
		return err
	}
	aside, err := c.number("SELECT count(*) FROM damaged WHERE who = (SELECT who FROM enrolment WHERE id = ?)", p.ID)
	if err != nil {
		return err
	}
	all.Damaged += aside
	_, err = d.scan(c, platformRow, growing, func(r row, v [][]byte) { p.On = unpackPlatform(r, v).Name }, selectPlatform+"id = ?", p.Platform)
	return err
}
