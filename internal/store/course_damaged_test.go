package store_test

import (
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/store"
)

// damagedCourse is a class of two, each with a grade to send, after something was done to its file.
func damagedCourse(t *testing.T, statements ...string) (d *store.DB, p course.Platform, class []course.Enrolment) {
	t.Helper()
	dir := t.TempDir()
	d = openAt(t, dir, key(1))
	p = put(t, d, campus())
	class = graded(t, d, 2, p)
	must(t, d.PutVisit(t.Context(), course.Visit{Token: [32]byte{1}, Enrolment: class[1].ID, Expires: noon.AddDate(1, 0, 0)}))
	must(t, d.Close())
	raw(t, dir, statements...)
	return openAt(t, dir, key(1)), p, class
}

func TestADamagedPlatformComesBackInItsPlace(t *testing.T) {
	d, p, class := damagedCourse(t, spoil("platform"))
	_, err := d.Platforms(t.Context())
	isDamaged(t, err, "register this platform again")
	all, err := d.Platforms(t.Context())
	must(t, err)
	same(t, "platforms", len(all), 0)
	for _, one := range claim(t, d, noon.Add(time.Minute)) {
		same(t, "a grade's platform", one.Platform, course.Platform{})
	}
	same(t, "registered again", put(t, d, campus()), p)
	open, err := d.OpenGrades(t.Context())
	must(t, err)
	same(t, "grades", owners(open), []int64{class[0].ID, class[1].ID})
	same(t, "their platform", open[0].Platform, p)
}

func TestADamagedPlatformIsFoundByAnUpdateToo(t *testing.T) {
	d, p, _ := damagedCourse(t, spoil("platform"))
	update := func() error {
		return d.UpdatePlatform(t.Context(), p.ID, func(*course.Platform) error { return nil })
	}
	isDamaged(t, update(), "register this platform again")
	isErr(t, "again", update(), course.ErrNone)
}

func TestADamagedEnrolmentComesBackWithItsGrade(t *testing.T) {
	reads := map[string]func(d *store.DB, p course.Platform, e course.Enrolment) error{
		"one": func(d *store.DB, _ course.Platform, e course.Enrolment) error {
			_, err := d.Enrolment(t.Context(), e.ID)
			return err
		},
		"class": func(d *store.DB, p course.Platform, _ course.Enrolment) error {
			_, err := d.Class(t.Context(), p.ID, "1", "link")
			return err
		},
		"launch": func(d *store.DB, p course.Platform, _ course.Enrolment) error {
			_, err := d.Enrol(t.Context(), launch(p.ID, "user0"), noon)
			return err
		},
		"locale": func(d *store.DB, _ course.Platform, e course.Enrolment) error {
			return d.SetLocale(t.Context(), e.ID, "fr")
		},
		"claim": func(d *store.DB, _ course.Platform, e course.Enrolment) error {
			return d.ClaimAddress(t.Context(), e.ID, ann.JID, noon)
		},
		"bot": func(d *store.DB, _ course.Platform, e course.Enrolment) error {
			_, _, err := d.Enrolled(t.Context(), e.JID)
			return err
		},
		"delivery": func(d *store.DB, _ course.Platform, _ course.Enrolment) error {
			all, err := d.ClaimGrades(t.Context(), noon.Add(time.Minute), time.Minute, 9, nil)
			same(t, "claimed", len(all), 1)
			return err
		},
	}
	for name, read := range reads {
		t.Run(name, func(t *testing.T) {
			d, p, class := damagedCourse(t, spoil("enrolment"))
			isDamaged(t, read(d, p, class[0]), "open the activity again from their course")
			_, err := d.Enrolment(t.Context(), class[0].ID)
			isErr(t, "asked again", err, course.ErrNone)
			members, err := d.Class(t.Context(), p.ID, "1", "link")
			must(t, err)
			same(t, "class", len(members), 1)

			back := enrol(t, d, launch(p.ID, "user0"), noon)
			same(t, "launched again", []any{back.ID, back.JID, back.Progress}, []any{class[0].ID, "", record.Progress{}})
			must(t, d.ClaimAddress(t.Context(), back.ID, class[0].JID, noon))
			open, err := d.OpenGrades(t.Context())
			must(t, err)
			same(t, "grades", owners(open), []int64{class[0].ID, class[1].ID})
		})
	}
}

