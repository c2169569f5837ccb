package lms_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"otrbot/internal/lms"
	"otrbot/lti"
)

// A teacher adds activities that the tool offers; they can be opened, and those with a column graded.
func TestDeepLinking(t *testing.T) {
	w := newWorld(t)
	w.links = []lti.DeepLink{
		{Title: "With points", Text: "Counts", Custom: map[string]string{"Lesson": "otr"}, LineItem: &lti.LineItem{Label: "With points", ScoreMaximum: 5, Tag: "otr"}},
		{Title: "Without"},
	}
	before := w.get("/choose?as=teacher&lti=1.1") // which has none: it is done by LTI 1.3
	p := w.follow(w.get(before.frame()))
	p.says(t, "Added to the course", "The tool says: Well chosen <b>", "With points, up to 5 points", "Without")
	w.get("/?as=ana").says(t, "With points", "Graded, up to 5 points.", "Without")

	l := w.launch("/launch/link-3?as=ana&lti=1.3")
	if l.ResourceLink.Title != "With points" || l.Custom["Lesson"] != "otr" || l.Grades == nil {
		t.Errorf("%+v", l)
	}
	if err := w.tool.Grades(w.regs[0], *l.Grades).PostScore(t.Context(), l.Grades.LineItem, scored("ana", 1, time.Now())); err != nil {
		t.Error(err)
	}
	if l := w.launch("/launch/link-3?as=ana&lti=1.1"); l.Custom["lesson"] != "otr" || l.Outcome == nil {
		t.Errorf("%+v", l)
	}
	if l := w.launch("/launch/link-4?as=ana&lti=1.3"); l.Grades != nil {
		t.Errorf("%+v", l.Grades)
	}
	w.get("/gradebook?as=teacher").says(t, "Ana – 5 of 5", "deep linking Teacher fine: 2 added")

	w.links = nil
	w.follow(w.get("/choose/launch?as=teacher")).says(t, "Nothing was chosen")
}

// The answer to a choice counts once, and only for the choice that it is about.
func TestDeepLinkingForged(t *testing.T) {
	w := newWorld(t)
	w.links = []lti.DeepLink{{Title: "One"}}
	p := w.get("/choose/launch?as=teacher")
	for !strings.Contains(p.Body, `name="JWT"`) {
		action, fields, ok := p.form()
		if !ok {
			t.Fatal(p.Body)
		}
		p = w.post(action, fields)
	}
	action, fields, _ := p.form()
	w.post(action, fields).says(t, "Added to the course")
	for what, jwt := range map[string]string{"the same again": fields.Get("JWT"), "nothing": "", "nonsense": "a.b.c", "changed": fields.Get("JWT") + "A"} {
		if p := w.post(action, url.Values{"JWT": {jwt}}); p.Status != http.StatusBadRequest {
			t.Errorf("%s: %d", what, p.Status)
		}
	}
	if n := len(w.lms.Platform().Activities()); n != 3 {
		t.Errorf("%d activities", n)
	}
}

// Without any tool the administrator is told what one has to know.
func TestNothingInstalled(t *testing.T) {
	w := newWorld(t, func(c *lms.Config) { c.Tool.Login, c.ConsumerKey = "", "" })
	w.get("/admin?as=admin").says(t, "None yet", "Issuer", w.base, "Off")
}

// An administrator registers the tool by one click; from then on it is launched as the new client, and may post grades.
func TestRegister(t *testing.T) {
	w := newWorld(t)
	p := w.post(w.base+"/admin/register?as=admin", nil)
	if !strings.HasPrefix(p.frame(), w.toolURL+"/register/once?") || !strings.Contains(p.Header.Get("Content-Security-Policy"), w.toolURL) {
		t.Fatal(p.Body)
	}
	open := func(address string) {
		r, err := http.NewRequest(http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		w.do(r)
	}
	open(p.frame())
	if len(w.regs) != 2 || len(w.refused) > 0 {
		t.Fatalf("%v, %v", w.regs, w.refused)
	}
	if got := w.regs[1]; got.ClientID == w.regs[0].ClientID || len(got.Deployments) != 1 {
		t.Errorf("%+v", got)
	}
	open(p.frame()) // the token works once
	if len(w.regs) != 2 || len(w.refused) != 1 {
		t.Errorf("registered twice: %v, %v", w.regs, w.refused)
	}
	l := w.launch("/launch/link-1?as=ana&lti=1.3")
	if l.ClientID != w.regs[1].ClientID {
		t.Errorf("launched as %s", l.ClientID)
	}
	if err := w.tool.Grades(w.regs[1], *l.Grades).PostScore(t.Context(), l.Grades.LineItem, scored("ana", 1, time.Now())); err != nil {
		t.Error(err)
	}
	if _, _, err := w.tool.Grades(w.regs[1], *l.Grades).Result(t.Context(), l.Grades.LineItem, "ana"); err == nil {
		t.Error("a scope for which the tool did not ask was given")
	}
	w.get("/admin?as=admin").says(t, "Installed from the beginning tool-1", "this one")
	w.post(w.base+"/admin/use?as=admin", url.Values{"client": {"tool-1"}}).says(t, "tool-1 1 "+w.toolURL+"/lti/login this one")
	if l := w.launch("/launch/link-1?as=ana&lti=1.3"); l.ClientID != "tool-1" {
		t.Errorf("launched as %s", l.ClientID)
	}
}

// Links of other machines are not opened, and a tool that gives none is a page.
func TestRegisterRefused(t *testing.T) {
	w := newWorld(t)
	for _, link := range []string{"https://evil.example/x", "javascript:alert(1)", "//127.0.0.1/", "http://127.0.0.1.evil.example/", "x", "http://127.0.0.1@evil.example/"} {
		p := w.post(w.base+"/admin/register?as=admin", url.Values{"link": {link}})
		if p.Status != http.StatusBadRequest || p.frame() != "" {
			t.Errorf("%s: %d", link, p.Status)
		}
	}
	if p := w.post(w.base+"/admin/register?as=ana", nil); p.Status != http.StatusForbidden {
		t.Errorf("as a learner: %d", p.Status)
	}
	broken := newWorld(t, func(c *lms.Config) {
		c.Invite = func(context.Context) (string, error) { return "", errors.New("no link today") }
	})
	broken.post(broken.base+"/admin/register?as=admin", nil).says(t, "The tool gave no link")
	typed := newWorld(t, func(c *lms.Config) { c.Invite = nil })
	typed.get("/admin?as=admin").says(t, "which works once")
	typed.post(typed.base+"/admin/register?as=admin", url.Values{"link": {typed.toolURL + "/register/once"}})
	typed.get("/admin/register?as=admin").says(t, "Installed tools") // a reload
}
