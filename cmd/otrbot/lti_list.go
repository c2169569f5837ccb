package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"otrbot/internal/course"
)

func ltiListCommand(from *storeFlags) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "list",
		Short:   "Show the platforms; never a secret",
		Example: `  otrbot lti list --json`,
	}
	c.Flags().BoolVar(&asJSON, "json", false, "write JSON, one platform a line")
	return ltiAction(c, from, "", func(c *cobra.Command, s *learnerStore, _ []string) error {
		all, err := s.db.Platforms(c.Context())
		if shown := showPlatforms(c, all, asJSON); shown != nil {
			return shown
		}
		return failed(err)
	})
}

// platformShown is a platform in JSON.
type platformShown struct {
	ID           int64      `json:"id"`
	Name         string     `json:"name"`
	LTI          string     `json:"lti"`
	ConsumerKey  string     `json:"consumer_key,omitempty"`
	Secrets      int        `json:"secrets,omitempty"` // how many are good
	Issuer       string     `json:"issuer,omitempty"`
	ClientID     string     `json:"client_id,omitempty"`
	Deployments  []string   `json:"deployments,omitempty"`
	Pending      []string   `json:"pending,omitempty"` // wait for approval
	ServiceHosts []string   `json:"service_hosts,omitempty"`
	Frames       []string   `json:"frames,omitempty"` // sites beside the platform's own that may show the pages
	Family       string     `json:"family,omitempty"`
	Version      string     `json:"version,omitempty"`
	Added        time.Time  `json:"added"`
	Seen         *time.Time `json:"seen,omitempty"`
}

func shownPlatform(p course.Platform) platformShown {
	one := platformShown{ID: p.ID, Name: p.Name, Pending: p.Pending, Frames: p.Frames, Family: p.Family, Version: p.Version, Added: p.Added}
	if !p.Seen.IsZero() {
		one.Seen = &p.Seen
	}
	if c := p.Consumer; c != nil {
		one.LTI, one.ConsumerKey, one.Secrets, one.ServiceHosts = "1.1", c.Key, len(c.Secrets), c.ServiceHosts
	}
	if r := p.Registration; r != nil {
		one.LTI, one.Issuer, one.ClientID, one.Deployments, one.ServiceHosts = "1.3", r.Issuer, r.ClientID, r.Deployments, r.ServiceHosts
	}
	return one
}

func showPlatforms(c *cobra.Command, all []course.Platform, asJSON bool) error {
	out := newOutput(c)
	if len(all) == 0 {
		note(c, "no platform is registered yet; otrbot lti register adds one")
	}
	waiting := 0
	table := tabwriter.NewWriter(out.w, 0, 0, 2, ' ', 0)
	if len(all) > 0 && !asJSON {
		fmt.Fprintln(table, "NUMBER\tNAME\tLTI\tKNOWN BY\tADDED\tLAST LAUNCH")
	}
	for _, p := range all {
		one := shownPlatform(p)
		waiting += len(one.Pending)
		if asJSON {
			out.json(one)
			continue
		}
		by, seen := one.ConsumerKey, ""
		if one.LTI == "1.3" {
			by = one.Issuer + " " + one.ClientID
		}
		if one.Seen != nil {
			seen = one.Seen.Local().Format("2006-01-02 15:04")
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\n", one.ID, printable(one.Name), one.LTI, printable(by), one.Added.Local().Format(time.DateOnly), orDash(seen))
	}
	table.Flush()
	if waiting > 0 {
		note(c, "deployments that wait for approval: %d; otrbot lti approve shows them", waiting)
	}
	return out.flush()
}

func ltiRemoveCommand(from *storeFlags) *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "remove PLATFORM",
		Short: "Remove a platform, and erase all that came from it",
		Long: `Remove a platform, and erase all that came from it at once: its learners' part in
the courses, their addresses, sessions and secrets, and grades on their way.
Grades that have arrived stay in the platform. Learners of the settings and of
otrbot learner add stay too. Without --yes it only says what would be erased.`,
		Example: `  otrbot lti remove "Our Moodle" --yes`,
	}
	c.Flags().BoolVar(&yes, "yes", false, "do it")
	return ltiAction(c, from, aPlatform, func(c *cobra.Command, s *learnerStore, args []string) error {
		p, err := s.platform(c.Context(), args[0])
		if err != nil {
			return err
		}
		if !yes {
			n, err := s.db.CountEnrolments(c.Context(), p.ID)
			if err != nil {
				return &failure{err}
			}
			enrolments := "enrolments"
			if n == 1 {
				enrolments = "enrolment"
			}
			return fmt.Errorf("%s has %d %s, which would be erased, with grades that are on the way: to do so, add --yes", p.Name, n, enrolments)
		}
		if _, err := s.db.RemovePlatform(c.Context(), p.ID); err != nil {
			return &failure{err}
		}
		return tell(c, "%s is removed, and all that came from it is erased.\n", p.Name)
	})
}
