package store_test

import (
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/store"
)

// practised is somebody who was a teacher and has told the bot a code: then the page takes it.
func practised(t *testing.T, d *store.DB, platform int64) course.Enrolment {
	t.Helper()
	l := launch(platform, "ana")
	l.Role = course.Teacher
	e := enrol(t, d, l, noon)
	must(t, d.ClaimAddress(t.Context(), e.ID, ann.JID, noon))
	must(t, d.OfferSecret(t.Context(), e.ID, []byte("rabbit"), true, noon))
	heard(t, d)
	_, err := d.Commit(t.Context(), record.Change{JID: ann.JID, Session: []byte("s"), Progress: &record.Progress{Step: record.StepCode}})
	must(t, err)
	return known(t, d, e.ID)
}

func TestWhoPractisedBeginsAnewAsALearner(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		p := put(t, d, campus())
		e := practised(t, d, p.ID)
		earn(t, d, e, 1, noon)
		if known(t, d, e.ID).Passed.IsZero() {
			t.Error("practice is not passed")
		}
		later := noon.Add(time.Minute)
		got := enrol(t, d, launch(p.ID, "ana"), later)
		same(t, "kept", known(t, d, e.ID), got)
		same(t, "passed", got.Passed, time.Time{})
		same(t, "address", got.JID, ann.JID)
		same(t, "progress", got.Progress, record.Progress{Step: record.StepInvited, Best: record.StepInvited, Since: later})
		sessions, err := d.Sessions(t.Context())
		must(t, err)
		same(t, "sessions", len(sessions), 0)
		shared(t, d, ann, "")
		_, err = d.Grade(t.Context(), e.ID)
		isErr(t, "grade", err, course.ErrNone)
		same(t, "notes", notes(t, d), []note{{ann.JID, record.NoteRemove, ""}, {ann.JID, record.NoteEnrolled, ""}, {ann.JID, record.NoteInvite, ""}})

		// The bot has not heard of it yet, and judges the code.
		earn(t, d, e, 1, later)
		_, err = d.Grade(t.Context(), e.ID)
		isErr(t, "grade of the session before", err, course.ErrNone)
		same(t, "passed", known(t, d, e.ID).Passed, time.Time{})
		heard(t, d)
		earn(t, d, e, 1, later)
		same(t, "grades of a learner", len(claim(t, d, later.Add(time.Minute))), 1)
	})
}

func TestALearnerOfACommandBeginsAnewToo(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		must(t, d.PutLearner(t.Context(), ann))
		p := put(t, d, campus())
		e := practised(t, d, p.ID)
		enrol(t, d, launch(p.ID, "ana"), noon)
		same(t, "notes", notes(t, d), []note{{ann.JID, record.NoteReset, ""}, {ann.JID, record.NoteEnrolled, ""}, {ann.JID, record.NoteInvite, ""}})
		earn(t, d, e, 1, noon)
		_, err := d.Grade(t.Context(), e.ID)
		isErr(t, "grade of the session before", err, course.ErrNone)
		list, err := d.Learners(t.Context())
		must(t, err)
		same(t, "source", list[0].Source, record.FromCommand)
	})
}

func TestWhatALearnerHasPassedStaysPassed(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		p := put(t, d, campus())
		e := seated(t, d, p.ID, "ana", ann.JID)
		earn(t, d, e, 1, noon)
		heard(t, d)
		before := known(t, d, e.ID)
		for _, role := range []course.Role{course.Teacher, course.Tester, course.Learner} {
			l := launch(p.ID, "ana")
			l.Role = role
			enrol(t, d, l, noon)
		}
		same(t, "after all", known(t, d, e.ID), before)
		same(t, "notes", len(notes(t, d)), 0)
		same(t, "grades", len(claim(t, d, noon)), 1)
	})
}

func TestWhoHasNoAddressBeginsAnewInSilence(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		p := put(t, d, campus())
		e := practised(t, d, p.ID)
		must(t, d.ReleaseAddress(t.Context(), e.ID))
		heard(t, d)
		same(t, "progress", enrol(t, d, launch(p.ID, "ana"), noon).Progress, record.Progress{Since: noon})
		same(t, "notes", len(notes(t, d)), 0)
	})
}
