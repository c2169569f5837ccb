package lti

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Config is what a Tool needs to know and to use. Without Consumers there is no LTI 1.1, without Registrations no
// LTI 1.3.
type Config struct {
	// Base is the tool's public address, "https://tool.example" or with a path: what a reverse proxy takes away is
	// part of it. Whatever is signed or compared is taken from here, never from a request's Host. https, unless
	// Loopback.
	Base string
	// Launch and Login are the addresses in full; "" is Base + "/lti/launch" and Base + "/lti/login".
	// JWKS is where the tool publishes KeyRing.JWKS; "" is Base + "/lti/jwks.json".
	Launch, Login, JWKS string
	// Targets are the other addresses that a link may open (target_link_uri), without query; Launch always is one.
	Targets []string

	Consumers     Consumers
	Nonces        Nonces // needed for Consumers
	Registrations Registrations
	States        States // needed for Registrations
	Keys          Keys   // needed for services of LTI 1.3

	// AllowAnonymous accepts launches that do not say who the user is; User.ID is "" then.
	AllowAnonymous bool
	// Window is how far a launch of LTI 1.1 may lie in the past or the future; 0 is 10 minutes.
	Window time.Duration
	// LoginTime is how long a login may take until its launch; 0 is 10 minutes.
	LoginTime time.Duration

	// HTTP talks to platforms; nil is NewHTTPClient(PublicOnly). Redirects and time limits are the Tool's.
	HTTP *http.Client
	// Loopback accepts http beside https, and cookies without Secure with it: for tests and demonstrations on one
	// machine. It does not change HTTP.
	Loopback bool

	Rand io.Reader        // nil: crypto/rand
	Now  func() time.Time // nil: time.Now
}

// A Tool verifies launches and talks to the services of platforms. It is safe for concurrent use. It keeps
// platforms' keys and access tokens in memory; the rest is in what Config brought.
type Tool struct {
	c         Config
	base      *url.URL
	targets   []string
	following *http.Client // for public documents
	straight  *http.Client // for whatever carries a credential or a grade
	jwks      jwksCache
	tokens    tokenCache
}

// New makes a Tool, or says what Config lacks.
func New(c Config) (*Tool, error) {
	base, err := url.Parse(c.Base)
	switch {
	case err != nil || base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return nil, fmt.Errorf("lti: Config.Base is %s, want an address like https://tool.example", quote(c.Base))
	case base.Scheme != "https" && (base.Scheme != "http" || !c.Loopback):
		return nil, errors.New("lti: Config.Base is not https, which only Config.Loopback allows")
	case c.Consumers != nil && c.Nonces == nil:
		return nil, errors.New("lti: Config.Consumers needs Config.Nonces")
	case c.Registrations != nil && c.States == nil:
		return nil, errors.New("lti: Config.Registrations needs Config.States")
	case c.Consumers == nil && c.Registrations == nil:
		return nil, errors.New("lti: neither Config.Consumers nor Config.Registrations: nobody could launch")
	}
	c.Base = strings.TrimSuffix(c.Base, "/")
	c.Launch = orElse(c.Launch, c.Base+"/lti/launch")
	c.Login = orElse(c.Login, c.Base+"/lti/login")
	c.JWKS = orElse(c.JWKS, c.Base+"/lti/jwks.json")
	c.Window = orElse(c.Window, 10*time.Minute)
	c.LoginTime = orElse(c.LoginTime, 10*time.Minute)
	if c.HTTP == nil {
		c.HTTP = NewHTTPClient(PublicOnly)
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	t := &Tool{c: c, base: base, targets: append([]string{c.Launch}, c.Targets...)}
	t.following, t.straight = redirecting(c.HTTP, maxRedirects, c.Loopback), redirecting(c.HTTP, 0, c.Loopback)
	return t, nil
}

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// dice gives 256 bits in base64url.
func (t *Tool) dice() (string, error) {
	var b [32]byte
	if _, err := io.ReadFull(t.c.Rand, b[:]); err != nil {
		return "", fmt.Errorf("lti: no randomness: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}

// shortDice gives 120 bits in 30 letters and digits: more, or anything else, python3-oauthlib by default refuses as a nonce.
func (t *Tool) shortDice() (string, error) {
	var b [15]byte
	if _, err := io.ReadFull(t.c.Rand, b[:]); err != nil {
		return "", fmt.Errorf("lti: no randomness: %w", err)
	}
	return hex.EncodeToString(b[:]), nil
}

// Launch verifies a launch of either version: the POST that arrived at Config.Launch or, with LTI 1.1, at any
// address below Config.Base; r.URL.Path is what is left of it behind a proxy that strips Base's path.
//
// The error is a *Refusal for what the request got wrong, a *StorageNeeded when the launch has to be sent once more
// through the page that Storage describes, or one of the stores'. A launch that was accepted is never accepted again:
// answer with 303 See Other, so that a reload does not repeat the POST.
func (t *Tool) Launch(r *http.Request) (*Launch, error) {
	f, refusal := readForm(r)
	if refusal != nil {
		return nil, refusal
	}
	switch is13, is11 := f.has("id_token") || f.has("error"), f.has("oauth_consumer_key") || f.has("lti_message_type"); {
	case is13 && is11:
		return nil, refuse(Malformed, "fields of LTI 1.1 and of LTI 1.3")
	case is13 && t.c.Registrations != nil:
		return t.launch13(r, f)
	case is11 && t.c.Consumers != nil:
		return t.launch11(r, f)
	case is13, is11:
		return nil, refuse(WrongVersion, "this version of LTI is switched off")
	}
	return nil, refuse(NotALaunch, "a form without any field of a launch")
}
