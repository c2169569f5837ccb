package store_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/store"
)

// everything is what a store can hold of an address. Her first activity has lost it to the second.
func everything(t *testing.T, dir string, d *store.DB) (all []trace) {
	t.Helper()
	p, first, all := taught(t, dir, d)
	second := launch(p.ID, "ana")
	second.Link = "another"
	second = enrol(t, d, second, noon)
	must(t, d.ClaimAddress(t.Context(), second.ID, ann.JID, noon))
	same(t, "address of the first", known(t, d, first.ID).JID, "")
	must(t, d.PutVisit(t.Context(), course.Visit{Token: [32]byte{2}, Enrolment: second.ID, Expires: noon.Add(time.Hour)}))
	all = append(append(all, traces(t, dir, "note")...), lesson(t, dir, d)...)
	earn(t, d, known(t, d, second.ID), 1, noon)
	must(t, d.OfferSecret(t.Context(), second.ID, []byte("white rabbit"), true, noon))
	all = append(all, traces(t, dir, "note", "secrets", "visit", "enrolment", "learner", "session", "inbox", "outbox")...)
	return append(all, hash(t, dir)...)
}

// hash is the keyed hash of ann's address as the file has it.
func hash(t *testing.T, dir string) (all []trace) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "otrbot.db"))
	must(t, err)
	defer db.Close()
	var who []byte
	must(t, db.QueryRowContext(t.Context(), "SELECT who FROM session").Scan(&who))
	return []trace{{"hash of the address", who}}
}

func TestDataIsEverythingOfAnAddress(t *testing.T) {
	dir := t.TempDir()
	d := openAt(t, dir, key(1))
	everything(t, dir, d)
	all, err := d.DataOf(t.Context(), ann.JID)
	must(t, err)
	same(t, "learner", *all.Learner, ann)
	same(t, "session and secret", []bool{all.Session, all.Secret, all.Ending}, []bool{true, true, false})
	same(t, "notes, inbox, outbox, damaged", []int64{all.Notes, all.Inbox, all.Outbox, all.Damaged}, []int64{1, 5, 5, 0})
	same(t, "parts", len(all.Parts), 2)
	for i, p := range all.Parts {
		same(t, "part", p.Enrolment, known(t, d, p.ID))
		same(t, "grades", p.Grades, gradesOf(t, d, p.ID))
		same(t, "platform and visits", []any{p.On, p.Visits}, []any{"Campus", int64(1)})
		same(t, "has the address", p.JID == ann.JID, i == 1)
	}
	same(t, "with a grade on its way", len(all.OnTheirWay()), 2)

	none, err := d.DataOf(t.Context(), "nobody@example.org")
	must(t, err)
	same(t, "of somebody else", none, store.Data{})
}

func TestNothingOfErasedDataIsInTheFiles(t *testing.T) {
	dir := t.TempDir()
	running := openAt(t, dir, key(1)) // the bot
	all := everything(t, dir, running)
	command := openAt(t, dir, key(1))
	erased, err := command.EraseData(t.Context(), ann.JID, true)
	must(t, err)
	same(t, "parts", len(erased.Parts), 2)
	if left := found(t, dir, all[:len(all)-1]); len(left) > 0 { // the note to the bot has the hash
		t.Errorf("while both run: %v", left)
	}
	same(t, "the bot is told", heard(t, running), []note{{ann.JID, record.NoteRemove, ""}})
	must(t, command.Close())
	must(t, running.Close())
	if left := found(t, dir, all); len(left) > 0 {
		t.Errorf("after both: %v", left)
	}
}

