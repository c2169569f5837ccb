package grades_test

import (
	"strings"
	"testing"
	"time"

	"otrbot/internal/course"
)

const (
	waiting   = course.GradeWaiting
	doubtful  = course.GradeDoubtful
	confirmed = course.GradeConfirmed
	kept      = course.GradeKept
	denied    = course.GradeRefused
)

// Replies of LTI 1.3.
var (
	none      = reply{body: "[]"}
	zero      = reply{body: `[{"userId":"user-1","resultScore":0,"resultMaximum":20}]`} // Moodle: no grade yet
	half      = reply{body: `[{"userId":"user-1","resultScore":10,"resultMaximum":20}]`}
	full      = reply{body: `[{"userId":"user-2","resultScore":1},{"userId":"user-1","resultScore":20,"resultMaximum":20}]`}
	ok        = reply{}
	cut       = reply{cut: true}
	conflict  = reply{status: 409}
	timestamp = reply{status: 400, body: `{"timestamp": ["Score already exists for the provided timestamp."]}`} // Open edX
	broken    = reply{status: 500}
	repaired  = reply{body: "<!DOCTYPE html><title>Back soon</title>"}
	elsewhere = reply{status: 302}
	huge      = reply{body: strings.Repeat(" ", 2<<20)}
)

// What a platform answers, and what comes of the grade. Each line is one try.
func TestDeliver13(t *testing.T) {
	for _, c := range []struct {
		what  string
		state course.GradeState // before; empty: waiting
		score float64           // 0: 1, the whole lesson
		tries int               // before
		token []reply
		read  []reply
		send  []reply

		want  course.GradeState
		why   course.Why
		asked string
	}{
		{what: "nothing is there", read: []reply{none}, want: confirmed, asked: "read send"},
		{what: "a 0 is there", read: []reply{zero}, want: confirmed, asked: "read send"},
		{what: "a lower one is there", read: []reply{half}, want: confirmed, asked: "read send"},
		{what: "it is there", read: []reply{full}, want: confirmed, asked: "read"},
		{what: "part of it is there, and it is a part", score: 0.5, read: []reply{half}, want: confirmed, asked: "read"},
		{what: "a better one is there", score: 0.5, read: []reply{full}, want: kept, asked: "read"},
		{what: "nearly the same is there", score: 0.502, read: []reply{half}, want: confirmed, asked: "read"},
		{what: "doubtful, and there", state: doubtful, read: []reply{full}, want: confirmed, asked: "read"},
		{what: "doubtful, and not there", state: doubtful, read: []reply{none}, want: confirmed, asked: "read send"},

		{what: "no answer to the question", read: []reply{cut}, want: waiting, why: course.WhyUnreachable, asked: "read"},
		{what: "no answer to the question, doubtful", state: doubtful, read: []reply{cut}, want: doubtful, why: course.WhyUnreachable, asked: "read"},
		{what: "the gradebook is broken", read: []reply{broken}, want: waiting, why: course.WhyUnreachable, asked: "read"},
		{what: "the gradebook is broken each time", tries: 8, read: []reply{broken}, want: confirmed, asked: "read send"},
		{what: "the gradebook is silent each time", tries: 8, read: []reply{cut}, want: waiting, why: course.WhyUnreachable, asked: "read"},
		{what: "reading is not allowed", read: []reply{{status: 403}}, want: confirmed, asked: "read send"},
		{what: "reading is unknown", read: []reply{{status: 404}}, want: confirmed, asked: "read send"},
		{what: "reading is not built", read: []reply{{status: 501}}, want: confirmed, asked: "read send"},
		{what: "reading gives a page", read: []reply{repaired}, want: waiting, why: course.WhyUnreachable, asked: "read"},
		{what: "reading gives a page each time", tries: 8, read: []reply{repaired}, want: confirmed, asked: "read send"},
		{what: "reading gives too much", read: []reply{huge}, want: waiting, why: course.WhyUnreachable, asked: "read"},
		{what: "reading gives too much each time", tries: 8, read: []reply{huge}, want: confirmed, asked: "read send"},
		{what: "reading is asked too often", tries: 8, read: []reply{{status: 429}}, want: waiting, why: course.WhyUnreachable, asked: "read"},
		{what: "reading leads elsewhere", read: []reply{elsewhere}, want: waiting, why: course.WhyUnreachable, asked: "read"},
		{what: "no token for reading", token: []reply{{status: 400, body: `{"error":"invalid_scope"}`}, ok}, want: confirmed, asked: "token token send"},
		{what: "the token is for something else", token: []reply{{body: `{"access_token":"x","scope":"openid"}`}, ok}, want: confirmed, asked: "token token send"},

		{what: "no answer", read: []reply{none}, send: []reply{cut}, want: doubtful, why: course.WhyUnreachable, asked: "read send"},
		{what: "500", read: []reply{none}, send: []reply{broken}, want: doubtful, why: course.WhyUnreachable, asked: "read send"},
		{what: "503", read: []reply{none}, send: []reply{{status: 503}}, want: doubtful, why: course.WhyUnreachable, asked: "read send"},
		{what: "429", read: []reply{none}, send: []reply{{status: 429}}, want: doubtful, why: course.WhyUnreachable, asked: "read send"},
		{what: "408", read: []reply{none}, send: []reply{{status: 408}}, want: doubtful, why: course.WhyUnreachable, asked: "read send"},
		{what: "a page", read: []reply{none}, send: []reply{repaired}, want: doubtful, why: course.WhyUnreachable, asked: "read send"},
		{what: "a way elsewhere", read: []reply{none}, send: []reply{elsewhere}, want: doubtful, why: course.WhyUnreachable, asked: "read send"},
		{what: "too much", read: []reply{none}, send: []reply{huge}, want: doubtful, why: course.WhyUnreachable, asked: "read send"},
		{what: "half an answer", read: []reply{none}, send: []reply{{half: true}}, want: doubtful, why: course.WhyUnreachable, asked: "read send"},
		{what: "half an answer with 400", read: []reply{none}, send: []reply{{status: 400, half: true}}, want: doubtful, why: course.WhyUnreachable, asked: "read send"},
		{what: "half an answer with 409", read: []reply{none}, send: []reply{{status: 409, half: true}}, want: doubtful, why: course.WhyUnreachable, asked: "read send"},
		{what: "too much with 400", read: []reply{none}, send: []reply{{status: 400, body: huge.body}}, want: doubtful, why: course.WhyUnreachable, asked: "read send"},
		{what: "half an answer to the question", tries: 8, read: []reply{{half: true}}, want: waiting, why: course.WhyUnreachable, asked: "read"},
		{what: "400", read: []reply{none}, send: []reply{{status: 400, body: "[]"}}, want: denied, why: course.WhyNotLearner, asked: "read send"},
		{what: "422", read: []reply{none}, send: []reply{{status: 422}}, want: denied, why: course.WhyNotLearner, asked: "read send"},
		{what: "403", read: []reply{none}, send: []reply{{status: 403}}, want: denied, why: course.WhyNotAllowed, asked: "read send"},
		{what: "404", read: []reply{none}, send: []reply{{status: 404}}, want: denied, why: course.WhyGone, asked: "read send"},
		{what: "410", read: []reply{none}, send: []reply{{status: 410}}, want: denied, why: course.WhyGone, asked: "read send"},
		{what: "405", read: []reply{none}, send: []reply{{status: 405}}, want: denied, why: course.WhyRefused, asked: "read send"},
		{what: "401 once", read: []reply{none}, send: []reply{{status: 401}, ok}, want: confirmed, asked: "read send send"},
		{what: "401 twice", read: []reply{none}, send: []reply{{status: 401}}, want: doubtful, why: course.WhyNotAllowed, asked: "read send send"},
		{what: "401 to the question", read: []reply{{status: 401}}, want: waiting, why: course.WhyNotAllowed, asked: "read read"},

		{what: "409, and there", read: []reply{none, full}, send: []reply{conflict}, want: confirmed, asked: "read send read"},
		{what: "409, and a better one", score: 0.5, read: []reply{none, full}, send: []reply{conflict}, want: kept, asked: "read send read"},
		{what: "409, and a lower one", read: []reply{half}, send: []reply{conflict}, want: waiting, why: course.WhyRefused, asked: "read send read"},
		{what: "409 each time, and a lower one", tries: 8, read: []reply{half}, send: []reply{conflict}, want: denied, why: course.WhyRefused, asked: "read send read"},
		{what: "409, and nothing there", read: []reply{none}, send: []reply{conflict}, want: waiting, why: course.WhyRefused, asked: "read send read"},
		{what: "409, and a 0 is there", read: []reply{zero}, send: []reply{conflict}, want: waiting, why: course.WhyRefused, asked: "read send read"},
		{what: "409, and nothing there, doubtful", state: doubtful, read: []reply{none}, send: []reply{conflict}, want: doubtful, why: course.WhyRefused, asked: "read send read"},
		{what: "409, and a part is not shown", state: doubtful, score: 0.5, read: []reply{none}, send: []reply{conflict}, want: doubtful, why: course.WhyRefused, asked: "read send read"},
		{what: "409 each time, and a part is not shown", tries: 8, score: 0.5, read: []reply{none}, send: []reply{conflict}, want: waiting, why: course.WhyRefused, asked: "read send read"},
		{what: "409 each time, and a part is not shown, doubtful", tries: 8, state: doubtful, score: 0.5, read: []reply{none}, send: []reply{conflict}, want: confirmed, asked: "read send read"},
		{what: "409 each time, and nothing is shown, doubtful", tries: 8, state: doubtful, read: []reply{none}, send: []reply{conflict}, want: doubtful, why: course.WhyRefused, asked: "read send read"},
		{what: "409, and no answer", read: []reply{none, cut}, send: []reply{conflict}, want: doubtful, why: course.WhyUnreachable, asked: "read send read"},
		{what: "409, and reading is not allowed", read: []reply{{status: 403}}, send: []reply{conflict}, want: waiting, why: course.WhyRefused, asked: "read send"},
		{what: "409 each time, and reading is not allowed", tries: 8, read: []reply{{status: 403}}, send: []reply{conflict}, want: denied, why: course.WhyRefused, asked: "read send"},
		{what: "409, and reading is not allowed, doubtful", state: doubtful, read: []reply{{status: 403}}, send: []reply{conflict}, want: doubtful, why: course.WhyRefused, asked: "read send"},
		{what: "409 each time, and reading is not allowed, doubtful", tries: 8, state: doubtful, read: []reply{{status: 403}}, send: []reply{conflict}, want: confirmed, asked: "read send"},
		{what: "409 each time, and reading is not allowed any more, doubtful", tries: 8, state: doubtful, read: []reply{none, {status: 403}}, send: []reply{conflict}, want: confirmed, asked: "read send read"},
		{what: "400 about a timestamp, and there", read: []reply{none, full}, send: []reply{timestamp}, want: confirmed, asked: "read send read"},
		{what: "401 with the effect", read: []reply{none, full}, send: []reply{{status: 401}, conflict}, want: confirmed, asked: "read send send read"},

		{what: "no token now", token: []reply{broken}, want: waiting, why: course.WhyUnreachable, asked: "token"},
		{what: "no token now, doubtful", state: doubtful, token: []reply{broken}, want: doubtful, why: course.WhyUnreachable, asked: "token"},
		{what: "the platform does not know our key yet", token: []reply{{status: 401, body: `{"error":"invalid_client"}`}}, want: waiting, why: course.WhyNotAllowed, asked: "token"},
		{what: "the key was changed in between", token: []reply{ok, {status: 400, body: `{"error":"invalid_client"}`}}, read: []reply{none}, want: waiting, why: course.WhyNotAllowed, asked: "token read token"},
		{what: "the login's page for a token", token: []reply{elsewhere}, want: waiting, why: course.WhyUnreachable, asked: "token"},

		{what: "a score of 0", score: -1, want: denied, why: course.WhyRefused},
	} {
		t.Run(c.what, func(t *testing.T) {
			l := &lms{replies: map[string][]reply{"token": c.token, "read": c.read, "send": c.send}}
			if c.read == nil {
				l.replies["read"] = []reply{none}
			}
			d := delivery13()
			d.Grade.Tries = c.tries
			if c.state != "" {
				d.Grade.State = c.state
			}
			if c.score != 0 {
				d.Grade.Score, d.Grade.Done = max(c.score, 0), false
			}
			g := newCourier(t, l, nowhere{}, at(noon)).Deliver(t.Context(), d)
			check(t, d.Grade, g, c.want, c.why)
			if l.requests() != c.asked {
				t.Errorf("asked %q, want %q", l.requests(), c.asked)
			}
		})
	}
}

