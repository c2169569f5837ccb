package lti_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"otrbot/lti"
	"otrbot/lti/ltitest"
)

// What strangers send: nothing of it may panic, hang or be let in.

const maxFuzz = 64 << 10

func FuzzLaunch(f *testing.F) {
	w := newWorld(f)
	for _, r := range recordings(f) {
		for _, e := range r.lines {
			if e.Dir == "platform-to-tool" && e.Method == http.MethodPost {
				f.Add("", e.Body)
			}
		}
	}
	f.Add("lesson=otr&lesson=otr", w.lms.Launch11(launchURL, key11, "wrong", nil).Encode())
	f.Add("%zz", "oauth_consumer_key=%")
	f.Add("", "error=login_required&state=x")
	f.Fuzz(func(t *testing.T, query, body string) {
		if len(query)+len(body) > maxFuzz {
			return
		}
		r := httptest.NewRequest(http.MethodPost, launchURL, strings.NewReader(body))
		r.URL.RawQuery = query
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if l, err := w.tool.Launch(r); err == nil {
			t.Errorf("let in: %+v", l)
		}
	})
}

func FuzzLogin(f *testing.F) {
	w := newWorld(f)
	f.Add(w.lms.LoginForm(launchURL).Encode())
	f.Add("iss=https://lms.example&login_hint=1&target_link_uri=x&lti_storage_target=_parent")
	f.Fuzz(func(t *testing.T, query string) {
		if len(query) > maxFuzz {
			return
		}
		r := httptest.NewRequest(http.MethodGet, loginURL, nil)
		r.URL.RawQuery = query
		l, err := w.tool.Login(r)
		if err != nil {
			return
		}
		u, err := url.Parse(l.Redirect)
		if err != nil || u.Host != "lms.example" || u.Path != "/auth" || u.Query().Get("redirect_uri") != launchURL {
			t.Errorf("redirected to %s", l.Redirect)
		}
	})
}

// Whatever a platform signs: a launch or a refusal.
func FuzzClaims(f *testing.F) {
	w := newWorld(f)
	for _, r := range recordings(f) {
		for _, e := range r.lines {
			form, _ := url.ParseQuery(e.Body)
			if parts := strings.Split(form.Get("id_token"), "."); len(parts) == 3 {
				f.Add(decoded(parts[1]))
			}
		}
	}
	f.Add([]byte(`{"iss":"https://lms.example","aud":["tool-1"],"exp":1e400,"iat":-1,"nonce":null}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		if len(payload) > maxFuzz {
			return
		}
		token, err := w.lms.SignBytes(payload)
		if err != nil {
			return
		}
		w := w.in(t)
		l := w.login(nil)
		form := url.Values{"id_token": {token}, "state": {queryOf(l.Redirect).Get("state")}}
		if launch, err := w.submit(l, form); err == nil {
			t.Errorf("a launch with somebody's nonce: %+v", launch)
		}
	})
}

// With the right nonce and issuer, anything else of the claims.
func FuzzLaunchClaims(f *testing.F) {
	w := newWorld(f)
	f.Add("Learner", `{"id":"1"}`, `{"scope":["x"],"lineitem":"y"}`, `{"a":"$b"}`)
	f.Add("http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor", `{"id":7}`, `[]`, `null`)
	f.Fuzz(func(t *testing.T, role, link, grades, custom string) {
		if len(role)+len(link)+len(grades)+len(custom) > maxFuzz {
			return
		}
		w := w.in(t)
		l := w.login(nil)
		form, err := w.lms.Answer(l.Redirect, func(c ltitest.Claims) {
			c[ltitest.Roles] = []string{role}
			c[ltitest.ResourceLink], c[ltitest.Grades], c[ltitest.Claim+"custom"] = raw(link), raw(grades), raw(custom)
		})
		if err != nil {
			return // not JSON
		}
		launch, err := w.submit(l, form)
		if err == nil && (launch.ResourceLink.ID == "" || launch.User.ID == "" || launch.Roles.Staff() && !strings.Contains(role, "r")) {
			t.Errorf("%+v", launch)
		}
	})
}

func FuzzRoles(f *testing.F) {
	f.Add("Instructor")
	f.Add("urn:lti:role:ims/lis/Instructor/TeachingAssistant")
	f.Add("http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant")
	f.Fuzz(func(t *testing.T, role string) {
		if len(role) > maxFuzz {
			return
		}
		r := lti.Roles{role}
		if r.Staff() && (strings.Contains(role, "institution/") || strings.Contains(role, "instrole") || strings.Contains(role, "system/")) {
			t.Errorf("%q makes staff", role)
		}
		if r.Instructor() && !r.Staff() || !r.Staff() && !r.Learner() {
			t.Errorf("%q is contradictory", role)
		}
	})
}

func FuzzOutcomeAnswer(f *testing.F) {
	for _, r := range recordings(f) {
		for _, e := range r.lines {
			if strings.Contains(e.Response, "imsx_POX") {
				f.Add([]byte(e.Response))
			}
		}
	}
	f.Add([]byte(`<!DOCTYPE x [<!ENTITY e "` + strings.Repeat("x", 100) + `">]><x>&e;</x>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > maxFuzz {
			return
		}
		major, _, err := lti.ParsePOXForTest(body)
		if err == nil && (!strings.Contains(string(body), "imsx_POXEnvelopeResponse") || strings.Contains(string(body), "<!DOCTYPE") && !strings.Contains(string(body), "<![CDATA[") && !strings.Contains(string(body), "<!--")) {
			t.Errorf("read %q from %q", major, body)
		}
	})
}

