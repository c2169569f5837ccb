package demo

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/grades"
	"otrbot/internal/lms"
	"otrbot/internal/secret"
	"otrbot/internal/store"
	"otrbot/internal/web"
	"otrbot/lti"
)

// A school is the part of the demo that is seen in a browser: the bot's pages, a learning management system with a
// course, and the courier who takes grades from the one to the other.
type school struct {
	pages, course net.Listener
	site          *web.Server
	lms           *lms.Server
	courier       *grades.Courier
}

// openSchool listens at both addresses; nil without them.
func openSchool(c Config) (*school, error) {
	if c.Web == "" || c.LMS == "" {
		return nil, nil
	}
	s := &school{}
	var err error
	if s.pages, err = c.listenWeb(c.Web); err != nil {
		return nil, err
	}
	if s.course, err = c.listenWeb(c.LMS); err != nil {
		return nil, errors.Join(err, s.pages.Close())
	}
	return s, nil
}

func (s *school) close() {
	if s != nil {
		_ = errors.Join(s.pages.Close(), s.course.Close()) // closed already, if they have served
	}
}

// listenWeb opens an address for browsers.
func (c Config) listenWeb(address string) (net.Listener, error) {
	l, err := listen(address)
	if _, taken := errors.AsType[*TakenError](err); taken && c.SpareWeb {
		host, _, _ := net.SplitHostPort(address)
		return listen(net.JoinHostPort(host, "0"))
	}
	return l, err
}

// A Course says where the school is.
type Course struct {
	URL   string // of the learning management system, to be opened in a browser
	Pages string // of the bot's pages, which it launches
}

func (s *school) at() *Course {
	if s == nil {
		return nil
	}
	return &Course{URL: "http://" + s.course.Addr().String() + "/", Pages: "http://" + s.pages.Addr().String()}
}

const (
	consumerKey    = "demo"
	invitationLife = time.Hour
)

// furnish makes the pages and the course, and has them know each other by both versions of LTI.
func (s *school) furnish(ctx context.Context, h *house, c Config, db *store.DB) error {
	base, at := s.at().Pages, "http://"+s.course.Addr().String()
	shared, err := secret.Generate(secret.Readable(), nil)
	if err != nil {
		return err
	}
	tool, err := lti.New(lti.Config{
		Base: base, Loopback: true, HTTP: lti.NewHTTPClient(loopbackOnly),
		Consumers: db, Registrations: db, Nonces: db, States: db, Keys: db,
	})
	if err != nil {
		return err
	}
	s.lms, err = lms.New(lms.Config{
		Base: at, ConsumerKey: consumerKey, ConsumerSecret: lms.Secret(shared.Reveal()),
		Tool:   lms.ToolURLs{Launch: base + "/lti/launch", Login: base + "/lti/login", JWKS: base + "/lti/jwks.json"},
		Invite: func(ctx context.Context) (string, error) { return invite(ctx, db, base) },
	})
	if err != nil {
		return err
	}
	if err := s.introduce(ctx, db, shared); err != nil {
		return err
	}
	languages, err := c.languages()
	if err != nil {
		return err
	}
	s.site, err = web.New(web.Config{
		Tool: tool, Store: db, Base: base, Bot: h.Bot, Log: c.log(),
		Options: web.Options{BotTitle: botTitle, SecretWords: []string{botTitle}, Languages: languages, Locale: languages.For("").Locale(), AutoApprove: true},
	})
	if err != nil {
		return err
	}
	s.courier, err = grades.New(grades.Config{Store: db, Tool: tool, Log: c.log()})
	return err
}

// introduce tells the bot's side of the course, once for each version.
func (s *school) introduce(ctx context.Context, db *store.DB, shared secret.Text) error {
	p := s.lms.Platform()
	at, err := url.Parse(p.Issuer)
	if err != nil {
		return err
	}
	for _, known := range []course.Platform{
		{Name: "The demo's course, LTI 1.3", Registration: &lti.Registration{
			Issuer: p.Issuer, ClientID: p.ClientID, Deployments: []string{p.Deployment},
			AuthURL: p.AuthURL(), TokenURL: p.TokenURL(), JWKSURL: p.JWKSURL(),
		}},
		{Name: "The demo's course, LTI 1.1", Consumer: &lti.Consumer{
			Key: consumerKey, Secrets: []lti.Secret{lti.Secret(shared.Reveal())}, ServiceHosts: []string{at.Host},
		}},
	} {
		known.Added, known.Frames = time.Now(), []string{p.Issuer}
		if _, err := db.PutPlatform(ctx, known); err != nil {
			return fmt.Errorf("registering the demo's course: %w", err)
		}
	}
	return nil
}

// invite makes a link by which the course's administrator registers the bot once more.
func invite(ctx context.Context, db *store.DB, base string) (string, error) {
	var token [32]byte
	rand.Read(token[:]) // never fails
	err := db.PutInvitation(ctx, sha256.Sum256(token[:]), "The demo's course, registered by hand", time.Now().Add(invitationLife))
	return base + "/lti/register/" + base64.RawURLEncoding.EncodeToString(token[:]), err
}

// errElsewhere is an address that the demo's tool does not talk to.
var errElsewhere = errors.New("demo: only this machine is talked to")

// loopbackOnly keeps the demo's tool on this machine, whatever a name resolves to.
func loopbackOnly(to netip.AddrPort) error {
	if !to.Addr().Unmap().IsLoopback() {
		return fmt.Errorf("%w: %v", errElsewhere, to.Addr())
	}
	return nil
}

// parts are what runs as long as the demo; none without a school.
func (s *school) parts() []part {
	if s == nil {
		return nil
	}
	return []part{
		s.courier.Run,
		func(ctx context.Context) error { return s.site.Serve(ctx, s.pages) },
		func(ctx context.Context) error { return serve(ctx, s.course, s.lms) },
	}
}

const goodbye = 2 * time.Second // for answers that are under way

// serve answers browsers until ctx ends.
func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 32 << 10,
		BaseContext: func(net.Listener) context.Context { return ctx }, // ends the streams of pages
		ErrorLog:    slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	if server.Shutdown(last) != nil {
		_ = server.Close() // a browser that keeps its connection open
	}
	<-ended
	return nil
}
