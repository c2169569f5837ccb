package chat

import (
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"otrbot/interop/servers"
)

// live is otrbot chat in line mode, while it runs.
type live struct {
	t  *testing.T
	in io.WriteCloser

	mu      sync.Mutex
	out     strings.Builder
	changed chan struct{} // closed, and made anew, when there is more
}

// Write takes what the program writes.
func (l *live) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.changed)
	l.changed = make(chan struct{})
	return l.out.Write(b)
}

// lives starts the program; it ends with the test.
func (u *user) lives(more ...string) *live {
	u.t.Helper()
	l := &live{t: u.t, changed: make(chan struct{})}
	c := exec.Command(program, u.arguments(append(more, "--line", "--password-file", u.path("password"))...)...)
	c.Stdout, c.Stderr = l, l
	var err error
	if l.in, err = c.StdinPipe(); err == nil {
		err = c.Start()
	}
	if err != nil {
		u.t.Fatal(err)
	}
	u.t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait() // it was killed
	})
	return l
}

func (l *live) types(line string) {
	l.t.Helper()
	if _, err := fmt.Fprintln(l.in, line); err != nil {
		l.t.Fatal(err)
	}
}

// says waits until the program has written the words.
func (l *live) says(words string) {
	l.t.Helper()
	late := time.After(patience)
	for {
		l.mu.Lock()
		out, changed := l.out.String(), l.changed
		l.mu.Unlock()
		if strings.Contains(out, words) {
			return
		}
		select {
		case <-changed:
		case <-late:
			l.t.Fatalf("waited in vain for %q:\n%s", words, out)
		}
	}
}

// A private conversation outlives the server, and so does a text written meanwhile.
func TestServerRestarts(t *testing.T) {
	servers.Each(t, servers.Options{Offline: true}, testServerRestarts)
}

func testServerRestarts(t *testing.T, server *servers.Server) {
	ana, ben := newUser(t, server, "ana"), newUser(t, server, "ben")
	a, b := ana.lives(ben.jid), ben.lives(ana.jid)
	a.types("/add")
	a.says(ben.jid + " is here")
	b.says(ana.jid + " is here")
	a.types("/start")
	a.says("Private conversation with " + ben.jid + " started")
	b.says("Private conversation with " + ana.jid + " started")

	server.Stop()
	a.says("WARNING: Not connected")
	b.says("WARNING: Not connected")
	a.types("meanwhile")
	a.says("this is kept, and goes out")
	server.Start()
	b.says("): meanwhile")
	b.types("got it")
	a.says(ben.jid + " (private, unverified): got it")
	a.types("/end")
	b.says("has ended the private conversation")
}
