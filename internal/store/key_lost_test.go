package store_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"otrbot/internal/store"
)

// A key file that is gone while the database is there is not replaced: a new key would only look like the right one.
func TestLostKeyIsNotReplaced(t *testing.T) {
	dir := t.TempDir()
	path, address := filepath.Join(dir, "key"), "sqlite://"+filepath.Join(dir, "bot.db")
	k, err := store.ReadKeyFor(path, address)
	if err != nil {
		t.Fatalf("at the first start: %v", err)
	}
	db, err := store.Open(t.Context(), address, k)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	if _, err := store.ReadKeyFor(path, address); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without the key: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("another key was made")
	}
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	if _, err := store.ReadKeyFor(path, address); err != nil {
		t.Errorf("with the key again: %v", err)
	}
}
