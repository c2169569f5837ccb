package store

import (
	"context"

	"otrbot/internal/record"
)

// Notes returns the notes that were not done, the oldest first. With a *Damaged error it returns the others.
func (d *DB) Notes(ctx context.Context) ([]record.Note, error) {
	var all []record.Note
	err := readRows(ctx, d, noteRow, 3, func(r row, v [][]byte) {
		all = append(all, record.Note{ID: r.id, JID: string(v[0]), Kind: record.NoteKind(v[1]), Data: v[2]})
	}, "SELECT id, who, sealed, 0, 0 FROM note ORDER BY id")
	return all, err
}

// NoteDone deletes a note. Commit does so too, for the note that a change answers.
func (d *DB) NoteDone(ctx context.Context, id int64) error {
	return d.with(ctx, func(c *connection) error { return d.dropNote(c, id) })
}

func (d *DB) leave(c *connection, n record.Note) error {
	_, err := d.leaveNote(c, n)
	return err
}

// What the columns "secret" and "arrival" say of a note; 0: nothing.
const (
	aSecret     = 1 // was set
	aWeakSecret = 2 // was refused, and is in the note

	invited  = 1
	enrolled = 2
	ended    = 3
)

func (d *DB) leaveNote(c *connection, n record.Note) (int64, error) {
	d.told = true
	who := d.seals.who(n.JID)
	secret, arrival := 0, 0
	switch n.Kind {
	case record.NoteSecret:
		secret = aSecret
	case record.NoteWeakSecret:
		secret = aWeakSecret
	case record.NoteInvite:
		arrival = invited
	case record.NoteEnrolled:
		arrival = enrolled
	case record.NoteReset, record.NoteRemove:
		arrival = ended
	}
	return c.insert("INSERT INTO note (who, secret, arrival, sealed) VALUES (?, ?, ?, ?)", who, secret, arrival,
		d.seals.seal(noteRow, who, pack([]byte(n.JID), []byte(n.Kind), n.Data)))
}

// dropNote: it may name a learner who was removed.
func (d *DB) dropNote(c *connection, id int64) error {
	d.sweepWithin(afterErasing)
	return c.exec("DELETE FROM note WHERE id = ?", id)
}
