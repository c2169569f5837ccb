package store

import (
	"context"
	"time"

	"otrbot/internal/course"
)

// PutInvitation keeps a link by which one platform may register itself until it expires. token is the SHA-256 of what
// is in the link, name what the administrator calls the platform.
func (d *DB) PutInvitation(ctx context.Context, token [32]byte, name string, expires time.Time) error {
	who := d.invitationMark(token)
	return d.with(ctx, func(c *connection) error {
		return c.exec("INSERT OR REPLACE INTO invitation (who, expires, sealed) VALUES (?, ?, ?)", who, millis(expires),
			d.seals.seal(invitationRow, who, pack([]byte(name))))
	})
}

func (d *DB) invitationMark(token [32]byte) []byte {
	return d.seals.mark(invitationRow, string(token[:]))
}

// Invitation returns the name that an invitation was made for; course.ErrNone for one that is unknown, expired or used.
func (d *DB) Invitation(ctx context.Context, token [32]byte, now time.Time) (name string, err error) {
	found := false
	err = readRows(ctx, d, invitationRow, growing, func(_ row, v [][]byte) {
		name, found = form(v).text(0), true
	}, "SELECT id, who, sealed, 0, 0 FROM invitation WHERE who = ? AND expires > ?", d.invitationMark(token), millis(now))
	if err == nil && !found {
		err = course.ErrNone
	}
	return name, err
}

// TakeInvitation uses an invitation up, and reports whether it was there. Of two calls exactly one gets true.
func (d *DB) TakeInvitation(ctx context.Context, token [32]byte, now time.Time) (bool, error) {
	taken := int64(0)
	err := d.with(ctx, func(c *connection) (err error) {
		taken, err = c.affected("DELETE FROM invitation WHERE who = ? AND expires > ?", d.invitationMark(token), millis(now))
		return err
	})
	return taken > 0, err
}
