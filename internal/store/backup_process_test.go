package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"otrbot/internal/record"
	"otrbot/internal/store"
)

// backupForEver makes one backup after the other, and says the name of each that is made.
func backupForEver(ctx context.Context, d *store.DB) error {
	for n := 0; ; n++ {
		path := filepath.Join(os.Getenv(dirVariable), "copies", fmt.Sprint(time.Now().UnixNano(), "-", n))
		if err := d.Backup(ctx, path, time.Now()); err != nil {
			return err
		}
		fmt.Println(path)
	}
}

// restoreForEver restores two backups in turn.
func restoreForEver(ctx context.Context, _ *store.DB) error {
	dir := os.Getenv(dirVariable)
	for {
		for _, name := range []string{"ann", "ben"} {
			if _, err := store.Restore(ctx, restoration(filepath.Join(dir, name), filepath.Join(dir, "work"), time.Now())); err != nil {
				return err
			}
			fmt.Println(name)
		}
	}
}

// killed runs a part until it has said some lines, and kills it in what follows.
func killed(t *testing.T, part, dir string) (said []string) {
	t.Helper()
	c, lines := process(t, part, dir)
	for range 1 + rand.IntN(4) {
		if !lines.Scan() {
			t.Fatalf("ended by itself: %v", c.Wait())
		}
		said = append(said, lines.Text())
	}
	must(t, c.Process.Kill())
	for lines.Scan() {
		said = append(said, lines.Text())
	}
	c.Wait() // killed
	return said
}

func TestAKilledBackupIsNeverTakenForOne(t *testing.T) {
	dir := t.TempDir()
	d := openAt(t, dir, key(1))
	must(t, d.PutLearner(t.Context(), ann))
	must(t, os.Mkdir(filepath.Join(dir, "copies"), 0o700))
	whole := map[string]bool{}
	for range 3 {
		for _, path := range killed(t, "backup", dir) {
			whole[path] = true
		}
	}
	draft := regexp.MustCompile(`^\.draft-\d+-\d+-\d+`) // and the name: what deletes old backups by name finds it too
	for name := range files(t, filepath.Join(dir, "copies")) {
		path := filepath.Join(dir, "copies", name)
		_, err := store.Restore(t.Context(), restoration(path, t.TempDir(), noon))
		if err != nil && whole[path] {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && !draft.MatchString(name) {
			t.Errorf("%s has its name, and is not finished: %v", name, err)
		}
	}
}

func TestAKilledRestorationLeavesEitherDatabase(t *testing.T) {
	dir := t.TempDir()
	openAt(t, dir, key(1))
	for name, l := range map[string]record.Learner{"ann": ann, "ben": ben} {
		d := openAt(t, t.TempDir(), key(1))
		must(t, d.PutLearner(t.Context(), l))
		must(t, d.Backup(t.Context(), filepath.Join(dir, name), noon))
	}
	restore(t, filepath.Join(dir, "ann"), filepath.Join(dir, "work"), noon)
	for range 5 {
		killed(t, "restore", dir)
		k, err := store.ReadKeyFor(filepath.Join(dir, "work", "otrbot.key"), address(filepath.Join(dir, "work")))
		must(t, err)
		d, err := store.Open(t.Context(), address(filepath.Join(dir, "work")), k)
		must(t, err)
		list, err := d.Learners(t.Context())
		must(t, err)
		if len(list) != 1 || list[0] != ann && list[0] != ben {
			t.Errorf("learners %v", list)
		}
		must(t, d.Close())
	}
}
