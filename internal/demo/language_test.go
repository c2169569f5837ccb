package demo

import (
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"otrbot/internal/testkit/learner"
)

// A page is a learner's page of the course, as a browser without scripts has it.
type page struct {
	t    *testing.T
	at   string // its address
	text string
}

var (
	launchForm = regexp.MustCompile(`action="([^"]*)"`)
	hidden     = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)
)

// launch opens the activity of the course.
func (d shown) launch(t *testing.T, as string) *page {
	t.Helper()
	_, form := get(t, d.Course.URL+"launch/link-1?lti=1.1&as="+as)
	to, fields := launchForm.FindStringSubmatch(form), url.Values{}
	for _, f := range hidden.FindAllStringSubmatch(form, -1) {
		fields.Add(html.UnescapeString(f[1]), html.UnescapeString(f[2]))
	}
	if to == nil {
		t.Fatalf("no launch in %s", form)
	}
	p := &page{t: t}
	p.post(to[1], fields)
	p.at, _, _ = strings.Cut(p.at, "?")
	return p
}

// post sends a form, and shows what comes.
func (p *page) post(to string, fields url.Values) {
	p.t.Helper()
	a, err := http.PostForm(to, fields)
	if err != nil {
		p.t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil || a.StatusCode != http.StatusOK {
		p.t.Fatal(a.Status, err, string(b))
	}
	p.at, p.text = a.Request.URL.String(), string(b)
}

func (p *page) fill(act, field, value string) {
	p.t.Helper()
	at := p.at
	p.post(at+"/"+act, url.Values{field: {value}})
	p.at = at
}

// The language that somebody chooses on the course page is that of the chat: before they give their address, and later.
func TestLanguageOfThePageInTheChat(t *testing.T) {
	d := show(t)
	ana, ben := d.login(t, d.Accounts[0]), d.login(t, d.Accounts[1])
	ana.wait(learner.Shows("available"))
	ben.wait(learner.Shows("available"))

	p := d.launch(t, "ana")
	p.fill("language", "locale", "nl")
	if !strings.Contains(p.text, `lang="nl"`) {
		t.Fatalf("the page is not in Dutch:\n%s", p.text)
	}
	p.fill("address", "address", d.Accounts[0].JID)
	ana.wait(learner.Says("Hallo! Ik ben"))

	q := d.launch(t, "ben")
	q.fill("address", "address", d.Accounts[1].JID)
	ben.wait(learner.Says("Hello! I am"))
	q.fill("language", "locale", "nl")
	ben.must(ben.Say("help"))
	ben.wait(learner.Says("versleutel"))
}
