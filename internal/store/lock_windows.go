package store

import (
	"errors"
	"sync"
	"syscall"
	"time"
)

// sharingViolation is ERROR_SHARING_VIOLATION: another process has the file open.
const sharingViolation syscall.Errno = 32

// lockFile opens the file at path so that no other process can, or returns errTaken. The system closes it when the
// process ends.
func lockFile(path string) (func(), error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, sharingViolation) {
		return nil, errTaken
	}
	if err != nil {
		return nil, err
	}
	return sync.OnceFunc(func() { syscall.CloseHandle(h) }), nil
}

// waitForFile waits for the lock, which is held for moments only.
func waitForFile(path string) (func(), error) {
	for {
		release, err := lockFile(path)
		if !errors.Is(err, errTaken) {
			return release, err
		}
		<-time.After(10 * time.Millisecond)
	}
}
