package browser_test

import (
	"net/http"
	"testing"

	"otrbot/internal/lms"
	"otrbot/interop/browser"
)

// The pages of the learning management system itself, which the demo shows to people.
func TestPagesOfTheLMS(t *testing.T) {
	var system http.Handler
	host := browser.Serve(t, "lms.localhost", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { system.ServeHTTP(w, r) }))
	tool := serve(t, "tool.localhost", map[string]string{})
	var err error
	if system, err = lms.New(lms.Config{Base: host.URL, HTTP: tool.Client(), ConsumerKey: "school", ConsumerSecret: "a secret",
		Tool: lms.ToolURLs{Launch: tool.URL + "/lti/launch", Login: tool.URL + "/lti/login", JWKS: tool.URL + "/lti/jwks.json"}}); err != nil {
		t.Fatal(err)
	}
	b := browser.Start(t, browser.Options{Trust: []string{host.Trust}})
	for _, page := range []struct{ name, address, heading string }{
		{"course", "/", "Private chat"},
		{"gradebook of all", "/gradebook?as=teacher", "Gradebook"},
		{"gradebook of one", "/gradebook?as=ana", "Gradebook"},
		{"tools", "/admin?as=admin", "Installed tools"},
		{"missing", "/nothing", "There is no such page"},
	} {
		p := b.Open(host.URL + page.address)
		p.Element("heading", page.heading)
		p.Audit(page.name)
	}
}
