package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/settings"
	"otrbot/internal/store"
)

func dataExportCommand(from *storeFlags) *cobra.Command {
	c := &cobra.Command{
		Use:   "export JID",
		Short: "Show everything that is kept of an address, as JSON",
		Long: `Show everything that is kept of an address, as JSON: for somebody who asks what you
know of them. Of the session and the secret it says only whether there is one, of
messages and notes that wait how many, and of the way to the gradebook whether it
is known: the platform's address and reference for it are for programs.

Damaged values are counted; then the exit code is 2, and what is shown still holds.`,
		Example: `  (umask 077; otrbot data export ana@example.org > ana.json)`,
	}
	c.Flags().Bool("json", true, "write JSON; there is no other format")
	return learnerAction(c, from, func(c *cobra.Command, s *learnerStore, jid string) error {
		all, err := s.db.DataOf(c.Context(), jid)
		if err != nil {
			return &failure{err}
		}
		if i := slices.IndexFunc(s.settings.Learners, func(l settings.Learner) bool { return l.JID == jid }); i >= 0 && all.Learner == nil {
			all.Learner = &record.Learner{JID: jid, Locale: s.settings.Learners[i].Locale, Source: record.FromSettings}
		}
		if all.None() {
			return s.nothingKept(jid, all)
		}
		out := newOutput(c)
		e := json.NewEncoder(out.w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(exportedData(jid, all)); err != nil {
			return &failure{err}
		}
		if err := out.flush(); err != nil || all.Damaged == 0 {
			return err
		}
		return &failure{fmt.Errorf("damaged values of this address: %d; a copy of the database from before may still hold them, otrbot data erase erases them too", all.Damaged)}
	})
}

// exported is what is kept of an address, in JSON. Times that are not known are left out.
type exported struct {
	JID       string           `json:"jid"`
	Learner   *exportedLearner `json:"learner,omitempty"`
	Chosen    string           `json:"locale_chosen,omitempty"` // by a learner of the settings
	Courses   []exportedPart   `json:"courses"`
	Session   bool             `json:"session"` // whether there is one
	Secret    bool             `json:"secret"`
	Notes     int64            `json:"notes"` // for the bot, unread
	Inbox     int64            `json:"stanzas_in"`
	Outbox    int64            `json:"stanzas_out"`
	Damaged   int64            `json:"damaged,omitempty"`
	Elsewhere []string         `json:"other_addresses,omitempty"` // of the same person
}

type exportedLearner struct {
	Locale string        `json:"locale,omitempty"`
	Source record.Source `json:"source"`
	Added  time.Time     `json:"added,omitzero"`
}

type exportedPart struct {
	ID         int64           `json:"enrolment"`
	Platform   string          `json:"platform,omitempty"`
	Deployment string          `json:"deployment,omitempty"`
	Context    string          `json:"course_id,omitempty"`
	Course     string          `json:"course,omitempty"`
	Link       string          `json:"activity_id,omitempty"`
	Title      string          `json:"activity,omitempty"`
	User       string          `json:"user_id,omitempty"`
	Name       string          `json:"name,omitempty"`
	Role       course.Role     `json:"role,omitempty"`
	Locale     string          `json:"locale,omitempty"`
	Chosen     bool            `json:"locale_chosen"`
	JID        string          `json:"jid,omitempty"`
	Launched   time.Time       `json:"first_launch,omitzero"`
	Seen       time.Time       `json:"last_launch,omitzero"`
	Passed     time.Time       `json:"passed,omitzero"`
	Gradebook  bool            `json:"gradebook"` // whether the way to it is known
	Visits     int64           `json:"visits"`
	Progress   exportedSteps   `json:"progress"`
	Grades     []exportedGrade `json:"grades"`
}

type exportedSteps struct {
	Step        string         `json:"step"`
	Best        string         `json:"farthest"`
	Trouble     record.Trouble `json:"trouble,omitempty"`
	Client      string         `json:"client,omitempty"`
	Fingerprint string         `json:"bot_fingerprint,omitempty"`
	Answer      record.Verdict `json:"last_answer,omitempty"`
	Since       time.Time      `json:"since,omitzero"`
	Active      time.Time      `json:"active,omitzero"`
	Invited     time.Time      `json:"invited,omitzero"`
	Ended       bool           `json:"ended"`
}

type exportedGrade struct {
	Score  float64           `json:"score"`
	Done   bool              `json:"done"`
	Earned time.Time         `json:"earned"`
	State  course.GradeState `json:"state"`
	Why    course.Why        `json:"why,omitempty"`
	Tries  int               `json:"tries"`
	Next   time.Time         `json:"next,omitzero"`
	Until  time.Time         `json:"until,omitzero"`
}

func exportedData(jid string, all store.Data) exported {
	e := exported{JID: jid, Chosen: all.Chosen, Courses: []exportedPart{}, Session: all.Session, Secret: all.Secret, Notes: all.Notes,
		Inbox: all.Inbox, Outbox: all.Outbox, Damaged: all.Damaged, Elsewhere: all.Elsewhere}
	if l := all.Learner; l != nil {
		e.Learner = &exportedLearner{Locale: l.Locale, Source: l.Source, Added: l.Added}
	}
	for _, p := range all.Parts {
		e.Courses = append(e.Courses, exportedOf(p))
	}
	return e
}

func exportedOf(p store.Part) exportedPart {
	s := p.Progress
	one := exportedPart{
		ID: p.ID, Platform: p.On, Deployment: p.Deployment, Context: p.Context, Course: p.Course, Link: p.Link, Title: p.Title,
		User: p.User, Name: p.Name, Role: p.Role, Locale: p.Locale, Chosen: p.Chosen, JID: p.JID,
		Launched: p.Launched, Seen: p.Seen, Passed: p.Passed, Gradebook: p.Outcome != nil || p.Enrolment.Grades != nil, Visits: p.Visits,
		Progress: exportedSteps{Step: stepName(s.Step), Best: stepName(s.Best), Trouble: s.Trouble, Client: s.Client, Fingerprint: s.Fingerprint,
			Answer: s.Answer.Verdict, Since: s.Since, Active: s.Active, Invited: s.Invited, Ended: s.Ended},
		Grades: []exportedGrade{},
	}
	for _, g := range p.Grades {
		one.Grades = append(one.Grades, exportedGrade{Score: g.Score, Done: g.Done, Earned: g.At, State: g.State,
			Why: g.Why, Tries: g.Tries, Next: g.Next, Until: g.Until})
	}
	return one
}

func stepName(s record.Step) string {
	if s == record.StepLaunched {
		return "launched"
	}
	return string(s)
}
