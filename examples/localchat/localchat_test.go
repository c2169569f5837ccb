package main

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Two people sit at two terminals and go through everything the program offers.
func TestWholeLesson(t *testing.T) {
	dirs := t.TempDir()
	alice := open(t, "listen", "-addr", "127.0.0.1:0", "-dir", filepath.Join(dirs, "alice"))
	alice.expect("Making a key for alice, once.")
	address := strings.Fields(alice.expect("Waiting at "))[3]
	bob := open(t, "connect", "-addr", strings.TrimSuffix(address, "."), "-dir", filepath.Join(dirs, "bob"))
	bob.expect("Making a key for bob, once.")

	// It becomes private by itself.
	alice.expect("Connected with bob.")
	bob.expect("Connected with alice.")
	alice.expect("bob asks for a private conversation.")
	for _, both := range []struct{ one, other *terminal }{{alice, bob}, {bob, alice}} {
		both.one.expect("New fingerprint of " + both.other.name())
		both.one.expect("Private conversation with " + both.other.name() + ", version 3, not verified.")
	}

	// Talk; long texts go in fragments.
	alice.types("Hello, Bob.")
	bob.expect("[unverified] alice: Hello, Bob.")
	bob.types("Grüße! " + strings.Repeat("Long. ", 300) + "End.")
	alice.expect("Long. End.")

	// Verify by a question: Alice learns who Bob is, not the reverse.
	alice.types("/ask Where did we meet? | in the library")
	bob.expect("asks: Where did we meet?")
	bob.types("/answer in the library")
	alice.expect("Verification succeeded")
	alice.expect("of bob is now verified (smp)")
	bob.expect("alice knows now that it is you.")
	bob.types("Now you know me.")
	alice.expect("[private] bob: Now you know me.")

	// Bob verifies Alice by her fingerprint.
	bob.types("/fingerprint")
	theirs := strings.Split(strings.TrimPrefix(bob.expect("Theirs: "), "* Theirs: "), ",")[0]
	alice.types("/fingerprint")
	if ours := strings.TrimPrefix(alice.expect("Yours: "), "* Yours:  "); ours != theirs {
		t.Errorf("Alice reads out %q, Bob sees %q", ours, theirs)
	}
	bob.types("/trust")
	bob.expect("of alice is now verified (verified)")
	alice.types("Thank you.")
	bob.expect("[private] alice: Thank you.")

	// A wrong secret fails on both sides, and takes back nothing that was set by hand.
	bob.types("/smp tiger")
	alice.expect("both give the same secret")
	alice.types("/answer lion")
	alice.expect("Verification FAILED")
	bob.expect("Verification FAILED")
	bob.types("/who")
	bob.expect("verified (verified)")

	// Break one off.
	bob.types("/smp tiger")
	alice.expect("both give the same secret")
	alice.types("/abort")
	alice.expect("Verification aborted: broken off here.")
	bob.expect("Verification aborted: broken off by the peer.")

	// New keys, the extra key, the session id.
	alice.types("/otr")
	alice.expect("has new keys")
	bob.expect("has new keys")
	alice.types("/extrakey a file")
	alice.expect("same extra key")
	bob.expect(`offers the extra key, for use 4097: "a file"`)
	alice.types("/who")
	bob.types("/who")
	if a, b := sessionID(alice), sessionID(bob); a != b {
		t.Errorf("session ids differ: %q, %q", a, b)
	}

	// Alice ends it: Bob's words wait for his decision.
	alice.types("/end")
	alice.expect("The private conversation is over.")
	bob.expect("alice has ended the private conversation.")
	bob.types("Are you there?")
	bob.expect("Not sent:")
	bob.types("/otr")
	bob.expect("Private conversation with alice")
	alice.expect("Private conversation with bob, version 3, not verified.") // the failed secret took that back
	bob.types("/quit")
	alice.expect("bob has ended the private conversation.")
	alice.expect("bob has left.")
	alice.expect("Waiting for the next one.")
	bob.ends()
	alice.types("Anybody?")
	alice.expect("Nobody is here yet.")
	alice.types("/quit")
	alice.ends()
}

