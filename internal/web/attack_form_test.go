package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"otrbot/lti"
	"otrbot/lti/ltitest"
)

func values(name string, values ...string) url.Values { return url.Values{name: values} }

// Launches of LTI 1.1: what is signed, by whom, when, and once.
func TestAttacksOnTheForm(t *testing.T) {
	stamp := func(off time.Duration) func(*browser) *http.Request {
		return func(b *browser) *http.Request {
			return form11(values("oauth_timestamp", strconv.FormatInt(b.now.Add(off).Unix(), 10)), nil)(b)
		}
	}
	changed := func(name, value string) func(*browser) *http.Request {
		return form11(nil, func(f url.Values) { f.Set(name, value) })
	}
	signedAt := func(address, key, secret string) func(*browser) *http.Request {
		return func(b *browser) *http.Request { return b.crossSite("/", b.lms.Launch11(address, key, secret, nil)) }
	}
	besiege(t, []attack{
		{what: "wrong secret", reason: lti.BadSignature, arm: signedAt(base+"/", consumer, "another secret")},
		{what: "empty secret", reason: lti.BadSignature, arm: signedAt(base+"/", consumer, "")},
		{what: "signed for http", reason: lti.BadSignature, arm: signedAt("http://bot.example/", consumer, agreed)},
		{what: "signed for another host", reason: lti.BadSignature, arm: signedAt("https://evil.example/", consumer, agreed)},
		{what: "unknown key", reason: lti.BadSignature, arm: signedAt(base+"/", "nobody's key", agreed)},
		{what: "key of an LTI 1.3 client", reason: lti.BadSignature, arm: signedAt(base+"/", "tool-1", agreed)},
		{what: "10 minutes and a second ago", reason: lti.WrongTime, arm: stamp(-601 * time.Second)},
		{what: "in 10 minutes and a second", reason: lti.WrongTime, arm: stamp(601 * time.Second)},
		{what: "no time", reason: lti.Malformed, status: 400, arm: form11(values("oauth_timestamp"), nil)},
		{what: "a time that is none", reason: lti.Malformed, status: 400, arm: form11(values("oauth_timestamp", "-1"), nil)},
		{what: "nonce replay", reason: lti.Replayed, arm: used(form11(nil, nil))},
		{what: "no nonce", reason: lti.Malformed, status: 400, arm: form11(values("oauth_nonce"), nil)},
		{what: "a nonce of 1 kB", reason: lti.Malformed, status: 400, arm: form11(values("oauth_nonce", strings.Repeat("x", 1000)), nil)},
		{what: "oauth_version 2", reason: lti.Malformed, status: 400, arm: form11(values("oauth_version", "2.0"), nil)},
		{what: "PLAINTEXT", reason: lti.BadSignature, arm: form11(values("oauth_signature_method", "PLAINTEXT"), nil)},
		{what: "RSA-SHA1", reason: lti.BadSignature, arm: form11(values("oauth_signature_method", "RSA-SHA1"), nil)},
		{what: "signature in header and body", reason: lti.Malformed, status: 400, arm: func(b *browser) *http.Request {
			r := form11(nil, nil)(b)
			r.Header.Set("Authorization", `OAuth oauth_consumer_key="school-key",oauth_signature="x"`)
			return r
		}},
		{what: "two oauth_signature values", reason: lti.Malformed, status: 400, arm: form11(nil, func(f url.Values) { f.Add("oauth_signature", "x") })},
		{what: "no signature", reason: lti.Malformed, status: 400, arm: form11(nil, func(f url.Values) { f.Del("oauth_signature") })},
		{what: "a signature that is no base64", reason: lti.Malformed, status: 400, arm: changed("oauth_signature", "???")},
		{what: "content-type not form", reason: lti.NotALaunch, status: 400, arm: func(b *browser) *http.Request {
			r := form11(nil, nil)(b)
			r.Header.Set("Content-Type", "text/plain")
			return r
		}},
		{what: "content-type JSON", reason: lti.NotALaunch, status: 400, arm: func(b *browser) *http.Request {
			r := form11(nil, nil)(b)
			r.Header.Set("Content-Type", "application/json")
			return r
		}},
		{what: "GET launch", reason: lti.NotALaunch, status: 400, arm: func(b *browser) *http.Request {
			f := b.lms.Launch11(base+"/lti/launch", consumer, agreed, nil)
			return b.request(http.MethodGet, "/lti/launch?"+f.Encode(), nil)
		}},
		{what: "role changed after signing", reason: lti.BadSignature, arm: changed("roles", "Instructor")},
		{what: "role changed by the address", reason: lti.Malformed, status: 400, arm: func(b *browser) *http.Request {
			return b.crossSite("/?roles=Instructor", b.lms.Launch11(base+"/", consumer, agreed, nil))
		}},
		{what: "a field more in the address", reason: lti.BadSignature, arm: func(b *browser) *http.Request {
			return b.crossSite("/?debug=1", b.lms.Launch11(base+"/", consumer, agreed, nil))
		}},
		{what: "sourcedid of another user", reason: lti.BadSignature, arm: changed("lis_result_sourcedid", "that-of-somebody-else")},
		{what: "another user", reason: lti.BadSignature, arm: changed("user_id", "user-2")},
		{what: "outcome service of somebody else", reason: lti.BadSignature, arm: changed("lis_outcome_service_url", "https://evil.example/")},
		{what: "two users, both signed", reason: lti.Malformed, status: 400, arm: form11(values("user_id", "user-1", "user-2"), nil)},
		{what: "nobody", reason: lti.Anonymous, arm: form11(values("user_id"), nil)},
		{what: "no link", reason: lti.Malformed, status: 400, arm: form11(values("resource_link_id"), nil)},
		{what: "no message type", reason: lti.WrongMessage, status: 400, arm: form11(values("lti_message_type"), nil)},
		{what: "another version", reason: lti.WrongVersion, status: 400, arm: form11(values("lti_version", "LTI-2p0"), nil)},
		{what: "both versions at once", reason: lti.Malformed, status: 400, arm: form11(nil, func(f url.Values) { f.Set("id_token", "a.b.c") })},
		{what: "a form of 1 MB", reason: lti.Malformed, status: 400, arm: changed("x", strings.Repeat("x", 1<<20))},
		{what: "a form of 5 MB", reason: lti.Malformed, status: 400, arm: changed("x", strings.Repeat("x", 5<<20))},
		{what: "2000 fields", reason: lti.Malformed, status: 400, arm: form11(nil, func(f url.Values) {
			for range 2000 {
				f.Add("custom_x", "")
			}
		})},
		{what: "broken percent signs", reason: lti.Malformed, status: 400, arm: func(b *browser) *http.Request {
			r := form11(nil, nil)(b)
			r.Body = http.NoBody
			raw := b.crossSite("/", nil)
			raw.Body, raw.Header = httptest.NewRequest(http.MethodPost, "/", strings.NewReader("oauth_consumer_key=%zz")).Body, r.Header
			raw.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			return raw
		}},
	})
}

