package main

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"otrbot/internal/course"
)

// A platform has a handful of sites; the list goes out with each page.
const mostFrames = 40

func ltiFramesCommand(from *storeFlags) *cobra.Command {
	var add, remove []string
	c := &cobra.Command{
		Use:   "frames PLATFORM",
		Short: "Show or change the sites that may show the pages in a frame",
		Long: `Show or change the sites that may show the pages in a frame of theirs, each with
all sites below its host. Where one is missing the frame in the course stays
empty: --add the address that stands in the browser then, without its path.

Launches name most of them, and they are learnt from there; those of an LTI 1.3
platform's own addresses always count.`,
		Example: `  otrbot lti frames "Our Open edX" --add https://apps.learning.example`,
	}
	c.Flags().StringSliceVar(&add, "add", nil, "site that may, such as https://lms.example")
	c.Flags().StringSliceVar(&remove, "remove", nil, "site that may no longer, until a launch names it again")
	return ltiAction(c, from, aPlatform, func(c *cobra.Command, s *learnerStore, args []string) error {
		adding, err := siteOrigins("--add", add)
		if err != nil {
			return err
		}
		removing, err := siteOrigins("--remove", remove)
		if err != nil {
			return err
		}
		p, err := s.platform(c.Context(), args[0])
		if err != nil {
			return err
		}
		for _, one := range removing {
			if slices.Contains(ownOrigins(p), one) && !slices.Contains(p.Frames, one) {
				note(c, "%s is an address of the platform itself and stays", one)
			}
		}
		if len(adding)+len(removing) > 0 {
			var full error
			err := s.db.UpdatePlatform(c.Context(), p.ID, func(kept *course.Platform) error {
				full = setFrames(kept, adding, removing)
				p = *kept
				return full
			})
			if full != nil {
				return full
			}
			if err != nil {
				return failed(err)
			}
		}
		return showFrames(c, p)
	})
}

// siteOrigins are addresses of sites as browsers compare them.
func siteOrigins(flag string, all []string) ([]string, error) {
	var origins []string
	for _, one := range all {
		u, err := url.Parse(one)
		if err != nil || u.Opaque != "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.TrimSuffix(u.Path, "/") != "" || !plainHost(u.Host) {
			return nil, fmt.Errorf("%s %q: write a site such as https://lms.example, without a path", flag, one)
		}
		if u.Scheme != "https" && (u.Scheme != "http" || !ownMachine(u.Hostname())) {
			return nil, fmt.Errorf("%s %q: it must begin with https://; http is only for this machine itself", flag, one)
		}
		origins = append(origins, originOf(u))
	}
	return origins, nil
}

// originOf is how browsers write the site of an address: in small letters, without the usual port.
func originOf(u *url.URL) string {
	usual := map[string]string{"https": ":443", "http": ":80"}[u.Scheme]
	return u.Scheme + "://" + strings.TrimSuffix(strings.ToLower(u.Host), usual)
}

// plainHost reports whether a host can stand in a header's list of sources: letters of other scripts come in their
// Latin form ("xn--...").
func plainHost(host string) bool {
	return strings.Trim(host, ".:") != "" && strings.Trim(strings.ToLower(host), "abcdefghijklmnopqrstuvwxyz0123456789.-:[]") == ""
}

func ownMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

func setFrames(p *course.Platform, add, remove []string) error {
	frames := slices.Clone(p.Frames)
	for _, one := range add {
		if !slices.Contains(frames, one) {
			frames = append(frames, one)
		}
	}
	frames = slices.DeleteFunc(frames, func(one string) bool { return slices.Contains(remove, one) })
	if len(frames) > mostFrames {
		return fmt.Errorf("these would be %d sites; more than %d are not kept: remove some first", len(frames), mostFrames)
	}
	p.Frames = frames
	return nil
}

// ownOrigins are those of the addresses that an LTI 1.3 platform's people see.
func ownOrigins(p course.Platform) []string {
	var origins []string
	if p.Registration == nil {
		return nil
	}
	for _, text := range []string{p.Registration.Issuer, p.Registration.AuthURL} {
		if u, err := url.Parse(text); err == nil && u.Host != "" && !slices.Contains(origins, originOf(u)) {
			origins = append(origins, originOf(u))
		}
	}
	return origins
}

func showFrames(c *cobra.Command, p course.Platform) error {
	all := ownOrigins(p)
	for _, one := range p.Frames {
		if !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	if len(all) == 0 {
		note(c, "no site yet: launches will name some, or --add one")
	}
	out := newOutput(c)
	for _, one := range all {
		out.text(printable(one), "\n")
	}
	return out.flush()
}
