package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"otrbot/internal/course"
	"otrbot/lti"
)

// registrationFlags are what a platform with LTI 1.3 is known by.
type registrationFlags struct {
	issuer, clientID, authURL, tokenURL, jwksURL, audience string
	deployments, hosts                                     []string
}

func (f *registrationFlags) on(c *cobra.Command) {
	c.Flags().StringVar(&f.clientID, "client-id", "", "what the platform calls this tool")
	c.Flags().StringArrayVar(&f.deployments, "deployment", nil, "deployment id; may be given more than once (default: launches wait for otrbot lti approve)")
	c.Flags().StringSliceVar(&f.hosts, "service-host", nil, "host that may get grades beside the platform's own, \".lms.example\" with all below it")
}

func ltiManualCommand(from *storeFlags) *cobra.Command {
	var f registrationFlags
	c := &cobra.Command{
		Use:   "manual NAME --issuer URL --client-id ID --auth-url URL --token-url URL --jwks-url URL",
		Short: "Register a platform with LTI 1.3 by its addresses",
		Long: `Register a platform with LTI 1.3 by the addresses that it shows when the tool has
been added there. What the platform is to be told, otrbot lti keys shows too:

  Launch URL, redirect URI  PUBLIC_URL/lti/launch
  Login initiation URL      PUBLIC_URL/lti/login
  Public keyset URL         PUBLIC_URL/lti/jwks.json`,
		Example: `  otrbot lti register manual "Our Open edX" --issuer https://lms.example \
      --client-id 0a1b2c --deployment 1 --auth-url https://lms.example/api/lti_consumer/v1/launch/ \
      --token-url https://lms.example/api/lti_consumer/v1/token/0 \
      --jwks-url https://lms.example/api/lti_consumer/v1/public_keysets/0`,
	}
	f.on(c)
	c.Flags().StringVar(&f.issuer, "issuer", "", "the platform's id, letter by letter as it says")
	c.Flags().StringVar(&f.authURL, "auth-url", "", "OpenID Connect authorization endpoint, \"authentication request URL\"")
	c.Flags().StringVar(&f.tokenURL, "token-url", "", "OAuth 2.0 token endpoint, \"access token URL\"")
	c.Flags().StringVar(&f.jwksURL, "jwks-url", "", "the platform's public keys, \"public keyset URL\"")
	c.Flags().StringVar(&f.audience, "token-audience", "", "audience of our assertions where it is not --token-url")
	return registering(c, from, func(c *cobra.Command, s *learnerStore, name, base string) error {
		return f.register(c, s, name, base, "")
	})
}

func ltiCanvasCommand(from *storeFlags) *cobra.Command {
	var f registrationFlags
	var host string
	c := &cobra.Command{
		Use:   "canvas NAME [--client-id ID --deployment ID]",
		Short: "Register a Canvas, in the cloud or your own",
		Long: `Register a Canvas. Without --client-id it prints what to paste into Canvas and where
to find the numbers for the second run. Those of Canvas in the cloud are told
apart by them; --host is for a Canvas that you host yourselves.`,
		Example: `  otrbot lti register canvas "Our Canvas"
  otrbot lti register canvas "Our Canvas" --client-id 10000000000001 --deployment 1:abc
  otrbot lti register canvas "Our Canvas" --host canvas.example.org --client-id 10000000000001`,
	}
	f.on(c)
	c.Flags().StringVar(&host, "host", "", "host of a Canvas of your own (default: Canvas in the cloud)")
	c.Flags().StringVar(&f.issuer, "issuer", "", "lti_iss of a Canvas of your own, if it is not https://HOST")
	return registering(c, from, func(c *cobra.Command, s *learnerStore, name, base string) error {
		if f.clientID == "" {
			return showCanvas(c, name, base)
		}
		if err := f.canvas(host); err != nil {
			return err
		}
		return f.register(c, s, name, base, "canvas")
	})
}

