package store

import (
	"context"
	"database/sql"
	"errors"
)

// parameters names the domain parameters of the bot's keys.
const parameters = "parameters"

// Parameters returns what PutParameters kept last, and whether there is anything. They are what makes a fresh OTR key
// for each learner cost nothing; the form is the caller's.
func (d *DB) Parameters(ctx context.Context) (text []byte, ok bool, err error) {
	err = d.with(ctx, func(c *connection) error {
		text, ok, err = d.kept(c, parameters)
		if errors.Is(err, errDamaged) {
			text, ok, err = nil, false, nil // they can be made anew at any time
		}
		return err
	})
	return text, ok, err
}

// PutParameters keeps domain parameters in place of any others.
func (d *DB) PutParameters(ctx context.Context, text []byte) error {
	return d.with(ctx, func(c *connection) error { return d.keep(c, parameters, text) })
}

func (d *DB) keep(c *connection, name string, value []byte) error {
	return c.exec("INSERT INTO kept (name, sealed) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed",
		name, d.seals.seal(keptValue, []byte(name), value))
}

func (d *DB) kept(c *connection, name string) (value []byte, ok bool, err error) {
	err = c.each(func(r *sql.Rows) error {
		var sealed []byte
		if err := r.Scan(&sealed); err != nil {
			return err
		}
		ok = true
		value, err = d.seals.open(keptValue, []byte(name), sealed)
		return err
	}, "SELECT sealed FROM kept WHERE name = ?", name)
	return value, ok && err == nil, err
}
