package web_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"otrbot/internal/web"
	"otrbot/lti/ltitest"
)

// optionsOf are those of a configuration.
func optionsOf(c web.Config) web.Options {
	return web.Options{
		BotTitle: c.BotTitle, BotDescription: c.BotDescription, CSSURL: c.CSSURL, Languages: c.Languages, Locale: c.Locale,
		SecretWords: c.SecretWords, AutoApprove: c.AutoApprove, Keep: c.Keep, Proxies: c.Proxies,
	}
}

// A learner is on a page while the operator changes what it says: the visit goes on, and the next page is the new one.
func TestReload(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	page := b.launch13(ltitest.Learner).at(askAddress)
	o := optionsOf(w.config)
	o.BotTitle, o.BotDescription, o.CSSURL, o.Keep = "Otto", "Another lesson", "https://www.example.org/style.css", 48*time.Hour
	must(t, w.web.Reload(o))

	b.get("/").at("Otto").says("Another lesson").silent("Sibyl")
	out := b.do(b.request(http.MethodGet, page.self(), nil))
	if text := out.Body.String(); out.Code != http.StatusOK || !strings.Contains(text, "https://www.example.org/style.css") || !strings.Contains(text, "Otto") {
		t.Errorf("the visit's page: %d\n%s", out.Code, text)
	}
	if policy := out.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "https://www.example.org") {
		t.Errorf("the style sheet may not be loaded: %s", policy)
	}
	b.get(page.self()).says("2 days")
	if out := b.do(b.request(http.MethodGet, "/lti/config.xml", nil)); !strings.Contains(out.Body.String(), "Otto") {
		t.Error("platforms do not get the new name")
	}

	// What cannot be is refused, and changes nothing.
	o.BotTitle, o.CSSURL = "Nobody", "style.css"
	if err := w.web.Reload(o); err == nil {
		t.Error("a style sheet that is nowhere was taken")
	}
	b.get("/").at("Otto")
}

// Deployments are approved, or not, by the word of the day.
func TestReloadedApproval(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	w.lms.Deployment = "another"
	if page := b.launch13(ltitest.Learner); page.heading() == askAddress {
		t.Error("a new deployment came in")
	}
	o := optionsOf(w.config)
	o.AutoApprove = true
	must(t, w.web.Reload(o))
	b.launch13(ltitest.Learner).at(askAddress)
}

// Requests that come while options change are answered by the ones or the others.
func TestReloadUnderLoad(t *testing.T) {
	w := newWorld(t)
	titles := []string{"Sibyl", "Otto"}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			b := w.browser()
			for range 20 {
				out := b.do(b.request(http.MethodGet, "/", nil))
				text := out.Body.String()
				if out.Code != http.StatusOK || strings.Contains(text, titles[0]) == strings.Contains(text, titles[1]) {
					t.Errorf("%d\n%s", out.Code, text)
				}
			}
		})
	}
	o := optionsOf(w.config)
	for i := range 20 {
		o.BotTitle = titles[i%2]
		must(t, w.web.Reload(o))
	}
	all.Wait()
}
