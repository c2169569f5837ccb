package store_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"otrbot/internal/record"
	"otrbot/internal/store"
)

// raw runs statements on the file in dir behind the store's back.
func raw(t testing.TB, dir string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "otrbot.db"))
	must(t, err)
	defer db.Close()
	for _, s := range statements {
		_, err := db.ExecContext(t.Context(), s)
		must(t, err)
	}
}

// made is a directory with a store in it, closed, that holds ann.
func made(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	d := openAt(t, dir, key(1))
	must(t, d.PutLearner(t.Context(), ann))
	must(t, d.Close())
	return dir
}

func TestOpenRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, dir string)
		key   store.Key
		want  error
	}{
		{"another key", func(*testing.T, string) {}, key(2), store.ErrWrongKey},
		{"a newer schema", func(t *testing.T, dir string) {
			raw(t, dir, "INSERT INTO migration (number, checksum) SELECT max(number) + 1, x'00' FROM migration")
		}, key(1), store.ErrNewer},
		{"another first step", func(t *testing.T, dir string) { raw(t, dir, "UPDATE migration SET checksum = x'00'") }, key(1), store.ErrNewer},
		{"another program's database", func(t *testing.T, dir string) { raw(t, dir, "PRAGMA application_id = 7") }, key(1), store.ErrForeign},
		{"no check of the key", func(t *testing.T, dir string) { raw(t, dir, "DELETE FROM kept") }, key(1), store.ErrWrongKey},
		{"a text", func(t *testing.T, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, "otrbot.db"), []byte(strings.Repeat("Dear diary\n", 200)), 0o600))
		}, key(1), store.ErrForeign},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := made(t)
			c.spoil(t, dir)
			before := files(t, dir)["otrbot.db"]
			_, err := store.Open(t.Context(), address(dir), c.key)
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), address(dir)) {
				t.Errorf("%v", err)
			}
			if string(files(t, dir)["otrbot.db"]) != string(before) {
				t.Error("changed the file")
			}
		})
	}
}

func TestADatabaseOfAnotherProgramIsNotTouched(t *testing.T) {
	dir := t.TempDir()
	raw(t, dir, "CREATE TABLE recipe (name TEXT)")
	before := files(t, dir)["otrbot.db"]
	if _, err := store.Open(t.Context(), address(dir), key(1)); !errors.Is(err, store.ErrForeign) {
		t.Errorf("%v", err)
	}
	if string(files(t, dir)["otrbot.db"]) != string(before) {
		t.Error("changed it")
	}
}

func TestAddresses(t *testing.T) {
	for _, bad := range []string{"", "otrbot.db", "/var/lib/otrbot.db", "sqlite://otrbot.db", "sqlite:", "sqlite:///", "sqlite:///a/",
		"sqlite:///%zz", "sqlite:///a%00b", "postgres://db/otrbot", "memory"} {
		if _, err := store.Open(t.Context(), bad, key(1)); err == nil || !strings.Contains(err.Error(), "sqlite:///PATH") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	dir := filepath.Join(t.TempDir(), "odd ?&#%41 name")
	openAt(t, dir, key(1))
	if len(files(t, dir)) == 0 {
		t.Error("not where it was to be")
	}
	t.Chdir(t.TempDir())
	d, err := store.Open(t.Context(), "sqlite:here.db", key(1))
	must(t, err)
	defer d.Close()
	_, err = os.Stat("here.db")
	must(t, err)
}

func TestOnlyTheOwnerCanRead(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	d := openAt(t, dir, key(1))
	must(t, d.PutLearner(t.Context(), ann))
	_, err := d.Lock(t.Context())
	must(t, err)
	entries, err := os.ReadDir(dir)
	must(t, err)
	if len(entries) < 3 {
		t.Errorf("where is the write-ahead log? %v", entries)
	}
	for _, e := range entries {
		info, err := e.Info()
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v", e.Name(), info.Mode())
		}
	}
	info, err := os.Stat(dir)
	must(t, err)
	if info.Mode().Perm() != 0o700 {
		t.Errorf("the directory: %v", info.Mode())
	}
	must(t, d.Close())
	must(t, os.Chmod(filepath.Join(dir, "otrbot.db"), 0o644)) // as after a copy was restored
	openAt(t, dir, key(1))
	info, err = os.Stat(filepath.Join(dir, "otrbot.db"))
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("opened again: %v", info.Mode())
	}
}

func TestManyOpenANewStoreAtOnce(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			d, err := store.Open(context.Background(), address(dir), key(1))
			if err != nil {
				t.Error(err)
				return
			}
			defer d.Close()
			if err := d.PutSecret(context.Background(), ann.JID+string(rune('a'+i)), nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := len(notes(t, openAt(t, dir, key(1)))); n != 6 {
		t.Errorf("%d notes", n)
	}
}

func TestChangedTellsOfOtherProcessesAndOfNotes(t *testing.T) {
	dir := t.TempDir()
	d, other := openAt(t, dir, key(1)), openAt(t, dir, key(1))
	changed := func() bool {
		t.Helper()
		c, err := d.Changed(t.Context())
		must(t, err)
		return c
	}
	changed()
	must(t, d.PutLearner(t.Context(), ann))
	if !changed() {
		t.Error("missed its own note, as of a web page in the same process")
	}
	_, err := d.Commit(t.Context(), record.Change{JID: ann.JID, Session: []byte("s")})
	must(t, err)
	if changed() {
		t.Error("its own writing that tells the bot nothing")
	}
	must(t, other.PutSecret(t.Context(), ann.JID, []byte("x")))
	if !changed() {
		t.Error("missed the other's writing")
	}
	if changed() {
		t.Error("told twice")
	}
}
