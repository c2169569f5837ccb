package store_test

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"otrbot/internal/store"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// key is a key that tests tell apart by n.
func key(n byte) store.Key { return store.Key{0: n, 31: n} }

// address names the database in dir.
func address(dir string) string {
	return "sqlite://" + (&url.URL{Path: filepath.ToSlash(filepath.Join(dir, "otrbot.db"))}).EscapedPath()
}

// openAt opens the store in dir until the test ends.
func openAt(t testing.TB, dir string, k store.Key) *store.DB {
	t.Helper()
	d, err := store.Open(t.Context(), address(dir), k)
	must(t, err)
	t.Cleanup(func() { d.Close() })
	return d
}

// files returns the contents of all files in dir by name.
func files(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	entries, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range entries {
		all[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name()))
		must(t, err)
	}
	return all
}
