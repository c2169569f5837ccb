package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"otrbot/internal/course"
	"otrbot/lti"
)

func ltiRegisterCommand(from *storeFlags) *cobra.Command {
	c := &cobra.Command{
		Use:   "register",
		Short: "Make a learning platform known",
		Long: `Make a learning platform known. Which way is yours:

  dynamic  Moodle 4, newer Canvas, Sakai, D2L, Blackboard: one link, no numbers
  canvas   Canvas, with the client id of a developer key
  manual   any other platform with LTI 1.3, such as Open edX
  v1p1     any platform with LTI 1.1: a consumer key and a secret

The setting web.public_url says where the pages are.`,
		Example: `  otrbot lti register dynamic "Our Moodle"
  otrbot lti register canvas "Our Canvas" --client-id 10000000000001 --deployment 1:abc`,
	}
	c.AddCommand(ltiDynamicCommand(from), ltiCanvasCommand(from), ltiManualCommand(from), ltiConsumerCommand(from))
	return group(c)
}

// base is where the pages are.
func (s *learnerStore) base() (string, error) {
	if s.settings.Web.PublicURL != "" {
		return s.settings.Web.PublicURL, nil
	}
	where := "the settings"
	if s.settings.File != "" {
		where = s.settings.File
	}
	return "", fmt.Errorf("web.public_url is not set: write into %s where learners reach the pages, such as public_url = \"https://otr.example.org\" below [web]", where)
}

// registering makes a command that takes a platform's name, and knows where the pages are.
func registering(c *cobra.Command, from *storeFlags, run func(c *cobra.Command, s *learnerStore, name, base string) error) *cobra.Command {
	return ltiAction(c, from, "what you call the platform, such as \"Our Moodle\"", func(c *cobra.Command, s *learnerStore, args []string) error {
		if err := checkText("the name", args[0]); err != nil {
			return err
		}
		base, err := s.base()
		if err != nil {
			return err
		}
		return run(c, s, args[0], base)
	})
}

// Bounds of the time that an invitation may last.
const (
	shortestInvitation = time.Minute
	longestInvitation  = 30 * 24 * time.Hour
)

func ltiDynamicCommand(from *storeFlags) *cobra.Command {
	var asJSON bool
	var valid time.Duration
	c := &cobra.Command{
		Use:   "dynamic NAME",
		Short: "Print a link by which one platform registers itself",
		Long: `Print a link by which one platform registers itself, by the dynamic registration
of LTI 1.3. It works once, and expires. Whoever has it can register a platform:
give it to nobody but the platform's administrator.

Moodle: Site administration > Plugins > External tool > Manage tools: paste the
link into "Tool URL", "Add LTI Advantage", and activate the tool when it is there.
Canvas: Admin > Apps > Manage > Install a New App > Dynamic Registration.`,
		Example: `  otrbot lti register dynamic "Our Moodle" --valid 2h`,
	}
	c.Flags().BoolVar(&asJSON, "json", false, "write JSON")
	c.Flags().DurationVar(&valid, "valid", 24*time.Hour, "how long the link works")
	return registering(c, from, func(c *cobra.Command, s *learnerStore, name, base string) error {
		if valid < shortestInvitation || valid > longestInvitation {
			return fmt.Errorf("--valid %s: write a time between 1m and 720h", valid)
		}
		token := make([]byte, 32)
		rand.Read(token) // never fails: crypto/rand
		until := time.Now().Add(valid).UTC().Truncate(time.Second)
		if err := s.db.PutInvitation(c.Context(), sha256.Sum256(token), name, until); err != nil {
			return &failure{err}
		}
		link := base + "/lti/register/" + base64.RawURLEncoding.EncodeToString(token)
		if asJSON {
			out := newOutput(c)
			out.json(struct {
				Name  string    `json:"name"`
				URL   string    `json:"url"`
				Until time.Time `json:"until"`
			}{name, link, until})
			return out.flush()
		}
		return tell(c, `%s

Paste this link where %s adds a tool by dynamic registration. It works once,
until %s. In Moodle: Manage tools, "Tool URL", "Add LTI Advantage",
then activate the tool.
`, link, name, until.Local().Format("2006-01-02 15:04 MST"))
	})
}

