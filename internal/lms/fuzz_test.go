package lms_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"otrbot/internal/lms"
)

// Whatever is asked of it, the system answers with a page or a refusal, never with a fault of its own, and never posts to
// an address that is not the tool's.
func FuzzRequests(f *testing.F) {
	const base, tool = "http://127.0.0.1:5001", "http://127.0.0.1:5000"
	k, err := signing()
	if err != nil {
		f.Fatal(err)
	}
	s, err := lms.New(lms.Config{
		Base: base, Key: k, ConsumerKey: key, ConsumerSecret: secret, HTTP: &http.Client{Transport: nowhere{}},
		Tool: lms.ToolURLs{Launch: tool + "/lti/launch", Login: tool + "/lti/login", JWKS: tool + "/lti/jwks.json"},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("GET", "/", "as=ana&lti=1.1&show=window&storage=frame&lang=ar", "")
	f.Add("GET", "/launch/link-1", "as=ben&lti=1.3&storage=page", "")
	f.Add("GET", "/auth", "site=1&scope=openid&response_type=id_token&response_mode=form_post&prompt=none&client_id=tool-1&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Flti%2Flaunch&state=s&nonce=n&login_hint=ana&lti_message_hint=x", "")
	f.Add("POST", "/auth", "", "site=1&client_id=tool-1")
	f.Add("POST", "/deep-link", "", "JWT=eyJhbGciOiJSUzI1NiJ9.e30.x")
	f.Add("POST", "/token", "", "grant_type=client_credentials&client_assertion=a.b.c")
	f.Add("POST", "/admin/register", "as=admin", "link=http%3A%2F%2F127.0.0.1%3A5000%2Fregister%2Fonce")
	f.Add("POST", "/register", "", `{"initiate_login_uri":"x"}`)
	f.Add("POST", "/outcomes", "site=1", "<x/>")
	f.Add("GET", "/members", "page=-1", "")
	f.Add("GET", "/return", "lti_msg=<script>", "")
	f.Fuzz(func(t *testing.T, method, path, query, body string) {
		if len(path)+len(query)+len(body) > 16<<10 || path == "/events" {
			return
		}
		r := httptest.NewRequest(http.MethodGet, base+"/", strings.NewReader(body))
		r.Method, r.URL.Path, r.URL.RawQuery, r.RemoteAddr = method, path, query, "127.0.0.1:50000"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		a := httptest.NewRecorder()
		s.ServeHTTP(a, r)
		if a.Code >= 500 && a.Code != http.StatusBadGateway {
			t.Errorf("%s %s?%s: %d %s", method, path, query, a.Code, a.Body)
		}
		p := page{Body: a.Body.String()}
		if to, _, ok := p.form(); ok && to != tool+"/lti/launch" && to != tool+"/lti/login" {
			t.Errorf("%s %s?%s posts to %s", method, path, query, to)
		}
	})
}

// nowhere is a network without anybody.
type nowhere struct{}

func (nowhere) RoundTrip(*http.Request) (*http.Response, error) { return nil, http.ErrHandlerTimeout }
