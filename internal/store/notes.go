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
	who := d.seals.who(n.JID)
	return c.exec("INSERT INTO note (who, secret, sealed) VALUES (?, ?, ?)", who, n.Kind == record.NoteSecret,
		d.seals.seal(noteRow, who, pack([]byte(n.JID), []byte(n.Kind), n.Data)))
}

// dropNote: it may name a learner who was removed.
func (d *DB) dropNote(c *connection, id int64) error {
	d.sweepWithin(afterErasing)
	return c.exec("DELETE FROM note WHERE id = ?", id)
}