// Replies of LTI 1.1.
var (
	done11    = reply{body: pox("success", "")}
	failure   = reply{body: pox("failure", "")}
	unknown   = reply{body: pox("unsupported", "")}
	taken     = reply{body: pox("processing", "")}
	half11    = reply{body: pox("success", "0.50000")}
	full11    = reply{body: pox("success", "1")}
	garbled   = reply{body: "<imsx_POXEnvelopeResponse>"}
	refused11 = reply{status: 422, body: pox("failure", "")}
)

func TestDeliver11(t *testing.T) {
	for _, c := range []struct {
		what  string
		state course.GradeState
		score float64
		read  reply
		send  reply

		want  course.GradeState
		why   course.Why
		asked string
	}{
		{what: "nothing is there", read: done11, send: done11, want: confirmed, asked: "read send"},
		{what: "a lower one is there", read: half11, send: done11, want: confirmed, asked: "read send"},
		{what: "it is there", read: full11, want: confirmed, asked: "read"},
		{what: "it is there, doubtful", state: doubtful, read: full11, want: confirmed, asked: "read"},
		{what: "a better one is there", score: 0.5, read: full11, want: kept, asked: "read"},
		{what: "reading is unknown", read: unknown, send: done11, want: confirmed, asked: "read send"},
		{what: "reading is a failure, as Open edX says it", read: failure, send: done11, want: confirmed, asked: "read send"},
		{what: "reading is a failure, doubtful", state: doubtful, read: failure, send: done11, want: confirmed, asked: "read send"},
		{what: "reading gets no answer", read: cut, want: waiting, why: course.WhyUnreachable, asked: "read"},
		{what: "reading gets no answer, doubtful", state: doubtful, read: cut, want: doubtful, why: course.WhyUnreachable, asked: "read"},
		{what: "reading gets 500", read: reply{status: 500, body: pox("failure", "")}, want: waiting, why: course.WhyUnreachable, asked: "read"},
		{what: "reading is not signed well", read: reply{status: 401}, want: waiting, why: course.WhyNotAllowed, asked: "read"},

		{what: "no answer", read: done11, send: cut, want: doubtful, why: course.WhyUnreachable, asked: "read send"},
		{what: "half an answer", read: done11, send: garbled, want: doubtful, why: course.WhyUnreachable, asked: "read send"},
		{what: "a page", read: done11, send: repaired, want: doubtful, why: course.WhyUnreachable, asked: "read send"},
		{what: "500", read: done11, send: broken, want: doubtful, why: course.WhyUnreachable, asked: "read send"},
		{what: "500 with XML", read: done11, send: reply{status: 500, body: pox("failure", "")}, want: doubtful, why: course.WhyUnreachable, asked: "read send"},
		{what: "429 with XML", read: done11, send: reply{status: 429, body: pox("failure", "")}, want: doubtful, why: course.WhyUnreachable, asked: "read send"},
		{what: "later", read: done11, send: taken, want: doubtful, why: course.WhyUnreachable, asked: "read send"},
		{what: "failure, as Moodle says it", read: done11, send: failure, want: denied, why: course.WhyRefused, asked: "read send"},
		{what: "failure, as Canvas says it", read: done11, send: refused11, want: denied, why: course.WhyRefused, asked: "read send"},
		{what: "403", read: done11, send: reply{status: 403}, want: denied, why: course.WhyNotAllowed, asked: "read send"},
		{what: "404", read: done11, send: reply{status: 404}, want: denied, why: course.WhyGone, asked: "read send"},
		{what: "401", read: done11, send: reply{status: 401}, want: doubtful, why: course.WhyNotAllowed, asked: "read send"},
	} {
		t.Run(c.what, func(t *testing.T) {
			l := &lms{replies: map[string][]reply{"read": {c.read}, "send": {c.send}}}
			d := delivery11()
			if c.state != "" {
				d.Grade.State = c.state
			}
			if c.score != 0 {
				d.Grade.Score, d.Grade.Done = c.score, false
			}
			g := newCourier(t, l, nowhere{}, at(noon)).Deliver(t.Context(), d)
			check(t, d.Grade, g, c.want, c.why)
			if l.requests() != c.asked {
				t.Errorf("asked %q, want %q", l.requests(), c.asked)
			}
		})
	}
}