func ltiConsumerCommand(from *storeFlags) *cobra.Command {
	var asJSON bool
	var hosts []string
	c := &cobra.Command{
		Use:   "v1p1 NAME",
		Short: "Make a consumer key and a secret for LTI 1.1",
		Long: `Make a consumer key and a secret for a platform with LTI 1.1, and show them once.
The secret is not shown again: otrbot lti secret makes another one.

Grades go to the host that the first learner's signed launch names, and nowhere
else; --service-host says so beforehand, otrbot lti hosts changes it later.`,
		Example: `  otrbot lti register v1p1 "Our Open edX" --service-host lms.example`,
	}
	c.Flags().BoolVar(&asJSON, "json", false, "write JSON")
	c.Flags().StringSliceVar(&hosts, "service-host", nil, "host that may get grades, \".lms.example\" with all below it (default: that of the first learner's launch)")
	return registering(c, from, func(c *cobra.Command, s *learnerStore, name, base string) error {
		if err := checkHosts(hosts); err != nil {
			return err
		}
		made := consumerMade{Name: name, Key: "otrbot-" + hex.EncodeToString(randomBytes(5)), Secret: newSecret(), Launch: base + "/lti/launch", Config: base + "/lti/config.xml"}
		id, err := s.db.PutPlatform(c.Context(), course.Platform{Name: name, Added: time.Now(), Consumer: &lti.Consumer{
			Key: made.Key, Secrets: []lti.Secret{lti.Secret(made.Secret)}, ServiceHosts: hosts,
		}})
		if err != nil {
			return &failure{err}
		}
		made.ID = id
		return made.show(c, asJSON)
	})
}

// consumerMade is what an administrator of a platform is given.
type consumerMade struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Key    string `json:"consumer_key"`
	Secret string `json:"shared_secret"`
	Launch string `json:"launch_url"`
	Config string `json:"config_url"`
}

func (m consumerMade) show(c *cobra.Command, asJSON bool) error {
	if asJSON {
		out := newOutput(c)
		out.json(m)
		return out.flush()
	}
	return tell(c, `%s is platform %d.

Consumer key:   %s
Shared secret:  %s
Launch URL:     %s
Configuration:  %s  (Canvas: "By URL")
Open edX, into "LTI Passports":  "otrbot:%s:%s"

The secret is not shown again.
`, m.Name, m.ID, m.Key, m.Secret, m.Launch, m.Config, m.Key, m.Secret)
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails: crypto/rand
	return b
}

// newSecret holds letters, digits, - and _: no platform's form changes those.
func newSecret() string { return base64.RawURLEncoding.EncodeToString(randomBytes(24)) }

func ltiSecretCommand(from *storeFlags) *cobra.Command {
	var asJSON, only bool
	c := &cobra.Command{
		Use:   "secret PLATFORM",
		Short: "Make another secret for a platform of LTI 1.1",
		Long: `Make another secret for a platform of LTI 1.1, and show it once. The old one stays
good beside it, so that launches go on while you change it there; then --only
with this command's next run leaves the newest alone.`,
		Example: `  otrbot lti secret "Our Open edX"
  otrbot lti secret "Our Open edX" --only`,
	}
	c.Flags().BoolVar(&only, "only", false, "make none, and forget all but the newest")
	c.Flags().BoolVar(&asJSON, "json", false, "write JSON")
	return ltiAction(c, from, aPlatform, func(c *cobra.Command, s *learnerStore, args []string) error {
		p, err := s.platform(c.Context(), args[0])
		if err != nil {
			return err
		}
		if p.Consumer == nil {
			return fmt.Errorf("%s has LTI 1.3, which needs no secret: otrbot lti keys shows the keys", p.Name)
		}
		fresh := newSecret()
		err = s.db.UpdatePlatform(c.Context(), p.ID, func(p *course.Platform) error {
			if only {
				p.Consumer.Secrets = p.Consumer.Secrets[:1]
				return nil
			}
			p.Consumer.Secrets = append([]lti.Secret{lti.Secret(fresh)}, p.Consumer.Secrets...)
			return nil
		})
		if err != nil {
			return failed(err)
		}
		if only {
			return tell(c, "%s: only the newest secret is good now.\n", p.Name)
		}
		if asJSON {
			out := newOutput(c)
			out.json(struct {
				Key    string `json:"consumer_key"`
				Secret string `json:"shared_secret"`
			}{p.Consumer.Key, fresh})
			return out.flush()
		}
		return tell(c, "Consumer key:   %s\nShared secret:  %s\n\nThe secret is not shown again. The old one is good until you run: otrbot lti secret %d --only\n",
			p.Consumer.Key, fresh, p.ID)
	})
}

// checkHosts checks the form of --service-host.
func checkHosts(hosts []string) error {
	for _, h := range hosts {
		if h == "" || strings.ContainsAny(h, "/@*? ") || strings.Contains(h, "://") || h != printable(h) || strings.Trim(h, ".") == "" {
			return fmt.Errorf("--service-host %q: write a host such as lms.example, lms.example:8443 or .lms.example, without https://", h)
		}
	}
	return nil
}

// putPlatform tells of one that is there already.
func putPlatform(c *cobra.Command, s *learnerStore, p course.Platform) (int64, error) {
	id, err := s.db.PutPlatform(c.Context(), p)
	if errors.Is(err, course.ErrKnown) {
		known, err := s.db.PlatformOfClient(c.Context(), p.Registration.Issuer, p.Registration.ClientID)
		if err != nil {
			return 0, failed(err)
		}
		return 0, fmt.Errorf("this client of %s is registered already, as %q, number %d: otrbot lti approve adds a deployment, otrbot lti remove removes it",
			p.Registration.Issuer, known.Name, known.ID)
	}
	return id, failed(err)
}
