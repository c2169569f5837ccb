package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Two people sit at two terminals and go through everything the program offers.
func TestWholeLesson(t *testing.T) {
	dirs := t.TempDir()
	alice := open(t, "listen", "-addr", "127.0.0.1:0", "-dir", filepath.Join(dirs, "alice"))
	alice.expect("Making a key for alice, once.")
	bob := open(t, "connect", "-addr", alice.address(), "-dir", filepath.Join(dirs, "bob"))
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
	alice.expect("Asked bob; waiting for the answer.")
	bob.expect("asks: Where did we meet?")
	bob.types("/answer in the library")
	alice.expect("Verification succeeded")
	alice.expect("bob is now verified (smp)")
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
	bob.expect("alice is not verified: " + theirs)
	bob.expect("/trust yes")
	bob.types("/trust yes")
	bob.expect("alice is now verified (by hand): " + theirs)
	alice.types("Thank you.")
	bob.expect("[private] alice: Thank you.")

	// A wrong secret fails on both sides, and takes back nothing that was set by hand.
	bob.types("/smp tiger")
	bob.expect("Asked alice for the same secret")
	alice.expect("both give the same secret")
	alice.types("/answer lion")
	alice.expect("Verification FAILED")
	bob.expect("Verification FAILED")
	bob.types("/who")
	bob.expect("policy always.")
	bob.expect("verified (by hand)")

	// Break one off.
	bob.types("/smp tiger")
	alice.expect("both give the same secret")
	alice.types("/abort")
	alice.expect("Verification aborted: broken off here.")
	bob.expect("Verification aborted: broken off by the peer.")
	bob.types("/abort")
	bob.expect("Nothing to abort.")

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
	alice.expect("Nothing goes in clear")
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
	alice, bob := privateChat(t, a, b)
	alice.types("/trust yes")
	alice.expect("bob is now verified")
	alice.types("/quit")
	bob.ends()
	alice.ends()

	alice, bob = privateChat(t, a, b)
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
	bob := open(t, "connect", "-policy", "manual", "-addr", alice.address(), "-dir", filepath.Join(dirs, "b"))

	bob.expect("Connected")
	bob.expect("You now write in clear")
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
	bob.types("/end")
	bob.expect("You now write in clear")
	bob.types("/who")
	bob.expect("policy manual. You now write in clear")
}

// With the policy never nothing is private, and the program says why.
func TestNeverPolicy(t *testing.T) {
	dirs := t.TempDir()
	alice := open(t, "listen", "-policy", "never", "-addr", "127.0.0.1:0", "-dir", filepath.Join(dirs, "a"))
	bob := open(t, "connect", "-policy", "never", "-addr", alice.address(), "-dir", filepath.Join(dirs, "b"))
	bob.expect("the policy never allows nothing else")
	bob.types("/otr")
	bob.expect("the policy never forbids it")
	bob.types("  /end")
	bob.expect("There is no private conversation.")
	bob.types("Nice weather.")
	alice.expect("[in clear] bob: Nice weather.")
}

func TestUsage(t *testing.T) {
	damaged := t.TempDir()
	if err := os.WriteFile(filepath.Join(damaged, "otr.private_key"), []byte("(privkeys (account"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args, dir, want string
		code            int
	}{
		{"", "", "say listen or connect first", 2},
		{"talk", "", "say listen or connect first", 2},
		{"listen -nonsense", "", "flag provided but not defined: -nonsense", 2},
		{"listen -addr 192.0.2.1:5223", "", "only this computer", 2},
		{"listen -addr :5223", "", "only this computer", 2},
		{"connect -addr 5223", "", "missing port", 2},
		{"connect -policy sometimes", "", "always, manual, never, opportunistic", 2},
		{"connect now", "", `nothing to do with "now"`, 2},
		{"listen -addr 127.0.0.1:0", damaged, "otr.private_key", 1},
		{"connect -wait 0s -addr 127.0.0.1:1", t.TempDir(), "run 'localchat listen'", 1},
		{"connect -max 5", t.TempDir(), "-max 5: ", 2},
	} {
		t.Run(c.args, func(t *testing.T) {
			args := strings.Fields(c.args)
			if c.dir != "" {
				args = append(args, "-dir", c.dir)
			}
			stdin, keyboard := io.Pipe()
			defer keyboard.Close()
			var stderr strings.Builder
			code := report(&stderr, run(args, stdin, io.Discard))
			first, rest, _ := strings.Cut(stderr.String(), "\n")
			if code != c.code || !strings.HasPrefix(first, "localchat: ") || !strings.Contains(first, c.want) {
				t.Errorf("code %d, %q; want %d, %q", code, first, c.code, c.want)
			}
			if shown := strings.HasPrefix(rest, "usage: "); shown != (code == 2) || strings.Count(rest, "\n") > 1 {
				t.Errorf("after the error: %q", rest)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"-h"}, {"listen", "-help"}, {"connect", "--help"}} {
		var stdout, stderr strings.Builder
		code := report(&stderr, run(args, strings.NewReader(""), &stdout))
		if code != 0 || stderr.String() != "" || !strings.Contains(stdout.String(), "-policy") {
			t.Errorf("%q: %d %q %q", args, code, stdout.String(), stderr.String())
		}
	}
}

// The terminal shows what a peer writes, and does not obey it.
func TestPrintable(t *testing.T) {
	const unwanted = "\x1b\x07\u0085\u2028\u202e\u2066\u2069"
	if got := printable(unwanted + "\tשלום"); strings.ContainsAny(got, unwanted) || !strings.HasSuffix(got, "\tשלום") {
		t.Errorf("%q", got)
	}
}
