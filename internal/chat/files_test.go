package chat

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/otrfile"
)

func openFiles(t *testing.T, dir, jid string) *Files {
	t.Helper()
	f, err := OpenFiles(dir, otr.Account{Name: jid, Protocol: "xmpp"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFilesArePrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "otrbot")
	f := openFiles(t, dir, alice)
	if err := f.SetKey(keyOf(t, alice)); err != nil {
		t.Fatal(err)
	}
	if err := f.SaveFingerprints(); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]fs.FileMode{
		"": fs.ModeDir | 0o700, otrfile.KeysName: 0o600, otrfile.InstanceTagsName: 0o600, otrfile.FingerprintsName: 0o600,
	} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode() != mode {
			t.Errorf("%s: %v, %v; want %v", name, info.Mode(), err, mode)
		}
	}
}

func TestResourceStaysAndDiffers(t *testing.T) {
	dir := t.TempDir()
	first := openFiles(t, dir, alice).Resource()
	if again := openFiles(t, dir, alice).Resource(); again != first || !strings.HasPrefix(first, "otrbot-chat.") {
		t.Errorf("%q, then %q", first, again)
	}
	if other := openFiles(t, t.TempDir(), alice).Resource(); other == first {
		t.Errorf("two places are both called %q", first)
	}
}

// Two programs with different accounts use the same files at the same time.
func TestTwoAccountsInOneDirectory(t *testing.T) {
	dir := t.TempDir()
	a, b := openFiles(t, dir, alice), openFiles(t, dir, bob)
	for f, jid := range map[*Files]string{a: alice, b: bob} {
		if err := f.SetKey(keyOf(t, jid)); err != nil {
			t.Fatal(err)
		}
		peer := otr.Peer{Account: f.account, Name: carol}
		if err := f.User().SetTrust(peer, keyOf(t, carol).Fingerprint(), otr.TrustVerified); err != nil {
			t.Fatal(err)
		}
		if err := f.SaveFingerprints(); err != nil {
			t.Fatal(err)
		}
	}
	for _, jid := range []string{alice, bob} {
		f := openFiles(t, dir, jid)
		trust, known := f.User().Trust(otr.Peer{Account: f.account, Name: carol}, keyOf(t, carol).Fingerprint())
		if !f.HasKey() || !known || !trust.Trusted() {
			t.Errorf("%s: key %t, trust %q", jid, f.HasKey(), trust)
		}
	}
}

func TestDamagedFileIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, otrfile.KeysName)
	if err := os.WriteFile(path, []byte("(privkeys damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenFiles(dir, otr.Account{Name: alice, Protocol: "xmpp"}, testkit.Rand("files")); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v does not name %s", err, path)
	}
	if text, _ := os.ReadFile(path); string(text) != "(privkeys damaged" {
		t.Errorf("the file is now %q", text)
	}
}
