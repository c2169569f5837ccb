package class_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/lti"
)

func TestTeacherSeesWhoIsStuckAndWhy(t *testing.T) {
	w := newWorld(t)
	w.room.Enrolment.Roster = nil
	w.enrol("u1", "Ann", at(record.StepChatting, record.TroubleClient, noon.Add(-25*time.Minute)))
	w.enrol("u2", "Ben", at(record.StepDone, "", noon.Add(-time.Hour)))
	w.enrol("u3", "", nil)

	r := w.get("")

	r.says(t, "1 of 3 learners have finished", "1 is stuck",
		"Ann", "Stuck for 25 minutes Chats with the bot", "does not know OTR", "Ask the learner to use one of the programs",
		"Ben", "Done Finished the lesson", "1 hour ago", "Learner ", "Not started Opened the page")
	if first := strings.Index(r.text, "Ann Stuck"); first < 0 || first > strings.Index(r.text, "Ben Done") {
		t.Errorf("the one who needs help does not come first: %s", r.text)
	}
	if r.StatusCode != http.StatusOK || r.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v", r.StatusCode, r.Header)
	}
}

func TestFilters(t *testing.T) {
	w := newWorld(t)
	w.enrol("user-1", "Ann", at(record.StepChatting, record.TroubleClient, noon))
	ben := w.enrol("user-5", "Ben", at(record.StepDone, "", noon))
	cleo := w.enrol("user-6", "Cleo", at(record.StepDone, "", noon))
	w.enrol("user-7", "Dora", nil)
	w.store.grades[ben.ID] = course.Grade{Score: 1, Done: true, State: course.GradeConfirmed}
	w.store.grades[cleo.ID] = course.Grade{Score: 1, Done: true, State: course.GradeRefused, Why: course.WhyNotAllowed}
	everybody := []string{"Ann", "Ben", "Cleo", "Dora", "Zoë"}
	// The platform lists user-1 (Zoë, who launched as Ann: the platform's name counts) and user-3 (also called Zoë).
	for show, want := range map[string][]string{
		"":            {"Zoë", "Ben", "Cleo", "Dora"},
		"not-started": {"Dora", "Zoë"},
		"stuck":       {"Zoë"},
		"done":        {"Ben", "Cleo"},
		"late":        {"Cleo"},
		"nonsense":    {"Zoë", "Ben", "Cleo", "Dora"},
	} {
		page := w.get("?show=" + show)
		if all := show == "" || show == "nonsense"; strings.Contains(page.text, "Download this list") != all || strings.Contains(page.text, "Download those that are shown") == all {
			t.Errorf("show=%s: the page does not say what the file holds", show)
		}
		_, table, _ := strings.Cut(page.raw, `<table class="cards"`)
		table, _, _ = strings.Cut(table, "</table>")
		for _, name := range everybody {
			if got := strings.Contains(table, "<bdi>"+name+"</bdi>"); got != slices.Contains(want, name) {
				t.Errorf("show=%s: %s is there: %v", show, name, got)
			}
		}
	}
}

func TestOrderOfAttention(t *testing.T) {
	w := newWorld(t)
	w.room.Enrolment.Roster = nil
	grade := func(e course.Enrolment, g course.Grade) { w.store.grades[e.ID] = g }
	w.enrol("a", "Practising", func(e *course.Enrolment) {
		at(record.StepChatting, record.TroubleClient, noon.Add(-time.Hour))(e)
		e.Role = course.Tester
	})
	grade(w.enrol("b", "Done", at(record.StepDone, "", noon)), course.Grade{State: course.GradeConfirmed, Done: true})
	w.enrol("c", "Opened", nil)
	w.enrol("d", "Working", at(record.StepEncrypted, "", noon.Add(-time.Minute)))
	grade(w.enrol("e", "Delayed", at(record.StepDone, "", noon)), course.Grade{State: course.GradeWaiting, Tries: 3, Done: true})
	w.enrol("f", "Stuck a little", at(record.StepChatting, record.TroubleEnded, noon.Add(-time.Minute)))
	w.enrol("g", "Stuck long", at(record.StepChatting, record.TroubleEnded, noon.Add(-time.Hour)))
	grade(w.enrol("h", "Refused", at(record.StepDone, "", noon)), course.Grade{State: course.GradeRefused, Done: true})

	lines := strings.Split(w.get("/class.csv").raw, "\r\n")[1:]
	var names []string
	for _, line := range lines {
		name, _, _ := strings.Cut(line, ",")
		names = append(names, name)
	}
	if got, want := strings.Join(names, ","), "Refused,Stuck long,Stuck a little,Delayed,Working,Opened,Done,Practising,"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	r := w.get("?sort=name")
	if strings.Index(r.text, "Delayed Done") > strings.Index(r.text, "Working At work") {
		t.Errorf("not in order of name: %s", r.text)
	}
}

