//go:build !windows

package store

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
)

// lockFile locks the file at path, which it makes, or returns errTaken. The system releases it when the process ends.
// The file stays: another process may have it open already.
func lockFile(path string) (func(), error) {
	return flock(path, syscall.LOCK_EX|syscall.LOCK_NB)
}

// waitForFile waits for the lock, which is held for moments only.
func waitForFile(path string) (func(), error) { return flock(path, syscall.LOCK_EX) }

func flock(path string, how int) (func(), error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		f.Close()
		return nil, errTaken
	case err != nil:
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return sync.OnceFunc(func() { f.Close() }), nil
}
