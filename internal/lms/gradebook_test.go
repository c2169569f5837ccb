package lms_test

import (
	"bufio"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"otrbot/lti"
)

func scored(user string, given float64, at time.Time) lti.Score {
	return lti.Score{
		UserID: user, Given: &given, Maximum: 1, Comment: "Well done", Activity: lti.Completed, Grading: lti.FullyGraded, Timestamp: at,
	}
}

// Grades of both versions arrive in one gradebook, each in its cell.
func TestGradebook(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.get("/gradebook?as=teacher").says(t, "Nothing yet")
	byAna, byBen := w.launch("/launch/link-1?as=ana&lti=1.3"), w.launch("/launch/link-1?as=ben&lti=1.1")
	if err := w.tool.Grades(w.regs[0], *byAna.Grades).PostScore(ctx, byAna.Grades.LineItem, scored("ana", .75, time.Now())); err != nil {
		t.Fatal(err)
	}
	if err := w.tool.ReplaceResult(ctx, w.consumer, *byBen.Outcome, 1); err != nil {
		t.Fatal(err)
	}
	p := w.get("/gradebook?as=teacher")
	p.says(t, "Ana 15 of 20 Completed, FullyGraded, by LTI 1.3", "Well done", "Ben 20 of 20 Completed, FullyGraded, by LTI 1.1", "Learner 3 –", "Test student –",
		"score Ana Chat in private fine (200)", "access token fine (200): for score", "replaceResult Ben Chat in private fine (200): success: replaced",
		"launch by LTI 1.3 Ana Chat in private fine", "launch by LTI 1.1 Ben")
	if strings.Contains(p.Body, "Administrator –") {
		t.Error("staff without grades stands in the gradebook")
	}
	w.get("/?as=ana").says(t, "Graded, up to 20 points. Your grade: 15 of 20.", "Not graded.")

	own := w.get("/gradebook?as=ben")
	own.says(t, "Your grades", "Ben 20 of 20")
	if strings.Contains(own.Body, "Ana") || strings.Contains(own.Body, "access token") {
		t.Errorf("Ben sees more than his own: %s", own.Body)
	}

	grades := w.tool.Grades(w.regs[0], *byAna.Grades)
	if r, ok, err := grades.Result(ctx, byAna.Grades.LineItem, "ben"); err != nil || !ok || *r.Score != 20 || r.Maximum != 20 {
		t.Errorf("read back by the other version: %+v %v %v", r, ok, err)
	}
	again := w.launch("/launch/link-1?as=ben&lti=1.1")
	if again.Outcome.SourcedID == byBen.Outcome.SourcedID {
		t.Error("the sourcedid stays the same")
	}
	if score, graded, err := w.tool.ReadResult(ctx, w.consumer, *again.Outcome); score != 1 || !graded || err != nil {
		t.Errorf("read back: %v %v %v", score, graded, err)
	}
	if err := w.tool.DeleteResult(ctx, w.consumer, *byBen.Outcome); err != nil {
		t.Error(err)
	}
	if _, graded, err := w.tool.ReadResult(ctx, w.consumer, *again.Outcome); graded || err != nil {
		t.Errorf("after deletion: %v %v", graded, err)
	}
	w.get("/gradebook?as=ben").says(t, "Ben –")
}

// Progress without a score, and a score that may still grow, say so.
func TestPartialGrades(t *testing.T) {
	w := newWorld(t)
	l := w.launch("/launch/link-1?as=ana&lti=1.3")
	grades := w.tool.Grades(w.regs[0], *l.Grades)
	at := time.Now()
	s := scored("ana", 0, at)
	s.Given, s.Activity, s.Grading = nil, lti.Started, lti.NotReady
	if err := grades.PostScore(t.Context(), l.Grades.LineItem, s); err != nil {
		t.Fatal(err)
	}
	w.get("/?as=ana").says(t, "Your grade: begun.")
	s = scored("ana", .25, at.Add(time.Second))
	s.Activity, s.Grading = lti.InProgress, lti.Pending
	if err := grades.PostScore(t.Context(), l.Grades.LineItem, s); err != nil {
		t.Fatal(err)
	}
	w.get("/?as=ana").says(t, "Your grade: 5 of 20 so far.")
}

