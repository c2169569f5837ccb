package store_test

import (
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/store"
	"otrbot/lti"
)

// campus is a platform of LTI 1.3.
func campus() course.Platform {
	return course.Platform{
		Name: "Campus", Family: "moodle", Version: "4.5", Pending: []string{"7"}, Frames: []string{"https://lms.example"}, Added: noon,
		Registration: &lti.Registration{
			Issuer: "https://lms.example", ClientID: "client", AuthURL: "https://lms.example/auth?x=1", TokenURL: "https://lms.example/token",
			TokenAudience: "https://lms.example/aud", JWKSURL: "https://lms.example/keys", Deployments: []string{"1", "2"},
			AnyDeployment: true, ServiceHosts: []string{".lms.example"},
		},
	}
}

// school is a platform of LTI 1.1.
func school() course.Platform {
	return course.Platform{Name: "School", Added: noon, Consumer: &lti.Consumer{
		Key: "school-key", Secrets: []lti.Secret{"new secret", "old \xff secret"}, Methods: []lti.Method{lti.HMACSHA256}, ServiceHosts: []string{"school.example"},
	}}
}

// put adds a platform and returns it with its ID.
func put(t testing.TB, d *store.DB, p course.Platform) course.Platform {
	t.Helper()
	id, err := d.PutPlatform(t.Context(), p)
	must(t, err)
	p.ID = id
	return p
}

// launch is what a learner's launch from a platform says.
func launch(platform int64, user string) course.Enrolment {
	return course.Enrolment{
		Key:     course.Key{Platform: platform, Deployment: "1", Link: "link", User: user},
		Context: "course-5", Course: "Cryptography", Title: "Talk to the bot", Name: user + " of the class", Role: course.Learner, Locale: "nl",
		Outcome: &lti.Outcome{ServiceURL: "https://lms.example/outcome?x=1", SourcedID: `{"of":"` + user + `","<&>":"` + "\xff" + `"}`, Method: lti.HMACSHA1},
		Grades:  &lti.GradeService{Scopes: []string{lti.ScopeScore}, LineItem: "https://lms.example/item?type_id=4", LineItems: "https://lms.example/items"},
	}
}

func enrol(t testing.TB, d *store.DB, e course.Enrolment, now time.Time) course.Enrolment {
	t.Helper()
	e, err := d.Enrol(t.Context(), e, now)
	must(t, err)
	return e
}

// seated is an enrolment of a user who has entered an address.
func seated(t testing.TB, d *store.DB, platform int64, user, jid string) course.Enrolment {
	t.Helper()
	e := enrol(t, d, launch(platform, user), noon)
	must(t, d.ClaimAddress(t.Context(), e.ID, jid, noon))
	return known(t, d, e.ID)
}

func known(t testing.TB, d *store.DB, id int64) course.Enrolment {
	t.Helper()
	e, err := d.Enrolment(t.Context(), id)
	must(t, err)
	return e
}

// earn commits a grade as the bot does.
func earn(t testing.TB, d *store.DB, e course.Enrolment, score float64, at time.Time) {
	t.Helper()
	_, err := d.Commit(t.Context(), record.Change{JID: e.JID, Session: []byte("s"),
		Grade: &record.Grade{Enrolment: e.ID, Score: score, Done: score == 1, At: at}})
	must(t, err)
}

// leave ends the session of an enrolment that has passed, after the bot has heard of the enrolment.
func leave(t testing.TB, d *store.DB, e course.Enrolment, at time.Time) {
	t.Helper()
	left, err := d.Notes(t.Context())
	must(t, err)
	for _, n := range left {
		must(t, d.NoteDone(t.Context(), n.ID))
	}
	_, err = d.Commit(t.Context(), record.Change{JID: e.JID, Progress: &record.Progress{Step: record.StepDone, Since: at, Active: at, Ended: true}})
	must(t, err)
}

func claim(t testing.TB, d *store.DB, now time.Time, except ...int64) []course.Delivery {
	t.Helper()
	all, err := d.ClaimGrades(t.Context(), now, time.Minute, 100, except)
	must(t, err)
	return all
}

func TestALaunchComesBackAsItWas(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		p := put(t, d, campus())
		e := launch(p.ID, "ana")
		e.Role, e.Roster = course.Teacher, &lti.RosterService{URL: "https://lms.example/members"}
		e = enrol(t, d, e, noon)
		want := launch(p.ID, "ana")
		want.ID, want.Role, want.Roster, want.Launched, want.Seen = e.ID, e.Role, e.Roster, noon, noon
		same(t, "enrolled", e, want)
		same(t, "read", known(t, d, e.ID), want)
		must(t, d.ClaimAddress(t.Context(), e.ID, ann.JID, noon))
		earn(t, d, known(t, d, e.ID), 1, noon)
		same(t, "grades of a teacher", len(claim(t, d, noon)), 0)
	})
}

// gradesOf returns an enrolment's grades as they are in the store, the oldest first.
func gradesOf(t testing.TB, d *store.DB, enrolment int64) []course.Grade {
	t.Helper()
	all, err := d.GradesOf(t.Context(), enrolment)
	must(t, err)
	return all
}
