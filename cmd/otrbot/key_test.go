package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func keyRun(file string, args ...string) outcome {
	return execute("", append(append([]string{"key"}, args...), "--file", file)...)
}

// fixed is a file of libotr's with keys of several accounts.
const fixed = "../../internal/testkit/keys.libotr"

func keysIn(t *testing.T, file string) (all []keyLine) {
	t.Helper()
	for line := range strings.Lines(keyRun(file, "list", "--json").stdout) {
		var k keyLine
		if err := json.Unmarshal([]byte(line), &k); err != nil {
			t.Fatal(err)
		}
		all = append(all, k)
	}
	return all
}

func TestAKeyIsGeneratedListedAndKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "new", "otr.private_key")
	keyRun(file, "list").want(t, 0, "there are no keys in "+file)
	keyRun(file, "generate", "ana@example.org", "xmpp").want(t, 0, "ana@example.org (xmpp) has the key ")
	before := keysIn(t, file)
	if len(before) != 1 || before[0].Account != "ana@example.org" || before[0].Protocol != "xmpp" || len(before[0].Fingerprint) != 44 {
		t.Errorf("%+v", before)
	}
	keyRun(file, "generate", "ana@example.org", "xmpp").want(t, 1, "has a key already, "+before[0].Fingerprint)
	keyRun(file, "list").want(t, 0, before[0].Fingerprint)
	keyRun(file, "generate", "ana@example.org", "xmpp", "--replace").want(t, 0, "has the key")
	if after := keysIn(t, file); after[0].Fingerprint == before[0].Fingerprint {
		t.Error("not replaced")
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestKeysMoveBetweenFiles(t *testing.T) {
	all := keysIn(t, fixed)
	if len(all) < 2 {
		t.Fatalf("the fixture has %d keys", len(all))
	}
	own, other := filepath.Join(t.TempDir(), "own"), filepath.Join(t.TempDir(), "other")

	keyRun(own, "import", fixed, all[1].Account, all[1].Protocol).want(t, 0, all[1].Fingerprint)
	if got := keysIn(t, own); len(got) != 1 || got[0] != all[1] {
		t.Errorf("one: %+v", got)
	}
	keyRun(own, "import", fixed).want(t, 0, all[0].Fingerprint)
	if got := keysIn(t, own); len(got) != len(all) {
		t.Errorf("all: %+v", got)
	}
	keyRun(own, "export", other, all[0].Account, all[0].Protocol).want(t, 0, other)
	if got := keysIn(t, other); len(got) != 1 || got[0] != all[0] {
		t.Errorf("exported: %+v", got)
	}
	shown := keyRun(own, "export", "-", all[0].Account, all[0].Protocol)
	shown.want(t, 0, "(privkeys")
	if err := os.WriteFile(other+"2", []byte(shown.stdout), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := keysIn(t, other+"2"); len(got) != 1 || got[0] != all[0] {
		t.Errorf("printed: %+v", got)
	}
}

func TestADifferentKeyStandsInTheWay(t *testing.T) {
	all := keysIn(t, fixed)
	own := filepath.Join(t.TempDir(), "own")
	last := all[len(all)-1]
	keyRun(own, "generate", last.Account, last.Protocol)
	before, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	keyRun(own, "import", fixed).want(t, 1, "nothing was changed")
	if after, err := os.ReadFile(own); err != nil || string(after) != string(before) {
		t.Errorf("changed all the same: %v", err)
	}
	keyRun(own, "import", fixed, "--replace").want(t, 0, last.Fingerprint)
	if got := keysIn(t, own); len(got) != len(all) {
		t.Errorf("%+v", got)
	}
}

func TestKeyRefuses(t *testing.T) {
	dir := t.TempDir()
	file, text := filepath.Join(dir, "none"), filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte("Dear diary"), 0o600); err != nil {
		t.Fatal(err)
	}
	keyRun(file, "generate", "ana@example.org").want(t, 1, "an account and a protocol are needed")
	keyRun(file, "generate", "", "xmpp").want(t, 1, "neither the account nor")
	keyRun(file, "list", "x").want(t, 1, "takes no arguments")
	keyRun(file, "import", fixed, "ana@example.org").want(t, 1, "its protocol is missing")
	keyRun(file, "import", fixed, "nobody@example.org", "xmpp").want(t, 1, "there is no key of nobody@example.org (xmpp)")
	keyRun(file, "import", filepath.Join(dir, "missing")).want(t, 1, "there are no keys")
	keyRun(text, "list").want(t, 1, text)
	keyRun(dir, "list").want(t, 2, "not a regular file")
}
