package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Before the tables are changed, the database is copied to a file beside it: an earlier program can go on from that one.

// keepCopies is how many such copies there may be.
const keepCopies = 2

// beforeSchema is the end of the name of such a copy, before the number of the tables in it.
const beforeSchema = ".schema-"

// beforeUpgrade makes the copy, if the tables are about to be changed. No bot of the earlier program may run on them:
// release gives the place free that this takes.
func (d *DB) beforeUpgrade() (release func(), err error) {
	steps, done, err := d.schema(d.c)
	if err != nil || d.path == "" || done == 0 || done == len(steps) {
		return func() {}, explain(err)
	}
	release, err = lockFile(d.path + runLock)
	if errors.Is(err, errTaken) {
		return nil, ErrOlderRuns
	}
	if err != nil {
		return nil, err
	}
	if err := d.keepOld(done); err != nil {
		release()
		return nil, fmt.Errorf("a copy from before the upgrade could not be made, so nothing was changed: %w", err)
	}
	return release, nil
}

// keepOld copies the database, in place of an earlier copy with the same tables, and forgets the oldest copies.
func (d *DB) keepOld(schema int) error {
	draft, err := d.draft(context.Background(), d.path+beforeSchema+strconv.Itoa(schema), time.Now())
	if err != nil {
		return err
	}
	defer os.Remove(draft)
	if err := os.Rename(draft, d.path+beforeSchema+strconv.Itoa(schema)); err != nil {
		return err
	}
	for i, old := range schemaCopies(d.path) {
		if i < keepCopies {
			continue
		}
		if err := os.Remove(old.path); err != nil {
			return err
		}
	}
	return syncDirectory(filepath.Dir(d.path))
}

// A schemaCopy is a copy from before an upgrade.
type schemaCopy struct {
	path   string
	schema int
}

// schemaCopies returns the copies beside a database, the newest tables first.
func schemaCopies(path string) (all []schemaCopy) {
	for _, name := range beside(path, beforeSchema) {
		if n, err := strconv.Atoi(strings.TrimPrefix(name, path+beforeSchema)); err == nil && n > 0 {
			all = append(all, schemaCopy{name, n})
		}
	}
	slices.SortFunc(all, func(a, b schemaCopy) int { return b.schema - a.schema })
	return all
}

// beside returns the files whose names are the path and go on so.
func beside(path, with string) (names []string) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil // who asks for copies knows of none
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), filepath.Base(path)+with) {
			names = append(names, filepath.Join(filepath.Dir(path), e.Name()))
		}
	}
	return names
}

// newer adds to ErrNewer which copy has the tables of this program.
func (d *DB) newer(schema int, err error) error {
	for _, one := range schemaCopies(d.path) {
		if d.path != "" && one.schema <= schema {
			return fmt.Errorf("%w; the copy is %s, and otrbot restore puts it back", err, one.path)
		}
	}
	return err
}

// Copies returns the files beside the database that hold it as it was once: from before an upgrade, or before a copy was
// restored. What is erased since is still in them.
func (d *DB) Copies() []string {
	if d.path == "" {
		return nil
	}
	names := append(beside(d.path, beforeSchema), beside(d.path, beforeRestore)...)
	return slices.DeleteFunc(names, func(name string) bool {
		return strings.HasSuffix(name, "-wal") || strings.HasSuffix(name, "-shm")
	})
}
