//go:build !windows

package settings

import (
	"os"
	"syscall"
)

// foreign reports whether a file that nobody named belongs to somebody who is neither this user nor root: where everybody
// may write, anybody could tell the program what to do.
func foreign(place string) bool {
	info, err := os.Stat(place)
	if err != nil {
		return false
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && s.Uid != 0 && int(s.Uid) != os.Geteuid()
}
