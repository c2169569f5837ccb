package store_test

import (
	"errors"
	"strings"
	"testing"

	"otrbot/internal/record"
	"otrbot/internal/store"
)

// damage is busy's store after something was done to its file while it was closed.
func damage(t *testing.T, statements ...string) *store.DB {
	t.Helper()
	dir := t.TempDir()
	d := openAt(t, dir, key(1))
	busy(t, d)
	must(t, d.Close())
	raw(t, dir, statements...)
	return openAt(t, dir, key(1))
}

func isDamaged(t *testing.T, err error, says string) {
	t.Helper()
	var damaged *store.Damaged
	if !errors.As(err, &damaged) {
		t.Fatalf("%v", err)
	}
	if len(damaged.Rows) != 1 || !strings.Contains(err.Error(), says) {
		t.Errorf("%v", err)
	}
	if strings.Contains(err.Error(), "example.org") {
		t.Errorf("names somebody: %v", err)
	}
}

// spoil flips bits of the first row.
func spoil(table string) string {
	return "UPDATE " + table + " SET sealed = substr(sealed, 1, 20) || x'00000000' || substr(sealed, 25) WHERE id = (SELECT min(id) FROM " + table + ")"
}

func TestADamagedSessionIsSetAsideAndTheOthersGoOn(t *testing.T) {
	d := damage(t, spoil("session"))
	sessions, err := d.Sessions(t.Context())
	isDamaged(t, err, "begin again with their next message")
	want := []record.Session{{JID: ben.JID, Data: []byte("session of " + ben.JID)}}
	same(t, "sessions", sessions, want)

	sessions, err = d.Sessions(t.Context())
	must(t, err)
	same(t, "sessions, asked again", sessions, want)
	_, err = d.Commit(t.Context(), record.Change{JID: ann.JID, Session: []byte("begun again")})
	must(t, err)
	sessions, err = d.Sessions(t.Context())
	must(t, err)
	same(t, "number of sessions", len(sessions), 2)
}

func TestValuesMovedBetweenRowsAreRefused(t *testing.T) {
	d := damage(t, `UPDATE session SET sealed = (SELECT sealed FROM session WHERE id = 2) WHERE id = 1`)
	sessions, err := d.Sessions(t.Context())
	isDamaged(t, err, "session")
	same(t, "sessions", sessions, []record.Session{{JID: ben.JID, Data: []byte("session of " + ben.JID)}})

	d = damage(t, `UPDATE note SET sealed = (SELECT sealed FROM learner WHERE learner.who = note.who) WHERE id = 1`)
	_, err = d.Notes(t.Context())
	isDamaged(t, err, "repeat the last otrbot learner commands")
}

func TestDamagedRowsOfEveryKind(t *testing.T) {
	t.Run("learner", func(t *testing.T) {
		d := damage(t, spoil("learner"))
		list, err := d.Learners(t.Context())
		isDamaged(t, err, "add the missing learners again")
		same(t, "learners", list, []record.Learner{ben})
	})
	t.Run("inbox", func(t *testing.T) {
		d := damage(t, spoil("inbox"))
		in, err := d.Inbox(t.Context())
		isDamaged(t, err, "repeat their message")
		same(t, "left", len(in), 1)
	})
	t.Run("outbox", func(t *testing.T) {
		d := damage(t, strings.Replace(spoil("outbox"), "min(id) FROM outbox", "min(id) FROM outbox WHERE stream IS NULL", 1))
		out, err := d.Outbox(t.Context())
		isDamaged(t, err, "not sent")
		same(t, "left", len(out), 1)
	})
	t.Run("stream", func(t *testing.T) {
		d := damage(t, spoil("stream"))
		_, ok, err := d.Stream(t.Context(), bot)
		isDamaged(t, err, "a new stream begins")
		same(t, "found", ok, false)
		_, ok, err = d.Stream(t.Context(), bot)
		must(t, err)
		same(t, "found, asked again", ok, false)
	})
	t.Run("queue", func(t *testing.T) {
		d := damage(t, spoil("outbox"))
		s, ok, err := d.Stream(t.Context(), bot)
		isDamaged(t, err, "not sent")
		same(t, "found", ok, true)
		if len(s.Queue) != 4 || s.Queue[0].Seq != 1 || !strings.Contains(string(s.Queue[0].Stanza), "urn:xmpp:ping") {
			t.Errorf("the count does not hold: %+v", s.Queue)
		}
		doubt, err := d.StreamEnded(t.Context(), bot)
		must(t, err)
		same(t, "in doubt", doubt, s.Queue)
	})
	t.Run("queue, found at the end", func(t *testing.T) {
		d := damage(t, spoil("outbox"))
		doubt, err := d.StreamEnded(t.Context(), bot)
		isDamaged(t, err, "not sent")
		same(t, "in doubt", len(doubt), 4)
		_, ok, err := d.Stream(t.Context(), bot)
		must(t, err)
		same(t, "found", ok, false)
	})
}

func TestResetErasesWhatWasSetAside(t *testing.T) {
	dir := t.TempDir()
	d := openAt(t, dir, key(1))
	busy(t, d)
	must(t, d.Close())
	raw(t, dir, spoil("session"))
	d = openAt(t, dir, key(1))
	_, err := d.Sessions(t.Context())
	isDamaged(t, err, "session")
	_, err = d.ResetLearner(t.Context(), ann.JID)
	must(t, err)
	must(t, d.Close())
	raw(t, dir, "INSERT INTO damaged (id, was, who, sealed) VALUES (1, '', '', '')") // row 1 is free again
}
