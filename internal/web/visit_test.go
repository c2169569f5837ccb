package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/web"
	"otrbot/lti/ltitest"
)

// keysAt moves a platform's keys.
func keysAt(address string) func(*course.Platform) error {
	return func(p *course.Platform) error {
		p.Registration.JWKSURL = address
		return nil
	}
}

const expired = "This page has expired"

func TestCopiedAddress(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	self := b.launch13(ltitest.Learner).self()
	t.Run("is useless where the browser has cookies", func(t *testing.T) {
		thief := w.browser()
		if page := thief.get(self).at(expired); page.Code != http.StatusGone {
			t.Errorf("status %d", page.Code)
		}
		thief.post(self+"/address", one("address", "thief@example.org")).at(expired)
		for name := range b.cookies {
			thief.cookies[name] = "AAAA"
		}
		thief.get(self).at(expired)
		b.get(self).at(askAddress)
	})
	t.Run("opens the page where cookies are blocked", func(t *testing.T) {
		b := w.browser()
		out := b.from("/", b.lms.Launch11(base+"/", consumer, agreed, nil))
		self := out.Header().Get("Location")
		var name string
		for n := range b.cookies {
			if strings.HasPrefix(n, "__Host-otrbot-") {
				name = n
			}
		}
		b.cookies = map[string]string{}
		// A cookie that somebody made up binds nothing: the owner gets in.
		thief := w.browser()
		thief.cookies[name] = strings.Repeat("A", 43)
		thief.get(self)
		b.get(self).at(askAddress)
		b.get(self).at(askAddress)
	})
}

func TestCookie(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	out := b.from("/", b.lms.Launch11(base+"/", consumer, agreed, nil))
	var found *http.Cookie
	for _, c := range out.Result().Cookies() {
		if strings.HasPrefix(c.Name, "__Host-otrbot-") {
			found = c
		}
	}
	if found == nil || !found.Secure || !found.HttpOnly || !found.Partitioned || found.SameSite != http.SameSiteNoneMode || found.Path != "/" || found.Domain != "" {
		t.Errorf("cookie %v", found)
	}
}

// The oldest cookies make room, as a browser sends them first. The newest tabs stay open.
func TestCookiesDoNotPileUp(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	var kept []*http.Cookie // as a browser has them: oldest first
	var pages []string
	for range 30 {
		r := b.request(http.MethodPost, "/", b.lms.Launch11(base+"/", consumer, agreed, nil))
		for _, c := range kept {
			r.AddCookie(c)
		}
		out := httptest.NewRecorder()
		w.web.ServeHTTP(out, r)
		pages = append(pages, out.Header().Get("Location"))
		for _, c := range out.Result().Cookies() {
			kept = slices.DeleteFunc(kept, func(k *http.Cookie) bool { return k.Name == c.Name })
			if c.MaxAge >= 0 {
				kept = append(kept, c)
			}
		}
		page := httptest.NewRecorder()
		r = b.request(http.MethodGet, pages[len(pages)-1], nil)
		for _, c := range kept {
			r.AddCookie(c)
		}
		w.web.ServeHTTP(page, r) // which binds the visit
	}
	if len(kept) != 20 {
		t.Errorf("%d cookies", len(kept))
	}
	for i, page := range pages {
		r := b.request(http.MethodGet, page, nil)
		for _, c := range kept {
			r.AddCookie(c)
		}
		out := httptest.NewRecorder()
		w.web.ServeHTTP(out, r)
		if want := map[bool]int{true: http.StatusOK, false: http.StatusGone}[i >= 10]; out.Code != want {
			t.Errorf("page %d of 30: %d, not %d", i+1, out.Code, want)
		}
	}
}

// A tab that is used every day, or that nobody closed, ends after a week.
func TestVisitEndsAfterAWeek(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	self := b.launch13(ltitest.Learner).self()
	for range 7*3 - 1 {
		w.now = w.now.Add(8 * time.Hour)
		b.get(self).at(askAddress)
	}
	w.now = w.now.Add(8 * time.Hour)
	b.get(self).at(expired)
}

