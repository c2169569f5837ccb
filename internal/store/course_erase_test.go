package store_test

import (
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/store"
	"otrbot/lti"
)

// taught is a lesson of ana's from her launch to the grade. It returns the traces.
func taught(t *testing.T, dir string, d *store.DB) (p course.Platform, e course.Enrolment, all []trace) {
	t.Helper()
	p = put(t, d, campus())
	e = seated(t, d, p.ID, "ana", ann.JID)
	must(t, d.OfferSecret(t.Context(), e.ID, []byte("weak rabbit"), false, noon))
	must(t, d.OfferSecret(t.Context(), e.ID, []byte("white rabbit"), true, noon))
	must(t, d.PutVisit(t.Context(), course.Visit{Token: [32]byte{1}, Enrolment: e.ID, ReturnURL: "https://lms.example/back", Expires: noon.Add(time.Hour)}))
	_, err := d.Submit(t.Context(), e.ID, record.NoteCode, "4711", noon)
	must(t, err)
	all = traces(t, dir, "note", "secrets", "visit", "enrolment", "learner")
	heard(t, d)
	for i, step := range record.Steps() {
		_, err := d.Commit(t.Context(), record.Change{JID: ann.JID, Session: []byte("session"),
			Progress: &record.Progress{Step: step, Fingerprint: "DEAD BEEF"}, Grade: &record.Grade{Enrolment: e.ID, Score: float64(i+1) / 7, At: noon}})
		must(t, err)
		all = append(all, traces(t, dir, "session", "enrolment")...)
	}
	if len(found(t, dir, all)) == 0 {
		t.Fatal("finds nothing even before: the test is blind")
	}
	return p, e, all
}

// named are texts that stand nowhere in the file, erased or not.
func named(t *testing.T) (all []trace) {
	t.Helper()
	for _, text := range []string{ann.JID, "ana", "rabbit", "4711", "Cryptography", "Talk to the bot", "lms.example", "of the class", "DEAD BEEF",
		"new secret", "school-key", "PRIVATE KEY", "inviting", "state-value", "nonce-value"} {
		all = append(all, trace{text, []byte(text)})
	}
	return all
}

func TestNothingOfACourseIsReadable(t *testing.T) {
	dir := t.TempDir()
	d := openAt(t, dir, key(1))
	taught(t, dir, d)
	put(t, d, school())
	_, err := d.KeyRing(t.Context())
	must(t, err)
	must(t, d.PutInvitation(t.Context(), [32]byte{1}, "inviting", noon))
	must(t, d.PutState(t.Context(), lti.State{Value: "state-value", Nonce: "nonce-value", Issuer: "https://lms.example", Expires: noon}))
	_, err = d.Use(t.Context(), "school-key", "nonce-value", noon)
	must(t, err)
	if left := found(t, dir, named(t)); len(left) > 0 {
		t.Errorf("readable while it runs: %v", left)
	}
	must(t, d.Close())
	if left := found(t, dir, named(t)); len(left) > 0 {
		t.Errorf("readable after: %v", left)
	}
}

func TestNothingOfAnErasedEnrolmentIsInTheFiles(t *testing.T) {
	for name, erase := range map[string]func(d *store.DB, p course.Platform, e course.Enrolment) error{
		"forget": func(d *store.DB, _ course.Platform, e course.Enrolment) error {
			_, err := d.ForgetEnrolment(t.Context(), e.ID)
			return err
		},
		"remove the platform": func(d *store.DB, p course.Platform, _ course.Enrolment) error {
			_, err := d.RemovePlatform(t.Context(), p.ID)
			return err
		},
		"sweep": func(d *store.DB, _ course.Platform, e course.Enrolment) error {
			for _, one := range claim(t, d, noon.Add(time.Hour)) {
				one.Grade.State = course.GradeConfirmed
				must(t, d.SettleGrade(t.Context(), one.Grade, noon))
			}
			return d.SweepCourse(t.Context(), noon.AddDate(1, 0, 0), time.Hour)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			running := openAt(t, dir, key(1))
			p, e, all := taught(t, dir, running)
			other := openAt(t, dir, key(1))
			must(t, erase(other, p, e))
			heard(t, running) // the notes name the address until the bot has read them
			waitUntilGone(t, dir, all)
			list, err := running.Learners(t.Context())
			must(t, err)
			same(t, "learners", len(list), 0)
		})
	}
}

// The note to the bot names the address until it was read; that is another value than those before.
func TestNothingOfALostAddressIsInTheFiles(t *testing.T) {
	t.Run("released", func(t *testing.T) {
		dir := t.TempDir()
		d := openAt(t, dir, key(1))
		_, e, all := taught(t, dir, d)
		must(t, d.SweepCourse(t.Context(), noon.AddDate(99, 0, 0), 0)) // the visit
		must(t, d.ReleaseAddress(t.Context(), e.ID))
		if left := found(t, dir, all); len(left) > 0 {
			t.Errorf("left when the method has returned: %v", left)
		}
	})
	t.Run("changed", func(t *testing.T) {
		dir := t.TempDir()
		d := openAt(t, dir, key(1))
		_, e, all := taught(t, dir, d)
		must(t, d.SweepCourse(t.Context(), noon.AddDate(99, 0, 0), 0)) // the visit
		must(t, d.Close())                                             // sweeps
		d = openAt(t, dir, key(1))
		must(t, d.ClaimAddress(t.Context(), e.ID, "work@example.org", noon))
		waitUntilGone(t, dir, all)
	})
}
