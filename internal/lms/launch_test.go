package lms_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"otrbot/internal/lms"
	"otrbot/lti"
)

// What the tool learns of everybody, by both versions.
func TestLaunches(t *testing.T) {
	w := newWorld(t)
	for _, who := range []struct {
		id, name                string
		learner, staff, testing bool
	}{
		{"ana", "Ana", true, false, false},
		{"ben", "Ben", true, false, false},
		{"learner-3", "", true, false, false},
		{"teacher", "Teacher of the course", false, true, false},
		{"test-student", "Test student", true, false, true},
		{"admin", "Administrator", false, true, false},
	} {
		for _, version := range []lti.Version{lti.LTI11, lti.LTI13} {
			l := w.launch("/launch/link-1?lang=nl-NL&as=" + who.id + "&lti=" + string(version))
			if l.Version != version || l.User.ID != who.id || l.User.Name != who.name || l.Roles.Learner() != who.learner ||
				l.Roles.Staff() != who.staff || l.Roles.TestUser() != who.testing {
				t.Errorf("%s by %s: %s, %+v, %v", who.id, version, l.Version, l.User, l.Roles)
			}
			if l.Context.Title != "Private chat" || l.ResourceLink.ID != "link-1" || l.ResourceLink.Title != "Chat in private" || l.Locale() != "nl-NL" {
				t.Errorf("%s by %s: %+v, %+v, %s", who.id, version, l.Context, l.ResourceLink, l.Locale())
			}
			if (l.Outcome != nil) != (version == lti.LTI11) || (l.Grades != nil && l.Grades.CanScore()) != (version == lti.LTI13) {
				t.Errorf("%s by %s: outcome %v, grades %v", who.id, version, l.Outcome, l.Grades)
			}
			practice := w.launch("/launch/link-2?as=" + who.id + "&lti=" + string(version))
			if practice.Outcome != nil || practice.Grades != nil || practice.ResourceLink.ID != "link-2" {
				t.Errorf("%s by %s: an activity without grade offers %v %v", who.id, version, practice.Outcome, practice.Grades)
			}
		}
	}
}

// Where and how the tool is shown is told to it, and its way back works.
func TestPresentation(t *testing.T) {
	w := newWorld(t)
	for _, version := range []string{"1.1", "1.3"} {
		for show, target := range map[string]string{"frame": "iframe", "window": "window"} {
			l := w.launch("/launch/link-1?as=ben&lang=&lti=" + version + "&show=" + show)
			if l.Presentation.DocumentTarget != target || l.Presentation.Locale != "" {
				t.Errorf("%s, %s: %+v", version, show, l.Presentation)
			}
			back, _ := strings.CutPrefix(l.ReturnTo("You were <b>brave</b>", ""), w.base)
			p := w.get(back)
			p.says(t, "The tool says: You were <b>brave</b>")
			if strings.Contains(p.Body, "<b>") || !strings.Contains(p.Body, "as=ben") {
				t.Errorf("%s", p.Body)
			}
		}
	}
}

// The activity's page shows the tool in a frame; in a new window it is a link.
func TestFrameAndWindow(t *testing.T) {
	w := newWorld(t)
	p := w.get("/activity/link-1?as=ana&lti=1.3")
	if p.frame() == "" || !strings.Contains(p.Header.Get("Content-Security-Policy"), "frame-src 'self' "+w.toolURL+";") {
		t.Fatalf("%s\n%s", p.Header.Get("Content-Security-Policy"), p.Body)
	}
	if l := w.launch(p.frame()); l.User.ID != "ana" {
		t.Error(l.User)
	}
	if p := w.get("/?as=ana&show=window"); !strings.Contains(p.Body, `href="/launch/link-1?as=ana`) || !strings.Contains(p.Body, `target="_blank" rel="opener"`) {
		t.Error(p.Body)
	}
	if p := w.get("/?as=ana&show=frame"); !strings.Contains(p.Body, `href="/activity/link-1?as=ana`) || strings.Contains(p.Body, "_blank") {
		t.Error(p.Body)
	}
}

// A launch's page posts itself by script and has a button for browsers without.
func TestLaunchWithoutScript(t *testing.T) {
	w := newWorld(t)
	for _, version := range []string{"1.1", "1.3"} {
		p := w.get("/launch/link-1?lti=" + version)
		if !strings.Contains(p.Body, `<script src="/static/launch.js">`) || !strings.Contains(p.Body, "<button>Open the activity</button>") {
			t.Error(p.Body)
		}
		if !strings.Contains(p.Header.Get("Content-Security-Policy"), "form-action 'self' "+w.toolURL) {
			t.Error(p.Header)
		}
	}
}

