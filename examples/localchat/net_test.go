package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// A third person hears that Alice is busy; the fourth comes when Bob has gone.
func TestOneAtATime(t *testing.T) {
	dirs := t.TempDir()
	alice := open(t, "listen", "-addr", "127.0.0.1:0", "-dir", filepath.Join(dirs, "a"))
	address := alice.address()
	bob := open(t, "connect", "-addr", address, "-dir", filepath.Join(dirs, "b"))
	alice.expect("Private conversation with bob")

	third := open(t, "connect", "-addr", address, "-dir", filepath.Join(dirs, "c"))
	third.expect("[in clear] alice: " + busy)
	third.expect("alice has left.")
	third.ends()

	bob.types("/quit")
	bob.ends()
	alice.expect("Waiting for the next one.")
	again := open(t, "connect", "-addr", address, "-dir", filepath.Join(dirs, "b"))
	again.expect("Private conversation with alice")
}

// Who connects first waits for who listens.
func TestConnectFirst(t *testing.T) {
	dirs := t.TempDir()
	free := listenSomewhere(t)
	address := free.Addr().String()
	free.Close()
	bob := open(t, "connect", "-wait", "20s", "-addr", address, "-dir", filepath.Join(dirs, "b"))
	bob.expect("Nobody listens at " + address)
	open(t, "listen", "-addr", address, "-dir", filepath.Join(dirs, "a"))
	bob.expect("Private conversation with alice")

	other := open(t, "connect", "-wait", "20s", "-addr", "127.0.0.1:1", "-dir", filepath.Join(dirs, "c"))
	other.expect("Nobody listens")
	other.types("/quit")
	other.ends()
}

// That the port is taken is said at once, not after a key was made.
func TestPortTaken(t *testing.T) {
	taken := listenSomewhere(t)
	defer taken.Close()
	var stdout strings.Builder
	err := run([]string{"listen", "-addr", taken.Addr().String(), "-dir", t.TempDir()}, strings.NewReader(""), &stdout)
	if err == nil || !strings.Contains(err.Error(), "is another listen running?") || stdout.String() != "" {
		t.Errorf("error %v after %q", err, stdout.String())
	}
}
