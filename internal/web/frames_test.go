package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"otrbot/internal/course"
	"otrbot/lti"
	"otrbot/lti/ltitest"
)

// ancestors are who may show a page in a frame, beside our own site.
func (s *seen) ancestors() string {
	s.Helper()
	_, rest, _ := strings.Cut(s.Header().Get("Content-Security-Policy"), "frame-ancestors 'self'")
	all, _, found := strings.Cut(rest, ";")
	if !found {
		s.Fatalf("no frame-ancestors: %v", s.Header())
	}
	return strings.TrimSpace(all)
}

// A platform in the cloud has its issuer, its login and its courses at three origins. The page that keeps the login with
// the platform is framed by the third, of which nothing is known when the login begins.
func TestLoginInAFrameOfAThirdOrigin(t *testing.T) {
	w := newWorld(t)
	_, err := w.db.PutPlatform(t.Context(), course.Platform{Name: "Cloud", Added: noon, Registration: &lti.Registration{
		Issuer: "https://cloud.example", ClientID: "10000000000001", Deployments: []string{"1:abc"},
		AuthURL: "https://sso.login.example/authorize", TokenURL: "https://sso.login.example/token", JWKSURL: "https://sso.login.example/jwks",
	}})
	must(t, err)
	b := w.browser()
	page := newSeen(t, "/lti/login", b.from("/lti/login", url.Values{
		"iss": {"https://cloud.example"}, "client_id": {"10000000000001"}, "login_hint": {"x"},
		"target_link_uri": {base + "/lti/launch"}, "lti_storage_target": {"post_message_forwarding"},
	})).at("One moment")
	if got := page.ancestors(); got != "*" {
		t.Errorf("school.cloud-courses.example may not show it: %s", got)
	}
	if form := page.root.all("form")[0].attrs; form["data-origin"] != "https://sso.login.example" {
		t.Errorf("what it holds goes to %q", form["data-origin"])
	}
}

// LTI 1.1 tells where a platform is only by what its launches name. Until one does, its pages are shown all the same.
func TestFramesOfLTI11(t *testing.T) {
	const unscored = "https://*.courses.example"
	nowhere := url.Values{"launch_presentation_return_url": {""}, "lis_outcome_service_url": {""}, "lis_result_sourcedid": {""}}
	w := newWorld(t)
	b := w.browser()
	page := b.launch11(nowhere).at(askAddress)
	if got := page.ancestors(); got != "https:" {
		t.Errorf("of nobody known: %s", got)
	}
	service := url.Values{"launch_presentation_return_url": {""}, "lis_outcome_service_url": {"https://courses.example/outcomes"}, "lis_result_sourcedid": {""}}
	b.launch11(service).at(askAddress)
	if got := b.launch11(nowhere).ancestors(); got != "https://courses.example "+unscored {
		t.Errorf("after a launch that named its service: %s", got)
	}
	must(t, w.db.UpdatePlatform(t.Context(), w.school, func(p *course.Platform) error {
		p.Frames = append(p.Frames, "https://learning.example")
		return nil
	}))
	if got := b.launch11(nowhere).ancestors(); !strings.Contains(got, "https://learning.example") {
		t.Errorf("after the administrator has added one: %s", got)
	}
}

// What was not signed tells nothing of the platform.
func TestUnsignedFieldsAreNoFrames(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	form := b.lms.Launch11(base+"/", consumer, agreed, nil)
	form.Set("lis_outcome_service_url", "https://evil.example/")
	if page := newSeen(t, "/", b.from("/", form)); page.Code != http.StatusForbidden {
		t.Errorf("%d", page.Code)
	}
	form, err := b.lms.Answer(b.login(), ltitest.Learner)
	must(t, err)
	form.Set("lis_outcome_service_url", "https://evil.example/") // beside the token, which alone is signed
	if page := b.follow("/lti/launch", b.from("/lti/launch", form)); page.Code != http.StatusOK {
		t.Errorf("%d", page.Code)
	}
	for _, id := range []int64{w.school, w.moodle} {
		p, err := w.db.Platform(t.Context(), id)
		must(t, err)
		if strings.Contains(strings.Join(p.Frames, " "), "evil") {
			t.Errorf("frames: %q", p.Frames)
		}
	}
}

// A frame that the platform has sandboxed has no origin, and its forms are posted from nowhere: they hold a token.
func TestFormsOfASandboxedFrame(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	self := b.launch13(ltitest.Learner).self()
	room := w.browser().launch13(ltitest.Instructor).self()
	sandboxed := func(path string, form url.Values) *seen {
		r := b.request(http.MethodPost, path, form)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		return newSeen(t, path, b.do(r))
	}
	if page := sandboxed(self+"/address", one("address", ana)); page.Code != http.StatusSeeOther {
		t.Errorf("a learner's form: %d %s", page.Code, page.Body)
	}
	for _, path := range []string{room + "/language", "/lti/choose", "/lti/register/" + strings.Repeat("A", 43)} {
		if page := sandboxed(path, url.Values{}); strings.Contains(page.Body.String(), "did not come from our own page") {
			t.Errorf("%s: %d", path, page.Code)
		}
	}
	r := b.request(http.MethodPost, "/lti/choose", url.Values{})
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.Header.Set("Origin", "https://evil.example")
	newSeen(t, "/lti/choose", b.do(r)).at("This form did not come from our own page")
}
