package store_test

import (
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/store"
	"otrbot/lti"
)

func TestWhatARelaunchSaysReplacesWhatWasKnown(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		p := put(t, d, campus())
		first := seated(t, d, p.ID, "ana", ann.JID)
		later := noon.Add(26 * time.Hour)
		again := launch(p.ID, "ana")
		again.Context, again.Course, again.Title, again.Name, again.Locale = "course-6", "Privacy", "Chat", "", "de"
		again.Role, again.Grades, again.Roster = course.Tester, nil, &lti.RosterService{URL: "https://lms.example/members"}
		again.Outcome = &lti.Outcome{ServiceURL: "https://lms.example/o", SourcedID: "another one"}
		// what a launch does not know:
		again.ID, again.JID, again.Passed, again.Launched, again.Progress = 77, "eve@example.org", noon, later, record.Progress{Step: record.StepDone}
		got := enrol(t, d, again, later)

		want := again
		want.ID, want.JID, want.Passed, want.Launched, want.Progress, want.Seen = first.ID, first.JID, first.Passed, first.Launched, first.Progress, later
		want.Roster = nil // who else is in the course is for teachers
		same(t, "relaunched", got, want)
		same(t, "kept", known(t, d, first.ID), want)
	})
}

func TestEnrolmentsAreFoundByLinkAndUser(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		c, s := put(t, d, campus()), put(t, d, school())
		seen := map[int64]bool{}
		for _, k := range []course.Key{
			{Platform: c.ID, Deployment: "1", Link: "link", User: "ana"},
			{Platform: s.ID, Deployment: "1", Link: "link", User: "ana"},
			{Platform: c.ID, Deployment: "2", Link: "link", User: "ana"},
			{Platform: c.ID, Deployment: "1", Link: "link2", User: "ana"},
			{Platform: c.ID, Deployment: "1", Link: "link", User: "Ana"},
			{Platform: c.ID, Deployment: "1l", Link: "ink", User: "ana"}, // together they are the same text
		} {
			e := enrol(t, d, course.Enrolment{Key: k}, noon)
			if seen[e.ID] {
				t.Errorf("%+v was taken for another", k)
			}
			seen[e.ID] = true
			same(t, "again", enrol(t, d, course.Enrolment{Key: k}, noon).ID, e.ID)
		}
		_, err := d.Enrolment(t.Context(), 99)
		isErr(t, "nobody", err, course.ErrNone)
	})
}

func TestAClassIsWhoLaunchedTheLink(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		p := put(t, d, campus())
		ana, ida := seated(t, d, p.ID, "ana", ann.JID), enrol(t, d, launch(p.ID, "ida"), noon)
		other := launch(p.ID, "ana")
		other.Link = "another link"
		enrol(t, d, other, noon)
		must(t, d.OfferSecret(t.Context(), ana.ID, []byte("rabbit"), true, noon))
		earn(t, d, ana, .5, noon)
		earn(t, d, ana, 1, noon)

		all, err := d.Class(t.Context(), p.ID, "1", "link")
		must(t, err)
		same(t, "number", len(all), 2)
		same(t, "ana", all[0].Enrolment, known(t, d, ana.ID))
		same(t, "ida", all[1], course.Member{Enrolment: ida})
		newest, err := d.Grade(t.Context(), ana.ID)
		must(t, err)
		if all[0].Grade == nil || *all[0].Grade != newest || newest.Score != 1 || !all[0].Secret {
			t.Errorf("ana's grade: %+v, secret: %v", all[0].Grade, all[0].Secret)
		}
		_, err = d.Grade(t.Context(), ida.ID)
		isErr(t, "ida's grade", err, course.ErrNone)
		all, err = d.Class(t.Context(), p.ID, "2", "link")
		must(t, err)
		same(t, "another deployment", len(all), 0)
	})
}

func TestTheBotLearnsWhatAnAddressBelongsTo(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		p := put(t, d, campus())
		must(t, d.PutLearner(t.Context(), ben))
		e := seated(t, d, p.ID, "ana", ann.JID)
		list, err := d.Learners(t.Context())
		must(t, err)
		same(t, "learners", list, []record.Learner{ben, {JID: ann.JID, Locale: "nl", Source: record.FromCourse, Added: noon, Enrolment: e.ID}})

		id, progress, err := d.Enrolled(t.Context(), ann.JID)
		must(t, err)
		same(t, "enrolment", id, e.ID)
		same(t, "progress", progress, record.Progress{Step: record.StepInvited, Best: record.StepInvited, Since: noon})
		id, _, err = d.Enrolled(t.Context(), ben.JID)
		must(t, err)
		same(t, "of somebody without", id, int64(0))
	})
}

