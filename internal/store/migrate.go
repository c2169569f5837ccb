package store

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"embed"
	"errors"
	"fmt"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables up to date and checks the key. It runs in one transaction.
func (d *DB) migrate(c *connection) error {
	if err := c.script(fmt.Sprintf("PRAGMA application_id = %d; %s", applicationID, migrationTable)); err != nil {
		return err
	}
	steps, done, err := d.schema(c)
	if err != nil {
		return err
	}
	for i, step := range steps[done:] {
		number, sum := done+i+1, sha256.Sum256(step)
		if err := c.script(string(step)); err != nil {
			return fmt.Errorf("step %d: %w", number, err)
		}
		if err := c.exec("INSERT INTO migration (number, checksum) VALUES (?, ?)", number, sum[:]); err != nil {
			return err
		}
	}
	if done == 0 {
		return d.keep(c, keyCheck, []byte(keyCheck))
	}
	return nil
}

// migrationTable knows which steps have been taken.
const migrationTable = "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, checksum BLOB NOT NULL)"

// schema returns the steps to the tables of this program, and how many of them the database has behind it: 0 is a new
// one. It changes nothing. Errors: ErrNewer and ErrWrongKey.
func (d *DB) schema(c *connection) (steps [][]byte, done int, err error) {
	if steps, err = readMigrations(); err != nil {
		return nil, 0, err
	}
	known, err := c.number("SELECT count(*) FROM sqlite_schema WHERE name = 'migration'")
	if err != nil || known == 0 {
		return steps, 0, err
	}
	applied, err := appliedMigrations(c)
	if err != nil || len(applied) == 0 {
		return steps, 0, err
	}
	if len(applied) > len(steps) {
		return nil, 0, d.newer(len(steps), ErrNewer)
	}
	if err := d.checkKey(c); err != nil {
		return nil, 0, err
	}
	for i, has := range applied {
		if sum := sha256.Sum256(steps[i]); !bytes.Equal(has, sum[:]) {
			return nil, 0, d.newer(len(steps), fmt.Errorf("step %d of its tables is not the one of this otrbot: %w", i+1, ErrNewer))
		}
	}
	return steps, len(applied), nil
}

// readMigrations returns the scripts by number, from 1, in order: the names of the files sort.
func readMigrations() ([][]byte, error) {
	entries, err := migrations.ReadDir("migrations")
	if err != nil {
		return nil, err
	}
	steps := make([][]byte, len(entries))
	for i, e := range entries {
		if steps[i], err = migrations.ReadFile("migrations/" + e.Name()); err != nil {
			return nil, err
		}
	}
	return steps, nil
}

func appliedMigrations(c *connection) ([][]byte, error) {
	var sums [][]byte
	err := c.each(func(r *sql.Rows) error {
		var number int
		var sum []byte
		if err := r.Scan(&number, &sum); err != nil {
			return err
		}
		sums = append(sums, sum)
		if number != len(sums) {
			return fmt.Errorf("step %d of its tables is missing", len(sums))
		}
		return nil
	}, "SELECT number, checksum FROM migration ORDER BY number")
	return sums, err
}

// keyCheck names a value whose only use is to be unsealed with the right key.
const keyCheck = "check"

func (d *DB) checkKey(c *connection) error {
	value, ok, err := d.kept(c, keyCheck)
	if errors.Is(err, errDamaged) || err == nil && (!ok || string(value) != keyCheck) {
		return ErrWrongKey
	}
	return err
}
