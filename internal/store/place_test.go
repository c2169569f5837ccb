package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// On a disk with links or without, a draft gets a name that is free, and no other.
func TestPlace(t *testing.T) {
	for name, link := range map[string]func(draft, path string) error{
		"with links":    os.Link,
		"without links": func(string, string) error { return errors.ErrUnsupported },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "copy")
			for n, want := range []error{nil, fs.ErrExist} {
				text := string('1' + rune(n))
				draft := filepath.Join(dir, "draft"+text)
				if err := os.WriteFile(draft, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				if err := place(draft, path, link); !errors.Is(err, want) {
					t.Errorf("%v, want %v", err, want)
				}
				if text, err := os.ReadFile(path); string(text) != "1" {
					t.Errorf("it holds %q, %v", text, err)
				}
			}
			if err := place(filepath.Join(dir, "none"), filepath.Join(dir, "other"), link); err == nil {
				t.Error("there was no draft")
			}
			if _, err := os.Lstat(filepath.Join(dir, "other")); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("without a draft the name is taken: %v", err)
			}
		})
	}
}
