package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"otrbot/internal/course"
)

func ltiApproveCommand(from *storeFlags) *cobra.Command {
	var which string
	c := &cobra.Command{
		Use:   "approve [DEPLOYMENT]",
		Short: "Let a new deployment of a registered platform launch",
		Long: `Let a new deployment of a registered platform launch. A platform has one for each
place where the tool is installed; one that was not named when it was registered
waits here after its first launch. Alone, the command shows those that wait.

With --platform a deployment can be approved before its first launch.`,
		Example: `  otrbot lti approve
  otrbot lti approve 1:abc
  otrbot lti approve 1:abc --platform "Our Canvas"`,
	}
	c.Flags().StringVar(&which, "platform", "", aPlatform)
	c.DisableFlagsInUseLine = true
	c.SetFlagErrorFunc(withHelp)
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 1 {
			return withHelp(c, errors.New("one deployment at a time"))
		}
		return from.with(c, func(s *learnerStore) error {
			all, err := s.approvable(c, which)
			if err != nil && len(all) == 0 {
				return err
			}
			if len(args) == 0 {
				return errors.Join(showPending(c, all), err)
			}
			return s.approve(c, all, args[0], which != "")
		})
	}
	return c
}

// approvable are the platforms with deployments, or the one that is meant.
func (s *learnerStore) approvable(c *cobra.Command, which string) ([]course.Platform, error) {
	if which != "" {
		p, err := s.platform(c.Context(), which)
		if err == nil && p.Registration == nil {
			err = fmt.Errorf("%s has LTI 1.1, which knows no deployments: it needs no approval", p.Name)
		}
		if err != nil {
			return nil, err
		}
		return []course.Platform{p}, nil
	}
	all, err := s.db.Platforms(c.Context())
	return slices.DeleteFunc(all, func(p course.Platform) bool { return p.Registration == nil }), failed(err)
}

func showPending(c *cobra.Command, all []course.Platform) error {
	out, n := newOutput(c), 0
	for _, p := range all {
		for _, d := range p.Pending {
			out.text(printable(d), "  (", printable(p.Name), ", number ", fmt.Sprint(p.ID), ")\n")
			n++
		}
	}
	if n == 0 {
		note(c, "no deployment waits for approval")
	}
	return out.flush()
}

// approve lets the deployment of one platform launch. named: it is that platform, whether the deployment waits or not.
func (s *learnerStore) approve(c *cobra.Command, all []course.Platform, deployment string, named bool) error {
	if err := checkText("the deployment", deployment); err != nil {
		return err
	}
	if !named {
		all = slices.DeleteFunc(all, func(p course.Platform) bool { return !slices.Contains(p.Pending, deployment) })
	}
	switch {
	case len(all) == 0:
		return fmt.Errorf("no deployment %q waits for approval: otrbot lti approve shows those that do; --platform approves one before its first launch", deployment)
	case len(all) > 1:
		return fmt.Errorf("deployment %q waits at %d platforms: say which with --platform", deployment, len(all))
	}
	err := s.db.UpdatePlatform(c.Context(), all[0].ID, func(p *course.Platform) error {
		if !slices.Contains(p.Registration.Deployments, deployment) {
			p.Registration.Deployments = append(p.Registration.Deployments, deployment)
		}
		p.Pending = slices.DeleteFunc(p.Pending, func(d string) bool { return d == deployment })
		return nil
	})
	if err != nil {
		return failed(err)
	}
	return tell(c, "Deployment %s of %s may launch now.\n", deployment, all[0].Name)
}
