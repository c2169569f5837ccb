package class_test

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"otrbot/lti"
	"otrbot/lti/ltitest"
)

// launch goes through the whole login and launch of LTI 1.3.
func (w *world) launch(change func(ltitest.Claims)) *lti.Launch {
	w.t.Helper()
	login, err := w.tool.Login(httptest.NewRequest(http.MethodGet, "/lti/login?"+w.lms.LoginForm(base+"/lti/launch").Encode(), nil))
	if err != nil {
		w.t.Fatal(err)
	}
	form, err := w.lms.Answer(login.Redirect, change)
	if err != nil {
		w.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/lti/launch", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(login.Cookie)
	launch, err := w.tool.Launch(r)
	if err != nil {
		w.t.Fatal(err)
	}
	return launch
}

func (w *world) choose(l *lti.Launch) reply {
	return w.serve(http.MethodPost, "/lti/launch", nil, func(rw http.ResponseWriter, r *http.Request) {
		w.class.Choose(rw, r, l, w.store.platforms[1])
	})
}

func (w *world) chosen(form url.Values) reply {
	return w.serve(http.MethodPost, "/lti/choose", form, w.class.Chosen)
}

var hidden = regexp.MustCompile(`name="(ticket|JWT)" value="([^"]*)"`)

// field is the hidden field of a form.
func (r reply) field(t *testing.T) string {
	t.Helper()
	found := hidden.FindStringSubmatch(r.raw)
	if found == nil {
		t.Fatalf("no hidden field: %s", r.text)
	}
	return html.UnescapeString(found[2])
}

// payload reads a token. That it is signed well is for the tests of package lti.
func payload(t *testing.T, jwt string) map[string]any {
	t.Helper()
	parts := strings.Split(jwt, ".")
	var claims map[string]any
	if len(parts) != 3 {
		t.Fatalf("not a token: %q", jwt)
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

const deepLinking = "https://purl.imsglobal.org/spec/lti-dl/claim/"

func TestTeacherAddsTheLesson(t *testing.T) {
	w := newWorld(t)
	r := w.choose(w.launch(ltitest.DeepLink))
	r.says(t, "Add the lesson to your course", "Learn to chat in private.", "You go back to lms.example then")
	for _, want := range []string{`action="/otr/lti/choose"`, `value="OTR bot" maxlength`} {
		if !strings.Contains(r.raw, want) {
			t.Errorf("no %s in %s", want, r.raw)
		}
	}
	if csp := r.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'self' https://lms.example") {
		t.Error(csp)
	}

	r = w.chosen(url.Values{"ticket": {r.field(t)}, "title": {"  My <own> lesson "}, "graded": {"yes"}})
	r.says(t, "The lesson is ready to be added", "Go on to lms.example")
	if csp := r.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "form-action 'self' https://lms.example") {
		t.Error(csp)
	}
	if !strings.Contains(r.raw, `action="https://lms.example/deep-link" data-auto`) || !strings.Contains(r.raw, "/static/class.js") {
		t.Errorf("the form does not go on by itself: %s", r.raw)
	}
	claims := payload(t, r.field(t))
	if claims[deepLinking+"data"] != "opaque <&> éé" || claims["aud"] != "https://lms.example" {
		t.Errorf("%v", claims)
	}
	item, err := json.Marshal(claims[deepLinking+"content_items"])
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"lineItem":{"label":"My \u003cown\u003e lesson","resourceId":"otr-lesson","scoreMaximum":100,"tag":"otr-lesson"},` +
		`"text":"Learn to chat in private.","title":"My \u003cown\u003e lesson","type":"ltiResourceLink","url":"` + base + `/lti/launch"}]`
	if string(item) != want {
		t.Errorf("got  %s\nwant %s", item, want)
	}
}

func TestTeacherAddsItWithoutGradeOrNotAtAll(t *testing.T) {
	w := newWorld(t)
	ticket := w.choose(w.launch(ltitest.DeepLink)).field(t)
	items := func(form url.Values) []any {
		form.Set("ticket", ticket)
		list, _ := payload(t, w.chosen(form).field(t))[deepLinking+"content_items"].([]any)
		return list
	}
	if got := items(url.Values{"title": {""}}); len(got) != 1 || got[0].(map[string]any)["lineItem"] != nil || got[0].(map[string]any)["title"] != "OTR bot" {
		t.Errorf("%v", got)
	}
	if got := items(url.Values{"cancel": {"yes"}, "graded": {"yes"}}); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func TestWhoMayAdd(t *testing.T) {
	w := newWorld(t)
	r := w.choose(w.launch(func(c ltitest.Claims) {
		ltitest.DeepLink(c)
		c[ltitest.Roles] = []string{"http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"}
	}))
	if r.StatusCode != http.StatusForbidden {
		t.Error(r.Status)
	}
	r.says(t, "Only teachers add activities", "mention this number")

	r = w.choose(w.launch(func(c ltitest.Claims) {
		ltitest.DeepLink(c)
		c[ltitest.DeepLinking].(map[string]any)["accept_types"] = []string{"file"}
	}))
	if r.StatusCode != http.StatusBadRequest {
		t.Error(r.Status)
	}
	r.says(t, "An activity does not fit in here")

	r = w.choose(w.launch(ltitest.Instructor))
	r.says(t, "did not ask for a link")
}

func TestTickets(t *testing.T) {
	w := newWorld(t)
	ticket := w.choose(w.launch(ltitest.DeepLink)).field(t)
	body, sum, _ := strings.Cut(ticket, ".")
	raw, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil {
		t.Fatal(err)
	}
	forged := base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(raw), "https://lms.example/deep-link", "https://lms.example/elsewhere", 1)))
	refused := func(name, ticket string) {
		t.Helper()
		r := w.chosen(url.Values{"ticket": {ticket}, "title": {"x"}})
		if r.StatusCode != http.StatusBadRequest || strings.Contains(r.raw, "JWT") {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.text)
		}
		r.says(t, "This page was open for too long", "add the activity in your course again")
	}
	for name, bad := range map[string]string{
		"none": "", "no signature": body, "empty signature": body + ".", "another's": forged + "." + sum, "cut": ticket[:len(ticket)-1],
		"junk": "x.y", "too long": strings.Repeat("x", 200_000),
	} {
		refused(name, bad)
	}

	// A key that was rotated still opens what it has sealed, one that is gone does not.
	w.store.ring, err = w.store.ring.Rotate()
	if err != nil {
		t.Fatal(err)
	}
	if r := w.chosen(url.Values{"ticket": {ticket}}); r.StatusCode != http.StatusOK {
		t.Errorf("after a rotation: %d %s", r.StatusCode, r.text)
	}
	other, err := lti.NewKeyRing()
	if err != nil {
		t.Fatal(err)
	}
	w.store.ring = other
	refused("of another tool", ticket)
	w.store.ring = keys()

	w.now = w.now.Add(15*time.Minute - time.Second)
	if r := w.chosen(url.Values{"ticket": {ticket}}); r.StatusCode != http.StatusOK {
		t.Errorf("in the last second: %d", r.StatusCode)
	}
	w.now = w.now.Add(time.Second)
	refused("old", ticket)
	w.now = noon
	delete(w.store.platforms, 1)
	refused("platform removed", ticket)
}

func TestTheWayBackLeadsElsewhere(t *testing.T) {
	w := newWorld(t)
	ticket := w.choose(w.launch(func(c ltitest.Claims) {
		ltitest.DeepLink(c)
		c[ltitest.DeepLinking].(map[string]any)["deep_link_return_url"] = "https://evil.example/take"
	})).field(t)
	r := w.chosen(url.Values{"ticket": {ticket}})
	if r.StatusCode != http.StatusBadGateway || strings.Contains(r.raw, "JWT") {
		t.Errorf("%d %s", r.StatusCode, r.text)
	}
	r.says(t, "leads to another server", "evil.example")
}