// Nothing is sent where it is known that it cannot arrive.
func TestNotSent(t *testing.T) {
	for _, c := range []struct {
		what   string
		of     course.Delivery
		change func(*course.Delivery)
		want   course.GradeState
		why    course.Why
	}{
		{"a teacher's", delivery13(), func(d *course.Delivery) { d.Enrolment.Role = course.Teacher }, course.GradeNowhere, ""},
		{"a tester's", delivery11(), func(d *course.Delivery) { d.Enrolment.Role = course.Tester }, course.GradeNowhere, ""},
		{"the link is not graded any more", delivery13(), func(d *course.Delivery) { d.Enrolment.Grades = nil }, course.GradeNowhere, ""},
		{"scores are not offered", delivery13(), func(d *course.Delivery) { d.Enrolment.Grades.Scopes = nil }, course.GradeNowhere, ""},
		{"the platform is gone", delivery13(), func(d *course.Delivery) { d.Platform = course.Platform{} }, denied, course.WhyNoPlatform},
		{"the platform is gone, 1.1", delivery11(), func(d *course.Delivery) { d.Platform = course.Platform{} }, denied, course.WhyNoPlatform},
		{"the platform has another version", delivery13(), func(d *course.Delivery) { d.Platform = delivery11().Platform }, denied, course.WhyNoPlatform},
		{"a service elsewhere", delivery13(), func(d *course.Delivery) { d.Enrolment.Grades.LineItem = "https://evil.example/1" }, denied, course.WhyForeignHost},
		{"columns elsewhere", delivery13(), func(d *course.Delivery) {
			d.Enrolment.Grades.LineItem, d.Enrolment.Grades.LineItems = "", "https://evil.example/"
		}, denied, course.WhyForeignHost},
		{"a service elsewhere, 1.1", delivery11(), func(d *course.Delivery) { d.Platform.Consumer.ServiceHosts = []string{"other.example"} }, denied, course.WhyForeignHost},
		{"no TLS", delivery11(), func(d *course.Delivery) { d.Enrolment.Outcome.ServiceURL = "http://lms.example/" }, denied, course.WhyRefused},
		{"a sourcedid that is no text", delivery11(), func(d *course.Delivery) { d.Enrolment.Outcome.SourcedID = "a\x00" }, denied, course.WhyRefused},
		{"no secret", delivery11(), func(d *course.Delivery) { d.Platform.Consumer.Secrets = nil }, denied, course.WhyRefused},
	} {
		t.Run(c.what, func(t *testing.T) {
			l := &lms{}
			c.change(&c.of)
			g := newCourier(t, l, nowhere{}, at(noon)).Deliver(t.Context(), c.of)
			check(t, c.of.Grade, g, c.want, c.why)
			if l.requests() != "" {
				t.Errorf("asked %q", l.requests())
			}
		})
	}
}

