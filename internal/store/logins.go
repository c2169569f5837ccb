package store

import (
	"context"
	"time"

	"otrbot/lti"
)

var (
	_ lti.Nonces = (*DB)(nil)
	_ lti.States = (*DB)(nil)
)

// Use implements lti.Nonces. A nonce stays used until SweepCourse finds it expired.
func (d *DB) Use(ctx context.Context, owner, nonce string, expires time.Time) (bool, error) {
	added := int64(0)
	err := d.with(ctx, func(c *connection) (err error) {
		added, err = c.affected("INSERT INTO nonce (who, expires) VALUES (?, ?) ON CONFLICT (who) DO NOTHING",
			d.seals.mark("nonce", owner, nonce), millis(expires))
		return err
	})
	return added > 0, err
}

// manyLogins bounds what anybody can fill the disk with: beyond it the oldest goes.
const manyLogins = 100_000

// PutState implements lti.States.
func (d *DB) PutState(ctx context.Context, s lti.State) error {
	who := d.seals.mark(loginRow, s.Value)
	sealed := d.seals.seal(loginRow, who, pack([]byte(s.Value), []byte(s.Nonce), []byte(s.Issuer), []byte(s.ClientID),
		[]byte(s.Browser), []byte(s.Storage), []byte(s.NewWindow), packTime(s.Expires)))
	return d.change(ctx, func(c *connection) error {
		id, err := c.insert("INSERT OR REPLACE INTO login (who, expires, sealed) VALUES (?, ?, ?)", who, millis(s.Expires), sealed)
		if err != nil {
			return err
		}
		return c.exec("DELETE FROM login WHERE id <= ?", id-manyLogins)
	})
}

// State implements lti.States.
func (d *DB) State(ctx context.Context, value string) (lti.State, error) {
	s, found := lti.State{}, false
	err := readRows(ctx, d, loginRow, growing, func(_ row, v [][]byte) {
		f := form(v)
		found = true
		s = lti.State{Value: f.text(0), Nonce: f.text(1), Issuer: f.text(2), ClientID: f.text(3), Browser: f.text(4),
			Storage: f.text(5), NewWindow: f.text(6), Expires: f.time(7)}
	}, "SELECT id, who, sealed, 0, 0 FROM login WHERE who = ?", d.seals.mark(loginRow, value))
	if err == nil && !found {
		err = lti.ErrUnknown
	}
	return s, err
}

// TakeState implements lti.States.
func (d *DB) TakeState(ctx context.Context, value string) (bool, error) {
	taken := int64(0)
	err := d.with(ctx, func(c *connection) (err error) {
		taken, err = c.affected("DELETE FROM login WHERE who = ?", d.seals.mark(loginRow, value))
		return err
	})
	return taken > 0, err
}
