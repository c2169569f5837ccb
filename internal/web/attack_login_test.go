package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"otrbot/lti"
	"otrbot/lti/ltitest"
)

// State and nonce: a launch belongs to one login, of one platform, in one browser, once.
func TestAttacksOnTheLogin(t *testing.T) {
	set := func(name string, values ...string) func(*browser, url.Values) {
		return func(_ *browser, f url.Values) {
			if f[name] = values; len(values) == 0 {
				delete(f, name)
			}
		}
	}
	besiege(t, []attack{
		{what: "state absent", reason: lti.Malformed, status: 400, arm: form13(nil, set("state"))},
		{what: "state empty", reason: lti.Malformed, status: 400, arm: form13(nil, set("state", ""))},
		{what: "state unknown", reason: lti.StateGone, arm: form13(nil, set("state", "a-state-that-nobody-made"))},
		{what: "two states", reason: lti.Malformed, status: 400, arm: form13(nil, func(b *browser, f url.Values) {
			f.Add("state", queryOf(b.login()).Get("state"))
		})},
		{what: "state expired", reason: lti.StateGone, arm: form13(nil, func(b *browser, _ url.Values) { b.now = b.now.Add(10 * time.Minute) })},
		{what: "state reused", reason: lti.StateGone, arm: used(form13(nil, nil))},
		{what: "state of another login", reason: lti.BadToken, arm: form13(nil, func(b *browser, f url.Values) {
			f.Set("state", queryOf(b.login()).Get("state"))
		})},
		{what: "another browser's", reason: lti.OtherBrowser, arm: form13(nil, func(b *browser, _ url.Values) {
			b.cookies = map[string]string{}
			b.login() // with a cookie of its own
		})},
		{what: "login CSRF: a good launch in a browser that began none", reason: lti.OtherBrowser, arm: form13(nil, func(b *browser, _ url.Values) {
			b.cookies = map[string]string{}
		})},
		{what: "login CSRF: a cookie that somebody made up", reason: lti.OtherBrowser, arm: form13(nil, func(b *browser, _ url.Values) {
			for name := range b.cookies {
				b.cookies[name] = strings.Repeat("A", 43)
			}
		})},
		{what: "login CSRF: storage that another site's page claims to have read", reason: lti.OtherBrowser, arm: stolenStorage(nil)},
		{what: "storage that says something else", reason: lti.OtherBrowser, arm: stolenStorage(func(r *http.Request, f url.Values) {
			r.Header.Set("Origin", base)
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			f.Set("lti_storage_nonce", "somebody else's")
		})},
		{what: "mix-up: another site's token on our state", reason: lti.BadToken, arm: mixedUp(otherClient)},
		{what: "mix-up: another tenant's token of the same issuer", reason: lti.BadToken, arm: mixedUp("tenant-2")},
		{what: "nonce absent", reason: lti.Malformed, status: 400, arm: claimed("nonce", nil)},
		{what: "nonce empty", reason: lti.BadToken, arm: claimed("nonce", "")},
		{what: "nonce guessed", reason: lti.BadToken, arm: claimed("nonce", "guess")},
		{what: "nonce reused: the token of a launch that is over, with a fresh state", reason: lti.BadToken, arm: func(b *browser) *http.Request {
			f := b.formOf(b.login(), nil)
			if out := b.do(b.crossSite("/lti/launch", f)); out.Code != http.StatusSeeOther {
				b.Fatalf("%d %s", out.Code, out.Body)
			}
			f.Set("state", queryOf(b.login()).Get("state"))
			return b.crossSite("/lti/launch", f)
		}},
		{what: "the platform says login_required", reason: lti.LoginRequired, arm: func(b *browser) *http.Request {
			return b.crossSite("/lti/launch", url.Values{"error": {"login_required"}, "error_description": {"<script>Zoë</script>"}, "state": {queryOf(b.login()).Get("state")}})
		}},
	})
}

// stolenStorage is a launch after a login with platform storage, whose cookie did not come along; somebody fills in what
// the platform's frame would have said.
func stolenStorage(change func(*http.Request, url.Values)) func(*browser) *http.Request {
	return func(b *browser) *http.Request {
		b.Helper()
		f := b.lms.LoginForm(base + "/lti/launch")
		f.Set("lti_storage_target", "_parent")
		put := newSeen(b.TB, "/lti/login", b.from("/lti/login", f)).root.all("form")[0].attrs
		b.cookies = map[string]string{}
		launch := b.formOf(put["data-continue"], nil)
		launch.Set("lti_storage_state", put["data-state"])
		launch.Set("lti_storage_nonce", put["data-nonce"])
		if change == nil {
			return b.crossSite("/lti/launch", launch)
		}
		r := b.crossSite("/lti/launch", launch)
		change(r, launch)
		again := b.crossSite("/lti/launch", launch)
		again.Header = r.Header
		return again
	}
}

// mixedUp is a token that another client of ours got with its own nonce, on the state of a login to the first platform.
func mixedUp(client string) func(*browser) *http.Request {
	return func(b *browser) *http.Request {
		b.Helper()
		other := ltitest.WithKey(otherIssuer, ringKey(b.TB))
		other.KeyID, other.Deployment = "other-1", "7"
		if client == "tenant-2" {
			other = ltitest.WithKey(issuer, b.lms.Key)
			other.KeyID, other.Deployment = b.lms.KeyID, "tenant-2-deployment"
		}
		other.ClientID, other.Now = client, b.clock
		out := b.from("/lti/login", other.LoginForm(base+"/lti/launch"))
		f, err := other.Answer(out.Header().Get("Location"), ltitest.Learner)
		must(b, err)
		f.Set("state", queryOf(b.login()).Get("state"))
		return b.crossSite("/lti/launch", f)
	}
}

