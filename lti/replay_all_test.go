package lti_test

import (
	"strings"
	"testing"
	"time"

	"otrbot/lti"
)

// Every recorded exchange is replayed by what makes the tool take part in it, in the order of the file: none of them
// lies there unused.
func TestEveryRecordedExchange(t *testing.T) {
	total := 0
	forEachRecording(t, func(t *testing.T, p *replay) {
		a := all{t: t, r: p.recording, used: map[int]bool{}}
		for i, e := range p.lines {
			switch {
			case a.used[i]:
			case e.path() == "/lti13/login":
				_, err := a.from(i, i).tool.Login(p.request(e))
				a.used[i] = a.well(i, err)
			case e.path() == "/lti11/launch":
				_, err := a.from(i, i).launch(e)
				a.used[i] = a.well(i, err)
			case e.path() == "/lti13/launch":
				a.launch13(i)
			case strings.Contains(e.Body, "imsx_POXEnvelopeRequest"):
				op, id, score := outcomeOf(t, e.Body)
				method := lti.Method(oauthHeader(t, e.Headers["Authorization"])["oauth_signature_method"])
				q := a.from(i, i+1)
				err := q.repeat(t, op, lti.Outcome{ServiceURL: e.URL, SourcedID: id, Method: method}, score)
				if fails := strings.Contains(e.Response, "<imsx_codeMajor>failure<"); fails != (err != nil) {
					t.Errorf("line %d: %s answered %v, the recorded failure: %v", i+1, op, err, fails)
				}
			case e.path() == "/lti13/register":
				request, err := lti.ReadRegisterRequest(p.request(e))
				a.used[i] = a.well(i, err)
				_, err = a.from(0, i).tool.Register(t.Context(), request, lti.Profile{Name: "Tool"})
				a.well(i, err)
			}
		}
		for i, e := range p.lines {
			if !a.used[i] {
				t.Errorf("line %d is not used: %s %s", i+1, e.Method, e.URL)
			}
		}
		total += len(a.used)
	})
	if total != 71 {
		t.Errorf("%d exchanges, want 71", total)
	}
}

// all plays one recording to its end.
type all struct {
	t    *testing.T
	r    *recording
	used map[int]bool
}

func (a all) well(line int, err error) bool {
	if err != nil {
		a.t.Errorf("line %d: %v", line+1, err)
	}
	return err == nil
}

// from is a tool that knows nothing yet, at the time of one line; those from there on, below end, answer it.
func (a all) from(line, end int) *replay {
	p := newReplay(a.t, a.r)
	p.clock.now = time.Unix(p.lines[min(line, len(p.lines)-1)].Unix, 0)
	p.player.used, p.player.only = a.used, func(i int) bool { return line <= i && i < end }
	return p
}

// launch13 makes the launch, for which the keys were fetched just before, and then uses the services that it named.
func (a all) launch13(line int) {
	login := line
	for a.r.lines[login].path() != "/lti13/login" {
		login--
	}
	p := a.from(login, line)
	p.clock.now = time.Unix(p.lines[line].Unix, 0)
	p.seed(a.t, p.lines[login])
	l, err := p.launch(p.lines[line])
	if a.used[line] = a.well(line, err); err != nil {
		return
	}
	for i := line + 1; i < len(p.lines) && p.lines[i].Dir == "tool-to-platform"; i++ {
		if p.lines[i].URL == p.reg.TokenURL {
			a.services(i, l)
		}
	}
}

// services uses what a token was fetched for.
func (a all) services(token int, l *lti.Launch) {
	end := token + 1
	for end < len(a.r.lines) && a.r.lines[end].Dir == "tool-to-platform" && a.r.lines[end].URL != a.r.reg.TokenURL {
		end++
	}
	p := a.from(token, end)
	g, ctx := p.tool.Grades(p.reg, *l.Grades), a.t.Context()
	for i := token + 1; i < end; i++ {
		var err error
		switch path := p.lines[i].path(); {
		case strings.HasSuffix(path, "/scores"):
			err = g.PostScore(ctx, l.Grades.LineItem, scoreOf(a.t, p.lines[i].Body))
			if refused := p.lines[i].Status >= 400; refused == (err != nil) {
				err = nil
			}
		case strings.HasSuffix(path, "/results"):
			for _, wrong := range g.Results(ctx, l.Grades.LineItem) {
				err = wrong
			}
		case strings.HasSuffix(path, "/memberships"):
			for _, wrong := range p.tool.Members(ctx, p.reg, *l.Roster, "") {
				err = wrong
			}
		case p.lines[i].URL == l.Grades.LineItem:
			_, err = g.LineItem(ctx, l.Grades.LineItem)
		case p.lines[i].URL == l.Grades.LineItems:
			for _, wrong := range g.LineItems(ctx, lti.LineItem{}) {
				err = wrong
			}
		}
		a.well(i, err)
	}
}
