package class_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"html"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"otrbot/gettext"
	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/web/class"
	"otrbot/internal/web/page"
	"otrbot/lti"
	"otrbot/lti/ltitest"
)

const base = "https://tool.example/otr" // behind a proxy that strips /otr

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

var keys = sync.OnceValue(func() lti.KeyRing {
	ring, err := lti.NewKeyRing()
	if err != nil {
		panic(err)
	}
	return ring
})

var platformKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// A world is one teacher in front of a class, a learning platform, and everything between them but the network.
type world struct {
	t     *testing.T
	now   time.Time
	store *memory
	lms   *ltitest.Platform
	http  http.RoundTripper // in front of the platform; nil: nothing
	tool  *lti.Tool
	class *class.Class
	room  class.Room
	log   bytes.Buffer
}

func newWorld(t *testing.T, languages ...*gettext.Catalogue) *world {
	t.Helper()
	w := &world{t: t, now: noon, lms: ltitest.WithKey("https://lms.example", platformKey())}
	w.store = newMemory(w)
	w.lms.Now = w.clock
	w.lms.ToolJWKS = keys().JWKS
	reg := w.registration()
	w.store.platforms[1] = course.Platform{ID: 1, Name: "School", Registration: &reg}
	var err error
	w.tool, err = lti.New(lti.Config{
		Base: base, Registrations: w.store, States: lti.NewMemory(w.clock), Keys: keys(), Now: w.clock,
		HTTP: &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
			if w.http != nil {
				return w.http.RoundTrip(r)
			}
			return w.lms.Client().Transport.RoundTrip(r)
		})},
	})
	if err != nil {
		t.Fatal(err)
	}
	logger := slog.New(slog.NewTextHandler(&w.log, nil))
	site, err := page.New(page.Config{
		Base: base, Title: "OTR bot", Languages: gettext.NewSet("en_GB", languages...), Locale: "en_GB", Static: []fs.FS{class.Static()}, Log: logger,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.class, err = class.New(class.Config{
		Site: site, Store: w.store, Tool: w.tool, Now: w.clock, Log: logger,
		Profile: lti.Profile{Name: "OTR bot", Description: "Learn to chat in private.", Scopes: []string{lti.ScopeScore}, DeepLinking: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	teacher := w.enrol("teacher-1", "Tess", func(e *course.Enrolment) {
		e.Role, e.Course, e.Title = course.Teacher, "Course", "Talk to the bot"
		e.Roster = &lti.RosterService{URL: w.lms.MembersURL()}
	})
	w.room = class.Room{
		Visit: course.Visit{Enrolment: teacher.ID, Staff: true}, Enrolment: teacher, Platform: w.store.platforms[1],
		Base: "/t/TOKEN", Page: "/a/TOKEN", Frames: []string{"https://lms.example"},
	}
	return w
}

func (w *world) clock() time.Time { return w.now }

func (w *world) registration() lti.Registration {
	return lti.Registration{
		Issuer: w.lms.Issuer, ClientID: w.lms.ClientID, AuthURL: w.lms.AuthURL(), TokenURL: w.lms.TokenURL(), JWKSURL: w.lms.JWKSURL(),
		Deployments: []string{w.lms.Deployment},
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// answering is a platform that says the same to everything.
func answering(status int, body string) transport {
	return func(r *http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		w.WriteHeader(status)
		w.WriteString(body)
		return w.Result(), nil
	}
}

// enrol adds somebody who has launched the teacher's link.
func (w *world) enrol(user, name string, change func(*course.Enrolment)) course.Enrolment {
	e := course.Enrolment{
		Key:  course.Key{Platform: 1, Deployment: w.lms.Deployment, Link: "link-1", User: user},
		Name: name, Role: course.Learner, Launched: w.now, Seen: w.now,
		Grades: &lti.GradeService{
			Scopes: []string{lti.ScopeScore, lti.ScopeLineItem, lti.ScopeResultReadonly}, LineItem: w.lms.LineItem(), LineItems: w.lms.LineItems(),
		},
	}
	if change != nil {
		change(&e)
	}
	return w.store.add(e)
}

// at is somebody in the middle of the lesson.
func at(step record.Step, trouble record.Trouble, since time.Time) func(*course.Enrolment) {
	return func(e *course.Enrolment) {
		e.JID = "zoe@jabber.example"
		e.Progress = record.Progress{Step: step, Best: step, Trouble: trouble, Since: since, Active: since}
		e.Seen, e.Launched = since, since
		if step == record.StepDone {
			e.Passed = since
		}
	}
}

// A reply is what came back, as a browser and as a reader have it.
type reply struct {
	*http.Response
	raw  string
	text string
}

func (w *world) get(rest string) reply { return w.do(http.MethodGet, rest, nil) }

func (w *world) post(rest string, form url.Values) reply { return w.do(http.MethodPost, rest, form) }

func (w *world) do(method, rest string, form url.Values) reply {
	path, _, _ := strings.Cut(rest, "?")
	return w.serve(method, "/t/TOKEN"+rest, form, func(rw http.ResponseWriter, r *http.Request) {
		w.class.Serve(rw, r, w.room, path)
	})
}

func (w *world) serve(method, address string, form url.Values, h http.HandlerFunc) reply {
	w.t.Helper()
	r := httptest.NewRequest(method, address, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	rec := httptest.NewRecorder()
	h(rec, r)
	raw := rec.Body.String()
	return reply{rec.Result(), raw, plain(raw)}
}

var (
	tags   = regexp.MustCompile(`<[^>]*>`)
	blanks = regexp.MustCompile(`\s+`)
)

// plain is what a reader sees of a page.
func plain(page string) string {
	return strings.TrimSpace(blanks.ReplaceAllString(html.UnescapeString(tags.ReplaceAllString(page, " ")), " "))
}

// says fails the test unless the page says all of these, in any order.
func (r reply) says(t *testing.T, all ...string) {
	t.Helper()
	for _, one := range all {
		if !strings.Contains(strings.ReplaceAll(r.text, " .", "."), one) {
			t.Errorf("the page does not say %q:\n%s", one, r.text)
		}
	}
}

func (r reply) saysNot(t *testing.T, all ...string) {
	t.Helper()
	for _, one := range all {
		if strings.Contains(r.text, one) || strings.Contains(r.raw, one) {
			t.Errorf("the page says %q:\n%s", one, r.text)
		}
	}
}
