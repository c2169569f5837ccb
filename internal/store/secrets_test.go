package store_test

import (
	"testing"

	"otrbot/internal/record"
	"otrbot/internal/store"
)

// shared checks the secret that a learner has in the store; "": none.
func shared(t *testing.T, d *store.DB, l record.Learner, want string) {
	t.Helper()
	secret, ok, err := d.Secret(t.Context(), l.JID)
	must(t, err)
	if string(secret) != want || ok != (want != "") {
		t.Errorf("the secret of %s: %q, %v, want %q", l.JID, secret, ok, want)
	}
}

func TestASecretOutlivesItsNoteAndAnySession(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		shared(t, d, ann, "")
		must(t, d.PutSecret(t.Context(), ann.JID, []byte("first"))) // who is nowhere in the store, as those of the settings
		must(t, d.PutSecret(t.Context(), ben.JID, []byte("other")))
		must(t, d.PutSecret(t.Context(), ann.JID, []byte("second")))
		same(t, "notes", notes(t, d), []note{{ben.JID, record.NoteSecret, ""}, {ann.JID, record.NoteSecret, ""}})
		shared(t, d, ann, "second")

		list, err := d.Notes(t.Context())
		must(t, err)
		must(t, d.NoteDone(t.Context(), list[0].ID))
		must(t, d.NoteDone(t.Context(), list[0].ID)) // done already: fine
		_, err = d.Commit(t.Context(), record.Change{JID: ann.JID, Session: []byte("s"), Noted: list[1].ID})
		must(t, err)
		_, err = d.Commit(t.Context(), record.Change{JID: ann.JID})
		must(t, err)
		same(t, "notes", len(notes(t, d)), 0)
		shared(t, d, ann, "second")
		shared(t, d, ben, "other")
	})
}

func TestAChangeForgetsTheSecret(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		must(t, d.PutSecret(t.Context(), ann.JID, []byte("used up")))
		must(t, d.PutSecret(t.Context(), ben.JID, []byte("other")))
		list, err := d.Notes(t.Context())
		must(t, err)
		_, err = d.Commit(t.Context(), record.Change{JID: ann.JID, Session: []byte("s"), Noted: list[0].ID, ForgetSecret: true})
		must(t, err)
		shared(t, d, ann, "")
		shared(t, d, ben, "other")
		_, err = d.Commit(t.Context(), record.Change{JID: ann.JID, ForgetSecret: true}) // there is none: fine
		must(t, err)
	})
}

// The operator sets a new secret while the bot uses up the old one.
func TestASecretThatTheBotHasNotHeardOfIsNotForgotten(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		must(t, d.PutSecret(t.Context(), ann.JID, []byte("old")))
		list, err := d.Notes(t.Context())
		must(t, err)
		must(t, d.NoteDone(t.Context(), list[0].ID))
		must(t, d.PutSecret(t.Context(), ann.JID, []byte("new")))
		_, err = d.Commit(t.Context(), record.Change{JID: ann.JID, ForgetSecret: true})
		must(t, err)
		shared(t, d, ann, "new")
	})
}

func TestSecretsAreThereAfterReopening(t *testing.T) {
	dir := t.TempDir()
	d := openAt(t, dir, key(1))
	must(t, d.PutSecret(t.Context(), ann.JID, []byte("rabbit")))
	must(t, d.Close())
	shared(t, openAt(t, dir, key(1)), ann, "rabbit")
}

func TestADamagedSecretIsSetAside(t *testing.T) {
	d := damage(t, spoil("secrets"))
	_, ok, err := d.Secret(t.Context(), ann.JID)
	isDamaged(t, err, "give that learner a secret again")
	same(t, "found", ok, false)
	shared(t, d, ann, "")
	shared(t, d, ben, "secret of "+ben.JID)
}

func TestADatabaseOfTheFirstTablesIsBroughtUpToDate(t *testing.T) {
	dir := t.TempDir()
	d := openAt(t, dir, key(1))
	must(t, d.PutLearner(t.Context(), ann))
	must(t, d.Close())
	raw(t, dir, "DROP TABLE secrets", "ALTER TABLE note DROP COLUMN arrival", "DELETE FROM migration WHERE number > 1",
		"DROP TABLE visit", "DROP TABLE grade", "DROP TABLE attempt", "DROP TABLE enrolment", "DROP TABLE platform",
		"DROP TABLE login", "DROP TABLE nonce", "DROP TABLE invitation", "DROP TABLE news", "DROP TABLE choice")
	d = openAt(t, dir, key(1))
	must(t, d.PutSecret(t.Context(), ann.JID, []byte("rabbit")))
	shared(t, d, ann, "rabbit")
}
