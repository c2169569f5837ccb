package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"otrbot/internal/record"
)

// Backup writes the database, as it is at one moment, into a new file at path that only its owner can read. Bot and
// pages go on meanwhile. The copy is sealed with the same key, which is not in it. It is whole, checked and on the disk
// when it gets its name; after an error there is nothing at path, and fs.ErrExist means that something was there before.
// A process that is killed may leave a draft beside it: a dot, "draft", a number and the name.
//
// There are no sessions in it, no stanzas and no stream: keys of conversations stay where they are erased in time, and
// must not be used twice. Whose session it was is kept, so that they are told when the copy is restored.
func (d *DB) Backup(ctx context.Context, path string, now time.Time) error {
	if _, err := os.Lstat(path); err == nil {
		return inTheWay(path)
	}
	if _, err := os.Stat(filepath.Dir(path)); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("backup %s: the folder %s is not there: make it first, or give another name (%w)", path, filepath.Dir(path), fs.ErrNotExist)
	}
	draft, err := d.draft(ctx, path, now)
	if err == nil {
		defer os.Remove(draft)
		err = place(draft, path, os.Link)
	}
	switch {
	case errors.Is(err, fs.ErrExist): // since
		return inTheWay(path)
	case err != nil:
		return fmt.Errorf("backup %s: %w", path, err)
	}
	return syncDirectory(filepath.Dir(path))
}

func inTheWay(path string) error {
	return fmt.Errorf("%s is there already, and is not overwritten: give another name (%w)", path, fs.ErrExist)
}

// draft writes the copy to a file of another name beside path, which it returns. The name ends as that of the copy, so
// that what deletes old copies finds it too.
func (d *DB) draft(ctx context.Context, path string, now time.Time) (draft string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".draft-*-"+filepath.Base(path)) // mode 0600
	if err != nil {
		return "", err
	}
	f.Close()
	err = d.with(ctx, func(c *connection) error {
		_, err := c.conn.ExecContext(ctx, "VACUUM INTO ?", f.Name()) // which an empty file is good enough for
		return err
	})
	if err == nil {
		err = d.finish(f.Name(), now)
	}
	if err == nil {
		err = syncFile(f.Name())
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// madeAt names when a copy was made.
const madeAt = "copied"

// finish takes out of a copy what must not be in it, and checks it. Its tables may be of an earlier version.
func (d *DB) finish(path string, now time.Time) error {
	return d.onCopy(path, func(copied *DB, c *connection) error {
		if err := copied.endSessions(c, true); err != nil {
			return err
		}
		return copied.keep(c, madeAt, packTime(now))
	})
}

// onCopy runs f in one transaction on a copy that nobody else has open, and checks what comes of it.
func (d *DB) onCopy(path string, f func(copied *DB, c *connection) error) error {
	copied := &DB{seals: d.seals, path: path}
	if err := copied.dial(fileURL(path)); err != nil {
		return err
	}
	err := copied.c.script("PRAGMA journal_mode = OFF; PRAGMA secure_delete = ON") // a copy that fails is thrown away
	if err == nil {
		err = copied.c.transaction(func(c *connection) error { return f(copied, c) })
	}
	if err == nil {
		err = copied.c.sound()
	}
	return explain(errors.Join(err, copied.hangUp()))
}

// sound checks the file as a whole.
func (c *connection) sound() error {
	var found string
	err := c.each(func(r *sql.Rows) error { return r.Scan(&found) }, "PRAGMA integrity_check(1)")
	if err == nil && found != "ok" {
		return fmt.Errorf("%w (%s)", ErrBroken, found)
	}
	return err
}

// endSessions erases sessions with what was on the way for them. With tell it leaves a note for the bot about each.
func (d *DB) endSessions(c *connection, tell bool) error {
	var jids []string
	if _, err := d.scan(c, sessionRow, 3, func(_ row, v [][]byte) { jids = append(jids, string(v[0])) },
		"SELECT id, who, sealed, 0, 0 FROM session ORDER BY id"); err != nil {
		return err
	}
	for _, statement := range []string{
		"DELETE FROM session", "DELETE FROM inbox", "DELETE FROM outbox", "DELETE FROM stream",
		"DELETE FROM damaged WHERE was IN ('session', 'inbox', 'outbox', 'stream')",
	} {
		if err := c.exec(statement); err != nil {
			return err
		}
	}
	if !tell {
		return d.dropNotes(c, record.NoteRestored)
	}
	for _, jid := range jids {
		who := d.seals.who(jid)
		if err := c.exec("INSERT INTO note (who, secret, sealed) VALUES (?, 0, ?)", who,
			d.seals.seal(noteRow, who, pack([]byte(jid), []byte(record.NoteRestored), nil))); err != nil {
			return err
		}
	}
	return nil
}

// dropNotes takes all notes of a kind back.
func (d *DB) dropNotes(c *connection, kind record.NoteKind) error {
	var ids []int64
	if _, err := d.scan(c, noteRow, 3, func(r row, v [][]byte) {
		if record.NoteKind(v[1]) == kind {
			ids = append(ids, r.id)
		}
	}, "SELECT id, who, sealed, 0, 0 FROM note"); err != nil {
		return err
	}
	for _, id := range ids {
		if err := c.exec("DELETE FROM note WHERE id = ?", id); err != nil {
			return err
		}
	}
	return nil
}