// Whoever asks only for the head of a stream is told, and not kept.
func TestHeadOfAStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		b := w.browser()
		self := b.launch13(ltitest.Learner).self()
		begun := time.Now()
		out := b.do(b.request(http.MethodHead, self+"/events", nil))
		if out.Code != http.StatusOK || out.Header().Get("Content-Type") != "text/event-stream" || out.Body.Len() > 0 {
			t.Errorf("%d %v %s", out.Code, out.Header(), out.Body)
		}
		if took := time.Since(begun); took > 0 {
			t.Errorf("kept for %v", took)
		}
	})
}

func TestWhoMayNotSee(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	self := b.launch13(ltitest.Learner).self()
	token := strings.TrimPrefix(self, "/a/")
	t.Run("a learner on the class's pages", func(t *testing.T) {
		for _, path := range []string{"/t/" + token, "/t/" + token + "/class.csv", "/t/" + token + "/check"} {
			if page := b.get(path).at("This page is for teachers"); page.Code != http.StatusForbidden {
				t.Errorf("%s: %d", path, page.Code)
			}
		}
		b.post("/t/"+token+"/forget", one("id", "1")).at("This page is for teachers")
	})
	t.Run("tokens that are none", func(t *testing.T) {
		for _, path := range []string{"/a/x", "/a/" + token[:42], "/a/" + token + "A", "/a/" + strings.Repeat("A", 43), "/t/" + strings.Repeat("A", 43)} {
			b.get(path).at(expired)
		}
	})
	t.Run("the visit after its time", func(t *testing.T) {
		w.now = w.now.Add(11 * time.Hour)
		b.get(self).at(askAddress) // which prolongs it
		w.now = w.now.Add(11 * time.Hour)
		b.get(self).at(askAddress)
		w.now = w.now.Add(13 * time.Hour)
		b.get(self).at(expired)
		b.post(self+"/address", one("address", ana)).at(expired)
	})
	t.Run("one who was erased", func(t *testing.T) {
		self := b.launch13(ltitest.Learner).self()
		b.post(self+"/address", one("address", ana))
		_, err := w.db.ForgetEnrolment(t.Context(), w.enrolled(ana).ID)
		must(t, err)
		b.get(self).at(expired)
	})
}

// A form that another site posts in somebody's name changes nothing.
func TestForeignForms(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	self := b.launch13(ltitest.Learner).self()
	post := func(headers map[string]string) int {
		r := b.request(http.MethodPost, self+"/address", one("address", ana))
		r.Header.Del("Origin")
		r.Header.Del("Sec-Fetch-Site")
		for name, value := range headers {
			r.Header.Set(name, value)
		}
		return b.do(r).Code
	}
	for _, c := range []struct {
		what    string
		headers map[string]string
		status  int
	}{
		{"another site, says the browser", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403},
		{"another site, by its origin", map[string]string{"Origin": "https://evil.example"}, 403},
		{"our page in a frame that the platform gave no origin", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "null"}, 303},
		{"our page", map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303},
		{"our page in an older browser", map[string]string{"Origin": "null"}, 303},
		{"our page, by its origin", map[string]string{"Origin": base}, 303},
	} {
		t.Run(c.what, func(t *testing.T) {
			if got := post(c.headers); got != c.status {
				t.Errorf("status %d, not %d", got, c.status)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	w := newWorld(t, func(c *web.Config) { c.CSSURL = "https://school.example/our.css" })
	b := w.browser()
	page := b.launch13(func(c ltitest.Claims) {
		c[presentation] = map[string]any{"return_url": "https://courses.lms.example/x", "document_target": "iframe"}
	})
	h := page.Header()
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "Content-Language": "en-GB",
		"Content-Security-Policy": "default-src 'none'; style-src 'self' https://school.example; script-src 'self'; img-src 'self' data:; " +
			"connect-src 'self'; form-action 'self'; frame-ancestors 'self' https://courses.lms.example https://*.courses.lms.example " +
			"https://lms.example https://*.lms.example; base-uri 'none'",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %s\nnot %s", name, got, want)
		}
	}
	if told := page.root.all("body")[0].attrs["data-framed"]; told != "https://courses.lms.example https://lms.example" {
		t.Errorf("how high the page is, is told to %q", told)
	}
	for _, e := range page.root.all("") {
		for name := range e.attrs {
			if strings.HasPrefix(name, "on") || name == "style" {
				t.Errorf("%s has %s within the page", e.name, name)
			}
		}
		if (e.name == "script" || e.name == "style") && strings.TrimSpace(e.text) != "" {
			t.Errorf("a %s within the page", e.name)
		}
	}
	for _, path := range []string{"/", "/is_up", "/nowhere", "/static/page.css", "/lti/jwks.json", "/lti/launch", "/a/x", "/a/x/events"} {
		out := b.do(b.request(http.MethodGet, path, nil))
		if got := out.Header(); got.Get("Cache-Control") != "no-store" || got.Get("Referrer-Policy") != "no-referrer" || got.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", path, got)
		}
	}
}

