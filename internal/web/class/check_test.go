package class_test

import (
	"net/http"
	"strings"
	"testing"

	"otrbot/internal/course"
	"otrbot/lti"
)

func TestConnectionWorks(t *testing.T) {
	w := newWorld(t)
	w.room.Visit.Cookie = [32]byte{1}
	r := w.get("/check")
	r.says(t, "The connection works", "School launches with LTI 1.3. The signature was verified", "less than a minute", "It keeps our cookie",
		"This link is graded", "gives us access", "Found: “Talk to the bot”", "They can be read", "It can be read: 4 people. Learners among them: 2.", "does not tell all names")
	r.saysNot(t, "needs repair", "mention this number")
	if w.lms.Posted() != 0 {
		t.Error("the test has sent a grade")
	}
	if w.log.Len() != 0 {
		t.Error(w.log.String())
	}
}

// Each fault has words that say what to do about it.
func TestConnectionHasFaults(t *testing.T) {
	only := func(path string, status int, body string) func(*world) {
		return func(w *world) {
			w.http = transport(func(r *http.Request) (*http.Response, error) {
				if r.URL.Path != path {
					return w.lms.Client().Transport.RoundTrip(r)
				}
				return answering(status, body)(r)
			})
		}
	}
	grades := func(g *lti.GradeService) func(*world) {
		return func(w *world) { w.room.Enrolment.Grades = g }
	}
	item, items := "https://lms.example/items/1?type_id=4", "https://lms.example/items"
	all := []string{lti.ScopeScore, lti.ScopeLineItem, lti.ScopeResultReadonly}
	for _, c := range []struct {
		name   string
		change func(*world)
		broken bool
		says   []string
		not    string
	}{
		{"no cookie", func(*world) {}, false, []string{"keeps no cookie for us", "Do not pass the address on"}, ""},
		{"no gradebook", grades(nil), false, []string{"Grades please note", "names no place for the grades", "give it points or a grade in the course", "Assignment and Grade Services"}, "Access"},
		{"no right to score", grades(&lti.GradeService{Scopes: all[1:], LineItem: item}), true, []string{"does not let this tool send grades", "Found"}, ""},
		{"no column", grades(&lti.GradeService{Scopes: []string{lti.ScopeScore}, LineItems: items}), false,
			[]string{"no column in the gradebook", "make it a graded activity"}, ""},
		{"column to be found", grades(&lti.GradeService{Scopes: all, LineItems: items}), false, []string{"This link is graded", "Found: “Talk to the bot”"}, ""},
		{"column to be made", func(w *world) {
			grades(&lti.GradeService{Scopes: all, LineItems: items})(w)
			only("/items", http.StatusOK, "[]")(w)
		}, false, []string{"There is none yet. It is made with the first grade."}, ""},
		{"only sending", grades(&lti.GradeService{Scopes: all[:1], LineItem: item}), false, []string{"lets us send grades and read nothing"}, ""},
		{"signature not accepted", only("/token", http.StatusUnauthorized, `{"error":"invalid_client"}`), true,
			[]string{"Access needs repair", "does not accept our signature", "compare the client ID"}, "gives us access"},
		{"right not granted", only("/token", http.StatusBadRequest, `{"error":"invalid_scope"}`), true, []string{"does not give us this right"}, "gives us access"},
		{"no answer for tokens", only("/token", http.StatusBadGateway, ""), true, []string{"Access needs repair", "does not answer"}, "gives us access"},
		{"column gone", only("/items/1", http.StatusNotFound, ""), true, []string{"It is not there any more", "gives us access", "They can be read"}, ""},
		{"results forbidden", only("/items/1/results", http.StatusForbidden, ""), true, []string{"does not let us do this", "Found", "gives us access"}, ""},
		{"results are nonsense", only("/items/1/results", http.StatusOK, "<html>"), true, []string{"an answer that we do not understand", "number at the end"}, ""},
		{"a foreign server", grades(&lti.GradeService{Scopes: all, LineItem: "https://evil.example/items/1"}), true,
			[]string{"names a server that is not one of your learning platform’s", "allow that server"}, "gives us access"},
		{"no list", func(w *world) { w.room.Enrolment.Roster = nil }, false, []string{"does not offer it", "Names and Role Provisioning Services"}, ""},
		{"list down", only("/members", http.StatusInternalServerError, ""), true, []string{"List of the course needs repair", "fault of its own"}, ""},
		{"a private address", func(w *world) {
			w.http = transport(func(*http.Request) (*http.Response, error) { return nil, lti.ErrPrivateAddress })
		}, true, []string{"inside a private network"}, "gives us access"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			c.change(w)
			r := w.get("/check")
			r.says(t, c.says...)
			if c.not != "" {
				r.saysNot(t, c.not)
			}
			if c.broken == strings.Contains(r.text, "The connection works.") || r.StatusCode != http.StatusOK {
				t.Errorf("%d %s", r.StatusCode, r.text)
			}
			if strings.Count(r.text, "accept our signature") > 1 {
				t.Errorf("one fault is told twice: %s", r.text)
			}
			if strings.Contains(r.text, "mention this number") != strings.Contains(w.log.String(), "has faults") {
				t.Errorf("page and log do not agree: %s\n%s", r.text, w.log.String())
			}
		})
	}
}

