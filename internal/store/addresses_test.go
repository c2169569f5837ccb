package store_test

import (
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/store"
)

// holder checks whose an address is; nobody: nil.
func holder(t *testing.T, d *store.DB, jid string, want *course.Enrolment) {
	t.Helper()
	id, _, err := d.Enrolled(t.Context(), jid)
	must(t, err)
	if want == nil {
		same(t, "who has "+jid, id, int64(0))
		return
	}
	same(t, "who has "+jid, id, want.ID)
	same(t, "their address", known(t, d, want.ID).JID, jid)
}

// heard takes the notes as the bot does.
func heard(t *testing.T, d *store.DB) (all []note) {
	t.Helper()
	all = notes(t, d)
	list, err := d.Notes(t.Context())
	must(t, err)
	for _, n := range list {
		must(t, d.NoteDone(t.Context(), n.ID))
	}
	return all
}

func TestAnAddressIsEnteredChangedAndReleased(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		p := put(t, d, campus())
		e := seated(t, d, p.ID, "ana", ann.JID)
		holder(t, d, ann.JID, &e)
		arrival := []note{{ann.JID, record.NoteEnrolled, ""}, {ann.JID, record.NoteInvite, ""}}
		same(t, "notes", heard(t, d), arrival)
		must(t, d.ClaimAddress(t.Context(), e.ID, ann.JID, noon))
		same(t, "notes of the same address", heard(t, d), arrival)

		must(t, d.OfferSecret(t.Context(), e.ID, []byte("rabbit"), true, noon))
		_, err := d.Commit(t.Context(), record.Change{JID: ann.JID, Session: []byte("s"), Progress: &record.Progress{Step: record.StepVerified, Since: noon}})
		must(t, err)
		heard(t, d)
		must(t, d.ClaimAddress(t.Context(), e.ID, "work@example.org", noon))
		holder(t, d, ann.JID, nil)
		holder(t, d, "work@example.org", &e)
		shared(t, d, ann, "")
		same(t, "notes of another address", heard(t, d), []note{{ann.JID, record.NoteRemove, ""},
			{"work@example.org", record.NoteEnrolled, ""}, {"work@example.org", record.NoteInvite, ""}})
		same(t, "progress", known(t, d, e.ID).Progress, record.Progress{Step: record.StepInvited, Best: record.StepVerified, Since: noon})

		must(t, d.ReleaseAddress(t.Context(), e.ID))
		must(t, d.ReleaseAddress(t.Context(), e.ID)) // has none: fine
		holder(t, d, "work@example.org", nil)
		same(t, "notes of the release", heard(t, d), []note{{"work@example.org", record.NoteRemove, ""}})
		same(t, "progress", known(t, d, e.ID).Progress, record.Progress{Best: record.StepVerified, Since: noon, Trouble: record.TroubleAddressLost})
		list, err := d.Learners(t.Context())
		must(t, err)
		same(t, "learners", len(list), 0)
		isErr(t, "claiming for nobody", d.ClaimAddress(t.Context(), 99, ann.JID, noon), course.ErrNone)
		isErr(t, "releasing for nobody", d.ReleaseAddress(t.Context(), 99), course.ErrNone)
	})
}

func TestALearnerOfACommandStaysOne(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		p := put(t, d, campus())
		must(t, d.PutLearner(t.Context(), ann))
		must(t, d.PutSecret(t.Context(), ann.JID, []byte("on paper")))
		e := seated(t, d, p.ID, "ana", ann.JID)
		want := ann
		want.Enrolment = e.ID
		list, err := d.Learners(t.Context())
		must(t, err)
		same(t, "learners", list, []record.Learner{want})
		heard(t, d)
		must(t, d.ReleaseAddress(t.Context(), e.ID))
		same(t, "notes", heard(t, d), []note{{ann.JID, record.NoteEnrolled, ""}})
		list, err = d.Learners(t.Context())
		must(t, err)
		same(t, "learners", list, []record.Learner{ann})
		shared(t, d, ann, "on paper")
	})
}

