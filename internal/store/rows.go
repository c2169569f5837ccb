package store

import (
	"context"
	"database/sql"
	"fmt"
)

// A row is one of any table with sealed values.
type row struct {
	id     int64
	who    []byte
	sealed []byte
	a, b   int64 // columns of the table's own
}

// readRows unseals rows and hands the fields of each to f, in the order of the query. Rows that cannot be unsealed are
// set aside; then the error is a *Damaged, and what f was given still holds.
//
// The query gives id, who, sealed and two numbers.
func readRows(ctx context.Context, d *DB, p purpose, fields int, f func(r row, values [][]byte), query string, args ...any) error {
	return d.with(ctx, func(c *connection) error { return d.readWith(c, p, fields, f, query, args...) })
}

func (d *DB) readWith(c *connection, p purpose, fields int, f func(r row, values [][]byte), query string, args ...any) error {
	var bad []row
	err := c.each(func(rows *sql.Rows) error {
		var r row
		if err := rows.Scan(&r.id, &r.who, &r.sealed, &r.a, &r.b); err != nil {
			return err
		}
		values, err := d.unseal(p, r, fields)
		if err != nil {
			bad = append(bad, r)
			return nil
		}
		f(r, values)
		return nil
	}, query, args...)
	if err != nil || len(bad) == 0 {
		return err
	}
	return d.setAside(c, p, bad)
}

func (d *DB) unseal(p purpose, r row, fields int) ([][]byte, error) {
	plain, err := d.seals.open(p, r.who, r.sealed)
	if err != nil {
		return nil, err
	}
	return unpack(plain, fields)
}

// setAside moves damaged rows out of the way. A row of the outbox that a stream counts stays there with a harmless
// stanza in it, for the count must hold.
func (d *DB) setAside(c *connection, p purpose, bad []row) error {
	found := &Damaged{What: p}
	err := c.transaction(func(c *connection) error {
		for _, r := range bad {
			id, err := c.insert("INSERT INTO damaged (was, who, sealed) VALUES (?, ?, ?)", string(p), r.who, r.sealed)
			if err != nil {
				return err
			}
			found.Rows = append(found.Rows, id)
			if p == outboxRow {
				if err := d.blank(c, r.id, r.who); err != nil {
					return err
				}
			}
			remove := fmt.Sprintf("DELETE FROM %s WHERE id = ?", p)
			if p == outboxRow {
				remove += " AND stream IS NULL"
			}
			if err := c.exec(remove, r.id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return found
}