// What other platforms refuse is refused here too, and the history says why.
func TestRefusedGrades(t *testing.T) {
	w := newWorld(t)
	l := w.launch("/launch/link-1?as=teacher&lti=1.3")
	grades := w.tool.Grades(w.regs[0], *l.Grades)
	at := time.Now()
	if err := grades.PostScore(t.Context(), l.Grades.LineItem, scored("ana", 1, at)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		user   string
		at     time.Time
		status int
		why    string
	}{
		{"ana", at, 409, "score Ana Chat in private refused (409): not newer than what is there"},
		{"ana", at.Add(-time.Hour), 409, "not newer"},
		{"teacher", at, 400, "score Teacher Chat in private refused (400): not a learner"},
		{"test-student", at, 422, "the test student is not graded"},
		{"nobody", at, 404, "nobody in this course"},
	} {
		err := grades.PostScore(t.Context(), l.Grades.LineItem, scored(c.user, 1, c.at))
		if e, ok := errors.AsType[*lti.ServiceError](err); !ok || e.Status != c.status || e.Temporary() {
			t.Errorf("%s: %v", c.user, err)
		}
		w.get("/gradebook?as=admin").says(t, c.why)
	}
	mine := w.launch("/launch/link-1?as=ana&lti=1.1").Outcome
	for what, err := range map[string]error{
		"another's sourcedid": w.tool.ReplaceResult(t.Context(), w.consumer, lti.Outcome{ServiceURL: mine.ServiceURL, SourcedID: "x"}, 1),
		"another secret":      w.tool.ReplaceResult(t.Context(), lti.Consumer{Key: key, Secrets: []lti.Secret{"wrong"}}, *mine, 1),
	} {
		if err == nil {
			t.Errorf("%s was taken", what)
		}
	}
	w.get("/gradebook?as=admin").says(t, "failure: unknown sourcedid", "failure: signature")
	if p := w.lms.Platform(); p.Posted() != 1 {
		t.Errorf("%d scores were taken", p.Posted())
	}
}

// Only the tool's own keys get a token.
func TestToken(t *testing.T) {
	w := newWorld(t)
	l := w.launch("/launch/link-1?as=ana&lti=1.3")
	stranger, err := lti.NewKeyRing()
	if err != nil {
		t.Fatal(err)
	}
	memory := lti.NewMemory(nil)
	other, err := lti.New(lti.Config{
		Base: w.toolURL, Registrations: w, States: memory, Keys: stranger, Loopback: true, HTTP: lti.NewHTTPClient(lti.AnyAddress),
	})
	if err != nil {
		t.Fatal(err)
	}
	err = other.Grades(w.regs[0], *l.Grades).PostScore(t.Context(), l.Grades.LineItem, scored("ana", 1, time.Now()))
	if e, ok := errors.AsType[*lti.ServiceError](err); !ok || e.Status != http.StatusUnauthorized || e.Code != "invalid_client" {
		t.Errorf("a stranger's key: %v", err)
	}
	w.get("/gradebook?as=admin").says(t, "access token refused (401): invalid_client: the tool does not publish this key")
	w.lms.Platform().ForgetTokens()
	if err := w.tool.Grades(w.regs[0], *l.Grades).PostScore(t.Context(), l.Grades.LineItem, scored("ana", 1, time.Now())); err != nil {
		t.Error(err)
	}
}

// The roster lists everybody, and keeps the name that is to be kept.
func TestRoster(t *testing.T) {
	w := newWorld(t)
	l := w.launch("/launch/link-1?as=teacher&lti=1.3")
	var list []string
	for m, err := range w.tool.Members(t.Context(), w.regs[0], *l.Roster, l.ResourceLink.ID) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, m.UserID+"="+m.Name)
	}
	if got := strings.Join(list, " "); got != "ana=Ana ben=Ben learner-3= teacher=Teacher of the course test-student=Test student admin=Administrator" {
		t.Error(got)
	}
}

// Pages that follow are told as soon as something happens, and only then.
func TestEvents(t *testing.T) {
	w := newWorld(t)
	w.get("/gradebook").says(t, "Look again")
	a, err := http.Get(w.base + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	lines := bufio.NewScanner(a.Body)
	next := func() string {
		for lines.Scan() {
			if lines.Text() != "" {
				return lines.Text()
			}
		}
		return "the end"
	}
	if a.Header.Get("Content-Type") != "text/event-stream" || next() != "data: 0" {
		t.Fatal(a.Header)
	}
	w.get("/launch/link-1?lti=1.1")
	if got := next(); got != "data: 1" {
		t.Error(got)
	}
}
