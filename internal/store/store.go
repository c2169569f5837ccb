package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"
)

// A DB is an open store. Close it.
type DB struct {
	seals *sealer
	path  string // "" in memory
	pool  *sql.DB

	mu    sync.Mutex // owns what follows
	c     *connection
	seen  int64             // the data_version that Changed saw last
	sweep *time.Timer       // nil: nothing waits to be swept
	due   time.Time         // when sweep fires
	told  bool              // something was told to the bot since Changed was asked
	named map[string]string // the languages of those whom the settings name: see NameLearners
	ring  *ring             // the tool's keys as they were read last; nil: never
	held  bool              // locked, in memory
	done  bool
}

// ErrClosed is a method of a DB after Close.
var ErrClosed = errors.New("store: closed")

// Close ends the use of the file, after what was erased has left it.
func (d *DB) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.done {
		return nil
	}
	if d.sweep != nil {
		d.sweep.Stop()
		d.c.truncate()
	}
	d.done = true
	return d.hangUp()
}

// with runs f, which has the connection to itself.
func (d *DB) with(ctx context.Context, f func(*connection) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.done {
		return ErrClosed
	}
	return explain(f(d.c))
}

// change runs f in one transaction: all of it is kept, or after an error nothing.
func (d *DB) change(ctx context.Context, f func(*connection) error) error {
	return d.with(ctx, func(c *connection) error { return c.transaction(f) })
}

// Changed reports whether another process has written, or anybody has told something to the bot, since the last call or
// since Open. It costs microseconds.
func (d *DB) Changed(ctx context.Context) (bool, error) {
	changed := false
	err := d.with(ctx, func(c *connection) error {
		now, err := c.number("PRAGMA data_version")
		if err != nil {
			return err
		}
		changed = now != d.seen || d.told
		d.seen, d.told = now, false
		return nil
	})
	return changed, err
}

// A connection is the only one that a DB has: SQLite writes one thing at a time anyway, statements are prepared once,
// and data_version then changes for other processes only.
//
// Its statements know no context: see the package comment.
type connection struct {
	conn     *sql.Conn
	prepared map[string]*sql.Stmt // by their text
}

func (c *connection) close() error {
	for _, s := range c.prepared {
		s.Close()
	}
	return c.conn.Close()
}

func (c *connection) statement(query string) (*sql.Stmt, error) {
	if s := c.prepared[query]; s != nil {
		return s, nil
	}
	s, err := c.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	c.prepared[query] = s
	return s, nil
}

func (c *connection) run(query string, args ...any) (sql.Result, error) {
	s, err := c.statement(query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(context.Background(), args...)
}

func (c *connection) exec(query string, args ...any) error {
	_, err := c.run(query, args...)
	return err
}

// affected is how many rows the statement changed.
func (c *connection) affected(query string, args ...any) (int64, error) {
	r, err := c.run(query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// insert returns the id of the new row.
func (c *connection) insert(query string, args ...any) (int64, error) {
	r, err := c.run(query, args...)
	if err != nil {
		return 0, err
	}
	return r.LastInsertId()
}

// number is the first column of the first row.
func (c *connection) number(query string, args ...any) (int64, error) {
	s, err := c.statement(query)
	if err != nil {
		return 0, err
	}
	var n int64
	return n, s.QueryRowContext(context.Background(), args...).Scan(&n)
}

// numbers is the first column of all rows.
func (c *connection) numbers(query string, args ...any) (all []int64, err error) {
	err = c.each(func(r *sql.Rows) error {
		var n int64
		err := r.Scan(&n)
		all = append(all, n)
		return err
	}, query, args...)
	return all, err
}

// each calls f for every row.
func (c *connection) each(f func(*sql.Rows) error, query string, args ...any) error {
	s, err := c.statement(query)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(context.Background(), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// transaction begins with the right to write, so that it cannot fail for want of it in the middle.
func (c *connection) transaction(f func(*connection) error) error {
	if err := c.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := f(c)
	if err == nil {
		err = c.exec("COMMIT")
	}
	if err != nil {
		return errors.Join(err, ignoreNoTransaction(c.exec("ROLLBACK")))
	}
	return nil
}

// script runs several statements that are not needed again.
func (c *connection) script(text string) error {
	_, err := c.conn.ExecContext(context.Background(), text)
	return err
}
