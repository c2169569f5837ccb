package libotr

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The helper is tried on itself first: libotr on both sides.

func theirPair(t *testing.T, policy, longest int) (*room, *theirs, *theirs) {
	t.Helper()
	p := process(t)
	alice := newTheirs(t, p, "a", setup{"alice", "bob", policy, longest})
	bob := newTheirs(t, p, "b", setup{"bob", "alice", policy, longest})
	return between(t, alice, bob), alice, bob
}

func TestHelperHoldsAConversationWithItself(t *testing.T) {
	for _, c := range []struct {
		name    string
		policy  int
		longest int
		version int
	}{
		{"v2", PolicyAllowV2, 0, 2},
		{"v3", PolicyAllowV3, 0, 3},
		{"v2 in fragments", PolicyAllowV2, 100, 2},
		{"v3 in fragments", PolicyManual, 100, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r, alice, bob := theirPair(t, c.policy, c.longest)
			alice.start()
			r.settle()
			r.expect(alice, "secured")
			r.expect(bob, "secured")
			r.expectPrivate(alice, bob, c.version)

			alice.say("grüß dich", TLV{0x1234, []byte("payload")})
			r.settle()
			r.expect(bob, "tlv 4660 7061796c6f6164", "text: grüß dich")

			alice.smpWithQuestion("which pub?", "The Anchor")
			r.settle()
			r.expect(bob, "smp question: which pub?")
			bob.answer("The Anchor")
			r.settle()
			r.expect(alice, "smp advanced", "smp succeeded")
			r.expect(bob, "smp succeeded")

			key := alice.extraKey(7, "file")
			r.settle()
			r.expect(bob, "key 7 file "+key)

			bob.end()
			r.settle()
			r.expect(alice, "ended")
			if got := alice.session().state; got != "finished" {
				t.Errorf("alice is %s after bob ended", got)
			}
		})
	}
}

func TestHelperObeysTheClock(t *testing.T) {
	r, alice, bob := theirPair(t, PolicyManual, 0)
	alice.start()
	r.settle()
	r.forget()
	r.advance(61e9)
	alice.say("still there?")
	r.settle()
	r.expect(bob, "heartbeat sent", "text: still there?")
	r.expect(alice, "heartbeat received")
}

func TestHelperRefusesNonsense(t *testing.T) {
	p := process(t)
	for _, request := range []Request{{Do: "dance"}, {Do: "receive", User: "nobody"}, {Do: "a\"b"}} {
		if _, err := p.Do(request); err == nil || !strings.Contains(err.Error(), "refused") {
			t.Errorf("%v: got %v, want a refusal", request, err)
		}
	}
}

func TestDeathOfTheHelperIsReported(t *testing.T) {
	p, err := Start(bench.program)
	if err != nil {
		t.Fatal(err)
	}
	u, err := p.NewUser("a", "alice", protocol, PolicyManual, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var crash *Crash
	if _, err := u.Query(); !errors.As(err, &crash) || crash.State != "signal: killed" {
		t.Fatalf("got %v, want a crash with the state of the process", err)
	}
	if _, err := u.Query(); !errors.As(err, &crash) {
		t.Errorf("a request after the crash: %v, want the crash again", err)
	}
	if err := p.Close(); !errors.As(err, &crash) {
		t.Errorf("closing: %v, want the crash again", err)
	}
}

// A machine without what the helper needs is told what to install.
func TestMissingPackagesAreNamed(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := Build(t.TempDir()); err == nil || !strings.Contains(err.Error(), "gcc") {
		t.Errorf("without a compiler: %v", err)
	}
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "cc"), []byte("#!/bin/sh\necho otr.h: no such file; exit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	_, err := Build(t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "libotr5-dev") || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("without libotr: %v", err)
	}
}