func FuzzKeySet(f *testing.F) {
	for _, r := range recordings(f) {
		for _, e := range r.lines {
			if strings.Contains(e.Response, `"kty"`) {
				f.Add([]byte(e.Response))
			}
		}
	}
	f.Add([]byte(`{"keys":[{"kty":"RSA","n":"","e":"","kid":"x"},{"kty":"EC"},7]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > maxFuzz {
			return
		}
		keys, err := lti.ParseJWKSForTest(body)
		for kid, key := range keys {
			if err != nil || kid == "" || key != nil && key.N.BitLen() < 2048 {
				t.Errorf("key %q of %v, %v", kid, key, err)
			}
		}
	})
}

func FuzzNextLink(f *testing.F) {
	f.Add(`<https://a/1>; rel=first, <https://a/2>; title="a,b"; rel="x next"`)
	f.Add(`<a`)
	f.Fuzz(func(t *testing.T, header string) {
		if len(header) > maxFuzz {
			return
		}
		if next := lti.NextLinkForTest(http.Header{"Link": {header}}); !strings.Contains(header, next) {
			t.Errorf("%q from %q", next, header)
		}
	})
}

func FuzzPlatformConfig(f *testing.F) {
	w := newWorld(f)
	for _, e := range recordings(f)[0].lines {
		if strings.Contains(e.Response, "authorization_endpoint") {
			f.Add([]byte(e.Response))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > maxFuzz {
			return
		}
		issuer, jwks, err := lti.PlatformConfigForTest(w.tool, body, "https://lms.example/config")
		if err == nil && (!strings.HasPrefix(strings.ToLower(issuer), "https://lms.example") || !strings.HasPrefix(strings.ToLower(jwks), "https:")) {
			t.Errorf("issuer %q, keys %q", issuer, jwks)
		}
	})
}

// What is posted in place of an id_token, with the right state and in the right browser.
func FuzzIDToken(f *testing.F) {
	w := newWorld(f)
	good, err := w.lms.Sign(w.lms.Claims("a nonce", launchURL))
	if err != nil {
		f.Fatal(err)
	}
	parts := strings.Split(good, ".")
	f.Add(good)
	f.Add(parts[0] + ".." + parts[2])
	f.Add(b64(`{"alg":"none","kid":"platform-1"}`) + "." + parts[1] + ".")
	f.Add(b64(`{"alg":"RS256","kid":"platform-1","jwk":{"kty":"RSA","n":"AQ","e":"AQAB"}}`) + "." + parts[1] + "." + parts[2])
	f.Add(b64(`{"alg":"dir","enc":"A128GCM"}`) + "..AAAA.AAAA.AAAA")
	f.Fuzz(func(t *testing.T, token string) {
		if len(token) > maxFuzz {
			return
		}
		w := w.in(t)
		l := w.login(nil)
		launch, err := w.submit(l, url.Values{"id_token": {token}, "state": {queryOf(l.Redirect).Get("state")}})
		if err == nil {
			t.Errorf("let in: %+v", launch)
		}
		if _, ok := errors.AsType[*lti.Refusal](err); !ok {
			t.Errorf("no refusal: %v", err)
		}
	})
}