// What is sent, to the letter.
func TestWhatIsSent(t *testing.T) {
	l := &lms{replies: map[string][]reply{"read": {none}}}
	c := newCourier(t, l, nowhere{}, at(noon))
	d := delivery13()
	d.Grade.At = noon.Add(-time.Hour + 123*time.Millisecond)
	c.Deliver(t.Context(), d)
	d.Grade.Score, d.Grade.Done = 0.07, false
	c.Deliver(t.Context(), d)
	for i, want := range []string{
		`{"timestamp":"2027-01-15T11:00:00.123Z","scoreGiven":100,"scoreMaximum":100,"activityProgress":"Completed","gradingProgress":"FullyGraded","userId":"user-1"}`,
		`{"timestamp":"2027-01-15T11:00:00.123Z","scoreGiven":7,"scoreMaximum":100,"activityProgress":"InProgress","gradingProgress":"Pending","userId":"user-1"}`,
	} {
		if l.bodies[i] != want {
			t.Errorf("sent\n%s, want\n%s", l.bodies[i], want)
		}
	}

	l = &lms{replies: map[string][]reply{"read": {unknown}, "send": {done11}}}
	d = delivery11()
	d.Grade.Score = 0.25
	newCourier(t, l, nowhere{}, at(noon)).Deliver(t.Context(), d)
	for _, want := range []string{"<textString>0.25</textString>", "<sourcedId>{&#34;x&#34;:&#34;&lt;&amp;&gt;&#34;}</sourcedId>"} {
		if !strings.Contains(l.bodies[0], want) {
			t.Errorf("sent %s, want %s", l.bodies[0], want)
		}
	}
}

