package store

import (
	"context"
	"errors"
	"time"

	"otrbot/internal/course"
	"otrbot/lti"
)

var (
	_ lti.Consumers     = (*DB)(nil)
	_ lti.Registrations = (*DB)(nil)
)

const selectPlatform = "SELECT id, who, sealed, 0, 0 FROM platform WHERE sealed <> x'' AND "

// Platforms returns all platforms, in the order in which they were added. With a *Damaged error it returns the others.
func (d *DB) Platforms(ctx context.Context) ([]course.Platform, error) {
	return d.platforms(ctx, "1 ORDER BY id")
}

func (d *DB) platforms(ctx context.Context, which string, args ...any) (all []course.Platform, err error) {
	err = readRows(ctx, d, platformRow, growing, func(r row, v [][]byte) {
		all = append(all, unpackPlatform(r, v))
	}, selectPlatform+which, args...)
	return all, err
}

func (d *DB) platform(ctx context.Context, which string, args ...any) (course.Platform, error) {
	all, err := d.platforms(ctx, which, args...)
	switch {
	case err != nil:
		return course.Platform{}, err
	case len(all) == 0:
		return course.Platform{}, course.ErrNone
	}
	return all[0], nil
}

// Platform returns one platform; course.ErrNone.
func (d *DB) Platform(ctx context.Context, id int64) (course.Platform, error) {
	return d.platform(ctx, "id = ?", id)
}

// PlatformOfKey returns the platform of LTI 1.1 with this consumer key; course.ErrNone.
func (d *DB) PlatformOfKey(ctx context.Context, consumerKey string) (course.Platform, error) {
	return d.platform(ctx, "who = ?", d.consumerMark(consumerKey))
}

// PlatformOfClient returns the platform of LTI 1.3 with this issuer and client id; course.ErrNone.
func (d *DB) PlatformOfClient(ctx context.Context, issuer, clientID string) (course.Platform, error) {
	return d.platform(ctx, "who = ?", d.clientMark(issuer, clientID))
}

// Consumer implements lti.Consumers.
func (d *DB) Consumer(ctx context.Context, key string) (lti.Consumer, error) {
	p, err := d.PlatformOfKey(ctx, key)
	switch {
	case errors.Is(err, course.ErrNone):
		return lti.Consumer{}, lti.ErrUnknown
	case err != nil:
		return lti.Consumer{}, err
	}
	return *p.Consumer, nil
}

// Registrations implements lti.Registrations.
func (d *DB) Registrations(ctx context.Context, issuer, clientID string) (all []lti.Registration, err error) {
	which, mark := "issuer = ? ORDER BY id", d.seals.mark(platformRow, issuer)
	if clientID != "" {
		which, mark = "who = ?", d.clientMark(issuer, clientID)
	}
	platforms, err := d.platforms(ctx, which, mark)
	for _, p := range platforms {
		all = append(all, *p.Registration)
	}
	return all, err
}

// PutPlatform adds a platform, if its ID is 0, or replaces one. It returns the ID.
//
// Errors: course.ErrKnown for the consumer key, or the issuer and client id, of another; course.ErrNone for an ID that
// there is not. A platform whose row was damaged takes its old place.
func (d *DB) PutPlatform(ctx context.Context, p course.Platform) (id int64, err error) {
	if p.Added.IsZero() {
		p.Added = time.Now()
	}
	err = d.change(ctx, func(c *connection) error {
		id, err = d.putPlatform(c, p)
		return err
	})
	return id, err
}

func (d *DB) putPlatform(c *connection, p course.Platform) (int64, error) {
	who, issuer, err := d.platformMarks(p)
	if err != nil {
		return 0, err
	}
	sealed := d.seals.seal(platformRow, who, packPlatform(p))
	taken, err := c.number("SELECT count(*) FROM platform WHERE who = ? AND id <> ? AND sealed <> x''", who, p.ID)
	if err != nil {
		return 0, err
	}
	if taken > 0 {
		return 0, course.ErrKnown
	}
	if p.ID == 0 {
		return c.number(`INSERT INTO platform (who, issuer, sealed) VALUES (?, ?, ?)
			ON CONFLICT (who) DO UPDATE SET sealed = excluded.sealed RETURNING id`, who, issuer, sealed)
	}
	known, err := c.affected("UPDATE platform SET who = ?, issuer = ?, sealed = ? WHERE id = ?", who, issuer, sealed, p.ID)
	if err == nil && known == 0 {
		err = course.ErrNone
	}
	return p.ID, err
}

var errNoPlatform = errors.New("store: a platform is a consumer or a registration, and not both")

func (d *DB) platformMarks(p course.Platform) (who, issuer []byte, err error) {
	switch {
	case (p.Consumer == nil) == (p.Registration == nil):
		return nil, nil, errNoPlatform
	case p.Consumer != nil:
		return d.consumerMark(p.Consumer.Key), nil, nil
	}
	r := p.Registration
	return d.clientMark(r.Issuer, r.ClientID), d.seals.mark(platformRow, r.Issuer), nil
}

func (d *DB) consumerMark(key string) []byte { return d.seals.mark(platformRow, "consumer", key) }

func (d *DB) clientMark(issuer, client string) []byte {
	return d.seals.mark(platformRow, "client", issuer, client)
}

// UpdatePlatform lets change alter a platform, in one transaction: of two at the same time none is lost. change must
// not call the store; what it returns is returned, and nothing is kept. Errors are else those of PutPlatform.
func (d *DB) UpdatePlatform(ctx context.Context, id int64, change func(*course.Platform) error) error {
	return d.rewrite(ctx, func(c *connection) error {
		r, v, ok, err := d.one(c, platformRow, growing, selectPlatform+"id = ?", id)
		switch {
		case err != nil:
			return err
		case !ok:
			return course.ErrNone
		}
		p := unpackPlatform(r, v)
		if err := change(&p); err != nil {
			return err
		}
		p.ID = id
		_, err = d.putPlatform(c, p)
		return err
	})
}

// RemovePlatform erases a platform with its enrolments, visits and grades, and the addresses that came from it. It
// reports whether there was such a platform.
func (d *DB) RemovePlatform(ctx context.Context, id int64) (bool, error) {
	found := false
	err := d.rewrite(ctx, func(c *connection) error {
		enrolled, err := c.numbers("SELECT id FROM enrolment WHERE platform = ?", id)
		if err != nil {
			return err
		}
		for _, one := range enrolled {
			if _, err := d.forget(c, one); err != nil {
				return err
			}
		}
		if err := c.exec("DELETE FROM damaged WHERE who = (SELECT who FROM platform WHERE id = ?)", id); err != nil {
			return err
		}
		removed, err := c.affected("DELETE FROM platform WHERE id = ?", id)
		found = removed > 0
		return err
	})
	return d.erased(ctx, found, err)
}

// erased empties the log after something was erased.
func (d *DB) erased(ctx context.Context, found bool, err error) (bool, error) {
	if err == nil {
		err = d.with(ctx, func(*connection) error { d.sweepNow(); return nil })
	}
	return found && err == nil, err
}

// CountEnrolments is how many have launched from a platform.
func (d *DB) CountEnrolments(ctx context.Context, platform int64) (n int64, err error) {
	err = d.with(ctx, func(c *connection) error {
		n, err = c.number("SELECT count(*) FROM enrolment WHERE platform = ?", platform)
		return err
	})
	return n, err
}
