package store

import (
	"context"
	"encoding/json"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
)

// What an enrolment may try in an hour, of each kind.
const (
	tries    = 30
	triesFor = time.Hour
)

// attempt counts a try, or refuses it: then it is not counted, so that those who wait get on.
func (d *DB) attempt(c *connection, id int64, kind string, now time.Time) (refused, err error) {
	since := millis(now.Add(-triesFor))
	n, err := c.number("SELECT count(*) FROM attempt WHERE enrolment = ? AND kind = ? AND at > ?", id, kind, since)
	if err != nil {
		return nil, err
	}
	if n >= tries {
		return course.ErrTooMany, nil
	}
	if err := c.exec("UPDATE enrolment SET active = max(active, ?1), busy = max(busy, ?1) WHERE id = ?2", millis(now), id); err != nil {
		return nil, err
	}
	return nil, c.exec("INSERT INTO attempt (enrolment, kind, at) VALUES (?, ?, ?)", id, kind, millis(now))
}

// OfferSecret keeps a strong secret as PutSecret does, for the address of an enrolment. A weak one is not kept: the bot
// gets it with a NoteWeakSecret, to say so in the chat.
//
// Errors: course.ErrNone also without an address; course.ErrTooMany above 30 an hour, weak and strong together.
func (d *DB) OfferSecret(ctx context.Context, id int64, secret []byte, strong bool, now time.Time) error {
	return d.tell(ctx, id, "secret", now, func(c *connection, jid string) error {
		if strong {
			return d.putSecret(c, jid, secret)
		}
		if err := c.exec("DELETE FROM note WHERE who = ? AND secret = ?", d.seals.who(jid), aWeakSecret); err != nil {
			return err
		}
		return d.leave(c, record.Note{JID: jid, Kind: record.NoteWeakSecret, Data: secret})
	})
}

// tell runs f with the address of an enrolment, which may try so only so often.
func (d *DB) tell(ctx context.Context, id int64, kind string, now time.Time, f func(c *connection, jid string) error) error {
	var refused error
	err := d.rewrite(ctx, func(c *connection) error {
		e, err := d.enrolment(c, "id = ?", id)
		if err != nil {
			return err
		}
		if e.JID == "" {
			return course.ErrNone
		}
		if refused, err = d.attempt(c, id, kind, now); err != nil || refused != nil {
			return err
		}
		return f(c, e.JID)
	})
	if err != nil {
		return err
	}
	return refused
}

// HasSecret reports whether a shared secret is set for the address of an enrolment. Without an address there is none.
func (d *DB) HasSecret(ctx context.Context, id int64) (bool, error) {
	n := int64(0)
	err := d.with(ctx, func(c *connection) (err error) {
		n, err = c.number("SELECT count(*) FROM secrets JOIN enrolment ON enrolment.address = secrets.who WHERE enrolment.id = ?", id)
		return err
	})
	return n > 0, err
}

// Submit leaves a code or a fingerprint from the page for the bot: kind is record.NoteCode or record.NoteFingerprint.
// The bot's answer names the note.
//
// Errors: course.ErrNone also without an address; course.ErrTooMany above 30 an hour for this enrolment.
func (d *DB) Submit(ctx context.Context, id int64, kind record.NoteKind, text string, now time.Time) (note int64, err error) {
	data, err := json.Marshal(record.Submission{Enrolment: id, Text: text})
	if err != nil {
		return 0, err
	}
	err = d.tell(ctx, id, "submission", now, func(c *connection, jid string) error {
		note, err = d.leaveNote(c, record.Note{JID: jid, Kind: kind, Data: data})
		return err
	})
	if err != nil {
		return 0, err
	}
	return note, nil
}
