package store_test

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"otrbot/internal/record"
	"otrbot/internal/store"
)

// FuzzBackupHeader reads the beginning of any file.
func FuzzBackupHeader(f *testing.F) {
	d := openAt(f, f.TempDir(), key(1))
	path := filepath.Join(f.TempDir(), "copy")
	must(f, d.Backup(f.Context(), path, noon))
	whole, err := os.ReadFile(path)
	must(f, err)
	f.Add(whole[:100], int64(len(whole)))
	f.Add(whole[:100], int64(4096))
	f.Add(whole[:60], int64(60))
	f.Add([]byte("Dear diary"), int64(10))
	f.Add([]byte{}, int64(0))
	f.Fuzz(func(t *testing.T, begins []byte, size int64) {
		if len(begins) > 4096 {
			return
		}
		switch err := store.JudgeBackup(begins, size); {
		case err == nil && !bytes.HasPrefix(begins, whole[:16]):
			t.Error("takes what SQLite would not")
		case err != nil && !errors.Is(err, store.ErrNoBackup) && !errors.Is(err, store.ErrCutShort):
			t.Errorf("says %v", err)
		}
	})
}

// A backup that was changed anywhere is refused, or what comes of it can be read as far as it is not damaged.
func TestABackupThatWasChanged(t *testing.T) {
	source := openAt(t, t.TempDir(), key(1))
	classroom(t, source)
	whole, err := os.ReadFile(backup(t, source, noon))
	must(t, err)
	dice := rand.New(rand.NewPCG(1, 2))
	refused := 0
	for range 40 {
		text := bytes.Clone(whole)
		at := dice.IntN(len(text))
		if dice.IntN(3) == 0 {
			at = dice.IntN(120) + 4096*dice.IntN(len(text)/4096) // where pages begin
		}
		for i := range min(1+dice.IntN(8), len(text)-at) {
			text[at+i] = byte(dice.IntN(256))
		}
		if !restoresOrRefuses(t, text) {
			refused++
		}
	}
	if refused == 0 || refused == 40 {
		t.Errorf("%d of 40 are refused", refused)
	}
}

func restoresOrRefuses(t *testing.T, text []byte) (restored bool) {
	t.Helper()
	dir := t.TempDir()
	changed := filepath.Join(dir, "changed")
	must(t, os.WriteFile(changed, text, 0o600))
	if _, err := store.Restore(t.Context(), restoration(changed, dir, noon)); err != nil {
		if _, err := os.Stat(filepath.Join(dir, "otrbot.db")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("refused, and there is a database: %v", err)
		}
		return false
	}
	d, err := store.Open(t.Context(), address(dir), key(1))
	must(t, err)
	defer d.Close()
	_, learners := d.Learners(t.Context())
	_, platforms := d.Platforms(t.Context())
	_, notes := d.Notes(t.Context())
	for _, err := range []error{learners, platforms, notes} {
		if err != nil && !errors.Is(err, record.ErrDamaged) {
			t.Error(err)
		}
	}
	return true
}
