package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"otrbot/internal/web"
	"otrbot/lti"
	"otrbot/lti/ltitest"
)

// shown11 is how the platform's browser arrives with a launch of LTI 1.1.
func shown11(b *browser, form url.Values) *seen { return b.follow("/", b.from("/", form)) }

// Every reason for which a launch can be refused is a page that says what happened and what to do, one line in the log
// with the same number, and nothing else: no enrolment, no visit, no cookie.
func TestRefusals(t *testing.T) {
	back := "https://lms.example/back?course=5"
	signed := func(changes url.Values) func(*browser) *seen {
		return func(b *browser) *seen { return b.launch11(changes) }
	}
	claimed := func(change func(ltitest.Claims)) func(*browser) *seen {
		return func(b *browser) *seen { return b.launch13(change) }
	}
	claim := func(name string, value any) func(*browser) *seen {
		return claimed(func(c ltitest.Claims) { c[name] = value })
	}
	platformSays := func(code string) func(*browser) *seen {
		return func(b *browser) *seen {
			to, _ := url.Parse(b.login())
			return b.follow("/lti/launch", b.from("/lti/launch", url.Values{"error": {code}, "state": {to.Query().Get("state")}}))
		}
	}
	for _, c := range []struct {
		reason lti.Reason
		launch func(*browser) *seen
		status int
		says   []string
	}{
		{lti.NotALaunch, func(b *browser) *seen { return b.get("/lti/launch") }, 400, []string{"Open this from your course", "open the activity there"}},
		{lti.Malformed, signed(url.Values{"resource_link_id": nil}), 400, []string{"The field “resource_link_id” is missing", "Tell your teacher"}},
		{lti.UnknownPlatform, func(b *browser) *seen {
			f := b.lms.LoginForm(base + "/lti/launch")
			f.Set("iss", "https://other.example")
			return b.follow("/lti/login", b.from("/lti/login", f))
		}, 403, []string{"We do not know this course's site yet", "have to connect the two first"}},
		{lti.UnknownDeployment, claim(ltitest.Deployment, "new-one"), 403, []string{"somebody has to say yes first", "new-one", "Try again later"}},
		{lti.BadSignature, func(b *browser) *seen {
			return shown11(b, b.lms.Launch11(base+"/", consumer, "another secret", nil))
		}, 403, []string{"The signature is not right", "Tell your teacher"}},
		{lti.WrongTime, signed(url.Values{"oauth_timestamp": {"1000000000"}}), 403, []string{"This came too late", "open the activity again"}},
		{lti.Replayed, func(b *browser) *seen {
			f := b.lms.Launch11(base+"/", consumer, agreed, nil)
			shown11(b, f).at(askAddress)
			b.cookies = map[string]string{}
			return shown11(b, f)
		}, 403, []string{"This has been used already", "open the activity again"}},
		{lti.StateGone, func(b *browser) *seen {
			to := b.login()
			b.now = b.now.Add(11 * time.Minute)
			return b.answer(to, ltitest.Learner)
		}, 403, []string{"took too long", "open the activity again"}},
		{lti.OtherBrowser, func(b *browser) *seen {
			to := b.login()
			b.cookies = map[string]string{}
			return b.answer(to, ltitest.Learner)
		}, 403, []string{"Your browser keeps our cookie to itself", "Open the activity in a new window opens a new window"}},
		{lti.LoginRequired, platformSays("login_required"), 403, []string{"Log in to your course"}},
		{lti.LaunchOver, platformSays("launch_no_longer_valid"), 403, []string{"used once", "open the activity again"}},
		{lti.PlatformRefused, platformSays("server_error"), 403, []string{"did not let you through"}},
		{lti.BadToken, claim("aud", "somebody else"), 403, []string{"not signed as it should be"}},
		{lti.WrongVersion, signed(url.Values{"lti_version": {"LTI-2p0"}, "launch_presentation_return_url": {back}}), 400,
			[]string{"another version", "Back to the course (lms.example)"}},
		{lti.WrongMessage, claim(ltitest.MessageType, "LtiSubmissionReviewRequest"), 400, []string{"something that we do not have"}},
		{lti.WrongTarget, claim(ltitest.TargetLink, "https://bot.example/elsewhere"), 400, []string{"leads to the wrong address"}},
		{lti.Anonymous, claim("sub", nil), 403, []string{"does not tell us who you are", "guests cannot take part"}},
		{lti.KeysUnavailable, func(b *browser) *seen {
			must(b, b.db.UpdatePlatform(b.Context(), b.moodle, keysAt("https://lms.example/nowhere")))
			return b.launch13(ltitest.Learner)
		}, 503, []string{"does not answer at present", "Wait a minute"}},
	} {
		t.Run(string(c.reason), func(t *testing.T) {
			w := newWorld(t)
			b := w.browser()
			page := c.launch(b)
			if page.Code != c.status {
				t.Errorf("status %d, not %d", page.Code, c.status)
			}
			page.says(c.says...)
			page.heading()
			lines := strings.Split(strings.TrimSpace(w.log.String()), "\n")
			if len(lines) != 1 || !strings.Contains(lines[0], "level=WARN") || !strings.Contains(lines[0], "reason="+string(c.reason)) {
				t.Errorf("the log says %q", lines)
			}
			number := regexp.MustCompile(`mention this number: ([0-9a-f]{8})$`).FindStringSubmatch(page.main())
			if number == nil || !strings.Contains(lines[0], "id="+number[1]) {
				t.Errorf("page and log do not share a number: %q, %q", page.main(), lines[0])
			}
			if !strings.Contains(page.Header().Get("Content-Security-Policy"), "frame-ancestors 'self' *") {
				t.Error("in a frame the page would be empty")
			}
			for name := range b.cookies {
				if strings.HasPrefix(name, "__Host-otrbot-") {
					t.Error("a refused launch has left a cookie")
				}
			}
		})
	}
}