func TestStaffWhoOnlyLookAreNotInTheClass(t *testing.T) {
	w := newWorld(t)
	w.room.Enrolment.Roster = nil
	w.get("").saysNot(t, "Tess")
	w.enrol("t2", "Theo", func(e *course.Enrolment) {
		at(record.StepDone, "", noon)(e)
		e.Role = course.Teacher
	})
	r := w.get("")
	r.says(t, "Theo", "Practice: never graded", "No learner has opened this yet")
}

func TestThreeHundredLearners(t *testing.T) {
	w := newWorld(t)
	w.room.Enrolment.Roster = nil
	for i := range 300 {
		w.enrol(fmt.Sprint("u", i), fmt.Sprintf("Learner number %03d", i), at(record.Steps()[1+i%6], "", noon.Add(-time.Duration(i)*time.Minute)))
	}
	r := w.get("")
	for i := range 300 {
		if name := fmt.Sprintf("Learner number %03d", i); strings.Count(r.raw, "<bdi>"+name+"</bdi>") != 1 {
			t.Errorf("%s is not there once", name)
		}
	}
	if len(r.raw) > 600_000 {
		t.Errorf("the page has %d bytes", len(r.raw))
	}
	r.says(t, "50 of 300 learners have finished")
}

func TestHostileNames(t *testing.T) {
	w := newWorld(t)
	w.room.Enrolment.Roster = nil
	w.enrol("u1", `<script>alert(1)</script>`, nil)
	w.enrol("u2", strings.Repeat("long ", 2_000), nil)
	w.enrol("u3", "right\u202eleft\x00\nline", nil)
	w.room.Enrolment.Course = `"><img src=x>`
	r := w.get("")
	if strings.Contains(r.raw, "<script>alert") || strings.Contains(r.raw, "<img") {
		t.Error("a name is HTML")
	}
	if len(r.raw) > 30_000 {
		t.Errorf("a long name makes a page of %d bytes", len(r.raw))
	}
	r.says(t, "<script>alert(1)</script>", "right\u202eleft line")
}

// The class of one link is nobody else's: not that of another link, deployment, platform.
func TestAnotherClass(t *testing.T) {
	for name, change := range map[string]func(*course.Enrolment){
		"link":       func(e *course.Enrolment) { e.Link = "link-2" },
		"deployment": func(e *course.Enrolment) { e.Deployment = "2" },
		"platform":   func(e *course.Enrolment) { e.Platform = 2 },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			other := w.enrol("u1", "Somebody Else", func(e *course.Enrolment) { at(record.StepCode, "", noon)(e); change(e) })
			w.store.grades[other.ID] = course.Grade{State: course.GradeRefused}
			id := strconv.FormatInt(other.ID, 10)

			w.get("").saysNot(t, "Somebody Else")
			w.get("/class.csv").saysNot(t, "Somebody Else")
			for _, id := range []string{id, "999", "0", "-1", "x", ""} {
				replies := []reply{w.get("/learner?id=" + id), w.get("/forget?id=" + id)}
				for _, act := range []string{"/resend", "/free", "/forget"} {
					replies = append(replies, w.post(act, url.Values{"id": {id}}))
				}
				for _, r := range replies {
					if r.StatusCode != http.StatusNotFound || r.raw != replies[0].raw {
						t.Errorf("id %q: %d %s", id, r.StatusCode, r.text)
					}
					r.saysNot(t, "Somebody Else")
				}
			}
			if len(w.store.done) != 0 {
				t.Errorf("it was changed: %v", w.store.done)
			}
		})
	}
}

