package lti_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"otrbot/lti"
	"otrbot/lti/ltitest"
)

func replaceBody(body string) func(*http.Response) {
	return func(r *http.Response) { r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), -1 }
}

func (w *world) score(points float64) lti.Score {
	return lti.Score{
		UserID: "user-1", Given: &points, Maximum: 100, Comment: "Verified the bot", Timestamp: w.clock.now,
		Activity: lti.Completed, Grading: lti.FullyGraded,
	}
}

func TestGrades(t *testing.T) {
	w, net := counting(t)
	l, err := w.launch13(ltitest.Learner)
	if err != nil {
		t.Fatal(err)
	}
	g := w.tool.Grades(w.reg, *l.Grades)
	item, err := g.FindOrCreateLineItem(t.Context(), lti.LineItem{})
	if err != nil || item != w.lms.LineItem() {
		t.Fatal(item, err)
	}
	if err := g.PostScore(t.Context(), item, w.score(85)); err != nil {
		t.Fatal(err)
	}
	if got := w.lms.Score("user-1"); got["scoreGiven"] != 85.0 || got["timestamp"] != "2027-01-15T08:00:00.000Z" {
		t.Errorf("the platform has %v", got)
	}
	r, there, err := g.Result(t.Context(), item, "user-1")
	if err != nil || !there || *r.Score/r.Maximum != 0.85 {
		t.Errorf("read back: %+v %v %v", r, there, err)
	}
	if _, there, err := g.Result(t.Context(), item, "user-2"); there || err != nil {
		t.Errorf("a result of nobody: %v %v", there, err)
	}

	err = g.PostScore(t.Context(), item, w.score(85))
	if e, ok := errors.AsType[*lti.ServiceError](err); !ok || !e.Stale() || e.Temporary() || e.Status != http.StatusConflict {
		t.Errorf("the same again: %v", err)
	}
	w.clock.add(time.Second)
	if err := g.PostScore(t.Context(), item, w.score(90)); err != nil {
		t.Error(err)
	}
	if net.asked["/token"] != 2 {
		t.Errorf("%d tokens for two scopes", net.asked["/token"])
	}
	w.lms.ForgetTokens() // 401: a new token, once
	w.clock.add(time.Second)
	if err := g.PostScore(t.Context(), item, w.score(95)); err != nil || net.asked["/token"] != 3 {
		t.Error(err, net.asked)
	}
	w.clock.add(time.Hour) // its end is near
	if err := g.PostScore(t.Context(), item, w.score(96)); err != nil || net.asked["/token"] != 4 {
		t.Error(err, net.asked)
	}
}

