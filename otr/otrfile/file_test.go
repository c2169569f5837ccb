package otrfile

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"otrbot/otr"
)

var (
	alice = otr.Account{Name: "alice@example.org", Protocol: "xmpp"}
	bob   = otr.Peer{Account: alice, Name: "bob@example.org"}
)

// sampleDir is a directory with the three files as libotr wrote them.
func sampleDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{KeysName, FingerprintsName, InstanceTagsName} {
		put(t, filepath.Join(dir, name), get(t, filepath.Join("..", "testdata", "libotr", name)))
	}
	return dir
}

func get(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

func loaded(t *testing.T, dir string) (*Dir, *otr.UserState) {
	t.Helper()
	u := otr.NewUserState()
	d := In(dir, u)
	if err := d.Load(); err != nil {
		t.Fatal(err)
	}
	return d, u
}

func TestLoadChangeSaveLoad(t *testing.T) {
	dir := sampleDir(t)
	d, u := loaded(t, dir)
	k, _ := u.Key(u.Accounts()[0])
	err := errors.Join(u.SetKey(alice, k), u.SetTrust(bob, otr.Fingerprint{1}, "by phone"), u.SetInstanceTag(alice, 0x12345678), d.Save())
	if err != nil {
		t.Fatal(err)
	}
	_, v := loaded(t, dir)
	if got, ok := v.Key(alice); !ok || got.Fingerprint() != k.Fingerprint() || len(v.Accounts()) != len(u.Accounts()) {
		t.Error("the keys came back otherwise")
	}
	if trust, _ := v.Trust(bob, otr.Fingerprint{1}); trust != "by phone" {
		t.Errorf("trust %q", trust)
	}
	if tag, _ := v.InstanceTag(alice); tag != 0x12345678 {
		t.Errorf("tag %#x", uint32(tag))
	}
	if err := d.Save(); err != nil {
		t.Errorf("a second save: %v", err)
	}
	if want := strings.Join([]string{FingerprintsName, InstanceTagsName, KeysName}, " "); names(t, dir) != want {
		t.Errorf("in the directory: %s", names(t, dir))
	}
}

func TestBeginWithNothing(t *testing.T) {
	dir := t.TempDir()
	d, u := loaded(t, dir)
	if err := d.Keys.Load(); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), filepath.Join(dir, KeysName)) {
		t.Errorf("Load of a missing file: %v", err)
	}
	if err := errors.Join(u.SetTrust(bob, otr.Fingerprint{1}, ""), d.Save()); err != nil {
		t.Fatal(err)
	}
	if _, v := loaded(t, dir); len(v.Accounts()) != 0 {
		t.Error("keys out of nowhere")
	} else if _, known := v.Trust(bob, otr.Fingerprint{1}); !known {
		t.Error("the fingerprint is not known")
	}
}

func TestModeIsPrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // the system knows no such modes
	}
	dir := sampleDir(t) // with mode 0644
	d, _ := loaded(t, dir)
	if err := d.Save(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{KeysName, FingerprintsName, InstanceTagsName} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

func TestSaveRefusesToReplace(t *testing.T) {
	for name, c := range map[string]struct {
		before func(t *testing.T, path string, f *File) // Save
		want   error
	}{
		"a file that was not loaded": {func(*testing.T, string, *File) {}, ErrNotLoaded},
		"a damaged file": {func(t *testing.T, path string, f *File) {
			put(t, path, get(t, path)[:1000])
			var fault *otr.FileError
			if err := f.Load(); !errors.As(err, &fault) || fault.Line != 16 || !strings.HasPrefix(err.Error(), path+": ") {
				t.Errorf("Load: %v", err)
			}
		}, ErrNotLoaded},
		"an empty file": {func(t *testing.T, path string, f *File) {
			put(t, path, "")
			if f.Load() == nil {
				t.Error("an empty key file was loaded")
			}
		}, ErrNotLoaded},
		"a file damaged since": {func(t *testing.T, path string, f *File) {
			load(t, f)
			put(t, path, get(t, path)[:1000])
		}, ErrChanged},
		"a file that another program wrote since": {func(t *testing.T, path string, f *File) {
			load(t, f)
			put(t, path, get(t, path)+"\n")
		}, ErrChanged},
		"a file that came into being": {func(t *testing.T, path string, f *File) {
			text := get(t, path)
			if err := os.Remove(path); err != nil || !errors.Is(f.Load(), fs.ErrNotExist) {
				t.Error("the file is still there")
			}
			put(t, path, text)
		}, ErrNotLoaded},
		"a directory": {func(t *testing.T, path string, f *File) {
			if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
				t.Fatal(err)
			}
			if err := f.Load(); !errors.Is(err, ErrNotRegular) {
				t.Errorf("Load: %v", err)
			}
		}, ErrNotRegular},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(sampleDir(t), KeysName)
			f := Keys(otr.NewUserState(), path)
			c.before(t, path, f)
			before, _ := os.ReadFile(path)
			if err := f.Save(); !errors.Is(err, c.want) || !strings.HasPrefix(err.Error(), path+": ") {
				t.Errorf("Save: %v, want %v", err, c.want)
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Error("the file changed")
			}
		})
	}
}

func load(t *testing.T, f *File) {
	t.Helper()
	if err := f.Load(); err != nil {
		t.Fatal(err)
	}
}

func TestSaveAfterLoadingTheChange(t *testing.T) {
	dir := sampleDir(t)
	d, _ := loaded(t, dir)
	put(t, filepath.Join(dir, KeysName), get(t, filepath.Join(dir, KeysName))+"\n")
	if err := d.Keys.Save(); !errors.Is(err, ErrChanged) {
		t.Errorf("Save: %v", err)
	}
	load(t, d.Keys)
	if err := d.Keys.Save(); err != nil {
		t.Errorf("Save after Load: %v", err)
	}
}

func TestOneDamagedFileOfThree(t *testing.T) {
	dir := sampleDir(t)
	put(t, filepath.Join(dir, FingerprintsName), "nonsense\n")
	u := otr.NewUserState()
	err := In(dir, u).Load()
	var fault *otr.FileError
	if !errors.As(err, &fault) || fault.Kind != otr.FingerprintFile || fault.Line != 1 {
		t.Errorf("Load: %v", err)
	}
	if len(u.Accounts()) == 0 {
		t.Error("the keys were not loaded")
	}
}

func TestSymbolicLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // making one takes a privilege
	}
	dir, elsewhere := sampleDir(t), t.TempDir()
	path, target := filepath.Join(dir, KeysName), filepath.Join(elsewhere, "keys")
	if err := errors.Join(os.Rename(path, target), os.Symlink(target, path)); err != nil {
		t.Fatal(err)
	}
	d, u := loaded(t, dir)
	u.ForgetKey(u.Accounts()[0])
	before := get(t, target)
	if err := d.Keys.Save(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Error("the link is gone")
	}
	if get(t, target) == before || names(t, elsewhere) != "keys" {
		t.Error("the file behind the link was not replaced")
	}
	if err := os.Remove(target); err != nil {
		t.Fatal(err)
	}
	if err := d.Keys.Save(); err == nil || names(t, elsewhere) != "" {
		t.Errorf("a link that leads nowhere: %v", err)
	}
}

func TestReplaceFileThatFailsHalfWay(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	put(t, path, "old")
	full := errors.New("disk full")
	err := replaceFile(path, func(w io.Writer) error {
		if _, err := io.WriteString(w, "ne"); err != nil {
			return err
		}
		return full
	})
	if !errors.Is(err, full) || get(t, path) != "old" || names(t, dir) != "file" {
		t.Errorf("error %v, file %q, directory: %s", err, get(t, path), names(t, dir))
	}
}

func TestSaveWhereNothingCanBeWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", KeysName)
	if err := Keys(otr.NewUserState(), path).Save(); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("Save: %v", err)
	}
}
