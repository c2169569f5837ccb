package lti_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"otrbot/lti"
	"otrbot/lti/ltitest"
)

const loginURL = toolBase + "/lti/login"

func TestLogin(t *testing.T) {
	w := newWorld(t)
	form := w.lms.LoginForm(launchURL)
	for _, r := range []*http.Request{
		post(loginURL, form),
		httptest.NewRequest(http.MethodGet, loginURL+"?"+form.Encode(), nil),
	} {
		l, err := w.tool.Login(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.lms.Answer(l.Redirect, ltitest.Learner); err != nil {
			t.Error(err)
		}
		c := l.Cookie
		if !strings.HasPrefix(c.Name, "__Host-lti-") || c.MaxAge != 600 || !c.Secure || !c.HttpOnly || !c.Partitioned || c.SameSite != http.SameSiteNoneMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("cookie %v", c)
		}
		if l.DeploymentID != "1" || l.Storage != nil {
			t.Errorf("login %+v", l)
		}
	}
	q := parsed(t, w.login(nil).Redirect).Query()
	if q.Get("redirect_uri") != launchURL || q.Get("nonce") == q.Get("state") {
		t.Errorf("redirect %v", q)
	}
}

// Two frames of one page log in at the same moment, before the browser has a cookie of ours.
func TestLoginsAtOnce(t *testing.T) {
	w := newWorld(t)
	logins := []*lti.Login{w.login(nil), w.login(nil)}
	if logins[0].Cookie.Name == logins[1].Cookie.Name {
		t.Fatal("the second login takes away the cookie of the first")
	}
	for _, l := range logins {
		r := post(launchURL, w.answer(l, ltitest.Learner))
		for _, kept := range logins {
			r.AddCookie(kept.Cookie)
		}
		if _, err := w.tool.Launch(r); err != nil {
			t.Error(err)
		}
	}
}

func TestLoginRefused(t *testing.T) {
	w := newWorld(t)
	change := func(name string, v ...string) url.Values { return with(w.lms.LoginForm(launchURL), name, v...) }
	for _, c := range []struct {
		what  string
		form  url.Values
		why   lti.Reason
		field string
	}{
		{"nothing", nil, lti.NotALaunch, ""},
		{"no issuer", change("iss"), lti.Malformed, "iss"},
		{"no hint", change("login_hint"), lti.Malformed, "login_hint"},
		{"no target", change("target_link_uri"), lti.Malformed, "target_link_uri"},
		{"two issuers", change("iss", issuer, "https://evil.example"), lti.Malformed, "iss"},
		{"a long hint", change("login_hint", strings.Repeat("x", 5000)), lti.Malformed, "login_hint"},
		{"a line end", change("login_hint", "a\r\nb"), lti.Malformed, "login_hint"},
		{"unknown issuer", change("iss", "https://evil.example"), lti.UnknownPlatform, ""},
		{"the issuer with a slash", change("iss", issuer+"/"), lti.UnknownPlatform, ""},
		{"unknown client", change("client_id", "tool-2"), lti.UnknownPlatform, ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			_, err := w.tool.Login(post(loginURL, c.form))
			if r := refused(t, err, c.why); r.Field != c.field {
				t.Errorf("field %q, want %q", r.Field, c.field)
			}
		})
	}
	if _, err := w.tool.Login(post(loginURL, change("client_id"))); err != nil {
		t.Errorf("without client_id, one registration of the issuer: %v", err)
	}
	if _, err := w.tool.Login(post(loginURL, change("lti_message_hint"))); err != nil {
		t.Errorf("without lti_message_hint: %v", err)
	}
	_, err := w.tool.Login(httptest.NewRequest(http.MethodPut, loginURL, nil))
	refused(t, err, lti.NotALaunch)
}

// Cookies are blocked; the platform's frame keeps state and nonce.
func TestPlatformStorage(t *testing.T) {
	w := newWorld(t)
	l := w.login(func(f url.Values) { f.Set("lti_storage_target", "post_message_forwarding") })
	q := parsed(t, l.Redirect).Query()
	if l.Storage == nil || *l.Storage != (lti.Storage{Target: "post_message_forwarding", Origin: issuer, State: q.Get("state"), Nonce: q.Get("nonce")}) {
		t.Fatalf("storage %+v", l.Storage)
	}
	form := w.answer(l, ltitest.Learner)
	_, err := w.tool.Launch(post(launchURL, form))
	needed, ok := err.(*lti.StorageNeeded)
	if !ok || needed.Target != "post_message_forwarding" || needed.Origin != issuer || needed.State != q.Get("state") || needed.Nonce != "" ||
		needed.Action != launchURL || string(needed.IDToken) != form.Get("id_token") || strings.Contains(needed.NewWindow, "storage") {
		t.Fatalf("got %+v, want a page that asks the platform's frame", err)
	}

	again := func(state, nonce string, headers ...string) error {
		f := with(with(url.Values{"id_token": form["id_token"], "state": form["state"]}, "lti_storage_state", state), "lti_storage_nonce", nonce)
		r := post(launchURL, f)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		_, err := w.tool.Launch(r)
		return err
	}
	state, nonce := l.Storage.State, l.Storage.Nonce
	refused(t, again(state, nonce), lti.OtherBrowser) // no page of ours says so
	refused(t, again(state, nonce, "Origin", "https://evil.example"), lti.OtherBrowser)
	refused(t, again(state, nonce, "Origin", toolBase, "Sec-Fetch-Site", "cross-site"), lti.OtherBrowser)
	refused(t, again(state, nonce, "Origin", "null"), lti.OtherBrowser)
	refused(t, again(state, "guess", "Origin", toolBase), lti.OtherBrowser)
	refused(t, again("guess", nonce, "Origin", toolBase), lti.OtherBrowser)
	refused(t, again("", "", "Sec-Fetch-Site", "same-origin"), lti.OtherBrowser)
	if err := again(state, nonce, "Sec-Fetch-Site", "same-origin", "Origin", "null"); err != nil {
		t.Errorf("refused though the platform kept the login's data: %v", err)
	}
	refused(t, again(state, nonce, "Origin", toolBase), lti.StateGone)
}

func TestCookieOverHTTP(t *testing.T) {
	w := newWorld(t, func(c *lti.Config) { c.Base, c.Loopback = "http://127.0.0.1:8090", true })
	l, err := w.tool.Login(post("http://127.0.0.1:8090/lti/login", w.lms.LoginForm(launchURL)))
	if err != nil || l.Cookie.Secure || !strings.HasPrefix(l.Cookie.Name, "lti-") || l.Cookie.SameSite != http.SameSiteLaxMode {
		t.Error(l, err)
	}
}
