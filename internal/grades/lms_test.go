package grades_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/grades"
	"otrbot/lti"
)

// A reply is what a platform answers to one request. The zero reply is 200 without a word.
type reply struct {
	status int
	body   string
	half   bool          // the body breaks off
	after  string        // Retry-After
	cut    bool          // there is no answer
	wait   chan struct{} // the answer comes when this is closed
}

// lms answers as it was told, and keeps what it was asked.
type lms struct {
	mu      sync.Mutex
	replies map[string][]reply // by request: "token", "read", "send", "list", "make"; the last one holds for the rest
	asked   []string
	open    int               // requests that wait for their answer
	most    int               // of them at the same time
	look    func(name string) // told of each request; may be nil
	scores  []map[string]any  // sent by LTI 1.3
	bodies  []string
}

func (l *lms) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	name := nameOf(r, string(body))
	one := l.take(name, body)
	defer l.answered()
	if l.look != nil {
		l.look(name)
	}
	if one.wait != nil {
		select {
		case <-one.wait:
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	if one.cut {
		return nil, errors.New("connection reset")
	}
	h := http.Header{}
	if one.after != "" {
		h.Set("Retry-After", one.after)
	}
	text := io.Reader(strings.NewReader(one.body))
	if one.half {
		text = io.MultiReader(strings.NewReader(`{"about the time`), iotest.ErrReader(io.ErrUnexpectedEOF))
	}
	return &http.Response{StatusCode: one.status, Header: h, Body: io.NopCloser(text), Request: r}, nil
}

func nameOf(r *http.Request, body string) string {
	switch path := r.Method + " " + r.URL.Path; {
	case path == "POST /token":
		return "token"
	case path == "GET /items":
		return "list"
	case path == "POST /items":
		return "make"
	case strings.HasSuffix(path, "/results"), strings.Contains(body, "<readResultRequest>"):
		return "read"
	case strings.HasSuffix(path, "/scores"), strings.Contains(body, "<replaceResultRequest>"):
		return "send"
	}
	return r.Method + " " + r.URL.String()
}

func (l *lms) take(name string, body []byte) reply {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open++
	l.most = max(l.most, l.open)
	list := l.replies[name]
	if name != "token" || len(list) > 0 {
		l.asked = append(l.asked, name)
	}
	if name == "send" {
		var s map[string]any
		if json.Unmarshal(body, &s) == nil {
			l.scores = append(l.scores, s)
		}
		l.bodies = append(l.bodies, string(body))
	}
	one := reply{}
	if len(list) > 0 {
		one = list[0]
	}
	if len(list) > 1 {
		l.replies[name] = list[1:]
	}
	if one.status == 0 {
		one.status = http.StatusOK
	}
	if name == "token" && one.body == "" {
		one.body = `{"access_token":"x","token_type":"Bearer","expires_in":3600}`
	}
	return one
}

func (l *lms) answered() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open--
}

func (l *lms) requests() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.asked, " ")
}

// nobody launches here.
type nobody struct{}

func (nobody) Consumer(context.Context, string) (lti.Consumer, error) {
	return lti.Consumer{}, lti.ErrUnknown
}

var keys = sync.OnceValues(lti.NewKeyRing)

// noon is when the grades of these tests are earned; tests without synctest take it for now as well.
var noon = time.Date(2027, 1, 15, 12, 0, 0, 0, time.UTC)

func newTool(t *testing.T, net http.RoundTripper, now func() time.Time) *lti.Tool {
	t.Helper()
	ring, err := keys()
	if err != nil {
		t.Fatal(err)
	}
	memory := lti.NewMemory(now)
	tool, err := lti.New(lti.Config{
		Base: "https://tool.example", Consumers: nobody{}, Nonces: memory, States: memory, Keys: ring,
		HTTP: &http.Client{Transport: net}, Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return tool
}

func newCourier(t *testing.T, net http.RoundTripper, s grades.Store, now func() time.Time) *grades.Courier {
	t.Helper()
	c, err := grades.New(grades.Config{Store: s, Tool: newTool(t, net, now), Now: now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// allScopes is what Moodle offers.
var allScopes = []string{lti.ScopeScore, lti.ScopeResultReadonly, lti.ScopeLineItem}

// delivery13 is a whole lesson's grade of LTI 1.3, waiting.
func delivery13() course.Delivery {
	return course.Delivery{
		Grade: course.Grade{
			ID: 7, Enrolment: 3, Score: 1, Done: true, At: noon, State: course.GradeWaiting, Next: noon, Until: noon.Add(72 * time.Hour),
		},
		Enrolment: course.Enrolment{
			ID: 3, Key: course.Key{Platform: 1, Deployment: "1", Link: "link-1", User: "user-1"}, Title: "Talk to the bot", Role: course.Learner,
			Grades: &lti.GradeService{Scopes: allScopes, LineItem: "https://lms.example/items/1?type_id=4", LineItems: "https://lms.example/items"},
		},
		Platform: course.Platform{ID: 1, Registration: &lti.Registration{
			Issuer: "https://lms.example", ClientID: "tool-1", AuthURL: "https://lms.example/auth", TokenURL: "https://lms.example/token",
			JWKSURL: "https://lms.example/jwks",
		}},
	}
}

// delivery11 is the same by LTI 1.1.
func delivery11() course.Delivery {
	d := delivery13()
	d.Enrolment.Deployment, d.Enrolment.Grades = "", nil
	d.Enrolment.Outcome = &lti.Outcome{ServiceURL: "https://lms.example/outcomes", SourcedID: `{"x":"<&>"}`, Method: lti.HMACSHA1}
	d.Platform.Registration, d.Platform.Consumer = nil, &lti.Consumer{Key: "key", Secrets: []lti.Secret{"secret"}}
	return d
}

func pox(major, score string) string {
	return `<imsx_POXEnvelopeResponse xmlns="http://www.imsglobal.org/services/ltiv1p1/xsd/imsoms_v1p0"><imsx_POXHeader><imsx_POXResponseHeaderInfo>` +
		`<imsx_statusInfo><imsx_codeMajor>` + major + `</imsx_codeMajor></imsx_statusInfo></imsx_POXResponseHeaderInfo></imsx_POXHeader>` +
		`<imsx_POXBody><readResultResponse><result><resultScore><textString>` + score + `</textString></resultScore></result></readResultResponse></imsx_POXBody></imsx_POXEnvelopeResponse>`
}

// readBody reads a request's body and puts it back.
func readBody(r *http.Request) string {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return ""
	}
	r.Body = io.NopCloser(strings.NewReader(string(b)))
	return string(b)
}
