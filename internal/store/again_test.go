package store_test

import (
	"testing"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/store"
)

func TestALessonIsBegunAgain(t *testing.T) {
	tests := map[string]struct {
		before func(t *testing.T, d *store.DB)
		notes  []record.NoteKind
		secret string
	}{
		"by a learner of the course": {func(*testing.T, *store.DB) {},
			[]record.NoteKind{record.NoteRemove, record.NoteEnrolled, record.NoteInvite}, ""},
		"by one of a command": {func(t *testing.T, d *store.DB) { must(t, d.PutLearner(t.Context(), ann)) },
			[]record.NoteKind{record.NoteReset, record.NoteEnrolled, record.NoteInvite}, "rabbit"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, d *store.DB) {
				p := put(t, d, campus())
				test.before(t, d)
				e := seated(t, d, p.ID, "ana", ann.JID)
				must(t, d.OfferSecret(t.Context(), e.ID, []byte("rabbit"), true, noon))
				heard(t, d)
				_, err := d.Commit(t.Context(), record.Change{JID: ann.JID, Session: []byte("s"),
					Progress: &record.Progress{Step: record.StepVerified, Trouble: record.TroubleDiffers}})
				must(t, err)
				must(t, d.ClaimAgain(t.Context(), e.ID, noon))

				holder(t, d, ann.JID, &e)
				same(t, "progress", known(t, d, e.ID).Progress, record.Progress{Step: record.StepInvited, Best: record.StepVerified, Since: noon})
				shared(t, d, ann, test.secret)
				listed(t, d, 1)
				sessions, err := d.Sessions(t.Context())
				must(t, err)
				same(t, "sessions", len(sessions), 0)
				var kinds []record.NoteKind
				for _, n := range notes(t, d) {
					same(t, "whose", n.jid, ann.JID)
					kinds = append(kinds, n.kind)
				}
				same(t, "notes", kinds, test.notes)
			})
		})
	}
}

func TestBeginningAgainTooOftenLosesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		p := put(t, d, campus())
		isErr(t, "nobody", d.ClaimAgain(t.Context(), 99, noon), course.ErrNone)
		isErr(t, "without an address", d.ClaimAgain(t.Context(), enrol(t, d, launch(p.ID, "ida"), noon).ID, noon), course.ErrNone)
		e := seated(t, d, p.ID, "ana", ann.JID)
		for range 29 {
			must(t, d.ClaimAgain(t.Context(), e.ID, noon))
		}
		must(t, d.OfferSecret(t.Context(), e.ID, []byte("rabbit"), true, noon))
		heard(t, d)
		_, err := d.Commit(t.Context(), record.Change{JID: ann.JID, Session: []byte("s"), Progress: &record.Progress{Step: record.StepCode}})
		must(t, err)
		before := known(t, d, e.ID)
		isErr(t, "once more", d.ClaimAgain(t.Context(), e.ID, noon), course.ErrTooMany)
		isErr(t, "by typing it", d.ClaimAddress(t.Context(), e.ID, ann.JID, noon), course.ErrTooMany)
		same(t, "enrolment", known(t, d, e.ID), before)
		shared(t, d, ann, "rabbit")
		same(t, "notes", len(notes(t, d)), 0)
		sessions, err := d.Sessions(t.Context())
		must(t, err)
		same(t, "sessions", len(sessions), 1)
	})
}

// A classmate enters the address of somebody who talks to the bot without any course.
func TestASessionOfNoCourseEndsWhenItsAddressIsClaimed(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		must(t, d.PutLearner(t.Context(), ann))
		must(t, d.PutSecret(t.Context(), ann.JID, []byte("on paper")))
		_, err := d.Commit(t.Context(), record.Change{JID: ann.JID, Session: []byte("s"), Out: []record.Out{{JID: ann.JID, Stanza: []byte("<message/>")}}})
		must(t, err)
		heard(t, d)
		e := seated(t, d, put(t, d, campus()).ID, "eve", ann.JID)
		sessions, err := d.Sessions(t.Context())
		must(t, err)
		same(t, "sessions", len(sessions), 0)
		out, err := d.Outbox(t.Context())
		must(t, err)
		same(t, "stanzas on their way", len(out), 0)
		shared(t, d, ann, "on paper")
		same(t, "progress", known(t, d, e.ID).Progress.Step, record.StepInvited)
		same(t, "notes", notes(t, d), []note{{ann.JID, record.NoteEnrolled, ""}, {ann.JID, record.NoteInvite, ""}})
	})
}

func TestWhoLosesAnAddressReadsWhy(t *testing.T) {
	tests := map[string]struct {
		lose func(t *testing.T, d *store.DB, e course.Enrolment) error
		want record.Trouble
	}{
		"to another user": {func(t *testing.T, d *store.DB, e course.Enrolment) error {
			earn(t, d, e, 1, noon)
			leave(t, d, e, noon)
			return d.ClaimAddress(t.Context(), enrol(t, d, launch(e.Platform, "ida"), noon).ID, ann.JID, noon)
		}, record.TroubleAddressLost},
		"to another activity": {func(t *testing.T, d *store.DB, e course.Enrolment) error {
			l := launch(e.Platform, "ana")
			l.Link = "another"
			return d.ClaimAddress(t.Context(), enrol(t, d, l, noon).ID, ann.JID, noon)
		}, record.TroubleAddressMoved},
		"freed": {func(t *testing.T, d *store.DB, e course.Enrolment) error {
			return d.ReleaseAddress(t.Context(), e.ID)
		}, record.TroubleAddressLost},
		"by a command": {func(t *testing.T, d *store.DB, e course.Enrolment) error {
			_, err := d.RemoveLearner(t.Context(), ann.JID)
			return err
		}, record.TroubleAddressLost},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, d *store.DB) {
				e := seated(t, d, put(t, d, campus()).ID, "ana", ann.JID)
				must(t, test.lose(t, d, e))
				got := known(t, d, e.ID)
				same(t, "address", got.JID, "")
				same(t, "why", got.Progress.Trouble, test.want)
				same(t, "after a launch", enrol(t, d, launch(e.Platform, "ana"), noon).Progress, got.Progress)
				must(t, d.ClaimAddress(t.Context(), e.ID, ben.JID, noon))
				same(t, "with another", known(t, d, e.ID).Progress.Trouble, record.NoTrouble)
			})
		})
	}
}
