//go:build unix

package regular_test

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/fstest"

	"otrbot/internal/regular"
)

// A file is opened, also by a link; whatever else has a name is refused at once.
func TestOpen(t *testing.T) {
	t.Chdir(t.TempDir()) // a socket's path is short
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.WriteFile("file", []byte("text"), 0o600))
	must(os.Symlink("file", "link"))
	must(os.Mkdir("folder", 0o700))
	must(syscall.Mkfifo("pipe", 0o600))
	must(os.Symlink("pipe", "link to the pipe"))
	l, err := net.Listen("unix", "socket")
	must(err)
	defer l.Close()
	for path, want := range map[string]error{
		"file": nil, "link": nil, "folder": syscall.EISDIR, "none": fs.ErrNotExist, "pipe": regular.ErrOther,
		"link to the pipe": regular.ErrOther, "socket": regular.ErrOther, os.DevNull: regular.ErrOther,
	} {
		f, err := regular.Open(path)
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
		if err == nil {
			must(f.Close())
		}
		if bad := (*fs.PathError)(nil); err != nil && (!errors.As(err, &bad) || bad.Path != path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestDir(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a": "one", "b/c": "two"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if err := fstest.TestFS(regular.Dir(dir), "a", "b/c"); err != nil {
		t.Error(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "b", "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := fs.ReadFile(regular.Dir(dir), "b/pipe"); !errors.Is(err, regular.ErrOther) {
		t.Errorf("a pipe: %v", err)
	}
}