// Two users, one address.
func TestAnAddressGoesOverOnlyWhenItIsNotInUse(t *testing.T) {
	type scene struct {
		d        *store.DB
		ana, ida course.Enrolment
		at       time.Time
	}
	tests := map[string]struct {
		before func(t *testing.T, s *scene)
		want   error
	}{
		"at once": {func(*testing.T, *scene) {}, course.ErrTaken},
		"after 59 minutes": {func(_ *testing.T, s *scene) {
			s.at = noon.Add(59 * time.Minute)
		}, course.ErrTaken},
		"after an hour": {func(_ *testing.T, s *scene) { s.at = noon.Add(time.Hour) }, nil},
		"after an hour with the page open": {func(t *testing.T, s *scene) {
			must(t, s.d.PutVisit(t.Context(), course.Visit{Token: [32]byte{1}, Enrolment: s.ana.ID, Expires: noon.AddDate(1, 0, 0)}))
			_, err := s.d.Visit(t.Context(), [32]byte{1}, noon.Add(30*time.Minute))
			must(t, err)
			s.at = noon.Add(time.Hour)
		}, nil},
		"after an hour with a form": {func(t *testing.T, s *scene) {
			must(t, s.d.OfferSecret(t.Context(), s.ana.ID, []byte("1234"), false, noon.Add(30*time.Minute)))
			s.at = noon.Add(time.Hour)
		}, course.ErrTaken},
		"after an hour of chat": {func(t *testing.T, s *scene) {
			heard(t, s.d)
			_, err := s.d.Commit(t.Context(), record.Change{JID: ann.JID, Session: []byte("s"),
				Progress: &record.Progress{Step: record.StepChatting, Active: noon.Add(30 * time.Minute)}})
			must(t, err)
			s.at = noon.Add(time.Hour)
		}, course.ErrTaken},
		"after a relaunch": {func(t *testing.T, s *scene) {
			enrol(t, s.d, launch(s.ana.Platform, "ana"), noon.Add(30*time.Minute))
			s.at = noon.Add(time.Hour)
		}, course.ErrTaken},
		"after the other has passed, and still chats": {func(t *testing.T, s *scene) { earn(t, s.d, s.ana, 1, noon) }, course.ErrTaken},
		"after the other has passed, and the chat is over": {func(t *testing.T, s *scene) {
			earn(t, s.d, s.ana, 1, noon)
			leave(t, s.d, s.ana, noon)
		}, nil},
		"after half of it":       {func(t *testing.T, s *scene) { earn(t, s.d, s.ana, .5, noon) }, course.ErrTaken},
		"after the other let go": {func(t *testing.T, s *scene) { must(t, s.d.ReleaseAddress(t.Context(), s.ana.ID)) }, nil},
		"by the same user in another link": {func(t *testing.T, s *scene) {
			second := launch(s.ana.Platform, "ana")
			second.Link = "second"
			s.ida = enrol(t, s.d, second, noon)
		}, nil},
		"by a namesake on another platform": {func(t *testing.T, s *scene) {
			s.ida = enrol(t, s.d, launch(put(t, s.d, school()).ID, "ana"), noon)
		}, course.ErrTaken},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, d *store.DB) {
				p := put(t, d, campus())
				s := &scene{d: d, ana: seated(t, d, p.ID, "ana", ann.JID), ida: enrol(t, d, launch(p.ID, "ida"), noon), at: noon}
				test.before(t, s)
				isErr(t, "claimed", d.ClaimAddress(t.Context(), s.ida.ID, ann.JID, s.at), test.want)
				if test.want != nil {
					holder(t, d, ann.JID, &s.ana)
					same(t, "the other's address", known(t, d, s.ida.ID).JID, "")
					return
				}
				holder(t, d, ann.JID, &s.ida)
				same(t, "the other's address", known(t, d, s.ana.ID).JID, "")
			})
		})
	}
}

func TestNothingGoesAlongWithAnAddressToAnotherUser(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		p := put(t, d, campus())
		ana, ida := seated(t, d, p.ID, "ana", ann.JID), enrol(t, d, launch(p.ID, "ida"), noon)
		must(t, d.OfferSecret(t.Context(), ana.ID, []byte("rabbit"), true, noon))
		heard(t, d)
		_, err := d.Commit(t.Context(), record.Change{JID: ann.JID, Session: []byte("ana's"), Progress: &record.Progress{Step: record.StepVerified, Since: noon}})
		must(t, err)
		must(t, d.ClaimAddress(t.Context(), ida.ID, ann.JID, noon.Add(2*time.Hour)))

		shared(t, d, ann, "")
		sessions, err := d.Sessions(t.Context())
		must(t, err)
		same(t, "sessions", len(sessions), 0)
		// The bot has not read the note yet and tells of ana's session.
		_, err = d.Commit(t.Context(), record.Change{JID: ann.JID, Session: []byte("ana's"), Progress: &record.Progress{Step: record.StepCode}})
		must(t, err)
		same(t, "ida's progress", known(t, d, ida.ID).Progress.Best, record.StepInvited)
		same(t, "ana's", known(t, d, ana.ID).Progress, record.Progress{Best: record.StepVerified,
			Since: noon.Add(2 * time.Hour), Trouble: record.TroubleAddressLost})

		list, err := d.Notes(t.Context())
		must(t, err)
		same(t, "the first note", list[0].Kind, record.NoteEnrolled)
		_, err = d.Commit(t.Context(), record.Change{JID: ann.JID, Noted: list[0].ID, Progress: &record.Progress{Step: record.StepChatting}})
		must(t, err)
		same(t, "ida's progress, when the bot has heard", known(t, d, ida.ID).Progress.Step, record.StepChatting)
	})
}

func TestARemovedLearnersAddressIsNobodys(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		p := put(t, d, campus())
		e := seated(t, d, p.ID, "ana", ann.JID)
		found, err := d.RemoveLearner(t.Context(), ann.JID)
		must(t, err)
		same(t, "found", found, true)
		holder(t, d, ann.JID, nil)
		same(t, "the enrolment's", known(t, d, e.ID).JID, "")
	})
}