func TestLearnersVisit(t *testing.T) {
	w := newWorld(t)
	ann := w.enrol("u1", "Ann", at(record.StepCode, "", noon))
	for name, change := range map[string]func(){
		"a learner's":       func() { w.room.Visit = course.Visit{Enrolment: ann.ID}; w.room.Enrolment = ann },
		"of another person": func() { w.room.Visit = course.Visit{Enrolment: ann.ID, Staff: true} },
		"another platform":  func() { w.room.Platform.ID = 2 },
		"of a former one":   func() { w.room.Enrolment.Role = course.Learner },
		"of a try-out user": func() { w.room.Enrolment.Role = course.Tester },
	} {
		room := w.room
		change()
		for _, rest := range []string{"", "/class.csv", "/check", "/learner?id=2", "/forget?id=2", "/none"} {
			r := w.get(rest)
			if r.StatusCode != http.StatusForbidden {
				t.Errorf("%s: %s: %d", name, rest, r.StatusCode)
			}
			r.saysNot(t, "Ann")
			r.says(t, "This page is for teachers")
		}
		if r := w.post("/forget", url.Values{"id": {"2"}}); r.StatusCode != http.StatusForbidden || len(w.store.done) != 0 {
			t.Errorf("%s: forget: %d %v", name, r.StatusCode, w.store.done)
		}
		w.room = room
	}
	if !strings.Contains(w.log.String(), "not-staff") {
		t.Errorf("the log does not tell: %s", w.log.String())
	}
}

// Addresses, user ids, source ids and names stay where they belong.
func TestNothingPrivate(t *testing.T) {
	w := newWorld(t)
	w.room.Enrolment.Roster = nil
	ann := w.enrol("secret-user-id", "", func(e *course.Enrolment) {
		at(record.StepCode, record.TroubleWrongCode, noon)(e)
		e.Outcome = &lti.Outcome{ServiceURL: "https://lms.example/o", SourcedID: "sourced-1"}
		e.Progress.Fingerprint = "AAAA1111"
	})
	id := strconv.FormatInt(ann.ID, 10)
	for _, r := range []reply{w.get(""), w.get("/class.csv"), w.get("/check"), w.get("/learner?id=" + id), w.get("/forget?id=" + id)} {
		if r.StatusCode != http.StatusOK {
			t.Error(r.Status)
		}
		r.saysNot(t, "zoe@jabber", "secret-user-id", "sourced-1", "AAAA1111")
	}
	w.room.Visit.Staff = false
	w.get("")
	for _, secret := range []string{"zoe@jabber", "secret-user-id", "sourced-1", "AAAA1111", "TOKEN", "Tess"} {
		if strings.Contains(w.log.String(), secret) {
			t.Errorf("the log holds %q: %s", secret, w.log.String())
		}
	}
}

// What cannot be read of one learner hides nobody else.
func TestDamagedLearner(t *testing.T) {
	w := newWorld(t)
	w.room.Enrolment.Roster = nil
	w.enrol("damaged", "Dan", nil)
	ann := w.enrol("u1", "Ann", at(record.StepChatting, "", noon))
	id := strconv.FormatInt(ann.ID, 10)
	w.get("").saysNot(t, "may be missing")

	w.store.damaged = true
	r := w.get("")
	r.says(t, "Ann", "Somebody who has opened the page may be missing here", "Tell the administrator")
	r.saysNot(t, "Dan")
	for _, r := range []reply{r, w.get("/class.csv"), w.get("/learner?id=" + id), w.get("/check")} {
		if r.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", r.Status, r.text)
		}
	}
	if !strings.Contains(w.log.String(), "a part of a class could not be read") {
		t.Error("the log does not tell")
	}
}

func TestOwnStoreFails(t *testing.T) {
	w := newWorld(t)
	ann := w.enrol("u1", "Ann", nil)
	w.store.fails = true
	id := url.Values{"id": {strconv.FormatInt(ann.ID, 10)}}
	for _, r := range []reply{w.get(""), w.get("/class.csv"), w.get("/check"), w.post("/resend", id), w.post("/free", id), w.post("/forget", id)} {
		if r.StatusCode != http.StatusInternalServerError {
			t.Errorf("%d %s", r.StatusCode, r.text)
		}
		r.says(t, "The fault is ours", "mention this number")
		r.saysNot(t, "disk")
	}
	if !strings.Contains(w.log.String(), "the disk is full") {
		t.Error("the log does not tell why")
	}
}