func showCanvas(c *cobra.Command, name, base string) error {
	return tell(c, `1. Canvas: Admin > your account > Developer Keys > + Developer Key > + LTI Key,
   method "Enter URL":
     %s/lti/canvas.json
   Save it and switch it to "On". The number in "Details" is the client id.
2. Settings > Apps > View App Configurations > + App, type "By Client ID": the
   number. In the app's menu is the deployment id.
3. Here:
     otrbot lti register canvas %q --client-id NUMBER --deployment ID
`, base, name)
}

// canvas fills in what any Canvas has.
func (f *registrationFlags) canvas(host string) error {
	if host == "" {
		if f.issuer != "" {
			return errors.New("--issuer is for a Canvas of your own: give --host with it")
		}
		const sso = "https://sso.canvaslms.com"
		f.issuer, f.authURL, f.tokenURL, f.jwksURL = "https://canvas.instructure.com", sso+"/api/lti/authorize_redirect", sso+"/login/oauth2/token", sso+"/api/lti/security/jwks"
		f.hosts = append([]string{".instructure.com"}, f.hosts...)
		return nil
	}
	if checkHosts([]string{host}) != nil || strings.HasPrefix(host, ".") {
		return fmt.Errorf("--host %q: write a host such as canvas.example.org, without https://", host)
	}
	base := "https://" + host
	if f.issuer == "" {
		f.issuer = base
	}
	f.authURL, f.tokenURL, f.jwksURL = base+"/api/lti/authorize_redirect", base+"/login/oauth2/token", base+"/api/lti/security/jwks"
	return nil
}

func (f *registrationFlags) register(c *cobra.Command, s *learnerStore, name, base, family string) error {
	r, err := f.registration(strings.HasPrefix(base, "http:"))
	if err != nil {
		return withHelp(c, err)
	}
	id, err := putPlatform(c, s, course.Platform{Name: name, Family: family, Registration: r, Added: time.Now()})
	if err != nil {
		return err
	}
	if len(r.Deployments) == 0 {
		note(c, "no --deployment was given, so the first launch will wait for otrbot lti approve")
	}
	return tell(c, `%s is platform %d.

Launch URL, redirect URI:  %s/lti/launch
Login initiation URL:      %s/lti/login
Public keyset URL:         %s/lti/jwks.json
`, name, id, base, base, base)
}

// registration checks the flags. local: the pages are on this machine, and so may be the platform, without TLS.
func (f *registrationFlags) registration(local bool) (*lti.Registration, error) {
	var faults []error
	for _, u := range []struct{ flag, text string }{
		{"--issuer", f.issuer}, {"--auth-url", f.authURL}, {"--token-url", f.tokenURL}, {"--jwks-url", f.jwksURL},
	} {
		faults = append(faults, checkURL(u.flag, u.text, local))
	}
	faults = append(faults, checkText("--client-id", f.clientID), checkHosts(f.hosts))
	for _, d := range f.deployments {
		faults = append(faults, checkText("--deployment", d))
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	r := &lti.Registration{Issuer: f.issuer, ClientID: f.clientID, AuthURL: f.authURL, TokenURL: f.tokenURL, TokenAudience: f.audience,
		JWKSURL: f.jwksURL, Deployments: slices.Compact(slices.Sorted(slices.Values(f.deployments)))}
	if len(f.hosts) > 0 { // the platform's own stay allowed
		r.ServiceHosts = append(ownHosts(r), f.hosts...)
	}
	return r, nil
}

func checkURL(flag, text string, local bool) error {
	if text == "" {
		return fmt.Errorf("%s is missing", flag)
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || strings.TrimSpace(text) != text:
		return fmt.Errorf("%s %q: write an address such as https://lms.example/path", flag, text)
	case u.Scheme == "https" || u.Scheme == "http" && local && onThisMachine(u.Host):
		return nil
	}
	return fmt.Errorf("%s %q: it must begin with https://", flag, text)
}

func onThisMachine(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	address, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && address.IsLoopback()
}