func TestAGradeIsKeptForADamagedEnrolment(t *testing.T) {
	d, p, class := damagedCourse(t, spoil("enrolment"), "DELETE FROM grade")
	_, err := d.Commit(t.Context(), record.Change{JID: class[0].JID, Session: []byte("s"), Progress: &record.Progress{Step: record.StepDone},
		Grade: &record.Grade{Enrolment: class[0].ID, Score: 1, Done: true, At: noon}})
	must(t, err)
	sessions, err := d.Sessions(t.Context())
	must(t, err)
	same(t, "the session", string(sessions[0].Data), "s")
	_, err = d.ClaimGrades(t.Context(), noon, time.Minute, 9, nil)
	isDamaged(t, err, "open the activity again")
	next, err := d.NextGrade(t.Context())
	must(t, err)
	same(t, "next", next, time.Time{}) // nobody shall ask for it again and again
	enrol(t, d, launch(p.ID, "user0"), noon)
	same(t, "after a launch", owners(claim(t, d, noon.Add(time.Hour))), []int64{class[0].ID})
}

func TestForgettingErasesWhatWasSetAside(t *testing.T) {
	dir := t.TempDir()
	d := openAt(t, dir, key(1))
	e := seated(t, d, put(t, d, campus()).ID, "ana", ann.JID)
	must(t, d.Close())
	raw(t, dir, spoil("enrolment"))
	d = openAt(t, dir, key(1))
	_, err := d.Enrolment(t.Context(), e.ID)
	isDamaged(t, err, "enrolment")
	_, err = d.ForgetEnrolment(t.Context(), e.ID)
	must(t, err)
	must(t, d.Close())
	raw(t, dir, "INSERT INTO damaged (id, was, who, sealed) VALUES (1, '', '', '')") // row 1 is free again
}

func TestWhatIsDamagedCanBeErased(t *testing.T) {
	d, p, class := damagedCourse(t, spoil("enrolment"))
	_, err := d.Class(t.Context(), p.ID, "1", "link")
	isDamaged(t, err, "")
	found, err := d.ForgetEnrolment(t.Context(), class[0].ID)
	must(t, err)
	same(t, "found", found, true)
	d, p, _ = damagedCourse(t, spoil("enrolment"))
	found, err = d.RemovePlatform(t.Context(), p.ID)
	must(t, err)
	same(t, "platform found", found, true)
	d, p, _ = damagedCourse(t, spoil("platform"))
	found, err = d.RemovePlatform(t.Context(), p.ID)
	must(t, err)
	same(t, "damaged platform found", found, true)
}

func TestDamagedVisitsLoginsAndInvitationsAreGone(t *testing.T) {
	d, _, _ := damagedCourse(t, spoil("visit"))
	_, err := d.Visit(t.Context(), [32]byte{1}, noon)
	isDamaged(t, err, "opens the activity again")
	_, err = d.Visit(t.Context(), [32]byte{1}, noon)
	isErr(t, "visit", err, course.ErrNone)
}

func TestOtherPeoplesRowsAreRefused(t *testing.T) {
	d, _, class := damagedCourse(t, "UPDATE enrolment SET sealed = (SELECT sealed FROM enrolment WHERE id = 2) WHERE id = 1")
	_, err := d.Enrolment(t.Context(), class[0].ID)
	isDamaged(t, err, "enrolment")
	same(t, "the other", known(t, d, class[1].ID).JID, class[1].JID)
}

// Whoever can write to the file but has no key cannot make one learner another.
func TestColumnsAreNotBelieved(t *testing.T) {
	d, p, class := damagedCourse(t, "UPDATE visit SET enrolment = 1", "INSERT INTO platform (id, who, sealed) VALUES (9, '', '')",
		"UPDATE enrolment SET platform = 9 WHERE id = 1")
	v, err := d.Visit(t.Context(), [32]byte{1}, noon)
	must(t, err)
	same(t, "visit", v.Enrolment, class[1].ID)
	same(t, "platform", known(t, d, class[0].ID).Platform, p.ID)
}
