package store_test

import (
	"reflect"
	"testing"
	"time"

	"otrbot/internal/record"
	"otrbot/internal/store"
)

// onEach runs a test on a store in a file and on one in memory.
func onEach(t *testing.T, f func(t *testing.T, d *store.DB)) {
	t.Run("file", func(t *testing.T) { f(t, openAt(t, t.TempDir(), key(1))) })
	t.Run("memory", func(t *testing.T) {
		d, err := store.Open(t.Context(), ":memory:", key(1))
		must(t, err)
		defer d.Close()
		f(t, d)
	})
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

var (
	noon = time.Date(2026, 8, 14, 12, 0, 0, 5, time.UTC)
	ann  = record.Learner{JID: "ann@example.org", Locale: "nl", Source: record.FromCommand, Added: noon}
	ben  = record.Learner{JID: "ben@example.org", Source: record.FromSettings}
)

// note is what a test compares of a note.
type note struct {
	jid  string
	kind record.NoteKind
	data string
}

func notes(t *testing.T, d *store.DB) (all []note) {
	t.Helper()
	list, err := d.Notes(t.Context())
	must(t, err)
	for _, n := range list {
		all = append(all, note{n.JID, n.Kind, string(n.Data)})
	}
	return all
}

func TestLearnersAreListedAsAddedAndInvitedOnce(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		must(t, d.PutLearner(t.Context(), ann))
		must(t, d.PutLearner(t.Context(), ben))
		german := ann
		german.Locale = "de"
		must(t, d.PutLearner(t.Context(), german))

		list, err := d.Learners(t.Context())
		must(t, err)
		same(t, "learners", list, []record.Learner{german, ben})
		same(t, "notes", notes(t, d), []note{{ann.JID, record.NoteInvite, ""}, {ben.JID, record.NoteInvite, ""}})
	})
}

// busy is a store in which ann has something in every table, and ben too.
func busy(t *testing.T, d *store.DB) {
	t.Helper()
	must(t, d.StreamEnabled(t.Context(), bot, record.Stream{SMID: "s1", JID: bot + "/otrbot"}))
	for i, l := range []record.Learner{ann, ben} {
		must(t, d.PutLearner(t.Context(), l))
		must(t, d.PutSecret(t.Context(), l.JID, []byte("secret of "+l.JID)))
		_, err := d.StreamReceived(t.Context(), bot, uint32(i+1), []byte(`<message from="`+l.JID+`/phone"><body>hi</body></message>`))
		must(t, err)
		ids, err := d.Commit(t.Context(), record.Change{JID: l.JID, Session: []byte("session of " + l.JID), Out: []record.Out{
			{JID: l.JID, Stanza: []byte("<message>on its way to " + l.JID + "</message>")},
			{JID: l.JID, Stanza: []byte("<message>waiting for " + l.JID + "</message>")},
		}})
		must(t, err)
		must(t, d.StreamSent(t.Context(), bot, record.Queued{Seq: uint64(2*i + 1), Out: ids[0]}))
		must(t, d.StreamSent(t.Context(), bot, record.Queued{Seq: uint64(2*i + 2), Stanza: []byte(`<presence to="` + l.JID + `"/>`)}))
	}
}