// Storage is offered only when it was chosen, and only to the tool's origin.
func TestStorage(t *testing.T) {
	w := newWorld(t)
	for storage, target := range map[string]string{"": "", "page": "_parent", "frame": "lti_storage"} {
		w.launch("/launch/link-1?as=ana&lti=1.3&storage=" + storage)
		if got := w.loginForm.Get("lti_storage_target"); got != target || w.loginForm.Has("lti_storage_target") != (target != "") {
			t.Errorf("storage %q: lti_storage_target is %q", storage, got)
		}
		for _, path := range []string{"/activity/link-1?", "/?show=window&"} {
			p := w.get(path + "as=ana&lti=1.3&storage=" + storage)
			script := strings.Contains(p.Body, `<script src="/static/storage.js" data-origins="`+w.toolURL+`">`)
			frame := strings.Contains(p.Body, `<iframe name="lti_storage"`)
			if script != (storage == "page") || frame != (storage == "frame") {
				t.Errorf("storage %q: script %v, frame %v", storage, script, frame)
			}
		}
	}
	if p := w.get("/storage?as=ana"); !strings.Contains(p.Body, `data-origins="`+w.toolURL+`"`) {
		t.Error(p.Body)
	}
	if p := w.get("/activity/link-1?lti=1.1&storage=page"); strings.Contains(p.Body, "storage.js") {
		t.Error("LTI 1.1 has no storage")
	}
}

// The authorization endpoint believes only hints that it gave away, for that person and client, for an hour.
func TestAuthorization(t *testing.T) {
	now := time.Now()
	w := newWorld(t, func(c *lms.Config) { c.Now = func() time.Time { return now } })
	_, login, _ := w.get("/launch/link-1?as=ana&lti=1.3").form()
	good := url.Values{
		"site": {"1"}, "scope": {"openid"}, "response_type": {"id_token"}, "response_mode": {"form_post"}, "prompt": {"none"},
		"client_id": {login.Get("client_id")}, "redirect_uri": {w.toolURL + "/lti/launch"}, "state": {"s"}, "nonce": {"n"},
		"login_hint": {login.Get("login_hint")}, "lti_message_hint": {login.Get("lti_message_hint")},
	}
	with := func(name, value string) url.Values {
		q, _ := url.ParseQuery(good.Encode())
		q.Set(name, value)
		return q
	}
	for range 2 { // it may be used again: the tool may have to begin anew in another window
		if _, f, ok := w.get("/auth?" + good.Encode()).form(); !ok || f.Get("id_token") == "" || f.Get("state") != "s" {
			t.Errorf("%v", f)
		}
	}
	if _, f, ok := w.post(w.base+"/auth", good).form(); !ok || f.Get("id_token") == "" {
		t.Errorf("by POST: %v", f)
	}
	for what, q := range map[string]url.Values{
		"another person": with("login_hint", "ben"), "a made-up hint": with("lti_message_hint", "x"), "no hint": with("lti_message_hint", ""),
	} {
		action, f, ok := w.get("/auth?" + q.Encode()).form()
		if !ok || action != w.toolURL+"/lti/launch" || f.Get("error") != "launch_no_longer_valid" || f.Get("id_token") != "" || f.Get("state") != "s" {
			t.Errorf("%s: %v", what, f)
		}
	}
	for what, q := range map[string]url.Values{
		"another client": with("client_id", "x"), "another address": with("redirect_uri", "https://evil.example/"), "no nonce": with("nonce", ""),
		"no state": with("state", ""), "a code": with("response_type", "code"), "in the address": with("response_mode", "query"), "a question": with("prompt", "login"),
	} {
		if p := w.get("/auth?" + q.Encode()); p.Status != http.StatusBadRequest || formTag.MatchString(p.Body) {
			t.Errorf("%s: %d %s", what, p.Status, p.Body)
		}
	}
	now = now.Add(time.Hour)
	if _, f, _ := w.get("/auth?" + good.Encode()).form(); f.Get("error") != "launch_no_longer_valid" {
		t.Errorf("an hour later: %v", f)
	}
}

// Without LTI 1.1, and without a tool for LTI 1.3, a page says what to do instead.
func TestVersionOff(t *testing.T) {
	w := newWorld(t, func(c *lms.Config) { c.ConsumerKey, c.Tool.Login = "", "" })
	w.get("/launch/link-1?lti=1.1").says(t, "LTI 1.1 is switched off here", "Choose LTI 1.3")
	w.get("/launch/link-1?lti=1.3").says(t, "not registered for LTI 1.3", "Become the administrator")
	w.get("/launch/link-9").says(t, "There is no such activity")
	w.get("/activity/link-9").says(t, "There is no such activity")
}
