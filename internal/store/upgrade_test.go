package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otrbot/internal/store"
)

// Every earlier database opens and works, and is kept as it was.
func TestUpgradeFromEachEarlierSchema(t *testing.T) {
	for schema := 1; schema < store.Steps(); schema++ {
		t.Run(fmt.Sprint(schema), func(t *testing.T) {
			dir := t.TempDir()
			must(t, store.MakeSchema(address(dir), key(1), schema, ann))
			d := openAt(t, dir, key(1))
			list, err := d.Learners(t.Context())
			must(t, err)
			same(t, "learners", len(list), 1)
			same(t, "learner", list[0], ann)
			sessions, err := d.Sessions(t.Context())
			must(t, err)
			same(t, "sessions go on", len(sessions), 1)
			must(t, d.PutSecret(t.Context(), ann.JID, []byte("white rabbit")))
			e := seated(t, d, put(t, d, campus()).ID, "ana", ann.JID)
			earn(t, d, e, 1, noon)
			same(t, "grades", len(claim(t, d, noon)), 1)
			must(t, d.Close())

			kept := filepath.Join(dir, fmt.Sprintf("otrbot.db.schema-%d", schema))
			same(t, "copies", d.Copies(), []string{kept})
			there := t.TempDir()
			done := restore(t, kept, there, noon)
			same(t, "learners of the copy", done.Learners, int64(1))
			same(t, "parts of the copy", done.Parts, int64(0))
		})
	}
}

func TestANewDatabaseAndOneOfTodayAreNotCopied(t *testing.T) {
	dir := made(t)
	d := openAt(t, dir, key(1))
	same(t, "copies", d.Copies(), []string(nil))
}

func TestOnlyTheLastCopiesStay(t *testing.T) {
	dir := t.TempDir()
	must(t, store.MakeSchema(address(dir), key(1), 2, ann))
	for _, name := range []string{"otrbot.db.schema-0", "otrbot.db.schema-1", "otrbot.db.schema-x", "otrbot.db.schema-2", "otrbot.db.schema-40"} {
		write(t, filepath.Join(dir, name), "old")
	}
	d := openAt(t, dir, key(1))
	must(t, d.Close())
	var names []string
	for _, name := range []string{"0", "1", "2", "40", "x"} {
		if text, ok := files(t, dir)["otrbot.db.schema-"+name]; ok {
			names = append(names, fmt.Sprint(name, len(text) > 3))
		}
	}
	same(t, "copies and whether they are new", names, []string{"0false", "2true", "40false", "xfalse"})
}

func TestTablesAreNotChangedUnderARunningBot(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	must(t, store.MakeSchema(address(dir), key(1), 2, ann))
	release, err := openAt(t, elsewhere, key(1)).Lock(t.Context())
	must(t, err)
	// As if the earlier program had it.
	must(t, os.Link(filepath.Join(elsewhere, "otrbot.db-run.lock"), filepath.Join(dir, "otrbot.db-run.lock")))
	before := database(t, dir)
	if _, err := store.Open(t.Context(), address(dir), key(1)); !errors.Is(err, store.ErrOlderRuns) {
		t.Errorf("%v", err)
	}
	same(t, "the file", database(t, dir) == before, true)
	release()
	openAt(t, dir, key(1))
}

// An earlier program names the copy that it can use.
func TestANewerDatabaseNamesTheCopyFromBefore(t *testing.T) {
	dir := made(t)
	raw(t, dir, "INSERT INTO migration (number, checksum) SELECT max(number) + 1, x'00' FROM migration")
	_, err := store.Open(t.Context(), address(dir), key(1))
	if !errors.Is(err, store.ErrNewer) || strings.Contains(err.Error(), "schema-") {
		t.Errorf("without a copy: %v", err)
	}
	ours := fmt.Sprintf("otrbot.db.schema-%d", store.Steps())
	for _, name := range []string{ours, "otrbot.db.schema-99", "otrbot.db.schema-1"} {
		write(t, filepath.Join(dir, name), "")
	}
	_, err = store.Open(t.Context(), address(dir), key(1))
	if !errors.Is(err, store.ErrNewer) || !strings.Contains(err.Error(), filepath.Join(dir, ours)+",") {
		t.Errorf("with one: %v", err)
	}
}

// An upgrade that cannot be copied first does not happen.
func TestWithoutACopyThereIsNoUpgrade(t *testing.T) {
	dir := t.TempDir()
	must(t, store.MakeSchema(address(dir), key(1), 2, ann))
	must(t, os.MkdirAll(filepath.Join(dir, "otrbot.db.schema-2", "x"), 0o700)) // nothing can take this name
	before := database(t, dir)
	_, err := store.Open(t.Context(), address(dir), key(1))
	if err == nil || !strings.Contains(err.Error(), "nothing was changed") {
		t.Errorf("%v", err)
	}
	same(t, "the file", database(t, dir) == before, true)
}

func database(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "otrbot.db"))
	must(t, err)
	return string(text)
}
