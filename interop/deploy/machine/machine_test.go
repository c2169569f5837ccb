//go:build linux

package machine_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otrbot/interop/deploy/machine"
)

// A service runs under a real systemd, ports below 1024 are free, and what is done there is not done here.
func TestMachine(t *testing.T) {
	m := machine.Start(t, machine.Options{})
	other := machine.Start(t, machine.Options{}) // beside it
	if state := strings.TrimSpace(m.Run(t, "systemctl", "is-system-running")); state != "running" {
		t.Errorf("the machine is %s:\n%s", state, m.Run(t, "systemctl", "--failed"))
	}
	m.Write(t, "/etc/systemd/system/hello.service", "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c 'echo hello >/hello'\n", 0o644)
	m.Run(t, "systemctl", "daemon-reload")
	m.Run(t, "systemctl", "start", "hello")
	if got := m.Run(t, "cat", "/hello"); got != "hello\n" {
		t.Errorf("the service wrote %q", got)
	}
	if _, err := other.Try(t, "systemctl", "is-active", "hello"); err == nil {
		t.Error("the service runs on the other machine too")
	}
	if _, err := os.Stat("/hello"); err == nil {
		t.Error("the service wrote on this machine")
	}
	if links := m.Run(t, "ls", "/sys/class/net"); links != "lo\n" {
		t.Errorf("the machine has the networks %q", links)
	}
	if left := m.Run(t, "systemctl", "list-units", "--type=service", "--state=running", "--plain", "--no-legend"); strings.Contains(left, "prosody") || strings.Contains(left, "nginx") {
		t.Errorf("a service of ours runs: %s", left)
	}
}

// Whoever tells how the machine does, as systemd does of each job that takes long, is never held up: somebody reads.
func TestTalkative(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	m := machine.Start(t, machine.Options{})
	sockets, err := filepath.Glob(os.TempDir() + "/machine-*/notify")
	if err != nil || len(sockets) != 1 {
		t.Fatal("the machine tells how it does to", sockets, err)
	}
	to, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: sockets[0], Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	if err := to.SetWriteDeadline(time.Now().Add(time.Minute)); err != nil { // of a machine that stands still
		t.Fatal(err)
	}
	for range 1000 { // more than the kernel keeps for a reader
		if _, err := to.Write([]byte("STATUS=Still at it.")); err != nil {
			t.Fatal(err)
		}
	}
	m.Run(t, "true")
}
