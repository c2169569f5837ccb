package main

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"otrbot/internal/course"
	"otrbot/lti"
)

func ltiHostsCommand(from *storeFlags) *cobra.Command {
	var add, remove []string
	c := &cobra.Command{
		Use:   "hosts PLATFORM",
		Short: "Show or change the hosts that may get grades of a platform",
		Long: `Show or change the hosts that may get grades of a platform. A launch that names
another one is let in, and its grade is kept back: "foreign-host" in the outbox.

With LTI 1.1 the host is that of the first learner's launch that names one. A
platform that moves needs --add with its new host and --remove with the old one;
then otrbot lti outbox resend sends what was kept back. Without any host the next
learner's launch decides again. With LTI 1.3 the hosts of the platform's own
addresses count where none is named.

A host means its usual port. What a launch names at another one has to be added
with it: --add lms.example:8443.`,
		Example: `  otrbot lti hosts "Our Open edX" --add lms2.example --remove lms.example`,
	}
	c.Flags().StringSliceVar(&add, "add", nil, "host that may get grades too, \".lms.example\" with all below it")
	c.Flags().StringSliceVar(&remove, "remove", nil, "host that may get them no longer")
	return ltiAction(c, from, aPlatform, func(c *cobra.Command, s *learnerStore, args []string) error {
		if err := checkHosts(add); err != nil {
			return errors.New(strings.Replace(err.Error(), "--service-host", "--add", 1))
		}
		p, err := s.platform(c.Context(), args[0])
		if err != nil {
			return err
		}
		if len(add)+len(remove) > 0 {
			if err := s.db.UpdatePlatform(c.Context(), p.ID, func(kept *course.Platform) error {
				setHosts(kept, add, remove)
				p = *kept
				return nil
			}); err != nil {
				return failed(err)
			}
		}
		return showHosts(c, p)
	})
}

func setHosts(p *course.Platform, add, remove []string) {
	hosts := namedHosts(p)
	if p.Registration != nil && len(*hosts) == 0 {
		*hosts = ownHosts(p.Registration) // else adding one would take these away
	}
	for _, h := range add {
		if h = strings.ToLower(h); !slices.Contains(*hosts, h) {
			*hosts = append(*hosts, h)
		}
	}
	*hosts = slices.DeleteFunc(*hosts, func(h string) bool {
		return slices.ContainsFunc(remove, func(r string) bool { return strings.EqualFold(h, r) })
	})
}

func namedHosts(p *course.Platform) *[]string {
	if p.Consumer != nil {
		return &p.Consumer.ServiceHosts
	}
	return &p.Registration.ServiceHosts
}

// ownHosts are those of a registration's own addresses.
func ownHosts(r *lti.Registration) []string {
	var hosts []string
	for _, text := range []string{r.Issuer, r.AuthURL, r.TokenURL, r.JWKSURL} {
		if u, err := url.Parse(text); err == nil && u.Host != "" && !slices.Contains(hosts, u.Host) {
			hosts = append(hosts, u.Host)
		}
	}
	return hosts
}

func showHosts(c *cobra.Command, p course.Platform) error {
	hosts := *namedHosts(&p)
	if len(hosts) == 0 && p.Registration != nil {
		hosts = ownHosts(p.Registration)
	}
	if len(hosts) == 0 {
		note(c, "no host yet: that of the next learner's launch which names one")
	}
	out := newOutput(c)
	for _, h := range hosts {
		out.text(printable(h), "\n")
	}
	return out.flush()
}
