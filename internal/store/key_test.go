package store_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"otrbot/internal/store"
)

func TestReadKeyMakesAPrivateFileOnceAndReadsItAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "key")
	first, err := store.ReadKey(path)
	must(t, err)
	second, err := store.ReadKey(path)
	must(t, err)
	if first != second || first == (store.Key{}) {
		t.Error("not the same key twice, or no key")
	}
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		info, err := os.Stat(name)
		must(t, err)
		if info.Mode().Perm() != want {
			t.Errorf("%s: mode %v", name, info.Mode())
		}
	}
	if entries := files(t, filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("left behind: %d files", len(entries))
	}
}

func TestReadKeyByManyAtOnceIsOneKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	keys := make([]store.Key, 8)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() {
			k, err := store.ReadKey(path)
			if err != nil {
				t.Error(err)
			}
			keys[i] = k
		})
	}
	all.Wait()
	for _, k := range keys {
		if k != keys[0] {
			t.Fatal("two keys")
		}
	}
}

func TestReadKeyRefuses(t *testing.T) {
	good := strings.Repeat("ab", 32)
	for _, c := range []struct {
		name, text string
		mode       os.FileMode
		says       string
	}{
		{"readable by the group", good, 0o640, "chmod 600"},
		{"readable by all", good, 0o604, "chmod 600"},
		{"too short", good[2:], 0o600, "64 hexadecimal digits"},
		{"too long", good + "ab", 0o600, "64 hexadecimal digits"},
		{"not hexadecimal", strings.Repeat("xy", 32), 0o600, "64 hexadecimal digits"},
		{"empty", "", 0o600, "64 hexadecimal digits"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "key")
			must(t, os.WriteFile(path, []byte(c.text), c.mode))
			must(t, os.Chmod(path, c.mode))
			_, err := store.ReadKey(path)
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), path) {
				t.Fatalf("%v", err)
			}
			if c.text != "" && strings.Contains(err.Error(), c.text) {
				t.Error("the error shows the key")
			}
		})
	}
	if _, err := store.ReadKey(t.TempDir()); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("a directory: %v", err)
	}
}

func TestReadKeyTakesACredentialOfSystemd(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	path := filepath.Join(dir, "otrbot-key")
	must(t, os.WriteFile(path, []byte(strings.Repeat("ab", 32)+"\n"), 0o440))
	must(t, os.Chmod(path, 0o440)) // what its access list shows as the mode
	_, err := store.ReadKey(path)
	must(t, err)
}

func TestAKeyDoesNotPrint(t *testing.T) {
	k := store.Key([]byte(strings.Repeat("K", 32)))
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("key", "k", k, "in", []any{k})
	text, err := json.Marshal(map[string]any{"k": k})
	must(t, err)
	all := log.String() + string(text) + k.String() + k.GoString()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		all += fmt.Sprintf(verb, k) + fmt.Sprintf(verb, struct{ K *store.Key }{&k}) + fmt.Sprintf(verb, []store.Key{k})
	}
	for _, form := range []string{strings.Repeat("K", 4), "75 75 75", hex.EncodeToString([]byte("KKKK")), "75,75"} {
		if strings.Contains(all, form) {
			t.Errorf("shows %q: %s", form, all)
		}
	}
}