// remains checks what is left of ann and ben after ann's was erased.
func remains(t *testing.T, d *store.DB) {
	t.Helper()
	sessions, err := d.Sessions(t.Context())
	must(t, err)
	same(t, "sessions", sessions, []record.Session{{JID: ben.JID, Data: []byte("session of " + ben.JID)}})

	in, err := d.Inbox(t.Context())
	must(t, err)
	if len(in) != 1 || string(in[0].Stanza) != `<message from="ben@example.org/phone"><body>hi</body></message>` {
		t.Errorf("inbox: %+v", in)
	}
	out, err := d.Outbox(t.Context())
	must(t, err)
	if len(out) != 1 || out[0].JID != ben.JID || string(out[0].Stanza) != "<message>waiting for ben@example.org</message>" {
		t.Errorf("outbox: %+v", out)
	}
	s, ok, err := d.Stream(t.Context(), bot)
	must(t, err)
	var queue []string
	for i, q := range s.Queue {
		if q.Seq != uint64(i+1) {
			t.Errorf("queue: place %d holds number %d", i+1, q.Seq)
		}
		queue = append(queue, string(q.Stanza))
	}
	const blank = `<iq type="get" id="erased"><ping xmlns="urn:xmpp:ping"/></iq>`
	same(t, "queue, still counted", queue, []string{blank, blank,
		"<message>on its way to ben@example.org</message>", `<presence to="ben@example.org"/>`})
	if !ok || s.H != 2 {
		t.Errorf("stream: %+v, %v", s, ok)
	}
	shared(t, d, ann, "")
	shared(t, d, ben, "secret of "+ben.JID)
}

func TestRemoveLearnerErasesAtOnceAndNothingElse(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		busy(t, d)
		found, err := d.RemoveLearner(t.Context(), ann.JID)
		must(t, err)
		if !found {
			t.Error("was not found")
		}
		remains(t, d)
		list, err := d.Learners(t.Context())
		must(t, err)
		same(t, "learners", list, []record.Learner{ben})
		same(t, "notes", notes(t, d), []note{{ben.JID, record.NoteInvite, ""}, {ben.JID, record.NoteSecret, ""},
			{ann.JID, record.NoteRemove, ""}})
		if found, err = d.RemoveLearner(t.Context(), "nobody@example.org"); found || err != nil {
			t.Errorf("removing nobody: %v, %v", found, err)
		}
		if n := len(notes(t, d)); n != 3 {
			t.Errorf("removing nobody left a note: %d", n)
		}
	})
}

func TestResetLearnerErasesAtOnceAndKeepsTheLearner(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		busy(t, d)
		found, err := d.ResetLearner(t.Context(), ann.JID)
		must(t, err)
		if !found {
			t.Error("was not found")
		}
		remains(t, d)
		list, err := d.Learners(t.Context())
		must(t, err)
		same(t, "learners", list, []record.Learner{ann, ben})
		same(t, "notes", notes(t, d), []note{{ann.JID, record.NoteInvite, ""}, {ben.JID, record.NoteInvite, ""},
			{ben.JID, record.NoteSecret, ""}, {ann.JID, record.NoteReset, ""}})
	})
}

func TestAnErasedStanzaThatIsSentAfterAllIsCountedWithoutItsContent(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		must(t, d.StreamEnabled(t.Context(), bot, record.Stream{SMID: "s1"}))
		ids, err := d.Commit(t.Context(), record.Change{JID: ann.JID, Session: []byte("s"),
			Out: []record.Out{{JID: ann.JID, Stanza: []byte("<message>private</message>")}}})
		must(t, err)
		_, err = d.ResetLearner(t.Context(), ann.JID)
		must(t, err)
		must(t, d.StreamSent(t.Context(), bot, record.Queued{Seq: 1, Out: ids[0], Stanza: []byte("<message>private</message>")}))
		doubt, err := d.StreamEnded(t.Context(), bot)
		must(t, err)
		same(t, "in doubt", doubt, []record.Queued{{Seq: 1, Stanza: []byte(`<iq type="get" id="erased"><ping xmlns="urn:xmpp:ping"/></iq>`)}})
	})
}

func TestParametersAreKept(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		if text, ok, err := d.Parameters(t.Context()); ok || err != nil {
			t.Errorf("at first: %q, %v, %v", text, ok, err)
		}
		must(t, d.PutParameters(t.Context(), []byte("old")))
		must(t, d.PutParameters(t.Context(), []byte("new")))
		text, ok, err := d.Parameters(t.Context())
		if string(text) != "new" || !ok || err != nil {
			t.Errorf("then: %q, %v, %v", text, ok, err)
		}
	})
}
