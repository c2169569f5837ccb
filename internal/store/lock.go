package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Lock makes this process the one bot on the database, until release is called or the process ends, however it ends.
// ErrLocked, with the path of the lock, while another is: even one for another account, since sessions, notes and
// stanzas on their way are not kept by account.
func (d *DB) Lock(ctx context.Context) (release func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if d.path == "" {
		return d.lockInMemory()
	}
	path := d.path + "-run.lock"
	release, err = lockFile(path)
	if errors.Is(err, errTaken) {
		return nil, fmt.Errorf("%w (%s)", ErrLocked, path)
	}
	return release, err
}

// errTaken is a lock that another process has.
var errTaken = errors.New("locked")

func (d *DB) lockInMemory() (func(), error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.held {
		return nil, ErrLocked
	}
	d.held = true
	return sync.OnceFunc(func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.held = false
	}), nil
}