func TestAChosenLanguageStaysAndIsTheChatsToo(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		p := put(t, d, campus())
		e := seated(t, d, p.ID, "ana", ann.JID)
		_, err := d.Changed(t.Context()) // of what was before
		must(t, err)
		must(t, d.SetLocale(t.Context(), e.ID, "ar"))
		if changed, err := d.Changed(t.Context()); err != nil || !changed {
			t.Errorf("the bot hears nothing of it: %v, %v", changed, err)
		}
		again := enrol(t, d, launch(p.ID, "ana"), noon)
		if again.Locale != "ar" || !again.Chosen {
			t.Errorf("after a launch: %q, %v", again.Locale, again.Chosen)
		}
		list, err := d.Learners(t.Context())
		must(t, err)
		same(t, "the learner's", list[0].Locale, "ar")
		foreign := launch(p.ID, "ana")
		foreign.Locale = "de"
		enrol(t, d, foreign, noon)
		list, err = d.Learners(t.Context())
		must(t, err)
		same(t, "the learner's after a launch", list[0].Locale, "ar")
		ida := enrol(t, d, launch(p.ID, "ida"), noon)
		must(t, d.SetLocale(t.Context(), ida.ID, "fr")) // no address yet
		isErr(t, "nobody", d.SetLocale(t.Context(), 99, "fr"), course.ErrNone)
	})
}

func TestALaunchInAnotherLanguageChangesTheChatsToo(t *testing.T) {
	tests := map[string]struct {
		before func(t *testing.T, d *store.DB)
		want   string
	}{
		"of a learner of the course": {func(*testing.T, *store.DB) {}, "de"},
		"of one of a command":        {func(t *testing.T, d *store.DB) { must(t, d.PutLearner(t.Context(), ann)) }, ann.Locale},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, d *store.DB) {
				test.before(t, d)
				p := put(t, d, campus())
				seated(t, d, p.ID, "ana", ann.JID)
				_, err := d.Changed(t.Context())
				must(t, err)
				german := launch(p.ID, "ana")
				german.Locale = "de"
				same(t, "the page's", enrol(t, d, german, noon).Locale, "de")
				list, err := d.Learners(t.Context())
				must(t, err)
				same(t, "the chat's", list[0].Locale, test.want)
				changed, err := d.Changed(t.Context())
				must(t, err)
				same(t, "the bot hears of it", changed, test.want == "de")
			})
		})
	}
}

func TestForgettingErasesTheEnrolmentAndTheAddress(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		p := put(t, d, campus())
		e := seated(t, d, p.ID, "ana", ann.JID)
		must(t, d.OfferSecret(t.Context(), e.ID, []byte("rabbit"), true, noon))
		must(t, d.PutVisit(t.Context(), course.Visit{Token: [32]byte{1}, Enrolment: e.ID, Expires: noon.AddDate(1, 0, 0)}))
		earn(t, d, e, 1, noon)
		for _, want := range []bool{true, false} {
			found, err := d.ForgetEnrolment(t.Context(), e.ID)
			must(t, err)
			same(t, "found", found, want)
		}
		same(t, "notes", notes(t, d), []note{{ann.JID, record.NoteRemove, ""}})
		list, err := d.Learners(t.Context())
		must(t, err)
		same(t, "learners", len(list), 0)
		shared(t, d, ann, "")
		same(t, "grades", len(claim(t, d, noon)), 0)
		isErr(t, "a grade that comes too late", func() error { earn(t, d, e, 1, noon); _, err := d.Grade(t.Context(), e.ID); return err }(), course.ErrNone)
		if again := enrol(t, d, launch(p.ID, "ana"), noon); again.ID == e.ID || again.JID != "" || !again.Passed.IsZero() {
			t.Errorf("launched again: %+v", again)
		}
	})
}

func TestALanguageChosenInTheChatIsThePagesToo(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		p := put(t, d, campus())
		e := seated(t, d, p.ID, "ana", ann.JID)
		must(t, d.PutLearner(t.Context(), ben))
		for _, jid := range []string{ann.JID, ben.JID, "nobody@example.org"} {
			_, err := d.Commit(t.Context(), record.Change{JID: jid, Session: []byte("s"), Locale: "ar"})
			must(t, err)
			_, err = d.Commit(t.Context(), record.Change{JID: jid, Session: []byte("s")}) // no news
			must(t, err)
		}
		again := enrol(t, d, launch(p.ID, "ana"), noon)
		if again.ID != e.ID || again.Locale != "ar" || !again.Chosen {
			t.Errorf("after a launch: %d, %q, %v", again.ID, again.Locale, again.Chosen)
		}
		list, err := d.Learners(t.Context())
		must(t, err)
		same(t, "learners", len(list), 2)
		for _, l := range list {
			same(t, l.JID, l.Locale, "ar")
		}
	})
}
