package store_test

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/store"
)

// backup makes a backup of d in a directory of its own and returns its path.
func backup(t *testing.T, d *store.DB, at time.Time) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "copy")
	must(t, d.Backup(t.Context(), path, at))
	return path
}

// restore puts a backup into dir, with key(1).
func restore(t *testing.T, path, dir string, at time.Time) store.Restored {
	t.Helper()
	done, err := store.Restore(t.Context(), restoration(path, dir, at))
	must(t, err)
	return done
}

func restoration(path, dir string, at time.Time) store.Restoration {
	return store.Restoration{From: path, Key: key(1), To: address(dir), KeyFile: filepath.Join(dir, "otrbot.key"), Now: at}
}

// classroom is a store with everything that a backup has to hold.
func classroom(t *testing.T, d *store.DB) (first, second course.Enrolment) {
	t.Helper()
	must(t, d.PutLearner(t.Context(), ann))
	must(t, d.PutSecret(t.Context(), ann.JID, []byte("white rabbit")))
	campus, school := put(t, d, campus()), put(t, d, school())
	first, second = seated(t, d, campus.ID, "ana", ann.JID), seated(t, d, school.ID, "ben", ben.JID)
	must(t, d.PutVisit(t.Context(), course.Visit{Token: [32]byte{1}, Enrolment: first.ID, Expires: noon.Add(time.Hour)}))
	earn(t, d, first, 1, noon)
	heard(t, d)
	must(t, d.StreamEnabled(t.Context(), bot, record.Stream{SMID: "s"}))
	_, err := d.StreamReceived(t.Context(), bot, 1, []byte(`<message from="ann@example.org/phone"/>`))
	must(t, err)
	_, err = d.Commit(t.Context(), record.Change{JID: ann.JID, Session: []byte("keys of a conversation"),
		Out: []record.Out{{JID: ann.JID, Stanza: []byte("<message/>")}}})
	must(t, err)
	return first, second
}

func TestABackupIsMadeWhileTheBotRunsAndRestoredElsewhere(t *testing.T) {
	here, there := t.TempDir(), t.TempDir()
	running := openAt(t, here, key(1))
	_, err := running.Lock(t.Context())
	must(t, err)
	first, second := classroom(t, running)
	keys, err := running.KeyRing(t.Context())
	must(t, err)
	path := backup(t, openAt(t, here, key(1)), noon)
	must(t, running.PutLearner(t.Context(), record.Learner{JID: "later@example.org"}))

	done := restore(t, path, there, noon.Add(time.Minute))
	same(t, "restored", done, store.Restored{Made: noon, Learners: 2, Platforms: 2, Parts: 2, Grades: 1, Told: 1})
	k, err := store.ReadKeyFor(filepath.Join(there, "otrbot.key"), address(there))
	must(t, err)
	d := openAt(t, there, k)
	list, err := d.Learners(t.Context())
	must(t, err)
	same(t, "learners", len(list), 2)
	for _, e := range []course.Enrolment{first, second} {
		same(t, "part", known(t, d, e.ID), known(t, running, e.ID))
	}
	all, err := d.Platforms(t.Context())
	must(t, err)
	before, err := running.Platforms(t.Context())
	must(t, err)
	same(t, "platforms", all, before)
	again, err := d.KeyRing(t.Context())
	must(t, err)
	same(t, "the tool's key", again.Current.ID(), keys.Current.ID())
	secret, ok, err := d.Secret(t.Context(), ann.JID)
	must(t, err)
	same(t, "secret", string(secret), "white rabbit")
	same(t, "there is a secret", ok, true)
	_, err = d.Visit(t.Context(), [32]byte{1}, noon.Add(time.Minute))
	must(t, err)
}

// Keys of conversations must not be used twice: neither the copy nor what comes of it has any.
func TestABackupHoldsNoConversation(t *testing.T) {
	dir := t.TempDir()
	d := openAt(t, dir, key(1))
	classroom(t, d)
	all := traces(t, dir, "session", "inbox", "outbox", "stream")
	if len(found(t, dir, all)) == 0 {
		t.Fatal("finds nothing even before: the test is blind")
	}
	path := backup(t, d, noon)
	same(t, "in the copy", found(t, filepath.Dir(path), all), []string(nil))

	for name, c := range map[string]struct {
		path string
		at   time.Time
		told []note
	}{
		"at once":                    {path, noon, []note{{ann.JID, "restored", ""}}},
		"a day later":                {path, noon.Add(24 * time.Hour), nil},
		"a copy by the disk's means": {copied(t, dir), noon, nil},
	} {
		t.Run(name, func(t *testing.T) {
			there := t.TempDir()
			done := restore(t, c.path, there, c.at)
			restored := openAt(t, there, key(1))
			sessions, err := restored.Sessions(t.Context())
			must(t, err)
			same(t, "sessions", len(sessions), 0)
			_, streaming, err := restored.Stream(t.Context(), bot)
			must(t, err)
			same(t, "streaming", streaming, false)
			same(t, "inbox", len(inbox(t, restored)), 0)
			same(t, "told", int(done.Told), len(c.told))
			if got := notes(t, restored); len(got) != len(c.told) || len(got) > 0 && got[0] != c.told[0] {
				t.Errorf("notes %v, want %v", got, c.told)
			}
			same(t, "in the file", found(t, there, all), []string(nil))
		})
	}
}

