package web

import (
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"mellium.im/xmpp/jid"

	"otrbot/internal/web/class"
	"otrbot/internal/web/page"
	"otrbot/lti"
)

//go:embed templates
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// A Config is what the pages need to know and to use.
type Config struct {
	Tool  *lti.Tool
	Store Store

	Options

	Base      string        // public URL, https; perhaps with a path. http only on loopback
	Bot       string        // its bare JID
	VisitTime time.Duration // how long a visit lasts without use; 0: 12 hours

	Now  func() time.Time // nil: time.Now
	Rand io.Reader        // nil: crypto/rand
	Log  *slog.Logger     // nil: nowhere

	Watch Watcher // nil: nobody
}

// usualVisit is how long a visit lasts without use: a day in a course.
const usualVisit = 12 * time.Hour

// A Server answers all requests. It is safe for concurrent use.
type Server struct {
	*shared
	c         Config
	site      *page.Site
	templates *template.Template
	handler   http.Handler
	bot       jid.JID
	contact   contact
	class     *class.Class
	open      bool // the public URL is http: cookies go without Secure
}

// shared is what stays when a Server goes on with other options.
type shared struct {
	cookieKey [32]byte
	hub       *hub
	launches  *limiter
	now       atomic.Pointer[Server] // answers requests
}

// New makes a server, or says what is wrong with its configuration.
func New(c Config) (*Server, error) {
	c = c.withDefaults()
	if c.Tool == nil || c.Store == nil {
		return nil, errors.New("web: a tool and a store are needed")
	}
	keep := &shared{hub: newHub(), launches: newLimiter(c.Now)}
	if _, err := io.ReadFull(c.Rand, keep.cookieKey[:]); err != nil {
		return nil, fmt.Errorf("web: drawing a key: %w", err)
	}
	s, err := assemble(c, keep)
	if err != nil {
		return nil, err
	}
	keep.now.Store(s)
	return s, nil
}

// assemble makes what depends on the options.
func assemble(c Config, keep *shared) (*Server, error) {
	bot, err := jid.Parse(c.Bot)
	if err != nil || !bot.Equal(bot.Bare()) {
		return nil, fmt.Errorf("web: %q is not the bot's bare address", c.Bot)
	}
	files, err := fs.Sub(staticFiles, "static")
	if err != nil {
		return nil, err
	}
	s := &Server{shared: keep, c: c, bot: bot}
	if s.site, err = page.New(page.Config{
		Base: c.Base, Title: c.BotTitle, CSSURL: c.CSSURL, Languages: c.Languages, Locale: c.Locale, Log: c.Log,
		Static: []fs.FS{files, class.Static()},
	}); err != nil {
		return nil, err
	}
	if s.templates, err = page.Parse(templateFiles, "templates/*.html"); err != nil {
		return nil, err
	}
	if s.contact, err = contactOf(bot); err != nil {
		return nil, err
	}
	if s.class, err = class.New(class.Config{
		Site: s.site, Store: c.Store, Tool: c.Tool, Profile: s.profile(), Now: c.Now, Rand: c.Rand, Log: c.Log,
	}); err != nil {
		return nil, err
	}
	base, err := url.Parse(c.Base)
	if err != nil {
		return nil, err
	}
	s.open = base.Scheme == "http"
	s.handler, err = s.routes(base)
	return s, err
}

// contactOf is the bot's address in the ways in which people add it: XEP-0147.
func contactOf(bot jid.JID) (contact, error) {
	address := "xmpp:" + (&url.URL{Path: bot.String()}).EscapedPath()
	code, err := page.QR(address + "?roster")
	return contact{
		Address: bot.String(), QR: code,
		Add: template.URL(address + "?roster"), Write: template.URL(address + "?message"), // #nosec G203 -- our own address
	}, err
}

func (c Config) withDefaults() Config {
	if c.VisitTime == 0 {
		c.VisitTime = usualVisit
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Watch == nil {
		c.Watch = unwatched{}
	}
	if c.BotTitle == "" {
		c.BotTitle = "OTR bot"
	}
	return c
}

// ServeHTTP implements http.Handler. Time limits of the connection are the caller's http.Server's.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.now.Load().handler.ServeHTTP(w, r)
}