func TestRefusalLinks(t *testing.T) {
	t.Run("back to the course, with the reason for its log", func(t *testing.T) {
		w := newWorld(t)
		page := w.browser().launch11(url.Values{"lti_version": {"LTI-2p0"}, "launch_presentation_return_url": {"https://lms.example/back?course=5"}})
		to, err := url.Parse(page.root.all("article")[0].all("a")[0].attrs["href"])
		must(t, err)
		q := to.Query()
		if q.Get("course") != "5" || q.Get("lti_errormsg") != "Your course speaks another version" || !strings.HasPrefix(q.Get("lti_errorlog"), "wrong-version ") {
			t.Errorf("leads to %s", to)
		}
	})
	t.Run("the same login in a window of its own", func(t *testing.T) {
		w := newWorld(t)
		b := w.browser()
		to := b.login()
		b.cookies = map[string]string{}
		link := b.answer(to, ltitest.Learner).root.all("article")[0].all("a")[0]
		if !strings.HasPrefix(link.attrs["href"], base+"/lti/login?") || link.attrs["target"] != "_blank" || !strings.Contains(link.attrs["rel"], "noopener") {
			t.Errorf("%v", link.attrs)
		}
		again := b.do(b.request(http.MethodGet, strings.TrimPrefix(link.attrs["href"], base), nil))
		b.answer(again.Header().Get("Location"), ltitest.Learner).at(askAddress)
	})
}

// A page that refuses speaks the language that the launch asks for, though nothing of it is verified.
func TestRefusalInTheLaunchsLanguage(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	f := b.lms.Launch11(base+"/", consumer, agreed, url.Values{"launch_presentation_locale": {"nl-NL"}})
	shown11(b, f)
	shown11(b, f).at("[nl] gebruikt")
	b.headers.Set("Accept-Language", "fr, nl;q=0.5")
	if got := b.get("/lti/launch").at("[nl] openen").root.all("html")[0].attrs; got["lang"] != "nl" || got["dir"] != "ltr" {
		t.Errorf("html is %v", got)
	}
	b.headers.Set("Accept-Language", "ar")
	if got := b.get("/lti/launch").root.all("html")[0].attrs; got["lang"] != "ar" || got["dir"] != "rtl" {
		t.Errorf("html is %v", got)
	}
	// The launch's own wish in a token, which comes before the browser's.
	to := b.login()
	b.cookies = map[string]string{}
	b.answer(to, func(c ltitest.Claims) { c["locale"] = "nl" })
	if page := b.answer(to, func(c ltitest.Claims) { c["locale"] = "nl" }); page.root.all("html")[0].attrs["lang"] != "nl" {
		t.Errorf("html is %v", page.root.all("html")[0].attrs)
	}
}