// copied is a copy of a database with its log, as cp makes it of one that nobody uses at the moment.
func copied(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	for name, text := range files(t, dir) {
		must(t, os.WriteFile(filepath.Join(to, name), text, 0o600))
	}
	return filepath.Join(to, "otrbot.db")
}

// A grade that waits in a backup may have arrived since.
func TestAGradeOfABackupIsInDoubt(t *testing.T) {
	dir, there := t.TempDir(), t.TempDir()
	d := openAt(t, dir, key(1))
	e, _ := classroom(t, d)
	path := backup(t, d, noon)
	late := noon.Add(7 * 24 * time.Hour)
	restore(t, path, there, late)
	restored := openAt(t, there, key(1))
	due := claim(t, restored, late)
	same(t, "due", len(due), 1)
	g := due[0].Grade
	same(t, "state", g.State, course.GradeDoubtful)
	same(t, "earned at the same time", g.At, gradesOf(t, d, e.ID)[0].At)
	if !g.Until.After(late) {
		t.Errorf("given up at %v", g.Until)
	}
}

func TestWhatIsThereIsNotOverwrittenByABackup(t *testing.T) {
	d := openAt(t, t.TempDir(), key(1))
	dir := t.TempDir()
	path := filepath.Join(dir, "copy")
	must(t, os.WriteFile(path, []byte("a diary"), 0o644))
	err := d.Backup(t.Context(), path, noon)
	isErr(t, "over a file", err, fs.ErrExist)
	same(t, "files", len(files(t, dir)), 1)
	same(t, "the file", string(files(t, dir)["copy"]), "a diary")
	isErr(t, "over a link to nothing", linkTo(t, dir, "nothing", d), fs.ErrExist)
	isErr(t, "without a directory", d.Backup(t.Context(), filepath.Join(dir, "no", "copy"), noon), fs.ErrNotExist)

	ended, end := context.WithCancel(t.Context())
	end()
	isErr(t, "stopped", d.Backup(ended, filepath.Join(dir, "stopped"), noon), context.Canceled)
	same(t, "files after that", len(files(t, dir)), 1)

	must(t, d.Backup(t.Context(), filepath.Join(dir, "second"), noon))
	info, err := os.Stat(filepath.Join(dir, "second"))
	must(t, err)
	same(t, "mode", info.Mode().Perm(), fs.FileMode(0o600))
	same(t, "files after a backup", len(files(t, dir)), 2)
}

// linkTo makes a backup where a link is, which is removed again.
func linkTo(t *testing.T, dir, target string, d *store.DB) error {
	t.Helper()
	link := filepath.Join(dir, "link")
	must(t, os.Symlink(target, link))
	defer os.Remove(link)
	return d.Backup(t.Context(), link, noon)
}

func TestRestoreRefusesAndChangesNothing(t *testing.T) {
	d := openAt(t, t.TempDir(), key(1))
	classroom(t, d)
	whole, err := os.ReadFile(backup(t, d, noon))
	must(t, err)
	for name, c := range map[string]struct {
		spoil func(t *testing.T, path string, r *store.Restoration)
		want  error
	}{
		"no such file":  {func(t *testing.T, path string, _ *store.Restoration) { must(t, os.Remove(path)) }, fs.ErrNotExist},
		"an empty file": {func(t *testing.T, path string, _ *store.Restoration) { must(t, os.Truncate(path, 0)) }, store.ErrNoBackup},
		"a text": {func(t *testing.T, path string, _ *store.Restoration) {
			write(t, path, strings.Repeat("Dear diary\n", 500))
		}, store.ErrNoBackup},
		"cut short":      {func(t *testing.T, path string, _ *store.Restoration) { must(t, os.Truncate(path, 20000)) }, store.ErrCutShort},
		"a damaged page": {damagePage, store.ErrBroken},
		"another program's": {func(t *testing.T, path string, _ *store.Restoration) {
			must(t, os.Remove(path))
			change(t, path, "CREATE TABLE recipe (name TEXT)")
		}, store.ErrNoBackup},
		"a newer schema": {func(t *testing.T, path string, _ *store.Restoration) {
			change(t, path, "INSERT INTO migration (number, checksum) SELECT max(number) + 1, x'00' FROM migration")
		}, store.ErrNewer},
		"a trigger of its own": {func(t *testing.T, path string, _ *store.Restoration) {
			change(t, path, "CREATE TRIGGER mine AFTER INSERT ON learner BEGIN DELETE FROM grade; END")
		}, store.ErrBroken},
		"no steps":    {func(t *testing.T, path string, _ *store.Restoration) { change(t, path, "DELETE FROM migration") }, store.ErrNoBackup},
		"another key": {func(_ *testing.T, _ string, r *store.Restoration) { r.Key = key(2) }, store.ErrOtherKey},
		"a bot runs": {func(t *testing.T, _ string, r *store.Restoration) {
			_, err := openAt(t, filepath.Dir(r.KeyFile), key(1)).Lock(t.Context())
			must(t, err)
		}, store.ErrLocked},
		"another program's database in its place": {func(t *testing.T, _ string, r *store.Restoration) {
			path := filepath.Join(filepath.Dir(r.KeyFile), "otrbot.db")
			must(t, os.Remove(path))
			change(t, path, "PRAGMA application_id = 7; CREATE TABLE recipe (name TEXT)")
		}, store.ErrForeign},
		"no place for the key": {func(_ *testing.T, _ string, r *store.Restoration) { r.KeyFile += ".d/otrbot.db/key" }, nil},
		"into memory":          {func(_ *testing.T, _ string, r *store.Restoration) { r.To = ":memory:" }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			dir := made(t)
			path := filepath.Join(t.TempDir(), "copy")
			write(t, path, string(whole))
			r := restoration(path, dir, noon)
			if name == "no place for the key" {
				write(t, r.KeyFile+".d", "a file where a directory is needed")
			}
			c.spoil(t, path, &r)
			before := content(t, dir)
			_, err := store.Restore(t.Context(), r)
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			same(t, "the files", content(t, dir), before)
		})
	}
}

