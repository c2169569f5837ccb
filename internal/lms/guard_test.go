package lms_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"otrbot/internal/lms"
)

// Every page answers, and says nothing to caches, other sites and strange scripts.
func TestPages(t *testing.T) {
	w := newWorld(t)
	for path, words := range map[string]string{
		"/":                        "Ana",
		"/?as=nobody&lti=9&show=x": "Ana", // what is not offered is the first of what is
		"/?as=teacher":             "Add an activity from the tool",
		"/?as=admin":               "Installed tools",
		"/activity/link-1?as=ben":  "Chat in private",
		"/launch/link-1":           "Opening",
		"/gradebook?as=ana":        "Your grades",
		"/gradebook?as=teacher":    "Grades of all",
		"/choose?as=teacher":       "Add an activity from the tool",
		"/choose/launch?as=admin":  "Opening",
		"/admin?as=admin":          "Register the tool by itself",
		"/return?lti_errormsg=Oh":  "The tool says: Oh",
		"/storage":                 "keeps data",
		"/static/lms.css":          "body",
	} {
		p := w.get(path)
		p.says(t, words)
		csp := p.Header.Get("Content-Security-Policy")
		if p.Status != http.StatusOK || p.Header.Get("Cache-Control") != "no-store" || p.Header.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'self'") {
			t.Errorf("%s: %d %v", path, p.Status, p.Header)
		}
		if strings.Contains(p.Body, "ZgotmplZ") || strings.Contains(p.Body, " on") && strings.Contains(p.Body, `onclick=`) {
			t.Errorf("%s: %s", path, p.Body)
		}
	}
	for path, status := range map[string]int{
		"/nowhere": 404, "/items/1/scores": 404, "/admin?as=ana": 403, "/choose?as=ana": 403, "/choose/launch?as=test-student": 403, "/static/x": 404,
	} {
		if p := w.get(path); p.Status != status {
			t.Errorf("%s: %d, want %d", path, p.Status, status)
		}
	}
}

// A name that has been made to point at this machine gets nothing, nor does another machine.
func TestHosts(t *testing.T) {
	w := newWorld(t)
	base, _ := url.Parse(w.base)
	ask := func(method, host, from, path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, nil)
		r.Host, r.RemoteAddr = host, from
		rec := httptest.NewRecorder()
		w.lms.ServeHTTP(rec, r)
		return rec
	}
	const here = "127.0.0.1:50000"
	for _, path := range []string{"/", "/jwks", "/launch/link-1", "/auth", "/gradebook", "/static/lms.css"} {
		for _, host := range []string{"evil.example", "evil.example:" + base.Port(), "127.0.0.1", "127.0.0.1:1", "", "localhost.evil.example:" + base.Port(), "127.0.0.1.evil.example:" + base.Port()} {
			if a := ask("GET", host, here, path); a.Code != http.StatusMisdirectedRequest {
				t.Errorf("%s at %q: %d", path, host, a.Code)
			}
		}
		for _, from := range []string{"192.0.2.1:50000", "[2001:db8::1]:50000", "10.0.0.1:1", "", "@", "[::ffff:192.0.2.1]:1"} {
			if a := ask("GET", base.Host, from, path); a.Code != http.StatusForbidden {
				t.Errorf("%s from %q: %d", path, from, a.Code)
			}
		}
	}
	for _, from := range []string{here, "[::1]:50000", "127.9.9.9:1", "[::ffff:127.0.0.1]:1"} {
		if a := ask("GET", base.Host, from, "/"); a.Code != http.StatusOK {
			t.Errorf("from %q: %d", from, a.Code)
		}
	}
	for _, host := range []string{"localhost", "LOCALHOST", "[::1]", "127.0.0.2"} {
		a := ask("GET", host+":"+base.Port(), here, "//evil.example/x?y=1")
		if to := a.Header().Get("Location"); a.Code != http.StatusTemporaryRedirect || !strings.HasPrefix(to, w.base+"/") {
			t.Errorf("%s: %d to %q", host, a.Code, to)
		}
		if a := ask("POST", host+":"+base.Port(), here, "/admin/use"); a.Code != http.StatusMisdirectedRequest {
			t.Errorf("POST to %s: %d", host, a.Code)
		}
	}
}

// Pages of other origins neither change anything nor open the tool as somebody.
func TestForeignOrigins(t *testing.T) {
	w := newWorld(t)
	for _, headers := range []map[string]string{
		{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:1"},
		{"Origin": "https://evil.example"}, {"Origin": "null"},
	} {
		for path, method := range map[string]string{
			"/admin/register?as=admin": "POST", "/admin/use?as=admin": "POST", "/launch/link-1?as=ana": "GET", "/choose/launch?as=teacher": "GET",
		} {
			r, err := http.NewRequest(method, w.base+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range headers {
				r.Header.Set(name, value)
			}
			if method == "GET" && headers["Sec-Fetch-Site"] == "" {
				continue // no browser asks so
			}
			if p := w.do(r); p.Status != http.StatusForbidden || formTag.MatchString(p.Body) {
				t.Errorf("%s %s with %v: %d", method, path, headers, p.Status)
			}
		}
	}
	for _, site := range []string{"same-origin", "none"} {
		r, err := http.NewRequest("GET", w.base+"/launch/link-1?as=ana", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Sec-Fetch-Site", site)
		if p := w.do(r); p.Status != http.StatusOK {
			t.Errorf("%s: %d", site, p.Status)
		}
	}
}

// It does not begin where others can reach it.
func TestConfig(t *testing.T) {
	tool := lms.ToolURLs{Launch: "http://127.0.0.1:5000/lti/launch"}
	for _, base := range []string{"", "127.0.0.1:5001", "http://0.0.0.0:5001", "http://lms.example", "http://192.0.2.1:1", "http://127.0.0.1:5001/x", "ftp://127.0.0.1", "http://u@127.0.0.1"} {
		if _, err := lms.New(lms.Config{Base: base, Tool: tool}); !errors.Is(err, lms.ErrAddress) {
			t.Errorf("%q: %v", base, err)
		}
	}
	for _, launch := range []string{"", "/lti/launch", "ftp://x/", "javascript:alert(1)"} {
		if _, err := lms.New(lms.Config{Base: "http://127.0.0.1:5001", Tool: lms.ToolURLs{Launch: launch}}); err == nil {
			t.Errorf("a tool at %q", launch)
		}
	}
}
