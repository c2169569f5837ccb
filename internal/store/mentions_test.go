package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// Mentions counts, table by table, the rows that hold an address or its hash, in the open or sealed, and those that belong
// to such a part in a course. It asks the database which tables there are, so that none is forgotten: a sealed value of
// which it does not know how to open it is an error.
func (d *DB) Mentions(ctx context.Context, jid string) (all map[string]int, err error) {
	all = map[string]int{}
	err = d.with(ctx, func(c *connection) error {
		tables, err := c.texts("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
		if err != nil {
			return err
		}
		parts := map[int64]bool{}
		// Parts come first: other tables point to them.
		slices.SortFunc(tables, func(a, b string) int { return first(b) - first(a) })
		for _, table := range tables {
			if err := d.mentions(c, table, jid, parts, all); err != nil {
				return fmt.Errorf("table %s: %w", table, err)
			}
		}
		return nil
	})
	return all, err
}

func first(table string) int {
	if table == "enrolment" {
		return 1
	}
	return 0
}

// fields are a row by the names of its columns.
type fields map[string]any

func (d *DB) mentions(c *connection, table, jid string, parts map[int64]bool, all map[string]int) error {
	return c.each(func(r *sql.Rows) error {
		f, err := readFields(r)
		if err != nil {
			return err
		}
		part, _ := f["enrolment"].(int64)
		found := parts[part] || f.holds([]byte(jid)) || f.holds(d.seals.who(jid))
		if sealed, ok := f["sealed"].([]byte); ok && !found && len(sealed) > 0 && table != "damaged" {
			plain, err := d.openAnywhere(purpose(table), f, sealed)
			if err != nil {
				return err
			}
			found = bytes.Contains(plain, []byte(jid))
		}
		if found {
			all[table]++
			if id, ok := f["id"].(int64); ok && table == "enrolment" {
				parts[id] = true
			}
		}
		return nil
	}, "SELECT * FROM "+table)
}

func readFields(r *sql.Rows) (fields, error) {
	names, err := r.Columns()
	if err != nil {
		return nil, err
	}
	values, places := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		places[i] = &values[i]
	}
	if err := r.Scan(places...); err != nil {
		return nil, err
	}
	f := fields{}
	for i, name := range names {
		f[name] = values[i]
	}
	return f, nil
}

func (f fields) holds(what []byte) bool {
	for _, v := range f {
		switch v := v.(type) {
		case []byte:
			if bytes.Contains(v, what) {
				return true
			}
		case string:
			if bytes.Contains([]byte(v), what) {
				return true
			}
		}
	}
	return false
}

func (d *DB) openAnywhere(p purpose, f fields, sealed []byte) ([]byte, error) {
	if d.seals.aead[p] == nil {
		return nil, fmt.Errorf("a sealed value of no known purpose")
	}
	place, ok := f["who"].([]byte)
	if name, named := f["name"].(string); named {
		place, ok = []byte(name), true
	}
	if !ok {
		return nil, fmt.Errorf("a sealed value without its place")
	}
	return d.seals.open(p, place, sealed)
}

func (c *connection) texts(query string) (all []string, err error) {
	err = c.each(func(r *sql.Rows) error {
		var one string
		err := r.Scan(&one)
		all = append(all, one)
		return err
	}, query)
	return all, err
}
