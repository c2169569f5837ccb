package main

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// privateChat has Alice and Bob begin a private conversation.
func privateChat(t *testing.T, alicesDir, bobsDir string) (alice, bob *terminal) {
	t.Helper()
	alice = open(t, "listen", "-addr", "127.0.0.1:0", "-dir", alicesDir)
	bob = open(t, "connect", "-addr", alice.address(), "-dir", bobsDir)
	bob.expect("Private conversation with alice")
	alice.expect("Private conversation with bob")
	return alice, bob
}

// listenSomewhere takes a port that was free.
func listenSomewhere(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

func sessionID(who *terminal) string {
	who.t.Helper()
	id := who.expect("Session id")
	return strings.NewReplacer("[", "", "]", "").Replace(id)
}

// patience bounds how long a test waits for a line that never comes.
const patience = 20 * time.Second

// A terminal is one run of the program with somebody at the keyboard.
type terminal struct {
	t        *testing.T
	role     string
	keyboard *io.PipeWriter
	lines    chan string
	seen     []string
	done     chan error
}

func open(t *testing.T, args ...string) *terminal {
	t.Helper()
	keys, keyboard := io.Pipe()
	out, screen := io.Pipe()
	term := &terminal{t: t, role: args[0], keyboard: keyboard, lines: make(chan string, 1000), done: make(chan error, 1)}
	go func() {
		term.done <- run(args, keys, screen)
		screen.Close()
	}()
	go func() {
		defer close(term.lines)
		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			term.lines <- scanner.Text()
		}
	}()
	t.Cleanup(func() { // before the directories go: the program may be saving
		keyboard.Close()
		for range term.lines {
		}
	})
	return term
}

func (term *terminal) name() string {
	return map[string]string{"listen": "alice", "connect": "bob"}[term.role]
}

// address is where the terminal listens, as it says.
func (term *terminal) address() string {
	term.t.Helper()
	return strings.TrimSuffix(strings.Fields(term.expect("Waiting at "))[3], ".")
}

func (term *terminal) types(line string) {
	term.t.Helper()
	if _, err := io.WriteString(term.keyboard, line+"\n"); err != nil {
		term.t.Fatal(err)
	}
}

// expect reads until a line that contains want, and returns it.
func (term *terminal) expect(want string) string {
	term.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case line, ok := <-term.lines:
			if !ok {
				term.t.Fatalf("%s ended without %q; it showed:\n%s", term.name(), want, strings.Join(term.seen, "\n"))
			}
			term.seen = append(term.seen, line)
			if strings.Contains(line, want) {
				return line
			}
		case <-deadline:
			term.t.Fatalf("%s never showed %q, but:\n%s", term.name(), want, strings.Join(term.seen, "\n"))
		}
	}
}

func (term *terminal) ends() {
	term.t.Helper()
	select {
	case err := <-term.done:
		if err != nil {
			term.t.Errorf("%s ended with %v", term.name(), err)
		}
	case <-time.After(patience):
		term.t.Errorf("%s does not end", term.name())
	}
}
