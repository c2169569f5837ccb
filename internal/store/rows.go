package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// A row is one of any table with sealed values.
type row struct {
	id     int64
	who    []byte
	sealed []byte
	a, b   int64 // columns of the table's own
}

// growing is the number of fields of a form.
const growing = -1

// readRows unseals rows and hands the fields of each to f, in the order of the query. Rows that cannot be unsealed are
// set aside; then the error is a *Damaged, and what f was given still holds.
//
// The query gives id, who, sealed and two numbers.
func readRows(ctx context.Context, d *DB, p purpose, fields int, f func(r row, values [][]byte), query string, args ...any) error {
	return d.with(ctx, func(c *connection) error { return d.readWith(c, p, fields, f, query, args...) })
}

func (d *DB) readWith(c *connection, p purpose, fields int, f func(r row, values [][]byte), query string, args ...any) error {
	bad, err := d.scan(c, p, fields, f, query, args...)
	if err != nil || len(bad) == 0 {
		return err
	}
	return d.setAside(c, p, bad)
}

// scan is readRows, but only returns the rows that cannot be unsealed.
func (d *DB) scan(c *connection, p purpose, fields int, f func(r row, values [][]byte), query string, args ...any) (bad []row, err error) {
	err = c.each(func(rows *sql.Rows) error {
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
	return bad, err
}

func (d *DB) unseal(p purpose, r row, fields int) ([][]byte, error) {
	plain, err := d.seals.open(p, r.who, r.sealed)
	if err != nil {
		return nil, err
	}
	if fields == growing {
		return readForm(plain), nil
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
			if err := c.exec(removal(p), r.id); err != nil {
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

// removal takes a damaged row away. One that others belong to stays, empty, until what was in it is told anew.
func removal(p purpose) string {
	switch p {
	case outboxRow:
		return "DELETE FROM outbox WHERE id = ? AND stream IS NULL"
	case enrolmentRow:
		return "UPDATE enrolment SET sealed = x'', address = NULL WHERE id = ?"
	case platformRow:
		return "UPDATE platform SET sealed = x'' WHERE id = ?"
	}
	return fmt.Sprintf("DELETE FROM %s WHERE id = ?", p)
}

// unreadable is a damaged row that was found in a transaction.
type unreadable struct {
	what purpose
	row  row
}

func (e *unreadable) Error() string { return errDamaged.Error() }

// rewrite is change for a function that reads with one: a damaged row is set aside, and nothing else is kept.
func (d *DB) rewrite(ctx context.Context, f func(*connection) error) error {
	return d.with(ctx, func(c *connection) error {
		err := c.transaction(f)
		if bad := (*unreadable)(nil); errors.As(err, &bad) {
			return d.setAside(c, bad.what, []row{bad.row})
		}
		return err
	})
}

// one reads the first row of a query as readRows does; false: there is none. A damaged one is an *unreadable.
func (d *DB) one(c *connection, p purpose, fields int, query string, args ...any) (r row, values [][]byte, ok bool, err error) {
	err = c.each(func(rows *sql.Rows) error {
		ok = true
		return rows.Scan(&r.id, &r.who, &r.sealed, &r.a, &r.b)
	}, query, args...)
	if err != nil || !ok {
		return r, nil, false, err
	}
	if values, err = d.unseal(p, r, fields); err != nil {
		return r, nil, false, &unreadable{p, r}
	}
	return r, values, true, nil
}
