package web_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/web"
	"otrbot/lti/ltitest"
)

func TestPublicPages(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.get("/").at("Sibyl").says("A lesson in OTR", base+"/lti/launch", base+"/lti/config.xml")
	for _, c := range []struct{ path, kind, holds string }{
		{"/is_up", "text/plain; charset=utf-8", "up"},
		{"/lti/jwks.json", "application/json", `"kty":"RSA"`},
		{"/lti/key.pem", "application/x-pem-file", "BEGIN PUBLIC KEY"},
		{"/lti/config.xml", "application/xml", base + "/lti/launch"},
		{"/lti/canvas.json", "application/json", base + "/lti/jwks.json"},
		{"/static/page.css", "text/css; charset=utf-8", ":focus-visible"},
		{"/static/learner.js", "text/javascript; charset=utf-8", "EventSource"},
		{"/static/class.css", "text/css; charset=utf-8", ""},
	} {
		out := b.do(b.request(http.MethodGet, c.path, nil))
		if out.Code != http.StatusOK || out.Header().Get("Content-Type") != c.kind || !strings.Contains(out.Body.String(), c.holds) {
			t.Errorf("%s: %d %s\n%.200s", c.path, out.Code, out.Header().Get("Content-Type"), out.Body)
		}
	}
	b.get("/nowhere").at("There is no such page")
	if out := b.do(b.request(http.MethodGet, "/static/server.go", nil)); out.Code != http.StatusNotFound {
		t.Errorf("a file that is none: %d", out.Code)
	}
}

// The original bot's address of launches, and the one of today, are the same thing.
func TestLaunchAtEitherAddress(t *testing.T) {
	for _, path := range []string{"/", "/lti/launch"} {
		w := newWorld(t)
		b := w.browser()
		b.follow(path, b.from(path, b.lms.Launch11(base+path, consumer, agreed, nil))).at(askAddress)
	}
}

// Of what a page loads nothing is missing, and what has its version in the address may be kept.
func TestWhatPagesLoad(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	page := b.launch13(ltitest.Learner)
	var loads []string
	for _, e := range page.root.all("link") {
		if e.attrs["rel"] == "stylesheet" {
			loads = append(loads, e.attrs["href"])
		}
	}
	for _, e := range page.root.all("script") {
		loads = append(loads, e.attrs["src"])
	}
	if len(loads) != 3 {
		t.Errorf("%q", loads)
	}
	for _, path := range loads {
		out := b.do(b.request(http.MethodGet, path, nil))
		if out.Code != http.StatusOK || !strings.Contains(out.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", path, out.Code, out.Header())
		}
	}
}

func TestWhatALaunchTellsOfItsPlatform(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.launch13(func(c ltitest.Claims) {
		c[presentation] = map[string]any{"return_url": "https://Courses.lms.example:8443/x"}
		c[ltitest.Claim+"tool_platform"] = map[string]any{"guid": "g", "product_family_code": "moodle", "version": "4.5"}
	})
	p, err := w.db.Platform(t.Context(), w.moodle)
	must(t, err)
	if p.Family != "moodle" || p.Version != "4.5" || !p.Seen.Equal(w.now) || strings.Join(p.Frames, " ") != "https://courses.lms.example:8443" {
		t.Errorf("%q %q %v %q", p.Family, p.Version, p.Seen, p.Frames)
	}
}

// The browser's word of where it comes from is not signed, and makes nobody's site a frame of ours.
func TestFramesAreNotLearntFromTheBrowser(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.headers.Set("Referer", "https://evil.example/")
	r := b.request(http.MethodPost, "/", b.lms.Launch11(base+"/", consumer, agreed, nil))
	r.Header.Set("Origin", "https://evil.example")
	page := b.follow("/", b.do(r)).at(askAddress)
	if csp := page.Header().Get("Content-Security-Policy"); strings.Contains(csp, "evil") {
		t.Error(csp)
	}
}

// A failing store is not the reader's fault: a page that says so, and an error in the log.
func TestStoreFails(t *testing.T) {
	full := errors.New("the disk is full")
	var broken failing
	w := newWorld(t, func(c *web.Config) {
		broken.Store = c.Store
		c.Store = &broken
	})
	b := w.browser()
	self := b.launch13(ltitest.Learner).self()
	broken.err = full
	for what, page := range map[string]*seen{
		"page":    b.get(self),
		"address": b.post(self+"/address", one("address", ana)),
		"launch":  b.launch11(nil),
	} {
		if page.Code != http.StatusInternalServerError {
			t.Errorf("%s: %d", what, page.Code)
		}
		page.at("Something went wrong on our side").silent("disk")
	}
	if n := strings.Count(w.log.String(), "level=ERROR"); n != 3 || !strings.Contains(w.log.String(), "the disk is full") {
		t.Errorf("%d errors in the log:\n%s", n, w.log.String())
	}
	if out := b.do(b.request(http.MethodGet, "/is_up", nil)); out.Code != http.StatusServiceUnavailable {
		t.Errorf("is_up: %d", out.Code)
	}
}

