//go:build linux

package machine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "embed"
)

// patience is for a machine to boot. No test depends on its length.
const patience = time.Minute

//go:embed boot.sh
var boot string

// Options say how a machine is set up. The zero value is one without a network.
type Options struct {
	// HostNetwork lets it share this machine's network, loopback and all.
	HostNetwork bool
}

// A Machine runs until the test ends. Its methods may be used by goroutines of
// that test.
type Machine struct {
	holder *exec.Cmd // sees the machine's files from outside
	leader string    // the machine's first process, as the holder sees it
	output bytes.Buffer
}

// Start boots a machine and waits until it is up. No service of ours starts in
// it; all are installed.
func Start(t testing.TB, o Options) *Machine {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("a machine of its own takes root: run this test as root, as continuous integration does")
	}
	dir, err := os.MkdirTemp("", "machine-") // short: a socket's address has its limits
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	groups, err := ownGroups(filepath.Base(dir))
	if err != nil {
		t.Fatal(err)
	}
	ready, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, "notify"), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}

	m := &Machine{holder: exec.Command("sh", append([]string{"-c", boot, "boot", dir, network(o)}, groups...)...)}
	m.holder.Env = []string{"PATH=" + path, "NOTIFY_SOCKET=" + filepath.Join(dir, "notify")}
	m.holder.Stdout, m.holder.Stderr = &m.output, &m.output
	m.holder.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID, Pdeathsig: syscall.SIGKILL}
	if err := m.holder.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = m.holder.Wait() // killed, or it could not boot
		_ = ready.Close()   // nobody is left to say anything
		close(ended)
	}()
	end := func() {
		_ = m.holder.Process.Kill() // and with it everything in the machine
		<-ended
	}
	t.Cleanup(func() {
		end()
		removeGroups(groups)
	})
	if m.leader, err = leader(ready); err != nil {
		end() // its output is complete
		t.Fatalf("the machine does not come up: %v\n%s", err, m.output.String())
	}
	go drain(ready)
	return m
}

const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

func network(o Options) string {
	if o.HostNetwork {
		return ""
	}
	return "--private-network"
}

// leader reads what systemd-nspawn tells, until the machine is up.
func leader(from *net.UnixConn) (string, error) {
	if err := from.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return "", err
	}
	var leader string
	for message := make([]byte, 4096); ; {
		n, err := from.Read(message)
		if err != nil {
			return "", err
		}
		for line := range strings.Lines(string(message[:n])) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			switch {
			case name == "X_NSPAWN_LEADER_PID":
				leader = value
			case name == "READY" && leader == "":
				return "", errors.New("systemd-nspawn does not say which process is the first")
			case name == "READY":
				return leader, nil
			}
		}
	}
}

// drain reads what systemd-nspawn goes on to tell. It waits for whoever reads, and the machine for it: with nobody, all
// would stand still after a dozen changes of systemd's state.
func drain(from *net.UnixConn) {
	if from.SetReadDeadline(time.Time{}) != nil {
		return // the machine has ended
	}
	for message := make([]byte, 4096); ; {
		if _, err := from.Read(message); err != nil {
			return // likewise
		}
	}
}

// Command is a command of root in the machine, with an environment of its own:
// what is appended to Args is seen by the command.
func (m *Machine) Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	holder := strconv.Itoa(m.holder.Process.Pid)
	inside := []string{"-t", holder, "-m", "-p", "nsenter", "-t", m.leader, "-a", "env", "-i", "-C", "/",
		"PATH=" + path, "HOME=/root", "LANG=C.UTF-8", name}
	return exec.CommandContext(ctx, "nsenter", append(inside, args...)...)
}

// Try runs a command and returns all that it writes.
func (m *Machine) Try(t testing.TB, name string, args ...string) (string, error) {
	t.Helper()
	output, err := m.Command(t.Context(), name, args...).CombinedOutput()
	return string(output), err
}

// Run is Try for a command that has to succeed.
func (m *Machine) Run(t testing.TB, name string, args ...string) string {
	t.Helper()
	output, err := m.Try(t, name, args...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, output)
	}
	return output
}

// Write makes a file in the machine, and the directories above it.
func (m *Machine) Write(t testing.TB, name, text string, mode os.FileMode) {
	t.Helper()
	c := m.Command(t.Context(), "install", "-D", "-m", fmt.Sprintf("%o", mode.Perm()), "/dev/stdin", name)
	c.Stdin = strings.NewReader(text)
	if output, err := c.CombinedOutput(); err != nil {
		t.Fatalf("write %s: %v\n%s", name, err, output)
	}
}

// Copy brings a file of this machine into it.
func (m *Machine) Copy(t testing.TB, from, to string, mode os.FileMode) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	m.Write(t, to, string(text), mode)
}

// CopyDir brings a directory of this machine into it, following symbolic links.
func (m *Machine) CopyDir(t testing.TB, from, to string) {
	t.Helper()
	m.Run(t, "mkdir", "-p", to)
	pack, unpack := exec.CommandContext(t.Context(), "tar", "-C", from, "-ch", "."), m.Command(t.Context(), "tar", "-C", to, "-x", "--no-same-owner")
	var err error
	if unpack.Stdin, err = pack.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	if err := pack.Start(); err != nil {
		t.Fatal(err)
	}
	output, err := unpack.CombinedOutput()
	if err := errors.Join(err, pack.Wait()); err != nil {
		t.Fatalf("copy %s: %v\n%s", from, err, output)
	}
}