// What begins a launch, and leads nowhere but to the registered platform.
func TestAttacksOnTheBeginning(t *testing.T) {
	login := func(name string, values ...string) func(*browser) *http.Request {
		return func(b *browser) *http.Request {
			f := b.lms.LoginForm(base + "/lti/launch")
			if f[name] = values; len(values) == 0 {
				delete(f, name)
			}
			return b.crossSite("/lti/login", f)
		}
	}
	besiege(t, []attack{
		{what: "nobody's login", reason: lti.NotALaunch, status: 400, arm: func(b *browser) *http.Request { return b.request(http.MethodGet, "/lti/login", nil) }},
		{what: "unknown issuer", reason: lti.UnknownPlatform, arm: login("iss", "https://evil.example")},
		{what: "issuer with a slash more", reason: lti.UnknownPlatform, arm: login("iss", issuer+"/")},
		{what: "issuer with a slash less", reason: lti.UnknownPlatform, arm: func(b *browser) *http.Request {
			f := b.lms.LoginForm(base + "/lti/launch")
			f.Set("iss", canvas)
			f.Set("client_id", "slash")
			return b.crossSite("/lti/login", f)
		}},
		{what: "unknown client", reason: lti.UnknownPlatform, arm: login("client_id", "tool-99")},
		{what: "which of two clients is not said", reason: lti.UnknownPlatform, arm: login("client_id")},
		{what: "two issuers", reason: lti.Malformed, status: 400, arm: login("iss", issuer, otherIssuer)},
		{what: "no hint", reason: lti.Malformed, status: 400, arm: login("login_hint")},
		{what: "line ends in the hint", reason: lti.Malformed, status: 400, arm: login("login_hint", "x\r\nSet-Cookie: a=b")},
		{what: "1 MB of a hint", reason: lti.Malformed, status: 400, arm: login("login_hint", strings.Repeat("x", 1<<20))},
	})
}

// A login follows nothing that the request names.
func TestLoginLeadsToTheRegisteredPlatformOnly(t *testing.T) {
	s := newSiege(t)
	b := s.browser()
	for _, target := range []string{"https://evil.example/", "//evil.example", "https:evil.example", "javascript:alert(1)", base + "/lti/launch"} {
		out := b.from("/lti/login", b.lms.LoginForm(target))
		to := queryOf(out.Header().Get("Location"))
		if !strings.HasPrefix(out.Header().Get("Location"), issuer+"/auth?") || to.Get("redirect_uri") != base+"/lti/launch" {
			t.Errorf("%s leads to %s", target, out.Header().Get("Location"))
		}
	}
	if len(s.asked) > 0 {
		t.Errorf("a login has asked %v", s.asked)
	}
}

// Eight posts of one launch at once, to two processes over one database: one is let in, and none after a restart.
func TestParallelPosts(t *testing.T) {
	for what, arm := range map[string]func(*browser) *http.Request{"LTI 1.3": form13(nil, nil), "LTI 1.1": form11(nil, nil)} {
		t.Run(what, func(t *testing.T) {
			s := newSiege(t)
			second := s.restarted(t)
			b := s.browser()
			first := arm(b)
			form, err := url.ParseQuery(peek(first))
			must(t, err)
			path := strings.TrimPrefix(first.URL.String(), base)
			post := func(w *world) *httptest.ResponseRecorder {
				r := b.crossSite(path, form)
				for name, value := range b.cookies {
					r.AddCookie(&http.Cookie{Name: name, Value: value})
				}
				out := httptest.NewRecorder()
				w.web.ServeHTTP(out, r)
				return out
			}
			const posts = 8
			got := make(chan *httptest.ResponseRecorder, posts)
			for i := range posts {
				go func() { got <- post([]*world{s.world, second}[i%2]) }()
			}
			let := 0
			for range posts {
				out := <-got
				switch {
				case out.Code == http.StatusSeeOther:
					let++
				case out.Code != http.StatusForbidden || !numbered.MatchString(newSeen(t, path, out).main()):
					t.Errorf("%d %s", out.Code, out.Body)
				}
			}
			if let != 1 {
				t.Errorf("%d of %d posts of one launch were let in", let, posts)
			}
			if out := post(s.restarted(t)); out.Code != http.StatusForbidden {
				t.Errorf("after a restart: %d to %s", out.Code, out.Header().Get("Location"))
			}
			if kept := s.kept(); kept["visit"] != 1 || kept["enrolment"] != 1 {
				t.Errorf("kept: %v", kept)
			}
		})
	}
}

// A login that was begun before a restart ends after it.
func TestLoginOutlivesARestart(t *testing.T) {
	s := newSiege(t)
	b := s.browser()
	f := b.formOf(b.login(), nil)
	b.world = s.restarted(t)
	if page := b.follow("/lti/launch", b.do(b.crossSite("/lti/launch", f))); page.Code != http.StatusOK || !strings.HasPrefix(page.self(), "/a/") {
		t.Errorf("%d at %s", page.Code, page.path)
	}
}