func TestNewDeployment(t *testing.T) {
	change := func(c ltitest.Claims) { c[ltitest.Deployment] = "second" }
	t.Run("waits for approval, noted once", func(t *testing.T) {
		w := newWorld(t)
		b := w.browser()
		b.launch13(change).says("somebody has to say yes first")
		b.launch13(change)
		p, err := w.db.Platform(t.Context(), w.moodle)
		must(t, err)
		if !slices.Equal(p.Pending, []string{"second"}) || slices.Contains(p.Registration.Deployments, "second") {
			t.Errorf("%v, %v", p.Pending, p.Registration.Deployments)
		}
	})
	t.Run("is welcome at once", func(t *testing.T) {
		w := newWorld(t, func(c *web.Config) { c.AutoApprove = true })
		w.browser().launch13(change).at(askAddress)
		p, err := w.db.Platform(t.Context(), w.moodle)
		must(t, err)
		if len(p.Pending) > 0 || !slices.Contains(p.Registration.Deployments, "second") {
			t.Errorf("%v, %v", p.Pending, p.Registration.Deployments)
		}
	})
}

// With the platform's storage: the login's data is kept there, and asked for when no cookie came.
func TestPlatformStorage(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	f := b.lms.LoginForm(base + "/lti/launch")
	f.Set("lti_storage_target", "_parent")
	put := newSeen(t, "/lti/login", b.from("/lti/login", f))
	form := put.root.all("form")[0].attrs
	if put.Code != http.StatusOK || form["data-lti-storage"] != "put" || form["data-origin"] != issuer || form["data-nonce"] == "" {
		t.Fatalf("%d %v", put.Code, form)
	}
	if got := put.Header().Get("Referrer-Policy"); got != "same-origin" {
		t.Errorf("Referrer-Policy %q: older browsers would not say whose form comes next", got)
	}
	b.cookies = map[string]string{}
	get := b.answer(form["data-continue"], ltitest.Learner)
	fields := url.Values{}
	form = get.root.all("form")[0].attrs
	for _, e := range get.root.all("form")[0].all("input") {
		fields.Set(e.attrs["name"], e.attrs["value"])
	}
	if form["data-lti-storage"] != "get" || form["action"] != base+"/lti/launch" || fields.Get("id_token") == "" {
		t.Fatalf("%v %v", form, fields)
	}
	to, err := url.Parse(put.root.all("form")[0].attrs["data-continue"])
	must(t, err)
	fields.Set("lti_storage_state", to.Query().Get("state"))
	fields.Set("lti_storage_nonce", to.Query().Get("nonce"))
	b.post("/lti/launch", fields).at(askAddress)
	script := b.do(b.request(http.MethodGet, "/lti/storage.js", nil))
	if script.Body.String() != lti.StorageScript() || !strings.HasPrefix(script.Header().Get("Content-Type"), "text/javascript") {
		t.Error("the script is not served")
	}
}

// A class that begins: 2,000 launches within a minute from one school, by way of two requests each, pass; a flood does
// not, and does not harm others.
func TestRateOfLaunches(t *testing.T) {
	w := newWorld(t, func(c *web.Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("192.168.7.0/24")} })
	ask := func(from, forwarded string) int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, base+"/lti/login", nil)
		r.RemoteAddr = from
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		out := httptest.NewRecorder()
		w.web.ServeHTTP(out, r)
		return out.Code
	}
	for i := range 4000 {
		if ask("198.51.100.7:1000", "") == http.StatusTooManyRequests {
			t.Fatalf("request %d of a class was refused", i)
		}
	}
	refused := 0
	for range 4000 {
		if ask("198.51.100.9:1000", "203.0.113.1") == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused == 0 {
		t.Error("a flood passes")
	}
	if ask("10.0.0.1:1", "198.51.100.1") == http.StatusTooManyRequests || ask("10.0.0.1:1", "203.0.113.1") == http.StatusTooManyRequests {
		t.Error("a network without a proxy of ours chooses where it comes from")
	}
	if ask("192.168.7.9:1", "203.0.113.1, 198.51.100.1") != http.StatusTooManyRequests {
		t.Error("behind a reverse proxy of the settings everybody is the same network")
	}
	if ask("203.0.113.1:1", "") == http.StatusTooManyRequests || ask("127.0.0.1:1", "192.0.2.1, 203.0.113.1") == http.StatusTooManyRequests {
		t.Error("others have to suffer")
	}
	if ask("127.0.0.1:1", "203.0.113.1, 198.51.100.1") != http.StatusTooManyRequests {
		t.Error("behind a reverse proxy everybody is the same network")
	}
	w.now = w.now.Add(time.Minute)
	if ask("198.51.100.7:1000", "") == http.StatusTooManyRequests {
		t.Error("it is never over")
	}
}