func TestErasingKeepsTheCountOfTheStreamAndWhatIsOfOthers(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		busy(t, d)
		p := put(t, d, campus())
		seated(t, d, p.ID, "ana", ann.JID)
		other := launch(p.ID, "ana")
		other.Link = "another"
		other = enrol(t, d, other, noon)
		must(t, d.ClaimAddress(t.Context(), other.ID, "work@example.org", noon))
		bens := seated(t, d, p.ID, "ben", ben.JID)
		before, err := d.DataOf(t.Context(), ben.JID)
		must(t, err)
		erased, err := d.EraseData(t.Context(), ann.JID, false)
		must(t, err)
		same(t, "elsewhere", erased.Elsewhere, []string{"work@example.org"})

		after, err := d.DataOf(t.Context(), ben.JID)
		must(t, err)
		same(t, "ben's", after, before)
		same(t, "ben's part", known(t, d, bens.ID), bens)
		same(t, "ann's other address", known(t, d, other.ID).JID, "work@example.org")
		s, _, err := d.Stream(t.Context(), bot)
		must(t, err)
		same(t, "stanzas that the stream counts", len(s.Queue), 4)

		left, err := d.DataOf(t.Context(), ann.JID)
		must(t, err)
		same(t, "left", left, store.Data{Ending: true})
		again, err := d.EraseData(t.Context(), ann.JID, false)
		must(t, err)
		same(t, "nothing, once more", again.None(), true)
		heard(t, d)
		none, err := d.EraseData(t.Context(), ann.JID, false)
		must(t, err)
		same(t, "erased of nobody", none, store.Data{})
		same(t, "notes about nobody", len(notes(t, d)), 0)
	})
}

func TestAGradeOnItsWayIsNotErasedUnasked(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		e := seated(t, d, put(t, d, campus()).ID, "ana", ann.JID)
		heard(t, d)
		earn(t, d, e, 1, noon)
		before, err := d.DataOf(t.Context(), ann.JID)
		must(t, err)
		refused, err := d.EraseData(t.Context(), ann.JID, false)
		if !errors.Is(err, store.ErrOnItsWay) || len(refused.OnTheirWay()) != 1 {
			t.Errorf("%v, %+v", err, refused)
		}
		after, err := d.DataOf(t.Context(), ann.JID)
		must(t, err)
		same(t, "after the refusal", after, before)
		same(t, "notes", len(notes(t, d)), 0)

		g := claim(t, d, noon.Add(time.Second))[0].Grade
		g.State = course.GradeConfirmed
		must(t, d.SettleGrade(t.Context(), g, noon))
		_, err = d.EraseData(t.Context(), ann.JID, false)
		must(t, err)
		_, err = d.Enrolment(t.Context(), e.ID)
		same(t, "the enrolment", errors.Is(err, course.ErrNone), true)
	})
}

// Showing sets nothing aside: an enrolment would lose its address, and erasing would not find it any more.
func TestDamagedDataIsCountedAndErased(t *testing.T) {
	for _, table := range []string{"learner", "enrolment", "session", "secrets", "note", "inbox", "outbox"} {
		t.Run(table, func(t *testing.T) {
			dir := t.TempDir()
			d := openAt(t, dir, key(1))
			p := put(t, d, campus())
			seated(t, d, p.ID, "ana", ann.JID)
			lesson(t, dir, d)
			must(t, d.Close())
			raw(t, dir, spoil(table))
			all := append(traces(t, dir, "learner", "enrolment", "session", "secrets", "inbox", "outbox"), hash(t, dir)...)
			d = openAt(t, dir, key(1))
			for range 2 {
				shown, err := d.DataOf(t.Context(), ann.JID)
				must(t, err)
				same(t, "damaged", shown.Damaged > 0, table == "learner" || table == "enrolment")
				same(t, "session", shown.Session, true)
				same(t, "parts", len(shown.Parts), 1)
			}
			_, err := d.EraseData(t.Context(), ann.JID, true)
			must(t, err)
			heard(t, d)
			must(t, d.Close())
			same(t, "left", found(t, dir, all), []string(nil))
			raw(t, dir, "INSERT INTO damaged (id, was, who, sealed) VALUES (1, '', '', '')") // nothing was set aside
		})
	}
}

func TestWhatWasSetAsideIsErasedToo(t *testing.T) {
	dir := t.TempDir()
	d := openAt(t, dir, key(1))
	lesson(t, dir, d)
	must(t, d.Close())
	raw(t, dir, spoil("session"))
	all := traces(t, dir, "session")
	d = openAt(t, dir, key(1))
	_, err := d.Sessions(t.Context())
	isDamaged(t, err, "session")
	shown, err := d.DataOf(t.Context(), ann.JID)
	must(t, err)
	same(t, "session, damaged", []any{shown.Session, shown.Damaged}, []any{false, int64(1)})
	_, err = d.EraseData(t.Context(), ann.JID, false)
	must(t, err)
	same(t, "left", found(t, dir, all), []string(nil))
}
