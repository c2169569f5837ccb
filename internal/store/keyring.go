package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"otrbot/lti"
)

var _ lti.Keys = (*DB)(nil)

// ringName names the tool's own keys.
const ringName = "lti keys"

// A ring is the tool's keys, as they are in the store.
type ring struct {
	packed []byte
	keys   lti.KeyRing
	since  time.Time // when they were first published
}

// KeyRing implements lti.Keys. It makes the keys when it is asked for the first time.
func (d *DB) KeyRing(ctx context.Context) (lti.KeyRing, error) {
	r, err := d.readRing(ctx)
	if err != nil || r != nil {
		return r.ring(), err
	}
	fresh, err := lti.NewKeyRing() // which takes a while
	if err != nil {
		return lti.KeyRing{}, err
	}
	if _, err := d.putRing(ctx, nil, fresh, time.Now()); err != nil {
		return lti.KeyRing{}, err
	}
	r, err = d.readRing(ctx) // another process may have been first
	return r.ring(), err
}

func (r *ring) ring() lti.KeyRing {
	if r == nil {
		return lti.KeyRing{}
	}
	return r.keys
}

// A FreshKeys error says that the next key has not been published long enough to sign with: platforms keep what they
// fetched for hours.
type FreshKeys struct{ Since time.Time }

// Error says since when.
func (e *FreshKeys) Error() string {
	return fmt.Sprintf("the next key is published only since %s", e.Since.Format(time.RFC3339))
}

// RotateKeys makes the next key the one that signs, and a new next one. The error is a *FreshKeys when that has been
// published for less than this long.
func (d *DB) RotateKeys(ctx context.Context, now time.Time, published time.Duration) (lti.KeyRing, error) {
	if _, err := d.KeyRing(ctx); err != nil {
		return lti.KeyRing{}, err
	}
	for {
		old, err := d.readRing(ctx)
		if err != nil {
			return lti.KeyRing{}, err
		}
		if now.Sub(old.since) < published {
			return lti.KeyRing{}, &FreshKeys{old.since}
		}
		rotated, err := old.keys.Rotate()
		if err != nil {
			return lti.KeyRing{}, err
		}
		if put, err := d.putRing(ctx, old, rotated, now); err != nil || put {
			return rotated, err
		}
	}
}

// ReplaceKeys makes all keys anew, whatever there was: for keys that are lost or stolen. What platforms have fetched or
// were told of the old ones is worth nothing any more.
func (d *DB) ReplaceKeys(ctx context.Context, now time.Time) (lti.KeyRing, error) {
	fresh, err := lti.NewKeyRing()
	if err != nil {
		return lti.KeyRing{}, err
	}
	packed, err := packRing(fresh, now)
	if err != nil {
		return lti.KeyRing{}, err
	}
	err = d.with(ctx, func(c *connection) error {
		d.sweepWithin(afterErasing)
		return d.keep(c, ringName, packed)
	})
	return fresh, err
}

// KeysSince is since when the present keys have been published; zero: there are none yet.
func (d *DB) KeysSince(ctx context.Context) (time.Time, error) {
	r, err := d.readRing(ctx)
	if err != nil || r == nil {
		return time.Time{}, err
	}
	return r.since, nil
}

// putRing keeps keys in place of the old ones, and reports false if it found others.
func (d *DB) putRing(ctx context.Context, old *ring, keys lti.KeyRing, now time.Time) (put bool, err error) {
	packed, err := packRing(keys, now)
	if err != nil {
		return false, err
	}
	err = d.change(ctx, func(c *connection) error {
		found, ok, err := d.kept(c, ringName)
		if err != nil || ok != (old != nil) || ok && !bytes.Equal(found, old.packed) {
			return err
		}
		put = true
		d.sweepWithin(afterErasing)
		return d.keep(c, ringName, packed)
	})
	return put, err
}

func packRing(keys lti.KeyRing, since time.Time) ([]byte, error) {
	fields := [][]byte{packTime(since)}
	for _, k := range []lti.Key{keys.Current, keys.Next, keys.Previous} {
		if k.ID() == "" {
			fields = append(fields, nil)
			continue
		}
		text, err := k.PEM()
		if err != nil {
			return nil, err
		}
		fields = append(fields, []byte(string(text)))
	}
	return pack(fields...), nil
}

// readRing returns nil when there are no keys yet. It parses what it reads only when that has changed.
func (d *DB) readRing(ctx context.Context) (r *ring, err error) {
	err = d.with(ctx, func(c *connection) error {
		packed, ok, err := d.kept(c, ringName)
		switch {
		case errors.Is(err, errDamaged):
			return errRingDamaged
		case err != nil || !ok:
			return err
		}
		if d.ring == nil || !bytes.Equal(d.ring.packed, packed) {
			if d.ring, err = unpackRing(packed); err != nil {
				return err
			}
		}
		r = d.ring
		return nil
	})
	return r, err
}

var errRingDamaged = errors.New("store: the tool's own LTI keys are damaged. Check the disk; a copy of the database from before " +
	"may still hold them. To make new ones, which platforms with pasted keys must be told: otrbot lti keys replace")

func unpackRing(packed []byte) (*ring, error) {
	f := readForm(packed)
	r := &ring{packed: packed, since: f.time(0)}
	for i, k := range []*lti.Key{&r.keys.Current, &r.keys.Next, &r.keys.Previous} {
		text := f.text(i + 1)
		if text == "" {
			continue
		}
		var err error
		if *k, err = lti.ParseKey(lti.Secret(text)); err != nil {
			return nil, fmt.Errorf("store: the tool's own LTI keys: %w", err)
		}
	}
	return r, nil
}
