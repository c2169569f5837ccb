package web_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/store"
	"otrbot/lti"
	"otrbot/lti/ltitest"
)

// What strangers and tampered launches are answered with. docs/spec/lti-refusals.md is the list of what has to be refused.

const (
	otherIssuer = "https://other.example"
	otherClient = "tool-2"
	canvas      = "https://canvas.example" // an issuer with two tenants
)

// An attack is a request that must lead nowhere. arm makes all that is right beforehand and gives the request.
type attack struct {
	what   string
	reason lti.Reason
	status int // 0: 403
	arm    func(b *browser) *http.Request
}

// A siege is a world on a disk, whose tables can be counted, with more platforms than one and a log of who was asked.
type siege struct {
	*world
	path  string
	other *ltitest.Platform // another site, with keys and deployments of its own
	mu    sync.Mutex
	asked []string                     // hosts that were asked for something
	also  map[string]http.RoundTripper // hosts beside the platforms
}

func newSiege(t *testing.T) *siege {
	t.Helper()
	s := &siege{path: filepath.Join(t.TempDir(), "otrbot.db")}
	s.world = worldOf(t, openStore(t, s.path))
	s.register()
	s.other = ltitest.WithKey(otherIssuer, ringKey(t))
	s.other.ClientID, s.other.Deployment, s.other.KeyID, s.other.Now = otherClient, "7", "other-1", s.clock
	for _, r := range []lti.Registration{
		{Issuer: otherIssuer, ClientID: otherClient, Deployments: []string{"7"},
			AuthURL: s.other.AuthURL(), TokenURL: s.other.TokenURL(), JWKSURL: s.other.JWKSURL()},
		// A second client of the first issuer: Canvas' cloud has one issuer for all its customers.
		{Issuer: issuer, ClientID: "tenant-2", Deployments: []string{"tenant-2-deployment"},
			AuthURL: s.lms.AuthURL(), TokenURL: s.lms.TokenURL(), JWKSURL: s.lms.JWKSURL()},
		{Issuer: canvas + "/", ClientID: "slash", Deployments: []string{"1"},
			AuthURL: s.lms.AuthURL(), TokenURL: s.lms.TokenURL(), JWKSURL: s.lms.JWKSURL()},
	} {
		_, err := s.db.PutPlatform(t.Context(), course.Platform{Name: r.ClientID, Added: noon, Registration: &r})
		must(t, err)
	}
	s.serve(&http.Client{Transport: s})
	return s
}

func openStore(t *testing.T, path string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+path, store.Key{1})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

// RoundTrip is the network.
func (s *siege) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.asked = append(s.asked, r.URL.Host)
	s.mu.Unlock()
	switch {
	case s.also[r.URL.Host] != nil:
		return s.also[r.URL.Host].RoundTrip(r)
	case "https://"+r.URL.Host == issuer:
		return s.lms.Client().Transport.RoundTrip(r)
	case "https://"+r.URL.Host == otherIssuer:
		return s.other.Client().Transport.RoundTrip(r)
	}
	return nil, fmt.Errorf("no such host: %s", r.URL.Host)
}

// restarted is another process over the same file.
func (s *siege) restarted(t *testing.T) *world {
	w := worldOf(t, openStore(t, s.path))
	w.lms, w.now = s.lms, s.now
	w.serve(&http.Client{Transport: s})
	return w
}

// kept are the tables in which a launch that was let in leaves something, and how much is in them.
func (s *siege) kept() map[string]int {
	s.Helper()
	rows := map[string]int{}
	for _, table := range []string{"platform", "enrolment", "visit", "grade", "note", "learner", "session", "attempt", "outbox", "invitation"} {
		rows[table] = s.count(table)
	}
	return rows
}

func (s *siege) count(table string) (n int) {
	s.Helper()
	db, err := sql.Open("sqlite", s.path)
	must(s, err)
	defer db.Close()
	must(s, db.QueryRowContext(s.Context(), "SELECT count(*) FROM "+table).Scan(&n))
	return n
}

var numbered = regexp.MustCompile(`mention this number: ([0-9a-f]{8})$`)

// advice is one thing at least that every page of a refusal asks its reader to do.
var advice = []string{"open the activity", "Open the activity", "Tell your teacher", "Log in to your course", "Wait a minute", "Try again later"}

// private is what the log must not hold.
var private = []string{
	"user-1", "teacher-1", "Zo", "Neill", "zoe@", "eyJ", agreed, `"user"`, "<&>", "oauth_signature=", "id_token=", "return?x=1",
}

// besiege makes each attack and looks at all that there is to see.
func besiege(t *testing.T, attacks []attack) {
	s := newSiege(t)
	for _, a := range attacks {
		t.Run(a.what, func(t *testing.T) {
			s.world.TB = t
			b := s.browser()
			s.now = s.now.Add(time.Minute)
			r := a.arm(b)
			tokens := tokensOf(r)
			before := s.kept()
			s.log.Reset()
			out := b.do(r)
			s.refused(a, out, before, tokens)
		})
	}
}

// tokensOf are values of a request that open something.
func tokensOf(r *http.Request) []string {
	fields, _ := url.ParseQuery(peek(r))
	var found []string
	for _, name := range []string{"state", "id_token", "oauth_nonce", "oauth_signature", "lti_storage_nonce", "lis_result_sourcedid"} {
		for _, v := range fields[name] {
			if len(v) > 8 && !strings.HasPrefix(v, "../") {
				found = append(found, v)
			}
		}
	}
	return found
}

func (s *siege) refused(a attack, out *httptest.ResponseRecorder, before map[string]int, tokens []string) {
	s.Helper()
	status := a.status
	if status == 0 {
		status = http.StatusForbidden
	}
	if out.Code != status || out.Header().Get("Location") != "" {
		s.Errorf("status %d to %q, want %d", out.Code, out.Header().Get("Location"), status)
	}
	for _, c := range out.Result().Cookies() {
		s.Errorf("the cookie %s was set", c.Name)
	}
	page := newSeen(s.TB, "/lti/launch", out)
	if page.heading() == "" || !containsAny(page.main(), advice) {
		s.Errorf("the page does not say what to do: %s", page.main())
	}
	lines := strings.Split(strings.TrimSpace(s.log.String()), "\n")
	if len(lines) != 1 || !strings.Contains(lines[0], "level=WARN") || a.reason != "" && !strings.Contains(lines[0], "reason="+string(a.reason)+" ") {
		s.Errorf("the log is to have one line because of %s: %q", a.reason, lines)
	}
	if n := numbered.FindStringSubmatch(page.main()); n == nil || !strings.Contains(lines[0], "id="+n[1]) {
		s.Errorf("page and log do not share a number: %s\n%s", page.main(), lines[0])
	}
	for _, p := range append(tokens, private...) {
		if strings.Contains(s.log.String(), p) {
			s.Errorf("the log holds %q: %s", p, s.log.String())
		}
		if p != `"user"` && len(p) > 8 && strings.Contains(out.Body.String(), p) && !strings.HasPrefix(p, "return?") {
			s.Errorf("the page holds %q", p)
		}
	}
	if after := s.kept(); fmt.Sprint(after) != fmt.Sprint(before) {
		s.Errorf("something was kept: %v, before %v", after, before)
	}
}

func containsAny(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