// A page with status 200 is not the platform's answer: nobody knows what became of the score.
func TestAPageInPlaceOfAnAnswerConfirmsNoScore(t *testing.T) {
	for body, good := range map[string]bool{
		"": true, " \n": true, `{"resultUrl":"https://lms.example/1"}`: true, "\n <!DOCTYPE html><html>Back soon": false, "<html>": false,
	} {
		w, net := counting(t)
		g := w.tool.Grades(w.reg, lti.GradeService{Scopes: []string{lti.ScopeScore}})
		if err := g.PostScore(t.Context(), w.lms.LineItem(), w.score(1)); err != nil { // gets the token
			t.Fatal(err)
		}
		net.change = func(r *http.Response) { r.StatusCode = 200; replaceBody(body)(r) }
		w.clock.add(time.Second)
		err := g.PostScore(t.Context(), w.lms.LineItem(), w.score(2))
		if e, ok := errors.AsType[*lti.ServiceError](err); good != (err == nil) || !good && (!ok || !e.Temporary() || e.Stale()) {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func TestFraction(t *testing.T) {
	for _, c := range []struct {
		r    lti.Result
		want float64
		ok   bool
	}{
		{lti.Result{Score: new(17.0), Maximum: 20}, 0.85, true},
		{lti.Result{Score: new(0.5)}, 0.5, true}, // the maximum is 1 where it is not named
		{lti.Result{Score: new(22.0), Maximum: 20}, 1.1, true},
		{lti.Result{Score: new(0.0), Maximum: 20}, 0, true},
		{lti.Result{Maximum: 20}, 0, false},
		{lti.Result{Score: new(1.0), Maximum: -1}, 0, false},
	} {
		if got, ok := c.r.Fraction(); got != c.want || ok != c.ok {
			t.Errorf("%+v: %v %v", c.r, got, ok)
		}
	}
}

func TestLineItems(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	s := lti.GradeService{Scopes: []string{lti.ScopeScore, lti.ScopeLineItem}, LineItems: w.lms.LineItems()}
	g := w.tool.Grades(w.reg, s)
	if !s.CanScore() || (lti.GradeService{Scopes: []string{lti.ScopeScore}, LineItems: "x"}).CanScore() {
		t.Error("CanScore")
	}
	for like, want := range map[lti.LineItem]int{{}: 1, {ResourceLinkID: "link-1"}: 1, {ResourceLinkID: "link-2"}: 0, {Tag: "x"}: 0} {
		n := 0
		for _, err := range g.LineItems(ctx, like) {
			if n++; err != nil {
				t.Fatal(err)
			}
		}
		if n != want {
			t.Errorf("%d items like %+v, want %d", n, like, want)
		}
	}
	for _, item := range []lti.LineItem{{ResourceLinkID: "link-1"}, {ResourceLinkID: "link-2", Label: "New", ScoreMaximum: 10}} {
		if id, err := g.FindOrCreateLineItem(ctx, item); err != nil || id != w.lms.LineItem() {
			t.Errorf("%+v: %q %v", item, id, err)
		}
	}
	if _, err := g.CreateLineItem(ctx, lti.LineItem{Label: "x"}); err == nil {
		t.Error("a line item without maximum was sent")
	}
	if _, err := g.UpdateLineItem(ctx, lti.LineItem{ID: w.lms.LineItem(), Label: "x", ScoreMaximum: 5}); err != nil {
		t.Error(err)
	}
	err := g.DeleteLineItem(ctx, w.lms.LineItem())
	if e, ok := errors.AsType[*lti.ServiceError](err); !ok || e.Status != http.StatusNotFound {
		t.Errorf("this platform deletes nothing: %v", err)
	}
	readonly := w.tool.Grades(w.reg, lti.GradeService{Scopes: []string{lti.ScopeLineItemReadonly}, LineItems: w.lms.LineItems()})
	if _, err := readonly.CreateLineItem(ctx, lti.LineItem{Label: "x", ScoreMaximum: 1}); !errors.Is(err, lti.ErrUnusable) {
		t.Error("made a line item without the scope for it")
	}
}

func TestScoresThatAreNotSent(t *testing.T) {
	w, net := counting(t)
	g := w.tool.Grades(w.reg, lti.GradeService{Scopes: []string{lti.ScopeScore}, LineItem: w.lms.LineItem()})
	for what, change := range map[string]func(*lti.Score){
		"nobody":     func(s *lti.Score) { s.UserID = "" },
		"negative":   func(s *lti.Score) { s.Given = new(-1.0) },
		"no maximum": func(s *lti.Score) { s.Maximum = 0 },
		"no time":    func(s *lti.Score) { s.Timestamp = time.Time{} },
		"odd word":   func(s *lti.Score) { s.Activity = "Done" },
		"other word": func(s *lti.Score) { s.Grading = "" },
	} {
		s := w.score(1)
		change(&s)
		if err := g.PostScore(t.Context(), w.lms.LineItem(), s); err == nil || len(net.asked) > 0 {
			t.Errorf("%s: %v, asked %v", what, err, net.asked)
		}
	}
	s := w.score(0)
	s.Given, s.Activity, s.Grading = nil, lti.InProgress, lti.Pending
	if err := g.PostScore(t.Context(), w.lms.LineItem(), s); err != nil {
		t.Errorf("progress without a score: %v", err)
	}
}

// A launch that names somebody else's host gets no token of ours.
func TestForeignHosts(t *testing.T) {
	w, net := counting(t)
	for _, address := range []string{
		"https://evil.example/items/1", "https://lms.example.evil.example/items/1", "https://lms.example:8443/items/1",
		"http://lms.example/items/1", "https://user@lms.example/items/1", "https://lms.example@evil.example/", "file:///etc/passwd",
		"//lms.example/items/1", "https:lms.example", "https://lms.example\\@evil.example", "https://lms.example/#x", "", "https://169.254.169.254/x",
	} {
		g := w.tool.Grades(w.reg, lti.GradeService{Scopes: []string{lti.ScopeScore, lti.ScopeResultReadonly, lti.ScopeLineItem}, LineItem: address, LineItems: address})
		ctx := t.Context()
		err1 := g.PostScore(ctx, address, w.score(1))
		_, _, err2 := g.Result(ctx, address, "user-1")
		_, err3 := g.LineItem(ctx, address)
		_, err4 := g.CreateLineItem(ctx, lti.LineItem{Label: "x", ScoreMaximum: 1})
		var err5 error
		for _, err := range w.tool.Members(ctx, w.reg, lti.RosterService{URL: address}, "") {
			err5 = err
		}
		if len(net.asked) != 0 || err1 == nil || err2 == nil || err3 == nil || err4 == nil || err5 == nil {
			t.Errorf("%s: asked %v; %v, %v, %v, %v, %v", address, net.asked, err1, err2, err3, err4, err5)
		}
		if errors.Is(err1, lti.ErrForeignHost) == errors.Is(err1, lti.ErrUnusable) {
			t.Errorf("%s: neither of another host nor unusable, or both: %v", address, err1)
		}
	}
	reg := w.reg
	reg.ServiceHosts = []string{".lms.example", "grades.example:8443"}
	for address, fits := range map[string]bool{
		"https://a.lms.example/x": true, "https://A.B.LMS.example:443/x": true, "https://lms.example/x": false, "https://evillms.example/x": false,
		"https://grades.example:8443/x": true, "https://grades.example/x": false,
	} {
		_, err := w.tool.Grades(reg, lti.GradeService{Scopes: []string{lti.ScopeLineItem}}).LineItem(t.Context(), address)
		if errors.Is(err, lti.ErrForeignHost) == fits {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestMembers(t *testing.T) {
	w, net := counting(t)
	var ids []string
	for m, err := range w.tool.Members(t.Context(), w.reg, lti.RosterService{URL: w.lms.MembersURL()}, "link 1") {
		if err != nil {
			t.Fatal(err)
		}
		if ids = append(ids, m.UserID); !m.Active() || m.Roles.Staff() == (m.UserID == "user-1" || m.UserID == "user-3") {
			t.Errorf("%+v", m)
		}
	}
	if strings.Join(ids, " ") != "user-1 user-2 user-3 user-4" {
		t.Errorf("members %v", ids)
	}
	for what, link := range map[string]string{"elsewhere": `<https://evil.example/>; rel=next`, "in a circle": `</members?page=1>; rel=next`} {
		net.change = func(r *http.Response) { r.Header.Set("Link", link) }
		var last error
		for _, err := range w.tool.Members(t.Context(), w.reg, lti.RosterService{URL: w.lms.MembersURL()}, "") {
			last = err
		}
		if last == nil {
			t.Errorf("the next page %s was asked for", what)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range w.tool.Members(ctx, w.reg, lti.RosterService{URL: w.lms.MembersURL()}, "") {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
	}
}

func TestServicesFail(t *testing.T) {
	for _, c := range []struct {
		what      string
		change    func(*http.Response)
		temporary bool
	}{
		{"500", func(r *http.Response) { r.StatusCode = 500 }, true},
		{"429", func(r *http.Response) { r.StatusCode = 429; r.Header.Set("Retry-After", "7") }, true},
		{"redirected", func(r *http.Response) { r.StatusCode = 307; r.Header.Set("Location", "https://evil.example/") }, false},
		{"another type of token", replaceBody(`{"access_token":"x","token_type":"MAC"}`), false},
		{"no token", replaceBody(`{}`), false},
		{"a token with a line end", replaceBody(`{"access_token":"x\r\nHost: evil"}`), false},
		{"HTML", replaceBody(`<html>`), false},
		{"too long", replaceBody(strings.Repeat(" ", 3<<20)), false},
		{"another scope", replaceBody(`{"access_token":"x","scope":"openid"}`), false},
	} {
		t.Run(c.what, func(t *testing.T) {
			w, net := counting(t)
			net.change = c.change
			err := w.tool.Grades(w.reg, lti.GradeService{Scopes: []string{lti.ScopeScore}}).PostScore(t.Context(), w.lms.LineItem(), w.score(1))
			e, ok := errors.AsType[*lti.ServiceError](err)
			if !ok || e.Temporary() != c.temporary || e.Stale() || c.what == "429" && e.RetryAfter != 7*time.Second {
				t.Errorf("%v", err)
			}
			if len(net.asked) != 1 {
				t.Errorf("asked %v", net.asked)
			}
		})
	}
	w, net := counting(t)
	net.fail = errors.New("no route")
	err := w.tool.Grades(w.reg, lti.GradeService{Scopes: []string{lti.ScopeScore}}).PostScore(t.Context(), w.lms.LineItem(), w.score(1))
	if e, ok := errors.AsType[*lti.ServiceError](err); !ok || !e.Temporary() || e.Status != 0 {
		t.Errorf("no route: %v", err)
	}
}