func TestConnectionOfLTI11(t *testing.T) {
	w := newWorld(t)
	w.lms.Consumers["key"] = "secret"
	w.room.Platform = course.Platform{ID: 1, Name: "Old School", Consumer: &lti.Consumer{Key: "key", Secrets: []lti.Secret{"secret"}}}
	w.room.Enrolment.Grades, w.room.Enrolment.Roster, w.room.Enrolment.Deployment = nil, nil, ""
	learner := func(user string, o *lti.Outcome) {
		w.enrol(user, user, func(e *course.Enrolment) { e.Deployment, e.Grades, e.Outcome = "", nil, o })
	}

	r := w.get("/check")
	r.says(t, "Old School launches with LTI 1.1", "ten minutes", "will show when the first learner opens it", "The connection works")
	w.get("").says(t, "will show when the first learner opens it")

	learner("u1", nil)
	w.get("/check").says(t, "names no place for the grades of this link", "If it should be graded, make it an assignment")
	w.get("").says(t, "This link is not graded", "Learners can do the lesson all the same")

	learner("u2", &lti.Outcome{ServiceURL: w.lms.OutcomeURL(), SourcedID: "s1", Method: lti.HMACSHA1})
	w.get("/check").says(t, "This link is graded", "They can be read")
	w.get("").saysNot(t, "This link is not graded")

	w.http = answering(http.StatusOK, `<?xml version="1.0"?><imsx_POXEnvelopeResponse xmlns="http://www.imsglobal.org/services/ltiv1p1/xsd/imsoms_v1p0"><imsx_POXHeader><imsx_POXResponseHeaderInfo><imsx_statusInfo><imsx_codeMajor>unsupported</imsx_codeMajor></imsx_statusInfo></imsx_POXResponseHeaderInfo></imsx_POXHeader><imsx_POXBody/></imsx_POXEnvelopeResponse>`)
	w.get("/check").says(t, "does not let us read grades. Some never do", "The connection works")
	w.http = answering(http.StatusBadGateway, "")
	w.get("/check").says(t, "fault of its own just now", "1 part of the connection needs repair")
}

// The teacher is told at once, on the first page, when grades will not arrive.
func TestNotGradedIsSaidAtOnce(t *testing.T) {
	w := newWorld(t)
	w.get("").saysNot(t, "This link is not graded")
	w.room.Enrolment.Grades = &lti.GradeService{Scopes: []string{lti.ScopeScore}, LineItems: w.lms.LineItems()}
	w.get("").says(t, "This link is not graded", "no column in the gradebook", "make it a graded activity or an assignment")
}