// A link without a column of its own gets one, once for all its learners.
func TestColumns(t *testing.T) {
	const item = `{"id":"https://lms.example/items/9","label":"x","scoreMaximum":100,"resourceLinkId":"link-1"}`
	l := &lms{replies: map[string][]reply{
		"list": {broken, none}, "make": {{status: 201, body: item}}, "read": {none}, "send": {ok, ok, {status: 404}, ok},
	}}
	c := newCourier(t, l, nowhere{}, at(noon))
	d := delivery13()
	d.Enrolment.Grades.LineItem = ""
	for i, want := range []struct {
		state course.GradeState
		why   course.Why
		asked string
	}{
		{waiting, course.WhyUnreachable, "list"},
		{confirmed, "", "list make read send"},
		{confirmed, "", "read send"},
		{denied, course.WhyGone, "read send"}, // the teacher has deleted it
		{confirmed, "", "list make read send"},
	} {
		l.asked = nil
		g := c.Deliver(t.Context(), d)
		check(t, d.Grade, g, want.state, want.why)
		if l.requests() != want.asked {
			t.Errorf("try %d: asked %q, want %q", i, l.requests(), want.asked)
		}
	}

	l.replies = map[string][]reply{"list": {{body: "[" + item + "]"}}, "read": {none}}
	l.asked = nil
	c = newCourier(t, l, nowhere{}, at(noon))
	for range 2 {
		c.Deliver(t.Context(), d)
	}
	if want := "list read send read send"; l.requests() != want {
		t.Errorf("asked %q, want %q", l.requests(), want)
	}
	l.replies = map[string][]reply{"list": {{status: 403}}}
	check(t, d.Grade, newCourier(t, l, nowhere{}, at(noon)).Deliver(t.Context(), d), denied, course.WhyNotAllowed)
}

