package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/store"
	"otrbot/lti"
)

func (p place) lti(args ...string) outcome {
	return execute("", append(append([]string{"lti"}, args...), "--store", p.url, "--key-file", p.keyFile)...)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// classroom is a store with a platform and three learners: a refused grade, one that waits, one that has arrived.
func classroom(t *testing.T) (place, *store.DB) {
	t.Helper()
	p := newPlace(t)
	d := p.open(t)
	id, err := d.PutPlatform(t.Context(), course.Platform{
		Name: "Campus", Pending: []string{"7", "esc\x1b[2J"},
		Registration: &lti.Registration{Issuer: "https://lms.example", ClientID: "c", Deployments: []string{"1"}},
	})
	must(t, err)
	now := time.Now()
	for i, state := range []course.GradeState{course.GradeRefused, course.GradeWaiting, course.GradeConfirmed} {
		user := string(rune('a' + i))
		e, err := d.Enrol(t.Context(), course.Enrolment{
			Key: course.Key{Platform: id, Deployment: "1", Link: "l", User: user}, Name: "Name of " + user, Course: "Privacy\x1b[2J",
			Role: course.Learner, Outcome: &lti.Outcome{ServiceURL: "https://lms.example/o", SourcedID: "sourcedid of " + user},
		}, now)
		must(t, err)
		must(t, d.ClaimAddress(t.Context(), e.ID, user+"@example.org", now))
		_, err = d.Commit(t.Context(), record.Change{JID: user + "@example.org", Grade: &record.Grade{Enrolment: e.ID, Score: .75, At: now}})
		must(t, err)
		claimed, err := d.ClaimGrades(t.Context(), now.Add(time.Second), time.Minute, 1, nil)
		must(t, err)
		g := claimed[0].Grade
		g.State, g.Why, g.Tries, g.Next = state, course.WhyUnreachable, 3, now.Add(time.Hour)
		if state == course.GradeRefused {
			g.Why = course.WhyNotAllowed
		}
		must(t, d.SettleGrade(t.Context(), g, now))
	}
	return p, d
}

func TestTheOutboxShowsWhatHasNotArrivedAndNamesNobody(t *testing.T) {
	p, _ := classroom(t)
	o := p.lti("outbox")
	lines := strings.Split(strings.TrimSpace(o.stdout), "\n")
	if o.code != exitOK || len(lines) != 3 {
		t.Fatalf("%+v", o)
	}
	for i, want := range [][]string{
		{"1 ", "Campus", "Privacy·[2J", "75 %", "refused", "allow the tool to, then resend"},
		{"2 ", "Campus", "75 %", "waiting", "it is tried again"},
	} {
		for _, word := range want {
			if !strings.Contains(lines[i+1], word) {
				t.Errorf("line %q does not say %q", lines[i+1], word)
			}
		}
	}
	asJSON := p.lti("outbox", "--json")
	for _, private := range []string{"Name of", "@example.org", "sourcedid", "\x1b"} {
		if strings.Contains(o.stdout+o.stderr+asJSON.stdout+asJSON.stderr, private) {
			t.Errorf("shows %q", private)
		}
	}
	first, _, _ := strings.Cut(asJSON.stdout, "\n")
	var one gradeShown
	must(t, json.Unmarshal([]byte(first), &one))
	if one.Enrolment != 1 || one.State != course.GradeRefused || one.Why != course.WhyNotAllowed || one.Tries != 3 || one.Score != .75 {
		t.Errorf("%+v", one)
	}
}

func TestGradesAreSentAgain(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		code int
		says string
		open int // that are due at once
	}{
		"the refused one":         {[]string{"1"}, exitOK, "Grades that go out at once: 1", 1},
		"all":                     {[]string{"--all"}, exitOK, "Grades that go out at once: 2", 2},
		"one that has arrived":    {[]string{"3"}, exitRefused, "nothing to send of [3]", 0},
		"some, and one of nobody": {[]string{"1", "99"}, exitRefused, "nothing to send of [99]", 1},
	} {
		t.Run(name, func(t *testing.T) {
			p, d := classroom(t)
			o := p.lti(append([]string{"outbox", "resend"}, c.args...)...)
			if o.code != c.code || !strings.Contains(o.stdout+o.stderr, c.says) {
				t.Errorf("%+v", o)
			}
			due, err := d.ClaimGrades(t.Context(), time.Now().Add(time.Minute), time.Minute, 9, nil)
			must(t, err)
			if len(due) != c.open {
				t.Errorf("%d are due, want %d", len(due), c.open)
			}
		})
	}
}