// failing is a store that does not work once err is set.
type failing struct {
	web.Store
	err error
}

func (f *failing) Enrolment(ctx context.Context, id int64) (course.Enrolment, error) {
	if f.err != nil {
		return course.Enrolment{}, f.err
	}
	return f.Store.Enrolment(ctx, id)
}

func (f *failing) PutVisit(ctx context.Context, v course.Visit) error {
	if f.err != nil {
		return f.err
	}
	return f.Store.PutVisit(ctx, v)
}

func (f *failing) EnrolmentsChanged(ctx context.Context, since int64) ([]int64, int64, error) {
	if f.err != nil {
		return nil, 0, f.err
	}
	return f.Store.EnrolmentsChanged(ctx, since)
}

// A teacher's choice of a link goes by way of the class's pages, from the launch to the platform's answer.
func TestDeepLinkingIsClasss(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	page := b.launch13(ltitest.DeepLink)
	if page.Code != http.StatusOK {
		t.Fatalf("%d %s", page.Code, page.main())
	}
	form := page.root.all("form")[0]
	if form.attrs["action"] != "/lti/choose" && form.attrs["action"] != base+"/lti/choose" {
		t.Errorf("the form goes to %q", form.attrs["action"])
	}
	fields := url.Values{}
	for _, e := range form.all("input") {
		fields.Set(e.attrs["name"], e.attrs["value"])
	}
	if out := b.post("/lti/choose", fields); out.Code != http.StatusOK || !strings.Contains(out.Body.String(), `name="JWT"`) {
		t.Errorf("%d %s", out.Code, out.main())
	}
}

func TestBadConfigs(t *testing.T) {
	for what, change := range map[string]func(*web.Config){
		"no tool":             func(c *web.Config) { c.Tool = nil },
		"no store":            func(c *web.Config) { c.Store = nil },
		"no address":          func(c *web.Config) { c.Bot = "" },
		"a full address":      func(c *web.Config) { c.Bot = "bot@example.org/x" },
		"no public URL":       func(c *web.Config) { c.Base = "bot.example" },
		"half a stylesheet":   func(c *web.Config) { c.CSSURL = "/our.css" },
		"a URL with a query":  func(c *web.Config) { c.Base = base + "?x=1" },
		"randomness runs dry": func(c *web.Config) { c.Rand = strings.NewReader("x") },
	} {
		t.Run(what, func(t *testing.T) {
			config := newWorld(t).config
			change(&config)
			if _, err := web.New(config); err == nil {
				t.Error("accepted")
			}
		})
	}
}

// Platforms fetch the keys, present and next; never the private part.
func TestJWKSIsJSON(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	var keys struct {
		Keys []map[string]string `json:"keys"`
	}
	must(t, json.Unmarshal(b.do(b.request(http.MethodGet, "/lti/jwks.json", nil)).Body.Bytes(), &keys))
	if len(keys.Keys) < 2 {
		t.Errorf("%d keys", len(keys.Keys))
	}
	for _, k := range keys.Keys {
		if k["d"] != "" {
			t.Error("a private key is published")
		}
	}
}

// The administrator's one-time link leads to the registration of a platform; another one leads nowhere.
func TestRegistrationLink(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	token := sha256.Sum256([]byte("unguessable"))
	must(t, w.db.PutInvitation(t.Context(), sha256.Sum256(token[:]), "Campus", w.now.Add(time.Hour)))
	address := "/lti/register/" + base64.RawURLEncoding.EncodeToString(token[:]) + "?openid_configuration=" + url.QueryEscape(w.lms.ConfigURL())
	if page := b.get(address); page.Code != http.StatusOK || len(page.root.all("form")) == 0 {
		t.Errorf("%d %s", page.Code, page.main())
	}
	for _, other := range []string{"/lti/register/x", "/lti/register/" + strings.Repeat("A", 43)} {
		if page := b.get(other); page.Code < 400 || page.heading() == "" {
			t.Errorf("%s: %d %s", other, page.Code, page.main())
		}
	}
}
