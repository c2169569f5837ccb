package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"otrbot/internal/course"
)

func ltiOutboxCommand(from *storeFlags) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "outbox",
		Short: "Show grades that have not arrived, and why",
		Long: `Show grades that have not arrived: those that wait, those that were sent without an
answer, and those that were refused. Learners are numbers here; the teacher's
page has the names. Nothing is lost while a grade waits: it is tried for three days.`,
		Example: `  otrbot lti outbox --json
  otrbot lti outbox resend --all`,
	}
	c.Flags().BoolVar(&asJSON, "json", false, "write JSON, one grade a line")
	ltiAction(c, from, "", func(c *cobra.Command, s *learnerStore, _ []string) error {
		all, err := s.db.OpenGrades(c.Context())
		if shown := showGrades(c, all, asJSON); shown != nil {
			return shown
		}
		return failed(err)
	})
	c.AddCommand(ltiResendCommand(from))
	return c
}

// gradeShown is a grade in JSON.
type gradeShown struct {
	Enrolment int64             `json:"enrolment"`
	Platform  string            `json:"platform,omitempty"`
	Course    string            `json:"course,omitempty"`
	Link      string            `json:"link,omitempty"`
	Score     float64           `json:"score"`
	State     course.GradeState `json:"state"`
	Why       course.Why        `json:"why,omitempty"`
	Tries     int               `json:"tries"`
	Earned    time.Time         `json:"earned"`
	Next      *time.Time        `json:"next,omitempty"`
	Until     time.Time         `json:"until"`
}

func shownGrade(d course.Delivery) gradeShown {
	g := d.Grade
	one := gradeShown{Enrolment: g.Enrolment, Platform: d.Platform.Name, Course: d.Enrolment.Course, Link: d.Enrolment.Title,
		Score: g.Score, State: g.State, Why: g.Why, Tries: g.Tries, Earned: g.At, Until: g.Until}
	if !g.Next.IsZero() {
		one.Next = &g.Next
	}
	return one
}

func showGrades(c *cobra.Command, all []course.Delivery, asJSON bool) error {
	out := newOutput(c)
	if len(all) == 0 {
		note(c, "all grades have arrived")
	}
	table := tabwriter.NewWriter(out.w, 0, 0, 2, ' ', 0)
	if len(all) > 0 && !asJSON {
		fmt.Fprintln(table, "LEARNER\tPLATFORM\tCOURSE\tSCORE\tSTATE\tTRIES\tNEXT\tWHY")
	}
	for _, d := range all {
		one := shownGrade(d)
		if asJSON {
			out.json(one)
			continue
		}
		next := ""
		if one.Next != nil && one.State.Open() {
			next = one.Next.Local().Format("01-02 15:04")
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%.0f %%\t%s\t%d\t%s\t%s\n", one.Enrolment, orDash(printable(one.Platform)), orDash(printable(one.Course)),
			100*one.Score, one.State, one.Tries, orDash(next), orDash(whyWords(one.Why)))
	}
	table.Flush()
	return out.flush()
}

// whyWords says what stands in a grade's way, and what to do about it.
func whyWords(w course.Why) string {
	switch w {
	case "":
		return ""
	case course.WhyUnreachable:
		return "the platform did not answer: it is tried again"
	case course.WhyNotAllowed:
		return "the platform does not let us send grades: allow the tool to, then resend"
	case course.WhyNotLearner:
		return "the platform does not grade this user"
	case course.WhyGone:
		return "link, course or user are not there any more"
	case course.WhyForeignHost:
		return "the launch named another host: register it with --service-host if it is the platform's"
	case course.WhyNoPlatform:
		return "what is known of the platform cannot be used any more: register it again, then send it again"
	case course.WhyTooLong:
		return "three days without success: resend when the platform works again"
	}
	return "the platform refused it"
}

func ltiResendCommand(from *storeFlags) *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use:   "resend LEARNER... | --all",
		Short: "Send grades again at once",
		Long: `Send grades again at once: those that were refused, and those that wait. A platform
takes the same grade once, however often it is sent.`,
		Example: `  otrbot lti outbox resend 17 18
  otrbot lti outbox resend --all`,
	}
	c.Flags().BoolVar(&all, "all", false, "all that otrbot lti outbox shows")
	c.DisableFlagsInUseLine = true
	c.SetFlagErrorFunc(withHelp)
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		if all == (len(args) > 0) {
			return withHelp(c, errors.New("give the numbers of learners as otrbot lti outbox shows them, or --all"))
		}
		ids, err := numbers(args)
		if err != nil {
			return withHelp(c, err)
		}
		return from.with(c, func(s *learnerStore) error {
			if all {
				open, err := s.db.OpenGrades(c.Context())
				if err != nil && len(open) == 0 {
					return failed(err)
				}
				for _, one := range open {
					ids = append(ids, one.Grade.Enrolment)
				}
				ids = slices.Compact(slices.Sorted(slices.Values(ids)))
			}
			return s.resend(c, ids)
		})
	}
	return c
}

func numbers(args []string) (ids []int64, err error) {
	for _, text := range args {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil || id <= 0 {
			return nil, fmt.Errorf("%q is no number of a learner", text)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func (s *learnerStore) resend(c *cobra.Command, ids []int64) error {
	var none []string
	sent := 0
	for _, id := range ids {
		found, err := s.db.ResendGrade(c.Context(), id, time.Now())
		if err != nil {
			return &failure{err}
		}
		if !found {
			none = append(none, strconv.FormatInt(id, 10))
			continue
		}
		sent++
	}
	if err := tell(c, "Grades that go out at once: %d.\n", sent); err != nil {
		return err
	}
	if len(none) > 0 {
		return fmt.Errorf("nothing to send of %v: the grade has arrived, or there is no such learner; otrbot lti outbox shows what has not arrived", none)
	}
	return nil
}
