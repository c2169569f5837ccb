package store_test

import (
	"testing"
	"time"

	"otrbot/internal/record"
	"otrbot/internal/store"
)

// listed checks how many learners there are.
func listed(t *testing.T, d *store.DB, want int) {
	t.Helper()
	list, err := d.Learners(t.Context())
	must(t, err)
	same(t, "learners", len(list), want)
}

func TestAChangeTakesALearnerOfACourseOffTheList(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		p := put(t, d, campus())
		must(t, d.PutLearner(t.Context(), ben))
		e := seated(t, d, p.ID, "ana", ann.JID)
		must(t, d.PutSecret(t.Context(), ben.JID, []byte("on paper")))
		unlist := func(jid string, noted int64) {
			t.Helper()
			_, err := d.Commit(t.Context(), record.Change{JID: jid, Unlist: true, Noted: noted,
				Out: []record.Out{{JID: jid, Stanza: []byte("goodbye")}}})
			must(t, err)
		}
		unlist(ann.JID, 0) // an invitation waits
		listed(t, d, 2)
		must(t, d.OfferSecret(t.Context(), e.ID, []byte("rabbit"), true, noon))
		heard(t, d)
		unlist(ben.JID, 0) // was added by a command
		listed(t, d, 2)
		shared(t, d, ben, "on paper")
		unlist(ann.JID, 0)
		listed(t, d, 1)
		shared(t, d, ann, "")
		holder(t, d, ann.JID, &e)
		out, err := d.Outbox(t.Context())
		must(t, err)
		same(t, "goodbyes on their way", len(out), 3)
		same(t, "notes", len(notes(t, d)), 0)

		must(t, d.ClaimAddress(t.Context(), e.ID, ann.JID, noon)) // comes back
		listed(t, d, 2)
	})
}

// The learner sets it on the page at the moment when the session ends.
func TestASecretOfWhichTheBotHasNotHeardKeepsTheLearnerListed(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		e := seated(t, d, put(t, d, campus()).ID, "ana", ann.JID)
		heard(t, d)
		must(t, d.OfferSecret(t.Context(), e.ID, []byte("rabbit"), true, noon))
		ends := record.Change{JID: ann.JID, Unlist: true, ForgetSecret: true}
		_, err := d.Commit(t.Context(), ends)
		must(t, err)
		listed(t, d, 1)
		shared(t, d, ann, "rabbit")
		list, err := d.Notes(t.Context())
		must(t, err)
		same(t, "notes", notes(t, d), []note{{ann.JID, record.NoteSecret, ""}})
		ends.Noted = list[0].ID // now it has
		_, err = d.Commit(t.Context(), ends)
		must(t, err)
		listed(t, d, 0)
		shared(t, d, ann, "")
	})
}

// A session ends in silence, long before the lesson was passed.
func TestALearnerOfACourseStaysListedUntilTheAddressIsLetGo(t *testing.T) {
	ways := map[string]func(t *testing.T, d *store.DB, enrolment, platform int64) error{
		"released": func(t *testing.T, d *store.DB, e, _ int64) error { return d.ReleaseAddress(t.Context(), e) },
		"changed": func(t *testing.T, d *store.DB, e, _ int64) error {
			if err := d.ClaimAddress(t.Context(), e, ben.JID, noon); err != nil {
				return err
			}
			_, err := d.RemoveLearner(t.Context(), ben.JID)
			return err
		},
		"forgotten": func(t *testing.T, d *store.DB, e, _ int64) error {
			_, err := d.ForgetEnrolment(t.Context(), e)
			return err
		},
		"not seen for a month": func(t *testing.T, d *store.DB, _, _ int64) error {
			return d.SweepCourse(t.Context(), noon.AddDate(0, 1, 0), 24*time.Hour)
		},
		"with the platform": func(t *testing.T, d *store.DB, _, p int64) error {
			_, err := d.RemovePlatform(t.Context(), p)
			return err
		},
	}
	for name, way := range ways {
		for _, unlisted := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				onEach(t, func(t *testing.T, d *store.DB) {
					p := put(t, d, campus())
					e := seated(t, d, p.ID, "ana", ann.JID)
					must(t, d.OfferSecret(t.Context(), e.ID, []byte("rabbit"), true, noon))
					heard(t, d)
					_, err := d.Commit(t.Context(), record.Change{JID: ann.JID, Unlist: unlisted,
						Progress: &record.Progress{Step: record.StepChatting, Trouble: record.TroubleExpired, Ended: true}})
					must(t, err)
					if unlisted {
						listed(t, d, 0) // has passed, and comes once more without the bot
					} else {
						listed(t, d, 1)
						shared(t, d, ann, "rabbit")
						enrol(t, d, launch(p.ID, "ana"), noon) // opens it again
						listed(t, d, 1)
						shared(t, d, ann, "rabbit")
					}
					must(t, d.OfferSecret(t.Context(), e.ID, []byte("hollow melons"), true, noon))
					shared(t, d, ann, "hollow melons")
					_, err = d.Commit(t.Context(), record.Change{JID: ann.JID, Session: []byte("another"), Progress: &record.Progress{Step: record.StepEncrypted}})
					must(t, err)
					same(t, "progress", known(t, d, e.ID).Progress.Step, record.StepEncrypted)

					must(t, way(t, d, e.ID, p.ID))
					listed(t, d, 0)
					shared(t, d, ann, "")
					sessions, err := d.Sessions(t.Context())
					must(t, err)
					same(t, "sessions", len(sessions), 0)
				})
			})
		}
	}
}
