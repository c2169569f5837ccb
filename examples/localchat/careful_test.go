package main

import (
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"otrbot/otr"
)

// What the program does so that nobody gives away a secret, or believes the wrong person, by mistake.

// Bob forgets /answer: his words do not go out at once.
func TestAnswerIsNotSentByMistake(t *testing.T) {
	dirs := t.TempDir()
	alice, bob := privateChat(t, filepath.Join(dirs, "a"), filepath.Join(dirs, "b"))
	alice.types("/ask Where did we meet? | in the library")
	bob.expect("asks: Where did we meet?")

	bob.types("in the library")
	bob.expect("this would be sent as a message")
	bob.types("What do you mean?")
	bob.expect("this would be sent as a message")
	bob.types("What do you mean?")
	alice.expect("[unverified] bob: What do you mean?")
	bob.types("/answer")
	bob.expect("/answer and the answer")
	bob.types("  /answer in the library")
	bob.expect("Answered; waiting for the outcome.")
	alice.expect("Verification succeeded")
	bob.expect("Verification succeeded")
	bob.types("There it was.")
	alice.expect("bob: There it was.")
	bob.types("/answer once more")
	bob.expect("Nobody asked.")

	// A request without question may be answered by /smp as well.
	alice.types("/smp tiger")
	bob.expect("both give the same secret")
	bob.types("/smp tiger")
	bob.expect("Answered")
	bob.expect("alice is now verified (smp)")

	// A request that is taken back holds nothing up.
	alice.types("/smp lion")
	bob.expect("both give the same secret")
	alice.types("/abort")
	bob.expect("Verification aborted: broken off by the peer.")
	bob.types("As you like.")
	alice.expect("[private] bob: As you like.")
	for _, line := range alice.seen {
		if strings.Contains(line, "bob: in the library") {
			t.Errorf("Alice read %q", line)
		}
	}
}

// Bob was verified; then somebody comes in his name with another key.
func TestAnotherKey(t *testing.T) {
	dirs := t.TempDir()
	a := filepath.Join(dirs, "a")
	alice, bob := privateChat(t, a, filepath.Join(dirs, "b"))
	alice.types("/trust yes")
	verified := strings.TrimPrefix(alice.expect("bob is now verified"), "* bob is now verified (by hand): ")
	alice.types("/quit")
	alice.ends()
	bob.ends()

	for _, occasion := range []string{"first", "second"} {
		alice, bob = privateChat(t, a, filepath.Join(dirs, "c"))
		alice.expect("WARNING: bob was verified with ANOTHER key:")
		if line := alice.expect("WARNING: "); !strings.Contains(line, verified) {
			t.Errorf("%s time: %q does not name %s", occasion, line, verified)
		}
		alice.types("/quit")
		alice.ends()
		bob.ends()
	}
}

// Bob has two clients, and Alice has verified one: words of the other do not stand under that.
func TestEachClientHasItsStanding(t *testing.T) {
	alice := newChat(t, "alice", "bob")
	bobs := []*chat{newChat(t, "bob", "alice"), newChat(t, "bob", "alice")}
	var shown strings.Builder
	alice.screen.out = &shown
	for _, bob := range bobs {
		alice.hears(t, bob, mustDo(t)(bob.conv.Start()))
		session, ok := bob.conv.Session()
		if !ok {
			t.Fatal("no private conversation")
		}
		if bob == bobs[0] {
			if err := alice.home.user.SetTrust(alice.peer, bob.home.fingerprint(), otr.TrustVerified); err != nil {
				t.Fatal(err)
			}
		}
		if session.Instance != alice.conv.OurInstance() {
			t.Fatalf("private with instance %08x", session.Instance)
		}
	}
	alice.hears(t, bobs[0], mustDo(t)(bobs[0].conv.Send("the one")))
	alice.hears(t, bobs[1], mustDo(t)(bobs[1].conv.Send("the other")))
	for _, want := range []string{"[private] bob: the one\n", "[unverified] bob: the other\n"} {
		if !strings.Contains(shown.String(), want) {
			t.Errorf("not shown: %q in:\n%s", want, shown.String())
		}
	}
}

// newChat is a chat without a terminal.
func newChat(t *testing.T, name, peer string) *chat {
	t.Helper()
	screen := &screen{out: io.Discard}
	home, err := openHome(t.TempDir(), otr.Account{Name: name, Protocol: "localchat"}, screen)
	if err != nil {
		t.Fatal(err)
	}
	p := otr.Peer{Account: home.account, Name: peer}
	conv, err := home.user.NewConversation(p, otr.Config{Policy: otr.Manual})
	if err != nil {
		t.Fatal(err)
	}
	return &chat{conv: conv, home: home, screen: screen, line: io.Discard, peer: p, policy: "manual"}
}

// hears delivers what the other sends, and everything that follows from it, until both are silent.
func (c *chat) hears(t *testing.T, other *chat, r otr.Result) {
	t.Helper()
	speaker, listener := other, c
	for words := r.Send; len(words) > 0; speaker, listener = listener, speaker {
		var reply strings.Builder
		listener.line = &reply
		for _, message := range words {
			if err := listener.handle(listener.conv.Receive(message)); err != nil {
				t.Fatal(err)
			}
		}
		words = slices.Collect(strings.Lines(reply.String()))
		for i, line := range words {
			words[i] = strings.TrimSuffix(line, "\n")
		}
	}
}

func mustDo(t *testing.T) func(otr.Result, error) otr.Result {
	return func(r otr.Result, err error) otr.Result {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
}
