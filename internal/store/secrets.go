package store

import (
	"bytes"
	"context"

	"otrbot/internal/record"
)

// PutSecret keeps the secret that a learner and the bot share, in place of any other, with a NoteSecret for the bot. It
// stays until a Change forgets it, or the learner is reset or removed; the end of a session is not its end. The learner
// may be one of the settings.
func (d *DB) PutSecret(ctx context.Context, jid string, secret []byte) error {
	return d.change(ctx, func(c *connection) error { return d.putSecret(c, jid, secret) })
}

func (d *DB) putSecret(c *connection, jid string, secret []byte) error {
	who := d.seals.who(jid)
	d.sweepWithin(afterErasing) // of the one before
	if err := c.exec("INSERT INTO secrets (who, sealed) VALUES (?, ?) ON CONFLICT (who) DO UPDATE SET sealed = excluded.sealed",
		who, d.seals.seal(secretRow, who, pack(secret))); err != nil {
		return err
	}
	if err := c.exec("DELETE FROM note WHERE who = ? AND secret <> 0", who); err != nil {
		return err
	}
	return d.leave(c, record.Note{JID: jid, Kind: record.NoteSecret})
}

// Secret returns the secret that a learner and the bot share, and whether there is one. With a *Damaged error there is
// none any more.
func (d *DB) Secret(ctx context.Context, jid string) (secret []byte, ok bool, err error) {
	err = readRows(ctx, d, secretRow, 1, func(_ row, v [][]byte) {
		secret, ok = bytes.Clone(v[0]), true
	}, "SELECT id, who, sealed, 0, 0 FROM secrets WHERE who = ?", d.seals.who(jid))
	return secret, ok, err
}

// forgetSecret spares a secret of which the bot has not heard yet: it was set after what the change answers. noted is
// the note that the change answers.
func (d *DB) forgetSecret(c *connection, who []byte, noted int64) error {
	forgotten, err := c.affected(`DELETE FROM secrets WHERE who = ?1
		AND NOT EXISTS (SELECT 1 FROM note WHERE who = ?1 AND secret = 1 AND id <> ?2)`, who, noted)
	if forgotten > 0 {
		d.sweepWithin(afterErasing)
	}
	return err
}
