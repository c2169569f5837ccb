package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
)

// A Restoration says what Restore puts back, and where.
type Restoration struct {
	From    string // the backup: its path
	Key     Key    // with which the backup was sealed
	To      string // the database, as for Open
	KeyFile string // where the bot looks for its key
	Now     time.Time
}

// Restored is what was put back. Nobody is named.
type Restored struct {
	Made  time.Time // when the backup was made; zero: not known, as of a copy made by other means
	Aside []string  // where the database is that was there before, and its key if it was another

	Learners, Platforms, Parts int64 // parts in courses
	Grades                     int64 // that have not arrived, as far as the backup knows
	Told                       int64 // learners whom the bot will tell that their lesson begins anew
}

// beforeRestore is the end of the name of a database that was set aside, before the time.
const beforeRestore = ".before-restore-"

// tellFor is how old a backup may be if those who were in a lesson are told of it.
const tellFor = time.Hour

// Restore puts a backup in the place of the database, which is set aside beside it, and the key in its place. All of the
// backup is checked before anything is touched; one of an earlier version is brought up to date. No session is in what is
// restored. A grade that had not arrived may have since: it is doubtful, so that the gradebook is read, or told with the
// time of before, and not graded twice.
//
// Errors: ErrNoBackup, ErrCutShort, ErrBroken, ErrOtherKey, ErrNewer, ErrForeign if another program's database is in the
// place, ErrLocked while a bot runs, and those of the system. After an error everything is as it was. A process killed in
// the middle leaves either database, whole; then Restore can be called again.
func Restore(ctx context.Context, r Restoration) (done Restored, err error) {
	path, err := parseAddress(r.To)
	if err != nil {
		return done, err
	}
	if path == "" {
		return done, errors.New("a database in memory cannot be restored: name a file (store.url)")
	}
	if err := look(r.From); err != nil {
		return done, fmt.Errorf("backup %s: %w", r.From, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return done, err
	}
	if err := checkOwner(filepath.Dir(path)); err != nil {
		return done, err
	}
	release, err := claim(path)
	if err != nil {
		return done, err
	}
	defer release()
	draft := path + "-restoring"
	defer removeDatabase(draft)
	if err := fetch(ctx, r.From, draft); err != nil {
		return done, fmt.Errorf("the backup could not be copied beside the database, so nothing was changed: %w", err)
	}
	if done, err = check(draft, r.Key, r.Now); err != nil {
		return done, fmt.Errorf("backup %s: %w", r.From, err)
	}
	if err := syncFile(draft); err != nil {
		return done, err
	}
	done.Aside, err = swap(draft, path, r)
	return done, err
}

// claim makes this process the only one that uses the database.
func claim(path string) (release func(), err error) {
	run, err := lockFile(path + runLock)
	if errors.Is(err, errTaken) {
		return nil, fmt.Errorf("%w (%s)", ErrLocked, path+runLock)
	}
	if err != nil {
		return nil, err
	}
	open, err := waitForFile(path + openLock)
	if err != nil {
		run()
		return nil, err
	}
	return func() { open(); run() }, nil
}

// check makes the database ready that a backup holds.
func check(draft string, k Key, now time.Time) (found Restored, err error) {
	seals, err := newSealer(k)
	if err != nil {
		return found, err
	}
	d := &DB{seals: seals, path: draft}
	if err := d.dial(fileURL(draft)); err != nil {
		return found, err
	}
	err = d.takeOver(now, &found)
	switch err = errors.Join(err, d.hangUp()); {
	case errors.Is(err, ErrWrongKey):
		return found, ErrOtherKey
	case code(err) == codeCorrupt, code(err) == codeNotADB:
		return found, fmt.Errorf("%w (%w)", ErrBroken, err)
	}
	return found, explain(err)
}

func (d *DB) takeOver(now time.Time, found *Restored) error {
	if err := d.c.sound(); err != nil {
		return err
	}
	if id, err := d.c.number("PRAGMA application_id"); err != nil || id != applicationID {
		return cmp.Or(err, ErrNoBackup)
	}
	switch _, schema, err := d.schema(d.c); {
	case err != nil:
		return err
	case schema == 0:
		return ErrNoBackup
	}
	if err := d.setUp(); err != nil {
		return err
	}
	if err := d.c.transaction(d.migrate); err != nil {
		return err
	}
	if err := d.c.asMade(); err != nil {
		return err
	}
	if err := d.c.transaction(func(c *connection) error { return d.freshen(c, now, found) }); err != nil {
		return err
	}
	if !d.c.truncate() {
		return errors.New("the write-ahead log could not be emptied")
	}
	return nil
}

// asMade refuses tables that this program would make otherwise: nothing in a file may act by itself that we have not put
// there, such as a trigger.
func (c *connection) asMade() error {
	want := &DB{}
	if err := want.dial(":memory:"); err != nil {
		return err
	}
	defer want.hangUp()
	steps, err := readMigrations()
	if err != nil {
		return err
	}
	if err := want.c.script(migrationTable + ";" + string(bytes.Join(steps, nil))); err != nil {
		return err
	}
	made, err := want.c.tables()
	if err != nil {
		return err
	}
	found, err := c.tables()
	if err == nil && !slices.Equal(found, made) {
		return fmt.Errorf("%w: its tables are not those of otrbot", ErrBroken)
	}
	return err
}

// tables is what the schema is made of.
func (c *connection) tables() (all []string, err error) {
	err = c.each(func(r *sql.Rows) error {
		var one string
		err := r.Scan(&one)
		all = append(all, one)
		return err
	}, "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY 1")
	return all, err
}

// freshen makes of what was true when the backup was made what is true now.
func (d *DB) freshen(c *connection, now time.Time, found *Restored) error {
	made, known, err := d.kept(c, madeAt)
	if err != nil && !errors.Is(err, errDamaged) {
		return err
	}
	if known {
		found.Made = unpackTime(made)
	}
	recent := known && now.Sub(found.Made) <= tellFor
	if err := d.endSessions(c, recent); err != nil {
		return err
	}
	if err := c.exec("DELETE FROM kept WHERE name = ?", madeAt); err != nil {
		return err
	}
	if err := c.exec(`UPDATE grade SET state = ?1, tries = 0, claimed = 0, next = ?2, until = max(until, ?3), why = '',
		due = CASE WHEN due IS NOT NULL THEN ?2 END WHERE state IN (?1, ?4)`,
		course.GradeDoubtful, millis(now), millis(now.Add(keepTrying)), course.GradeWaiting); err != nil {
		return err
	}
	return d.tally(c, found)
}

// tally counts what is restored.
func (d *DB) tally(c *connection, found *Restored) (err error) {
	for query, n := range map[string]*int64{
		"SELECT count(*) FROM learner":                           &found.Learners,
		"SELECT count(*) FROM platform":                          &found.Platforms,
		"SELECT count(*) FROM enrolment":                         &found.Parts,
		"SELECT count(*) FROM grade WHERE state IN ('doubtful')": &found.Grades,
	} {
		if *n, err = c.number(query); err != nil {
			return err
		}
	}
	_, err = d.scan(c, noteRow, 3, func(_ row, v [][]byte) {
		if record.NoteKind(v[1]) == record.NoteRestored {
			found.Told++
		}
	}, "SELECT id, who, sealed, 0, 0 FROM note")
	return err
}
