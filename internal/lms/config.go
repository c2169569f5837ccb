package lms

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"otrbot/lti/ltitest"
)

// ToolURLs is where the tool is that the course launches.
type ToolURLs struct {
	Launch string // of both versions, and the redirect_uri
	Login  string // third-party login of LTI 1.3; "": it has to be registered first, or there is only LTI 1.1
	JWKS   string // its public keys
}

// Secret is text that does not print.
type Secret string

// Format serves every verb of package fmt alike.
func (Secret) Format(f fmt.State, _ rune) { io.WriteString(f, "[secret]") }

// Config says where the system is and what it knows of the tool.
type Config struct {
	// Base is its own address, such as "http://127.0.0.1:5001", on a loopback host. Requests for other hosts are
	// refused. The tool is to be on another host name, such as localhost, where a browser shall take the two for
	// different sites.
	Base string
	Tool ToolURLs

	ConsumerKey    string // of LTI 1.1; "": there is no LTI 1.1
	ConsumerSecret Secret

	// Invite makes a one-time link by which the tool registers itself. nil: the administrator types it.
	Invite func(context.Context) (string, error)

	HTTP *http.Client     // fetches the tool's keys; nil: one that reaches this machine only
	Key  *rsa.PrivateKey  // signs launches; nil: a new one
	Rand io.Reader        // for the key; nil: crypto/rand
	Now  func() time.Time // nil: time.Now
}

// ErrAddress is an address that is not on this machine alone.
var ErrAddress = errors.New("lms: the address must be http or https, on a loopback host, without a path")

// A Server is the system. It is safe for concurrent use.
type Server struct {
	c        Config
	base     *url.URL
	platform *ltitest.Platform
	pages    *template.Template
	handler  http.Handler

	mu       sync.Mutex
	launches map[string]launch
	newest   []string // keys of launches, the newest last
	using    string   // client of LTI 1.3 that is launched; "": the newest
	added    int      // activities by deep linking
}

// New makes the system, or says what is wrong with c.
func New(c Config) (*Server, error) {
	base, err := url.Parse(c.Base)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || !loopback(base.Hostname()) || base.Path != "" || base.User != nil {
		return nil, fmt.Errorf("%w: %q", ErrAddress, c.Base)
	}
	if _, err := originOf(c.Tool.Launch); err != nil {
		return nil, fmt.Errorf("lms: the tool's launch address: %w", err)
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Key == nil {
		if c.Key, err = rsa.GenerateKey(c.Rand, 2048); err != nil {
			return nil, err
		}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.HTTP == nil {
		c.HTTP = loopbackClient()
	}
	s := &Server{c: c, base: base, launches: map[string]launch{}}
	s.platform = s.newPlatform()
	if s.pages, err = parsePages(); err != nil {
		return nil, err
	}
	s.handler = s.routes()
	return s, nil
}

func (s *Server) newPlatform() *ltitest.Platform {
	p := ltitest.WithKey(s.c.Base, s.c.Key)
	p.Now, p.FetchJWKS = s.c.Now, s.fetch
	p.Users, p.Links = users(), links()
	if s.c.ConsumerKey != "" {
		p.Consumers[s.c.ConsumerKey] = string(s.c.ConsumerSecret)
	}
	if s.c.Tool.Login != "" {
		jwks := s.c.Tool.JWKS
		p.AddClient(ltitest.Client{
			ID: p.ClientID, Deployment: p.Deployment, Name: "Installed from the beginning", Login: s.c.Tool.Login,
			Redirects: []string{s.c.Tool.Launch}, Target: s.c.Tool.Launch,
			JWKS: func() ([]byte, error) { return s.fetch(jwks) },
		})
	}
	return p
}

// Platform is what tools talk to: for tests that look into the gradebook.
func (s *Server) Platform() *ltitest.Platform { return s.platform }

// loopback reports whether a host name means this machine: RFC 6761, section 6.3, "localhost." and what is below it.
func loopback(host string) bool {
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	name := strings.ToLower(host)
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || err == nil && a.Unmap().IsLoopback()
}

// originOf is scheme and host of an address.
func originOf(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", fmt.Errorf("not an address of the web: %q", address)
	}
	return u.Scheme + "://" + u.Host, nil
}
