package browser_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"otrbot/interop/browser"
	"otrbot/interop/clients"
	"otrbot/interop/deploy/front"
)

// The whole way behind the web servers that we ship samples for: the page follows the chat, and no log tells anybody's
// address of a page.
func TestBehindWebServers(t *testing.T) {
	for _, kind := range front.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			var before *front.Front
			s := newSchoolBehind(t, func(pages http.Handler) *browser.Host {
				server := httptest.NewServer(pages)
				t.Cleanup(func() {
					server.CloseClientConnections() // a page that follows events keeps one open
					server.Close()
				})
				before = front.Start(t, kind, "tool.localhost", server.Listener.Addr().String())
				return browser.At(before.URL, before.Trust, before.Roots)
			})
			b := s.browser(browser.Options{Cookies: browser.NoThirdParty})
			j := s.begin(b, seat{as: "ana"}, clients.Mcabber)
			token := tokenOf(t, j.page.Address(), "a")
			j.enter()
			j.agree()
			j.verify()
			j.finish()
			j.page.Sees("Your grade is in the gradebook of your course.")
			teacher := s.open(b, seat{as: "teacher", show: "window"})
			teacher.Sees("Ana")
			tokens := []string{token, tokenOf(t, teacher.Address(), "t")}
			teacher.Close()
			b.Open(s.at("/gradebook", seat{as: "ana"})).Sees("20 of 20")
			s.keepsQuiet(before, tokens)
		})
	}
}

// tokenOf is the token in the address of a page.
func tokenOf(t *testing.T, address, of string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(u.Path, "/")
	if len(parts) < 3 || parts[1] != of || len(parts[2]) < 40 {
		t.Fatalf("%s holds no token behind /%s/", address, of)
	}
	return parts[2]
}

// keepsQuiet looks through everything that the web server has written.
func (s *school) keepsQuiet(f *front.Front, tokens []string) {
	s.t.Helper()
	f.Stop()
	for line := range strings.Lines(f.Logs(s.t)) {
		for _, token := range tokens {
			if strings.Contains(line, token) {
				s.t.Errorf("the address of a page is in a log: %s", line)
			}
		}
	}
}
