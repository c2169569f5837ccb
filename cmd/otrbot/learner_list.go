package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"otrbot/internal/record"
)

func learnerListCommand(from *storeFlags) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "Show who may talk to the bot",
		Long: `Show who may talk to the bot, by what, since when, and whether a secret of their own
is set; never the secret.`,
		Example: `  otrbot learner list --json`,
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return from.with(c, func(s *learnerStore) error {
				all, err := s.list(c.Context())
				if shown := showLearners(c, all, asJSON); shown != nil {
					return shown
				}
				return err
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "write JSON, one learner a line")
	c.SetFlagErrorFunc(withHelp)
	return c
}

// listed is a learner in JSON.
type listed struct {
	JID    string        `json:"jid"`
	Locale string        `json:"locale,omitempty"`
	Source record.Source `json:"source"`
	Added  *time.Time    `json:"added,omitempty"`
	Secret bool          `json:"secret"` // whether one is set
}

// list is what is shown of all learners. After an error of a damaged row it has the others.
func (s *learnerStore) list(ctx context.Context) ([]listed, error) {
	learners, err := s.learners(ctx)
	all := make([]listed, 0, len(learners))
	for _, l := range learners {
		one := listed{JID: l.JID, Locale: l.Locale, Source: l.Source}
		if !l.Added.IsZero() {
			one.Added = &l.Added
		}
		_, has, failed := s.db.Secret(ctx, l.JID)
		if failed != nil {
			err = errors.Join(err, &failure{failed})
		}
		one.Secret = has
		all = append(all, one)
	}
	return all, err
}

func showLearners(c *cobra.Command, all []listed, asJSON bool) error {
	out := newOutput(c)
	if len(all) == 0 {
		note(c, "nobody is listed yet; otrbot learner add JID adds somebody")
	}
	if asJSON {
		for _, l := range all {
			out.json(l)
		}
		return out.flush()
	}
	table := tabwriter.NewWriter(out.w, 0, 0, 2, ' ', 0)
	if len(all) > 0 {
		fmt.Fprintln(table, "JID\tLOCALE\tSOURCE\tADDED\tSECRET")
	}
	for _, l := range all {
		added, secret := "", "no"
		if l.Added != nil {
			added = l.Added.Local().Format(time.DateOnly)
		}
		if l.Secret {
			secret = "yes"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", l.JID, orDash(l.Locale), l.Source, orDash(added), secret)
	}
	table.Flush()
	return out.flush()
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
