package store_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"otrbot/internal/record"
	"otrbot/internal/store"
)

func TestAStreamIsTakenUpWhereItWasLeft(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		if _, ok, err := d.Stream(t.Context(), bot); ok || err != nil {
			t.Errorf("at first: %v, %v", ok, err)
		}
		must(t, d.StreamEnabled(t.Context(), bot, record.Stream{SMID: "abc", JID: bot + "/otrbot", Max: 10 * time.Minute, Since: noon}))
		in, err := d.StreamReceived(t.Context(), bot, 1, []byte(`<message from="ann@example.org/a"/>`))
		must(t, err)
		if in == 0 {
			t.Error("no id")
		}
		if in, err = d.StreamReceived(t.Context(), bot, math.MaxUint32, nil); in != 0 || err != nil {
			t.Errorf("counted only: %d, %v", in, err)
		}
		ids, err := d.Commit(t.Context(), record.Change{JID: ann.JID, Session: []byte("s"), Out: []record.Out{
			{JID: ann.JID, Stanza: []byte("<message>1</message>")}, {JID: ann.JID, Stanza: []byte("<message>2</message>")}}})
		must(t, err)
		must(t, d.StreamSent(t.Context(), bot, record.Queued{Seq: 1, Stanza: []byte("<presence/>")}))
		must(t, d.StreamSent(t.Context(), bot, record.Queued{Seq: 2, Out: ids[0]}))
		must(t, d.StreamSent(t.Context(), bot, record.Queued{Seq: 3, Stanza: []byte("<iq/>")}))
		must(t, d.StreamAcked(t.Context(), bot, 1))

		s, ok, err := d.Stream(t.Context(), bot)
		must(t, err)
		same(t, "stream", s, record.Stream{SMID: "abc", JID: bot + "/otrbot", Max: 10 * time.Minute, Since: noon, H: math.MaxUint32, Acked: 1,
			Queue: []record.Queued{{Seq: 2, Out: ids[0], Stanza: []byte("<message>1</message>")}, {Seq: 3, Stanza: []byte("<iq/>")}}})
		same(t, "found", ok, true)
		out, err := d.Outbox(t.Context())
		must(t, err)
		same(t, "never sent", out, []record.Out{{ID: ids[1], JID: ann.JID, Stanza: []byte("<message>2</message>")}})

		must(t, d.DropOut(t.Context(), ids...)) // what the stream has stays with it
		doubt, err := d.StreamEnded(t.Context(), bot)
		must(t, err)
		same(t, "in doubt", doubt, s.Queue)
		if _, ok, err := d.Stream(t.Context(), bot); ok || err != nil {
			t.Errorf("after the end: %v, %v", ok, err)
		}
		out, err = d.Outbox(t.Context())
		must(t, err)
		same(t, "forgotten", len(out), 0)
		doubt, err = d.StreamEnded(t.Context(), bot)
		same(t, "a second end", len(doubt), 0)
		must(t, err)
	})
}

func TestANewStreamCountsFromZero(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		must(t, d.StreamEnabled(t.Context(), bot, record.Stream{SMID: "old"}))
		_, err := d.StreamReceived(t.Context(), bot, 9, nil)
		must(t, err)
		must(t, d.StreamSent(t.Context(), bot, record.Queued{Seq: 1, Stanza: []byte("<presence/>")}))
		must(t, d.StreamEnabled(t.Context(), bot, record.Stream{SMID: "new", JID: "j"}))
		s, ok, err := d.Stream(t.Context(), bot)
		must(t, err)
		same(t, "stream", s, record.Stream{SMID: "new", JID: "j"})
		same(t, "found", ok, true)
		must(t, d.StreamSent(t.Context(), bot, record.Queued{Seq: 1, Stanza: []byte("<presence/>")}))
	})
}

func TestAccountsDoNotMix(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		const other = "second@example.org"
		for _, account := range []string{bot, other} {
			must(t, d.StreamEnabled(t.Context(), account, record.Stream{SMID: "of " + account}))
			must(t, d.StreamSent(t.Context(), account, record.Queued{Seq: 1, Stanza: []byte("<presence>" + account + "</presence>")}))
		}
		must(t, d.StreamAcked(t.Context(), bot, 1))
		_, err := d.StreamEnded(t.Context(), bot)
		must(t, err)
		s, _, err := d.Stream(t.Context(), other)
		must(t, err)
		same(t, "queue", s.Queue, []record.Queued{{Seq: 1, Stanza: []byte("<presence>" + other + "</presence>")}})
	})
}

func TestWithoutACountingStream(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		if in, err := d.StreamReceived(t.Context(), bot, 0, []byte("<message/>")); in == 0 || err != nil {
			t.Errorf("received: %d, %v", in, err)
		}
		ids, err := d.Commit(t.Context(), record.Change{JID: ann.JID, Out: []record.Out{{JID: ann.JID, Stanza: []byte("<message/>")}}})
		must(t, err)
		for _, q := range []record.Queued{{Seq: 1, Out: ids[0]}, {Seq: 1, Stanza: []byte("<message/>")}} {
			if err := d.StreamSent(t.Context(), bot, q); !errors.Is(err, store.ErrNoStream) {
				t.Errorf("sent: %v", err)
			}
		}
		out, err := d.Outbox(t.Context())
		must(t, err)
		same(t, "still waiting", len(out), 1)
		must(t, d.DropOut(t.Context(), ids...))
		out, err = d.Outbox(t.Context())
		must(t, err)
		same(t, "sent", len(out), 0)
	})
}
