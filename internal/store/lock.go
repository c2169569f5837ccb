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
	path := d.path + runLock
	release, err = lockFile(path)
	if errors.Is(err, errTaken) {
		return nil, fmt.Errorf("%w (%s)", ErrLocked, path)
	}
	return release, err
}

// Ends of the names of locks: of the one bot, and of whoever opens the file or puts another in its place.
const (
	runLock  = "-run.lock"
	openLock = "-open.lock"
)

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
