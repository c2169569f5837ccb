package store_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otrbot/internal/store"
)

// elsewhere is where database and key of a directory have been moved, as to a larger disk, with links in their places.
func elsewhere(t *testing.T, dir string) string {
	t.Helper()
	disk := t.TempDir()
	must(t, store.CopyKey(filepath.Join(dir, "otrbot.key"), key(1)))
	for _, name := range []string{"otrbot.db", "otrbot.key"} {
		must(t, os.Rename(filepath.Join(dir, name), filepath.Join(disk, name)))
		must(t, os.Symlink(filepath.Join(disk, name), filepath.Join(dir, name)))
	}
	return disk
}

// links are the names in a directory that are links; nothing else may be there.
func links(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range entries {
		switch {
		case e.Type()&fs.ModeSymlink != 0:
			names = append(names, e.Name())
		case !strings.HasSuffix(e.Name(), ".lock"): // of before the move
			t.Errorf("beside the links there is %s", e.Name())
		}
	}
	return names
}

// A restored database and its key are where those before were, not where the links are: so is what was set aside.
func TestRestoringBehindLinks(t *testing.T) {
	older := openAt(t, t.TempDir(), key(2))
	must(t, older.PutLearner(t.Context(), ben))
	path := backup(t, older, noon)
	dir := made(t)
	disk := elsewhere(t, dir)

	r := restoration(path, dir, noon)
	r.Key = key(2)
	done, err := store.Restore(t.Context(), r)
	must(t, err)
	same(t, "links", links(t, dir), []string{"otrbot.db", "otrbot.key"})
	aside := filepath.Join(disk, "otrbot.db.before-restore-20260814T120000Z")
	same(t, "aside", done.Aside, []string{aside, filepath.Join(disk, "otrbot.key."+filepath.Base(aside))})
	k, err := store.ReadKeyFor(filepath.Join(dir, "otrbot.key"), address(dir))
	must(t, err)
	same(t, "the key", k == key(2), true)
	d := openAt(t, dir, k)
	list, err := d.Learners(t.Context())
	must(t, err)
	same(t, "learners", len(list) == 1 && list[0] == ben, true)
	same(t, "copies", d.Copies(), []string{aside})
}

// So is the copy from before an upgrade; and by whatever name, one bot runs on a database.
func TestUpgradeBehindALink(t *testing.T) {
	dir, disk := t.TempDir(), t.TempDir()
	must(t, store.MakeSchema(address(disk), key(1), 2, ann))
	must(t, os.Symlink(filepath.Join(disk, "otrbot.db"), filepath.Join(dir, "otrbot.db")))
	d := openAt(t, dir, key(1))
	same(t, "copies", d.Copies(), []string{filepath.Join(disk, "otrbot.db.schema-2")})
	same(t, "links", links(t, dir), []string{"otrbot.db"})
	_, err := d.Lock(t.Context())
	must(t, err)
	_, err = openAt(t, disk, key(1)).Lock(t.Context())
	isErr(t, "by its own name", err, store.ErrLocked)
}

// What a link leads to may be on a disk that is not there yet: nothing is begun anew in its place.
func TestALinkThatLeadsNowhere(t *testing.T) {
	older := openAt(t, t.TempDir(), key(1))
	path := backup(t, older, noon)
	keep := func(dir, name string) string { return filepath.Join(dir, name) }
	for _, c := range []struct {
		name, lost string
		use        func(dir string) error
	}{
		{"open", "otrbot.db", func(dir string) error { _, err := store.Open(t.Context(), address(dir), key(1)); return err }},
		{"exists", "otrbot.db", func(dir string) error { _, err := store.Exists(address(dir)); return err }},
		{"a key for it", "otrbot.db", func(dir string) error {
			_, err := store.ReadKeyFor(keep(dir, "new.key"), address(dir))
			return err
		}},
		{"restore", "otrbot.db", func(dir string) error { _, err := store.Restore(t.Context(), restoration(path, dir, noon)); return err }},
		{"read the key", "otrbot.key", func(dir string) error { _, err := store.ReadKey(keep(dir, "otrbot.key")); return err }},
		{"restore the key", "otrbot.key", func(dir string) error { _, err := store.Restore(t.Context(), restoration(path, dir, noon)); return err }},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := made(t)
			disk := elsewhere(t, dir)
			must(t, os.Rename(keep(disk, c.lost), keep(disk, "away")))
			before := content(t, disk)
			err := c.use(dir)
			if !errors.Is(err, fs.ErrNotExist) {
				t.Fatalf("%v", err)
			}
			if want := c.lost + " is a link to " + keep(disk, c.lost) + ", which cannot be reached: mount the disk"; !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %q", err, want)
			}
			same(t, "on the disk", content(t, disk), before)
			same(t, "links", links(t, dir), []string{"otrbot.db", "otrbot.key"})
		})
	}
}
