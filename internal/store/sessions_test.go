package store_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"otrbot/internal/record"
	"otrbot/internal/store"
)

func TestCommitKeepsSessionAndOutAndSettlesWhatItAnswers(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		first, err := d.StreamReceived(t.Context(), bot, 1, []byte(`<message from="ann@example.org/a"/>`))
		must(t, err)
		second, err := d.StreamReceived(t.Context(), bot, 2, []byte(`<message from="ann@example.org/a" id="2"/>`))
		must(t, err)
		must(t, d.PutSecret(t.Context(), ann.JID, []byte("rabbit")))
		list, err := d.Notes(t.Context())
		must(t, err)

		ids, err := d.Commit(t.Context(), record.Change{
			JID: ann.JID, Session: []byte("state 1"), Due: noon, Handled: first, Noted: list[0].ID,
			Out: []record.Out{{JID: ann.JID, Stanza: []byte("<message/>")}, {JID: ben.JID, Stanza: []byte("<presence/>")}},
		})
		must(t, err)
		if len(ids) != 2 || ids[0] == 0 || ids[1] <= ids[0] {
			t.Errorf("ids: %v", ids)
		}
		sessions, err := d.Sessions(t.Context())
		must(t, err)
		same(t, "sessions", sessions, []record.Session{{JID: ann.JID, Data: []byte("state 1"), Due: noon}})
		in, err := d.Inbox(t.Context())
		must(t, err)
		same(t, "inbox", in, []record.In{{ID: second, Stanza: []byte(`<message from="ann@example.org/a" id="2"/>`)}})
		same(t, "notes", len(notes(t, d)), 0)
		out, err := d.Outbox(t.Context())
		must(t, err)
		same(t, "outbox", out, []record.Out{{ID: ids[0], JID: ann.JID, Stanza: []byte("<message/>")}, {ID: ids[1], JID: ben.JID, Stanza: []byte("<presence/>")}})

		_, err = d.Commit(t.Context(), record.Change{JID: ann.JID, Session: []byte("state 2")})
		must(t, err)
		sessions, err = d.Sessions(t.Context())
		must(t, err)
		same(t, "sessions", sessions, []record.Session{{JID: ann.JID, Data: []byte("state 2")}})
	})
}

func TestCommitWithoutSessionErasesItButNotWhatIsStillToBeDone(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		bye, err := d.StreamReceived(t.Context(), bot, 1, []byte(`<message from="ann@example.org/a">bye</message>`))
		must(t, err)
		again, err := d.StreamReceived(t.Context(), bot, 2, []byte(`<message from="ann@example.org/a">me again</message>`))
		must(t, err)
		_, err = d.Commit(t.Context(), record.Change{JID: ann.JID, Session: []byte("state")})
		must(t, err)
		ids, err := d.Commit(t.Context(), record.Change{JID: ann.JID, Handled: bye, Out: []record.Out{{JID: ann.JID, Stanza: []byte("<message>goodbye</message>")}}})
		must(t, err)

		sessions, err := d.Sessions(t.Context())
		must(t, err)
		same(t, "sessions", len(sessions), 0)
		in, err := d.Inbox(t.Context())
		must(t, err)
		if len(in) != 1 || in[0].ID != again {
			t.Errorf("inbox: %v", in)
		}
		out, err := d.Outbox(t.Context())
		must(t, err)
		if len(out) != 1 || out[0].ID != ids[0] {
			t.Errorf("outbox: %v", out)
		}
	})
}

func TestIdsAreNeverGivenTwice(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		var ids []int64
		for range 3 {
			in, err := d.StreamReceived(t.Context(), bot, 1, []byte("<message/>"))
			must(t, err)
			must(t, d.DropIn(t.Context(), in))
			ids = append(ids, in)
		}
		var outs []int64
		for range 3 {
			out, err := d.Commit(t.Context(), record.Change{JID: ann.JID, Out: []record.Out{{JID: ann.JID}}})
			must(t, err)
			must(t, d.DropOut(t.Context(), out...))
			outs = append(outs, out...)
		}
		for _, list := range [][]int64{ids, outs} {
			if !slices.IsSorted(list) || len(slices.Compact(slices.Clone(list))) != 3 {
				t.Errorf("ids: %v", list)
			}
		}
	})
}

func TestACancelledContextStopsAMethodBeforeItBegins(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := d.Commit(ctx, record.Change{JID: ann.JID, Session: []byte("s")}); !errors.Is(err, context.Canceled) {
			t.Errorf("Commit: %v", err)
		}
		sessions, err := d.Sessions(t.Context())
		must(t, err)
		same(t, "sessions", len(sessions), 0)
	})
}

func TestAClosedStoreSaysSo(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		must(t, d.Close())
		must(t, d.Close())
		if _, err := d.Sessions(t.Context()); !errors.Is(err, store.ErrClosed) {
			t.Errorf("Sessions: %v", err)
		}
	})
}

func TestEverythingIsThereAfterReopening(t *testing.T) {
	dir := t.TempDir()
	d := openAt(t, dir, key(1))
	busy(t, d)
	_, err := d.RemoveLearner(t.Context(), ann.JID)
	must(t, err)
	must(t, d.Close())
	remains(t, openAt(t, dir, key(1)))
}

func TestDueKeepsNanosecondsInAnyZone(t *testing.T) {
	d := openAt(t, t.TempDir(), key(1))
	for _, due := range []time.Time{{}, noon, noon.In(time.FixedZone("east", 7200)), time.Unix(-5, 7)} {
		_, err := d.Commit(t.Context(), record.Change{JID: ann.JID, Session: []byte("s"), Due: due})
		must(t, err)
		sessions, err := d.Sessions(t.Context())
		must(t, err)
		if !sessions[0].Due.Equal(due) {
			t.Errorf("%v came back as %v", due, sessions[0].Due)
		}
	}
}