// What was made and learnt is there at the next start.
func TestSecondStart(t *testing.T) {
	dirs := t.TempDir()
	a, b := filepath.Join(dirs, "a"), filepath.Join(dirs, "b")
	meet := func() (alice, bob *terminal) {
		alice = open(t, "listen", "-addr", "127.0.0.1:0", "-dir", a)
		address := strings.Fields(alice.expect("Waiting at "))[3]
		bob = open(t, "connect", "-addr", strings.TrimSuffix(address, "."), "-dir", b)
		bob.expect("Private conversation with alice")
		alice.expect("Private conversation with bob")
		return alice, bob
	}

	alice, bob := meet()
	alice.types("/trust yes")
	alice.expect("is now verified")
	alice.types("/quit")
	bob.ends()
	alice.ends()

	alice, bob = meet()
	bob.types("Me again.")
	alice.expect("[private] bob: Me again.")
	for _, line := range alice.seen {
		if strings.Contains(line, "Making a key") || strings.Contains(line, "New fingerprint") {
			t.Errorf("second start: %s", line)
		}
	}
	bob.types("/quit")
	bob.ends()
}

// With the policy manual words go in clear until somebody asks for more.
func TestManualPolicy(t *testing.T) {
	dirs := t.TempDir()
	alice := open(t, "listen", "-policy", "manual", "-addr", "127.0.0.1:0", "-dir", filepath.Join(dirs, "a"))
	address := strings.Fields(alice.expect("Waiting at "))[3]
	bob := open(t, "connect", "-policy", "manual", "-addr", strings.TrimSuffix(address, "."), "-dir", filepath.Join(dirs, "b"))

	bob.expect("Connected")
	bob.types("Nice weather.")
	alice.expect("[in clear] bob: Nice weather.")
	bob.types("/smp tiger")
	bob.expect("Only in a private conversation")
	bob.types("/nonsense")
	bob.expect("There is no /nonsense")
	bob.types("/otr")
	alice.expect("Private conversation with bob")
	bob.expect("Private conversation with alice")
	alice.types("Better.")
	bob.expect("[unverified] alice: Better.")
}

func TestUsage(t *testing.T) {
	damaged := t.TempDir()
	if err := os.WriteFile(filepath.Join(damaged, "otr.private_key"), []byte("(privkeys (account"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, dir, want string }{
		{"", "", "say listen or connect first"},
		{"talk", "", "say listen or connect first"},
		{"listen -addr 192.0.2.1:5223", "", "only this computer"},
		{"listen -addr :5223", "", "only this computer"},
		{"connect -addr 5223", "", "missing port"},
		{"connect -policy sometimes", "", "always, manual, never, opportunistic"},
		{"connect now", "", `nothing to do with "now"`},
		{"listen", damaged, "otr.private_key"},
		{"connect -addr 127.0.0.1:1", t.TempDir(), "run 'localchat listen'"},
		{"connect -max 5", t.TempDir(), "MaxMessageSize is 5"},
	} {
		t.Run(c.args, func(t *testing.T) {
			args := strings.Fields(c.args)
			if c.dir != "" {
				args = append(args, "-dir", c.dir)
			}
			stdin, keyboard := io.Pipe()
			defer keyboard.Close()
			err := run(args, stdin, io.Discard, io.Discard)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one that says %q", err, c.want)
			}
		})
	}
}

// The terminal shows what a peer writes, and does not obey it.
func TestPrintable(t *testing.T) {
	if got := printable("a\x1b[2Jb\x07\tc\u0085"); strings.ContainsAny(got, "\x1b\x07\u0085") || !strings.Contains(got, "\tc") {
		t.Errorf("%q", got)
	}
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
		term.done <- run(args, keys, screen, screen)
		screen.Close()
	}()
	go func() {
		defer close(term.lines)
		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			term.lines <- scanner.Text()
		}
	}()
	t.Cleanup(func() { keyboard.Close() })
	return term
}

func (term *terminal) name() string {
	return map[string]string{"listen": "alice", "connect": "bob"}[term.role]
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