func TestADeploymentIsApproved(t *testing.T) {
	p, d := classroom(t)
	if o := p.lti("approve"); o.code != exitOK || !strings.Contains(o.stdout, "7  (Campus, number 1)\n") || strings.Contains(o.stdout, "\x1b") {
		t.Errorf("%+v", o)
	}
	if o := p.lti("list"); !strings.Contains(o.stderr, "deployments that wait for approval: 2") {
		t.Errorf("%+v", o)
	}
	if o := p.lti("approve", "7"); o.code != exitOK || !strings.Contains(o.stdout, "Deployment 7 of Campus may launch now") {
		t.Errorf("%+v", o)
	}
	platform, err := d.Platform(t.Context(), 1)
	must(t, err)
	if got := strings.Join(platform.Registration.Deployments, " "); got != "1 7" || len(platform.Pending) != 1 {
		t.Errorf("deployments %q, pending %q", got, platform.Pending)
	}
	if o := p.lti("approve", "7"); o.code != exitRefused {
		t.Errorf("twice: %+v", o)
	}
}

func TestADeploymentThatWaitsTwiceIsToldApart(t *testing.T) {
	p, d := classroom(t)
	_, err := d.PutPlatform(t.Context(), course.Platform{Name: "Other", Pending: []string{"7"}, Registration: &lti.Registration{Issuer: "https://other.example", ClientID: "c"}})
	must(t, err)
	if o := p.lti("approve", "7"); o.code != exitRefused || !strings.Contains(o.stderr, "waits at 2 platforms: say which with --platform") {
		t.Errorf("%+v", o)
	}
	if o := p.lti("approve", "7", "--platform", "Other"); o.code != exitOK {
		t.Errorf("%+v", o)
	}
	campus, err := d.Platform(t.Context(), 1)
	must(t, err)
	if len(campus.Registration.Deployments) != 1 {
		t.Error("the other one's was approved")
	}
}

func TestRemovingAPlatformTellsWhatItCosts(t *testing.T) {
	p, d := classroom(t)
	if o := p.lti("remove", "Campus"); o.code != exitRefused || !strings.Contains(o.stderr, "Campus has 3 enrolments, which") {
		t.Errorf("%+v", o)
	}
	small, err := d.PutPlatform(t.Context(), course.Platform{Name: "Small", Consumer: &lti.Consumer{Key: "k"}})
	must(t, err)
	_, err = d.Enrol(t.Context(), course.Enrolment{Key: course.Key{Platform: small, Link: "l", User: "u"}, Role: course.Learner}, time.Now())
	must(t, err)
	if o := p.lti("remove", "Small"); o.code != exitRefused || !strings.Contains(o.stderr, "Small has 1 enrolment, which") {
		t.Errorf("%+v", o)
	}
	if _, err := d.Platform(t.Context(), 1); err != nil {
		t.Errorf("removed without a word: %v", err)
	}
	if o := p.lti("remove", "Campus", "--yes"); o.code != exitOK {
		t.Errorf("%+v", o)
	}
	list, err := d.Learners(t.Context())
	must(t, err)
	if len(list) != 0 {
		t.Errorf("learners are left: %v", list)
	}
}
