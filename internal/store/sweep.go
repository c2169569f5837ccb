package store

import (
	"database/sql"
	"time"
)

// Deleting overwrites the place in the file (secure_delete), but earlier versions of the page stay in the write-ahead
// log until it is emptied. How long that may take, and how often it happens at the most:
const (
	afterErasing = time.Second      // a session or a secret
	afterSending = 30 * time.Second // stanzas
	afterBusy    = time.Second      // another process was reading
)

// sweepWithin sees to it that the log is emptied in time. A burst of erasures costs one sweep. The caller has d.mu.
func (d *DB) sweepWithin(delay time.Duration) {
	due := time.Now().Add(delay)
	if d.sweep != nil {
		if d.due.Before(due) {
			return
		}
		d.sweep.Stop()
	}
	d.due = due
	var self *time.Timer
	self = time.AfterFunc(delay, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.sweep == self && !d.done {
			d.sweepNow()
		}
	})
	d.sweep = self
}

// sweepNow empties the log, or tries again later. The caller has d.mu.
func (d *DB) sweepNow() {
	if d.sweep != nil {
		d.sweep.Stop()
		d.sweep = nil
	}
	if !d.c.truncate() {
		d.sweepWithin(afterBusy)
	}
}

// truncate empties the write-ahead log, and reports whether nobody was in the way. It does not wait for others as a
// write does: stanzas wait for it.
func (c *connection) truncate() bool {
	if err := c.script("PRAGMA busy_timeout = 20"); err != nil {
		return false
	}
	var busy, frames, moved int
	err := c.each(func(r *sql.Rows) error { return r.Scan(&busy, &frames, &moved) }, "PRAGMA wal_checkpoint(TRUNCATE)")
	return c.script(patience) == nil && err == nil && busy == 0
}
