package grades_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/lti"
)

// A habit is in what platforms differ.
type habit struct {
	name     string
	version  string        // of LTI
	readable bool          // grades can be read
	again    int           // status for a score of the same time; 0: it is taken once more
	ok       int           // status of a score that is taken
	columns  bool          // a link has a column only when the tool makes one
	skew     time.Duration // of its clock
	future   bool          // refuses what lies in its future
}

// habits are those of facts about real platforms, mixed.
var habits = []habit{
	{name: "moodle", version: "1.3", readable: true, again: http.StatusConflict, ok: http.StatusOK},
	{name: "canvas", version: "1.3", readable: true, ok: http.StatusOK, skew: -2 * time.Second, future: true},
	{name: "edx", version: "1.3", again: http.StatusBadRequest, ok: http.StatusCreated, skew: 40 * time.Second},
	{name: "columns", version: "1.3", readable: true, again: http.StatusConflict, ok: http.StatusNoContent, columns: true},
	{name: "moodle11", version: "1.1", readable: true, skew: -3 * time.Minute},
	{name: "edx11", version: "1.1"},
}

// A platform is a learning management system with faults.
type platform struct {
	habit
	id     int64 // in the store
	server *httptest.Server
	keys   *published
	faults *faults

	mu     sync.Mutex
	book   map[string][]effect // by user, everything that ever was in the gradebook
	made   int                 // columns
	tokens map[string]string   // scope by token
	used   map[string]bool     // nonces and ids of assertions
	wrong  []string            // what the tool must never do
}

// An effect is one change of the gradebook.
type effect struct {
	score float64
	at    time.Time // LTI 1.3: as sent
	done  bool      // final, or of LTI 1.1
	other bool      // not by the tool
}

func newPlatform(t *testing.T, h habit, keys *published, f *faults) *platform {
	p := &platform{habit: h, keys: keys, faults: f, book: map[string][]effect{}, tokens: map[string]string{}, used: map[string]bool{}}
	p.server = httptest.NewServer(p)
	t.Cleanup(p.server.Close)
	return p
}

func (p *platform) now() time.Time { return time.Now().Add(p.skew) }

// never notes what the tool must not do.
func (p *platform) never(format string, args ...any) {
	p.wrong = append(p.wrong, p.name+": "+fmt.Sprintf(format, args...))
}

// ServeHTTP gives each request its fault.
func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.faults.serve(w, r, p, http.HandlerFunc(p.serve))
}

func (p *platform) serve(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch path := r.Method + " " + r.URL.Path; {
	case path == "POST /token":
		p.token(w, r)
	case path == "POST /outcomes":
		p.outcome(w, r)
	case path == "GET /items":
		p.listColumns(w, r)
	case path == "POST /items":
		p.makeColumn(w, r)
	case path == "POST /items/1/scores":
		p.score(w, r)
	case path == "GET /items/1/results":
		p.results(w, r)
	default:
		p.never("asked for %s", path)
		w.WriteHeader(http.StatusNotFound)
	}
}

// forget makes all access tokens invalid.
func (p *platform) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.tokens)
}

const secret lti.Secret = "a secret & more"

// asPlatform is the platform as the store has it.
func (p *platform) asPlatform() course.Platform {
	c := course.Platform{Name: p.name}
	if p.version == "1.1" {
		c.Consumer = &lti.Consumer{Key: "key-" + p.name, Secrets: []lti.Secret{secret}, ServiceHosts: []string{strings.TrimPrefix(p.server.URL, "http://")}}
		return c
	}
	c.Registration = &lti.Registration{
		Issuer: p.server.URL, ClientID: "tool-" + p.name, AuthURL: p.server.URL + "/auth", TokenURL: p.server.URL + "/token",
		JWKSURL: p.server.URL + "/jwks", Deployments: []string{"1"},
	}
	return c
}

const link = "link-1"

// enrolment is a learner's launch.
func (p *platform) enrolment(user string) course.Enrolment {
	e := course.Enrolment{Key: course.Key{Platform: p.id, Link: link, User: user}, Title: "Talk to the bot", Role: course.Learner}
	if p.version == "1.1" {
		e.Outcome = &lti.Outcome{ServiceURL: p.server.URL + "/outcomes?site=1", SourcedID: sourcedID(user), Method: lti.HMACSHA1}
		return e
	}
	e.Deployment = "1"
	e.Grades = &lti.GradeService{Scopes: []string{lti.ScopeScore}}
	if p.readable {
		e.Grades.Scopes = append(e.Grades.Scopes, lti.ScopeResultReadonly)
	}
	if p.columns {
		e.Grades.Scopes = append(e.Grades.Scopes, lti.ScopeLineItem)
		e.Grades.LineItems = p.server.URL + "/items?site=1"
		return e
	}
	e.Grades.LineItem = p.server.URL + "/items/1?type_id=4"
	return e
}

func sourcedID(user string) string { return `{"data":{"user":"` + user + `"},"hash":"<&>'é"}` }

func userOf(sourcedID string) string {
	_, rest, _ := strings.Cut(sourcedID, `"user":"`)
	user, _, _ := strings.Cut(rest, `"`)
	return user
}

// last is what the gradebook shows.
func (p *platform) last(user string) (effect, bool) {
	all := p.book[user]
	if len(all) == 0 {
		return effect{}, false
	}
	return all[len(all)-1], true
}
