//go:build !windows

package store

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// checkOwner refuses a directory of somebody else: the bot could not open what this user, such as root, puts there.
func checkOwner(directory string) error {
	info, err := os.Stat(directory)
	if err != nil {
		return err
	}
	if s, ok := info.Sys().(*syscall.Stat_t); ok && int(s.Uid) != os.Geteuid() {
		return fmt.Errorf("%s belongs to user number %d, who alone could read what is restored there: %w", directory, s.Uid, fs.ErrPermission)
	}
	return nil
}
