package metrics

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// From the moment that it has a name, a socket is the program's own user's only, whatever the umask allows.
func TestTheSocketIsNeverOpen(t *testing.T) {
	before := syscall.Umask(0)
	defer syscall.Umask(before)
	path := filepath.Join(t.TempDir(), "s")
	l, err := bind(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("before anything else is done, the mode is %v", info.Mode())
	}
}
