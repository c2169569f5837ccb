package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"otrbot/internal/record"
	"otrbot/internal/store"
)

// A trace is a piece of a sealed value, or a text.
type trace struct {
	name string
	text []byte
}

// traces returns a piece of every sealed value that is in the tables now, long enough to be found nowhere else.
func traces(t *testing.T, dir string, tables ...string) (all []trace) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "otrbot.db"))
	must(t, err)
	defer db.Close()
	for _, table := range tables {
		rows, err := db.QueryContext(t.Context(), "SELECT id, sealed FROM "+table)
		must(t, err)
		for rows.Next() {
			var id int
			var sealed []byte
			must(t, rows.Scan(&id, &sealed))
			for at := 1; at+12 < len(sealed); at += 500 { // a large value is spread over pages
				all = append(all, trace{fmt.Sprintf("%s %d at %d", table, id, at), sealed[at : at+12]})
			}
		}
		must(t, rows.Err())
	}
	return all
}

// found lists the traces that are in a file of dir.
func found(t *testing.T, dir string, all []trace) (names []string) {
	t.Helper()
	for file, content := range files(t, dir) {
		for _, tr := range all {
			if bytes.Contains(content, tr.text) {
				names = append(names, file+": "+tr.name)
			}
		}
	}
	return names
}

// lesson plays a lesson of ann's: her session grows, her words come and answers go. It returns the traces.
func lesson(t *testing.T, dir string, d *store.DB) (all []trace) {
	t.Helper()
	must(t, d.PutLearner(t.Context(), ann))
	must(t, d.StreamEnabled(t.Context(), bot, record.Stream{SMID: "s"}))
	must(t, d.PutSecret(t.Context(), ann.JID, []byte("white rabbit")))
	all = append(all, traces(t, dir, "note", "secrets")...)
	list, err := d.Notes(t.Context())
	must(t, err)
	for _, n := range list {
		must(t, d.NoteDone(t.Context(), n.ID))
	}
	for i := range 20 {
		in, err := d.StreamReceived(t.Context(), bot, uint32(i), []byte(`<message from="ann@example.org/phone"><body>my secret is white rabbit</body></message>`))
		must(t, err)
		ids, err := d.Commit(t.Context(), record.Change{JID: ann.JID, Session: bytes.Repeat([]byte("white rabbit"), 100*(i+1)),
			Out: []record.Out{{JID: ann.JID, Stanza: []byte("<message>your code is 4711</message>")}}})
		must(t, err)
		all = append(all, traces(t, dir, "session", "inbox", "outbox")...)
		must(t, d.StreamSent(t.Context(), bot, record.Queued{Seq: uint64(i + 1), Out: ids[0]}))
		if i < 15 {
			must(t, d.DropIn(t.Context(), in))
			must(t, d.StreamAcked(t.Context(), bot, uint64(i+1)))
		}
	}
	if len(found(t, dir, all)) == 0 {
		t.Fatal("finds nothing even before: the test is blind")
	}
	return append(all, trace{"JID", []byte(ann.JID)}, trace{"name", []byte("ann")}, trace{"secret", []byte("white rabbit")}, trace{"code", []byte("4711")},
		trace{"the bot's address", []byte(bot)})
}

func TestNothingOfARemovedOrResetLearnerIsInTheFiles(t *testing.T) {
	for name, erase := range map[string]func(d *store.DB) (bool, error){
		"remove": func(d *store.DB) (bool, error) { return d.RemoveLearner(t.Context(), ann.JID) },
		"reset":  func(d *store.DB) (bool, error) { return d.ResetLearner(t.Context(), ann.JID) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			running := openAt(t, dir, key(1)) // the bot
			all := lesson(t, dir, running)
			command := openAt(t, dir, key(1))
			_, err := erase(command)
			must(t, err)
			if left := found(t, dir, all); len(left) > 0 {
				t.Errorf("while both run: %v", left)
			}
			must(t, command.Close())
			must(t, running.Close())
			if left := found(t, dir, all); len(left) > 0 {
				t.Errorf("after both: %v", left)
			}
		})
	}
}

func TestNothingOfAFinishedSessionIsInTheFiles(t *testing.T) {
	dir := t.TempDir()
	d := openAt(t, dir, key(1))
	all := lesson(t, dir, d)
	list, err := d.Inbox(t.Context())
	must(t, err)
	for _, in := range list {
		must(t, d.DropIn(t.Context(), in.ID))
	}
	must(t, d.StreamAcked(t.Context(), bot, 20))
	_, err = d.Commit(t.Context(), record.Change{JID: ann.JID, ForgetSecret: true})
	must(t, err)

	waitUntilGone(t, dir, all)
}

// waitUntilGone waits for the sweep; a minute means that it does not come.
func waitUntilGone(t *testing.T, dir string, all []trace) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for tick := time.NewTicker(50 * time.Millisecond); ; {
		left := found(t, dir, all)
		if len(left) == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("left: %v", left)
		}
	}
}

func TestClosingSweepsWhatWasErasedBefore(t *testing.T) {
	dir := t.TempDir()
	d, other := openAt(t, dir, key(1)), openAt(t, dir, key(1))
	all := lesson(t, dir, d)
	_, err := d.StreamEnded(t.Context(), bot)
	must(t, err)
	for _, in := range inbox(t, d) {
		must(t, d.DropIn(t.Context(), in))
	}
	_, err = d.Commit(t.Context(), record.Change{JID: ann.JID, ForgetSecret: true})
	must(t, err)
	must(t, d.Close())
	if left := found(t, dir, all); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	must(t, other.Close())
}

func inbox(t *testing.T, d *store.DB) (ids []int64) {
	t.Helper()
	list, err := d.Inbox(t.Context())
	must(t, err)
	for _, in := range list {
		ids = append(ids, in.ID)
	}
	return ids
}

func TestAReaderInTheWayOnlyPutsTheSweepOff(t *testing.T) {
	dir := t.TempDir()
	d := openAt(t, dir, key(1))
	all := lesson(t, dir, d)
	reader, err := sql.Open("sqlite", filepath.Join(dir, "otrbot.db"))
	must(t, err)
	defer reader.Close()
	tx, err := reader.BeginTx(t.Context(), nil)
	must(t, err)
	var n int
	must(t, tx.QueryRowContext(t.Context(), "SELECT count(*) FROM session").Scan(&n))
	_, err = d.RemoveLearner(t.Context(), ann.JID)
	must(t, err)
	if len(found(t, dir, all)) == 0 {
		t.Fatal("the reader was not in the way")
	}
	must(t, tx.Rollback())
	waitUntilGone(t, dir, all)
}
