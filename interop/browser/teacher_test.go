package browser_test

import (
	"encoding/csv"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"otrbot/internal/record"
	"otrbot/interop/browser"
)

// A teacher without a mouse: sees how far the class is and who is stuck, filters, takes the list along, and sends a grade
// again that the course refused.
func TestTeacherByKeyboard(t *testing.T) {
	s := newSchool(t)
	var refusing atomic.Bool
	refusing.Store(true)
	s.lmsHandler.set(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refusing.Load() && strings.HasSuffix(r.URL.Path, "/scores") {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		s.system.ServeHTTP(w, r)
	}))
	b := s.browser(browser.Options{Cookies: browser.NoThirdParty})
	p := s.open(b, seat{as: "teacher"})
	p.Sees("Your class", "No learner has opened this yet")
	p.Audit("1-first")

	learner := s.open(b, seat{as: "ben"})
	learner.Type("Your Jabber address", "nobody-at-all@example.org")
	learner.Click("button", "Go on")
	learner.Sees("Meet the bot in your chat program")
	s.open(b, seat{as: "ana"}).Sees("What is your Jabber address?")
	now := time.Now()
	s.comes("ana", record.Progress{Step: record.StepDone, Since: now, Active: now}, "passed@"+prosody.Domain)

	p = s.open(b, seat{as: "teacher"})
	p.Await("ben's bounced invitation and ana's refused grade", func() error {
		// As the bot would say; until it has greeted ben's address the store waits for that.
		s.comes("ben", record.Progress{Step: record.StepInvited, Trouble: record.TroubleBounced, Since: now.Add(-time.Hour), Active: now}, "")
		p.TabTo("link", "Refresh")
		p.Press("Enter")
		text := p.Text()
		for _, words := range []string{"1 of 3 learners have finished", "the Jabber address does not exist", "Refused."} {
			if !strings.Contains(text, words) {
				return errMissing(words)
			}
		}
		return nil
	})
	p.Audit("2-class")

	p.TabTo("link", "Stuck")
	p.Press("Enter")
	p.Await("only Ben", func() error {
		if rows := strings.Join(p.Names("rowheader"), ", "); rows != "Ben" {
			return errors.New("there are " + rows)
		}
		return nil
	})
	list := browser.Value[string](p, `fetch([...document.links].find(a => a.href.includes(".csv")).href).then(r => r.text())`)
	lines, err := csv.NewReader(strings.NewReader(list)).ReadAll()
	if err != nil || len(lines) != 2 || lines[1][0] != "Ben" {
		t.Errorf("the list as CSV: %v, %q", err, list)
	}
	p.TabTo("link", "Ben")
	p.Press("Enter")
	p.Sees("Forget this learner")
	p.Audit("3-learner")
	p.TabTo("link", "Forget this learner")
	p.Press("Enter")
	p.Sees("Forget Ben?")
	p.Audit("4-forget")
	p.TabTo("link", "Keep")
	p.Press("Enter")
	p.TabTo("link", "Back to the class")
	p.Press("Enter")
	p.TabTo("link", "All")
	p.Press("Enter")
	p.Sees("Ana")

	refusing.Store(false)
	p.TabTo("button", "Send the grade again")
	p.Press("Enter")
	b.Open(s.at("/gradebook", seat{as: "teacher"})).Sees("20 of 20")
	p.TabTo("link", "Refresh")
	p.Press("Enter")
	p.Sees("In the gradebook")

	p.TabTo("link", "Check the connection")
	p.Press("Enter")
	p.Sees("The connection works.")
	p.Audit("5-check")
	p.TabTo("link", "Back to the class")
	p.Press("Enter")
	p.TabTo("button", "Try the lesson yourself")
	p.Press("Enter")
	p.Sees("Practice: you teach this course", "What is your Jabber address?")
	p.Audit("6-practice")
	p.TabTo("link", "Back to the class")
	p.Press("Enter")
	p.Sees("Your class")
}

type errMissing string

func (e errMissing) Error() string { return string(e) + ": is not there" }

// comes brings somebody so far in the lesson, as the bot would say, with an address unless there is one.
func (s *school) comes(user string, to record.Progress, jid string) {
	s.t.Helper()
	class, err := s.store.Class(s.t.Context(), s.platform, s.system.Platform().Deployment, "link-1")
	s.must(err)
	for _, m := range class {
		if m.User != user {
			continue
		}
		change := record.Change{JID: m.JID, Progress: &to}
		if jid != "" {
			s.must(s.store.ClaimAddress(s.t.Context(), m.ID, jid, to.Since))
			change.JID = jid
		}
		if to.Step == record.StepDone {
			change.Grade = &record.Grade{Enrolment: m.ID, Score: 1, Done: true, At: to.Since}
		}
		_, err := s.store.Commit(s.t.Context(), change)
		s.must(err)
		return
	}
	s.t.Fatalf("%s is not among the %d of the class", user, len(class))
}

// A teacher adds the lesson from within the course, and an administrator registers the tool: both in frames.
func TestDeepLinkingAndRegistration(t *testing.T) {
	s := newSchool(t)
	b := s.browser(browser.Options{Cookies: browser.NoThirdParty})
	tab := b.Open(s.at("/choose", seat{as: "teacher"}))
	p := tab.Frame("tool.localhost")
	p.Sees("Add the lesson to your course")
	p.Audit("choose")
	p.Type("Title in your course", "Write in private")
	p.Click("button", "Add to the course")
	tab.Frame("lms.localhost").Sees("Added to the course", "Write in private, up to 100 points")
	tab.Go(s.at("/", seat{}))
	tab.Sees("Write in private")

	tab = b.Open(s.at("/admin", seat{as: "admin"}))
	tab.Type("The tool’s link, which works once", s.invite())
	tab.Click("button", "Register the tool")
	p = tab.Frame("tool.localhost")
	p.Sees("Go on only if lms.localhost")
	p.Audit("register")
	p.Click("button", "Register")
	p.Sees("is registered", "What to do next")
	p.Audit("registered")
	tab.Go(s.at("/activity/link-1", seat{})) // the newest registration is the one that is launched
	tab.Frame("tool.localhost").Sees("What is your Jabber address?")
}
