package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
)

// Lock makes this process the one that runs the account, until release is called or the process ends, however it ends.
// ErrLocked, with the path of the lock, while another runs it. The name of the lock does not tell the account.
func (d *DB) Lock(ctx context.Context, account string) (release func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	name := hex.EncodeToString(d.seals.who("lock " + account)[:8])
	if d.path == "" {
		return d.lockInMemory(name)
	}
	path := d.path + "-" + name + ".lock"
	release, err = lockFile(path)
	if errors.Is(err, errTaken) {
		return nil, fmt.Errorf("%w (lock %s)", ErrLocked, path)
	}
	return release, err
}

// errTaken is a lock that another process has.
var errTaken = errors.New("locked")

func (d *DB) lockInMemory(name string) (func(), error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.held[name] {
		return nil, ErrLocked
	}
	d.held[name] = true
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.held, name)
	}, nil
}