// What a platform says of people and courses is text, however odd.
func TestOddNames(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	page := b.launch11(url.Values{
		"lis_person_name_full": {strings.Repeat("Long ", 2000)},
		"context_title":        {"<script>alert(1)</script>\u202egnirts\u202c"},
		"resource_link_title":  {"ש\u200fb\nnext \"line\""},
	}).at(askAddress)
	page.silent("<script>alert", "\u202e")
	if !strings.Contains(page.Body.String(), "&lt;script&gt;alert(1)&lt;/script&gt;gnirts · שb next") {
		t.Errorf("the course is shown as:\n%s", page.Body)
	}
	self := page.self()
	b.post(self+"/address", one("address", ana))
	if e := w.enrolled(ana); len(e.Name) > 200 || !strings.HasPrefix(e.Name, "Long Long") {
		t.Errorf("a name of %d bytes", len(e.Name))
	}
	b.post(self+"/address", one("address", `"><script>x</script>@example.org`)).silent("<script>x")
}

// The log never names anybody, nor holds what opens something.
func TestLogIsDiscreet(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	self := b.launch13(ltitest.Learner).self()
	b.post(self+"/address", one("address", ana))
	b.post(self+"/secret", one("secret", goodWords))
	for range 10 {
		b.get("/nowhere")
	}
	if w.log.Len() > 0 {
		t.Errorf("anybody can fill the log: %s", w.log.String())
	}
	w.browser().get(self)
	w.browser().post(self+"/code", one("code", "K4TE-77QX"))
	r := b.request(http.MethodPost, self+"/secret", one("secret", goodWords))
	r.Header.Set("Origin", "https://evil.example")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	b.do(r)
	log := w.log.String()
	if !strings.Contains(log, "level=WARN") {
		t.Fatal("the log is empty: what is looked at?")
	}
	for _, what := range []string{strings.TrimPrefix(self, "/a/"), "ana@", "Sam", "violet", "K4TE", "eyJ"} {
		if strings.Contains(log, what) {
			t.Errorf("the log holds %q:\n%s", what, log)
		}
	}
}

// behindPath is a reverse proxy that takes away a part of the path.
func TestBehindAPath(t *testing.T) {
	w := newWorld(t)
	w.config.Base = base + "/otr"
	s, err := web.New(w.config)
	must(t, err)
	out := httptest.NewRecorder()
	s.ServeHTTP(out, httptest.NewRequestWithContext(t.Context(), http.MethodGet, base+"/", nil))
	page := newSeen(t, "/", out)
	for _, e := range page.root.all("link") {
		if href := e.attrs["href"]; e.attrs["rel"] == "stylesheet" && !strings.HasPrefix(href, "/otr/static/") {
			t.Errorf("a stylesheet at %s", href)
		}
	}
	page.says(base + "/otr/lti/launch")
}

func TestPracticeOfATeacherIsNotMixedUp(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	room := b.launch13(ltitest.Instructor).self()
	if page := b.get(room); page.Code != http.StatusOK {
		t.Fatalf("%d %s", page.Code, page.main())
	}
	self := "/a" + strings.TrimPrefix(room, "/t")
	b.post(self+"/address", one("address", ana)).at(meetBot)
	w.step(record.StepChatting)
	b.get(self).at(askSecret).says("Practice: you teach this course")
}