// Whether a key exists can be told neither by the page nor by the log's reason, and nothing of a forged launch is kept:
// not even its nonce, which nobody could then use up or flood us with.
func TestForgedLaunchesTellAndKeepNothing(t *testing.T) {
	s := newSiege(t)
	nonces := func() int { s.Helper(); return s.count("nonce") }
	shown := map[string]bool{}
	number := regexp.MustCompile(`[0-9a-f]{8}`)
	for _, c := range [][2]string{{consumer, "wrong"}, {"nobody", "wrong"}, {"nobody", agreed}} {
		b := s.browser()
		out := b.do(b.crossSite("/", s.lms.Launch11(base+"/", c[0], c[1], nil)))
		page := newSeen(t, "/", out)
		shown[strconv.Itoa(out.Code)+number.ReplaceAllString(page.main(), "")] = true
	}
	if len(shown) != 1 {
		t.Errorf("strangers learn which keys exist: %v", shown)
	}
	for range 500 {
		b := s.browser()
		b.do(b.crossSite("/", s.lms.Launch11(base+"/", consumer, "wrong", nil)))
	}
	if n := nonces(); n != 0 {
		t.Errorf("%d nonces of forged launches are kept", n)
	}
	f := s.lms.Launch11(base+"/", consumer, agreed, nil)
	forged := s.lms.Launch11(base+"/", consumer, "wrong", values("oauth_nonce", f.Get("oauth_nonce")))
	b := s.browser()
	b.do(b.crossSite("/", forged))
	if out := b.do(b.crossSite("/", f)); out.Code != http.StatusSeeOther || nonces() != 1 {
		t.Errorf("a forger has used up a nonce: %d, %d kept", out.Code, nonces())
	}
}