// The pauses double from five to ten seconds up to an hour, unless the platform asks for more; then comes the end.
func TestPauses(t *testing.T) {
	l := &lms{replies: map[string][]reply{"read": {cut}}}
	now := noon
	c := newCourier(t, l, nowhere{}, func() time.Time { return now })
	d := delivery13()
	tries := 0
	for ; d.Grade.State.Open() && tries < 1000; tries++ {
		before := d.Grade
		d.Grade = c.Deliver(t.Context(), d)
		if !d.Grade.State.Open() {
			break
		}
		check(t, before, d.Grade, waiting, course.WhyUnreachable)
		pause, most := d.Grade.Next.Sub(now), min(5*time.Second<<min(tries+1, 20), time.Hour)
		last := d.Grade.Next.Equal(d.Grade.Until)
		if pause > most || pause < most/2 && !last {
			t.Fatalf("try %d: a pause of %v, want about %v", tries, pause, most)
		}
		now = d.Grade.Next
	}
	check(t, course.Grade{Tries: tries, At: noon}, d.Grade, denied, course.WhyTooLong)
	if tries < 72 || tries > 160 || !now.Equal(noon.Add(72*time.Hour)) {
		t.Errorf("gave up after %d tries in %v", tries, now.Sub(noon))
	}

	now = noon
	for after, want := range map[string]time.Duration{"7200": 2 * time.Hour, "999999999": 72 * time.Hour, "Fri, 15 Jan 2027 13:00:00 GMT": time.Hour} {
		l.replies["read"] = []reply{{status: 503, after: after}}
		g := c.Deliver(t.Context(), delivery13())
		if pause := g.Next.Sub(now); pause != want {
			t.Errorf("Retry-After %s: a pause of %v", after, pause)
		}
	}
}

// check looks at a grade after a try.
func check(t *testing.T, before, g course.Grade, want course.GradeState, why course.Why) {
	t.Helper()
	if g.State != want || g.Why != why {
		t.Errorf("%s %q, want %s %q", g.State, g.Why, want, why)
	}
	if !g.At.Equal(before.At) || g.Tries != before.Tries+1 {
		t.Errorf("%d tries, of %v; before %d, of %v", g.Tries, g.At, before.Tries, before.At)
	}
	if g.Next.IsZero() == want.Open() {
		t.Errorf("%s, next look %v", want, g.Next)
	}
}

func at(now time.Time) func() time.Time { return func() time.Time { return now } }