// content is the files of a directory, without locks and what SQLite has beside a database that is open.
func content(t *testing.T, dir string) map[string]string {
	all := map[string]string{}
	for name, text := range files(t, dir) {
		if !strings.HasSuffix(name, ".lock") && !strings.HasSuffix(name, "-shm") {
			all[name] = string(text)
		}
	}
	return all
}

func write(t *testing.T, path, text string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(text), 0o600))
}

func change(t *testing.T, path, statements string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	must(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), statements)
	must(t, err)
}

// damagePage overwrites the page of an index, which no value is read from.
func damagePage(t *testing.T, path string, _ *store.Restoration) {
	db, err := sql.Open("sqlite", path)
	must(t, err)
	defer db.Close()
	var page int64
	must(t, db.QueryRowContext(t.Context(), "SELECT rootpage FROM sqlite_schema WHERE name = 'grade_enrolment'").Scan(&page))
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	must(t, err)
	defer f.Close()
	_, err = f.WriteAt(make([]byte, 4096), (page-1)*4096)
	must(t, err)
}

// What was there before is set aside, and is a database that can be restored in its turn.
func TestRestoringSetsAsideWhatWasThere(t *testing.T) {
	dir := made(t)
	older := openAt(t, t.TempDir(), key(1))
	must(t, older.PutLearner(t.Context(), ben))
	path := backup(t, older, noon)

	done := restore(t, path, dir, noon)
	aside := filepath.Join(dir, "otrbot.db.before-restore-20260814T120000Z")
	same(t, "aside", done.Aside, []string{aside})
	learners := func() string {
		d := openAt(t, dir, key(1))
		defer d.Close()
		same(t, "copies", len(d.Copies()) > 0, true)
		list, err := d.Learners(t.Context())
		must(t, err)
		return list[0].JID
	}
	same(t, "now", learners(), ben.JID)
	done = restore(t, aside, dir, noon)
	same(t, "aside the second time", done.Aside, []string{aside + "-2"})
	same(t, "back again", learners(), ann.JID)
}

// A database that is damaged, or whose key is lost, is what backups are for.
func TestRestoringOverWhatCannotBeRead(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, dir string){
		"overwritten": func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "otrbot.db"), strings.Repeat("\x00", 8192))
		},
		"empty":                 func(t *testing.T, dir string) { write(t, filepath.Join(dir, "otrbot.db"), "") },
		"with a log of another": func(t *testing.T, dir string) { write(t, filepath.Join(dir, "otrbot.db-wal"), "no log") },
		"another key":           func(t *testing.T, dir string) { write(t, filepath.Join(dir, "otrbot.key"), strings.Repeat("ab", 32)) },
	} {
		t.Run(name, func(t *testing.T) {
			older := openAt(t, t.TempDir(), key(1))
			must(t, older.PutLearner(t.Context(), ben))
			path := backup(t, older, noon)
			dir := made(t)
			spoil(t, dir)
			done := restore(t, path, dir, noon)
			same(t, "set aside", len(done.Aside) > 0, true)
			for _, one := range done.Aside {
				_, err := os.Stat(one)
				must(t, err)
			}
			k, err := store.ReadKeyFor(filepath.Join(dir, "otrbot.key"), address(dir))
			must(t, err)
			list, err := openAt(t, dir, k).Learners(t.Context())
			must(t, err)
			same(t, "learners", len(list), 1)
			same(t, "learner", list[0].JID, ben.JID)
		})
	}
}