// Launches near the edge of the window, and those with the older of two secrets.
func TestLaunchesThatAreJustGood(t *testing.T) {
	s := newSiege(t)
	must(t, s.db.UpdatePlatform(t.Context(), s.school, secretsOf("the newest", agreed)))
	for what, f := range map[string]url.Values{
		"10 minutes ago":   s.lms.Launch11(base+"/", consumer, agreed, values("oauth_timestamp", strconv.FormatInt(noon.Add(-600*time.Second).Unix(), 10))),
		"in 10 minutes":    s.lms.Launch11(base+"/", consumer, agreed, values("oauth_timestamp", strconv.FormatInt(noon.Add(600*time.Second).Unix(), 10))),
		"the newer secret": s.lms.Launch11(base+"/", consumer, "the newest", nil),
	} {
		b := s.browser()
		if out := b.do(b.crossSite("/", f)); out.Code != http.StatusSeeOther {
			t.Errorf("%s: %d", what, out.Code)
		}
	}
	must(t, s.db.UpdatePlatform(t.Context(), s.school, secretsOf("the newest")))
	b := s.browser()
	if out := b.do(b.crossSite("/", s.lms.Launch11(base+"/", consumer, agreed, nil))); out.Code != http.StatusForbidden {
		t.Errorf("a secret that was taken away: %d", out.Code)
	}
}

// The ways back on the page of a refusal: to what was signed and is an address, by a click, its host in sight.
func TestWaysBackOfRefusals(t *testing.T) {
	for address, host := range map[string]string{
		issuer + "/back": "lms.example", "javascript:alert(1)": "", "//evil.example/": "", "https:evil.example": "", "https://a@evil.example/": "",
		`https://lms.example\@evil.example/`: "", "data:text/html,x": "", issuer + "/\r\nX: y": "",
	} {
		for version, arm := range map[string]func(*browser) *http.Request{
			"1.1": form11(url.Values{"lti_version": {"LTI-2p0"}, "launch_presentation_return_url": {address}}, nil),
			"1.3": form13(func(c ltitest.Claims) {
				c[ltitest.Version], c[presentation] = "2", map[string]any{"return_url": address}
			}, nil),
		} {
			w := newWorld(t)
			b := w.browser()
			r := arm(b)
			page := newSeen(t, "/", b.do(r))
			links := page.root.all("article")[0].all("a")
			if page.Header().Get("Location") != "" || page.Header().Get("Refresh") != "" || len(page.root.all("article")[0].all("script")) > 0 {
				t.Errorf("%s %q is followed by itself", version, address)
			}
			switch {
			case host == "" && len(links) > 0:
				t.Errorf("%s %q is offered as %v", version, address, links[0].attrs)
			case host != "" && (len(links) != 1 || !strings.Contains(links[0].words(), host) || !strings.HasPrefix(links[0].attrs["href"], address)):
				t.Errorf("%s %q is not offered, or not named: %s", version, address, page.main())
			}
		}
	}
}
