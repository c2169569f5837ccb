package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver
)

// applicationID marks our files: "OTRb".
const applicationID = 0x4f545262

// Open opens the store at address, and makes it where there is none.
//
//	sqlite:///var/lib/otrbot/otrbot.db   an absolute path
//	sqlite:otrbot.db                     a path from the working directory
//	:memory:                             forgotten by Close; for tests
//
// The file is readable by its owner only, as is its directory if it has to be made. A database of an earlier version
// is brought up to date. Errors: ErrWrongKey, ErrForeign, ErrNewer and those of the system, each with the path.
func Open(ctx context.Context, address string, k Key) (*DB, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	path, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	d, err := open(path, k)
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", address, err)
	}
	return d, nil
}

// Exists reports whether there is a file where the database at address would be.
func Exists(address string) (bool, error) {
	path, err := parseAddress(address)
	if err != nil || path == "" {
		return false, err
	}
	_, err = os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// parseAddress returns the path of the file itself, behind links; "" for memory.
func parseAddress(address string) (string, error) {
	scheme, rest, _ := strings.Cut(address, ":")
	switch {
	case address == ":memory:" || address == "sqlite::memory:":
		return "", nil
	case scheme != "sqlite" || strings.HasPrefix(rest, "//") && !strings.HasPrefix(rest, "///"):
		return "", fmt.Errorf("database %q: write sqlite:///PATH, with three slashes, for the file /PATH", address)
	}
	path, err := url.PathUnescape(strings.TrimPrefix(rest, "//"))
	if err != nil || path == "" || strings.HasSuffix(path, "/") || strings.ContainsRune(path, 0) {
		return "", fmt.Errorf("database %q: no usable path; write sqlite:///PATH, and %%25 for a percent sign", address)
	}
	if path, err = filepath.Abs(filepath.FromSlash(path)); err != nil {
		return "", err
	}
	if path, err = follow(path); err != nil {
		return "", fmt.Errorf("database %w", err)
	}
	return path, nil
}

func open(path string, k Key) (*DB, error) {
	seals, err := newSealer(k)
	if err != nil {
		return nil, err
	}
	d := &DB{seals: seals, path: path}
	if path == "" {
		return d, d.connect(":memory:")
	}
	if err := prepareFile(path); err != nil {
		return nil, err
	}
	// One process at a time: the switch to WAL fails when two try it, whatever the timeout.
	unlock, err := waitForFile(path + openLock)
	if err != nil {
		return nil, err
	}
	defer unlock()
	return d, d.connect(fileURL(path))
}

// fileURL names a file for the driver.
func fileURL(path string) string {
	return (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path)}).String()
}

// prepareFile sees to a file that only its owner can read: SQLite gives its companions the same mode.
func prepareFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		return f.Close()
	}
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errors.New("not a regular file")
	}
	return nil
}

func (d *DB) connect(source string) error {
	if err := d.dial(source); err != nil {
		return err
	}
	err := d.makeReady()
	if err != nil {
		d.hangUp()
	}
	return err
}

// dial makes the connection, which hangUp ends.
func (d *DB) dial(source string) error {
	pool, err := sql.Open("sqlite", source)
	if err != nil {
		return err
	}
	conn, err := pool.Conn(context.Background())
	if err != nil {
		return errors.Join(explain(err), pool.Close())
	}
	d.pool, d.c = pool, &connection{conn: conn, prepared: map[string]*sql.Stmt{}}
	return nil
}

func (d *DB) hangUp() error { return errors.Join(d.c.close(), d.pool.Close()) }

// makeReady brings the file up to date, if it is ours.
func (d *DB) makeReady() error {
	if err := d.recognise(); err != nil {
		return err
	}
	if err := d.setUp(); err != nil {
		return explain(err)
	}
	release, err := d.beforeUpgrade()
	if err != nil {
		return err
	}
	defer release()
	if err := d.c.transaction(d.migrate); err != nil {
		return explain(err)
	}
	d.seen, err = d.c.number("PRAGMA data_version")
	return err
}

// Patience is how long a write waits while another process writes. SQLite lets those who wait ask again every tenth of
// a second, in no order: on a busy machine a few seconds can pass without a turn.
const Patience = 20 * time.Second

var patience = fmt.Sprintf("PRAGMA busy_timeout = %d", Patience.Milliseconds())

// recognise changes nothing in a file that is not ours.
func (d *DB) recognise() error {
	if err := d.c.script(patience); err != nil {
		return err
	}
	id, err := d.c.number("PRAGMA application_id")
	if code(err) == codeNotADB {
		return ErrForeign
	}
	if err != nil {
		return explain(err)
	}
	tables, err := d.c.number("SELECT count(*) FROM sqlite_schema")
	if err != nil {
		return explain(err)
	}
	if id != applicationID && (id != 0 || tables > 0) {
		return ErrForeign
	}
	return d.closeToOthers()
}

// closeToOthers takes the reading rights of others from our file, as when a copy was restored.
func (d *DB) closeToOthers() error {
	if d.path == "" {
		return nil
	}
	return os.Chmod(d.path, 0o600)
}

// setUp: secure_delete overwrites what is deleted; NORMAL waits for the disk at checkpoints only, see the decision.
func (d *DB) setUp() error {
	return d.c.script(`
		PRAGMA secure_delete = ON;
		PRAGMA journal_mode = WAL;
		PRAGMA synchronous = NORMAL;
		PRAGMA foreign_keys = ON;
		PRAGMA temp_store = MEMORY;
		PRAGMA cache_size = -8000;`)
}
