package browser_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"otrbot/gettext"
	"otrbot/internal/bot"
	"otrbot/internal/course"
	"otrbot/internal/grades"
	"otrbot/internal/lesson"
	"otrbot/internal/lms"
	"otrbot/internal/store"
	"otrbot/internal/tutor"
	"otrbot/internal/web"
	"otrbot/internal/xmpp"
	"otrbot/interop/browser"
	"otrbot/lessons"
	"otrbot/locales"
	"otrbot/lti"
	"otrbot/otr"
)

// parameters make keys cheap: one search for primes for all tests.
var parameters = sync.OnceValues(func() (*otr.Parameters, error) { return otr.GenerateParameters(nil) })

// A school is everything that a course needs, in this process but for the XMPP
// server: a bot on Prosody, its pages, the courier, and a learning management
// system on another site.
type school struct {
	t         *testing.T
	store     *store.DB
	bot       string // bare JID
	lms, tool *browser.Host
	system    *lms.Server
	platform  int64 // of LTI 1.3
	log       *log

	lmsHandler *handler
}

const (
	consumerKey    = "school"
	consumerSecret = "correct horse in a test"
)

func newSchool(t *testing.T) *school {
	t.Helper()
	return newSchoolBehind(t, func(pages http.Handler) *browser.Host { return browser.Serve(t, "tool.localhost", pages) })
}

// newSchoolBehind has something else between the browsers and the pages.
func newSchoolBehind(t *testing.T, entrance func(pages http.Handler) *browser.Host) *school {
	t.Helper()
	s := &school{t: t, log: &log{}}
	pages := &handler{}
	s.lmsHandler = &handler{}
	s.tool, s.lms = entrance(pages), browser.Serve(t, "lms.localhost", s.lmsHandler)
	logger := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelInfo}))
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the log:\n%s", s.log)
		}
		for line := range strings.Lines(s.log.String()) {
			if strings.Contains(line, "level=ERROR") {
				t.Errorf("logged as a bug: %s", line)
			}
		}
	})

	var err error
	s.store, err = store.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "school.db"), store.NewKey())
	s.must(err)
	t.Cleanup(func() { s.must(s.store.Close()) })
	tool, err := lti.New(lti.Config{
		Base: s.tool.URL, HTTP: s.lms.Client(),
		Consumers: s.store, Registrations: s.store, Nonces: s.store, States: s.store, Keys: s.store,
	})
	s.must(err)

	s.system, err = lms.New(lms.Config{
		Base: s.lms.URL, HTTP: s.tool.Client(), ConsumerKey: consumerKey, ConsumerSecret: consumerSecret,
		Tool: lms.ToolURLs{Launch: s.tool.URL + "/lti/launch", Login: s.tool.URL + "/lti/login", JWKS: s.tool.URL + "/lti/jwks.json"},
	})
	s.must(err)
	s.lmsHandler.set(s.system)
	s.introduce()

	languages, err := locales.All()
	s.must(err)
	s.startBot(languages, logger)
	site, err := web.New(web.Config{
		Tool: tool, Store: s.store, Base: s.tool.URL, Bot: s.bot, Log: logger,
		Options: web.Options{Languages: languages, Locale: "en_GB", BotTitle: "Otto", BotDescription: "I teach private chatting.", SecretWords: []string{"Otto"}},
	})
	s.must(err)
	pages.set(site)
	s.run("pages", site.Run)
	courier, err := grades.New(grades.Config{Store: s.store, Tool: tool, Log: logger})
	s.must(err)
	s.run("courier", courier.Run)
	return s
}

// invite makes a link by which a platform registers the tool.
func (s *school) invite() string {
	s.t.Helper()
	var token [32]byte
	if _, err := rand.Read(token[:]); err != nil {
		s.t.Fatal(err)
	}
	s.must(s.store.PutInvitation(s.t.Context(), sha256.Sum256(token[:]), "Another school", time.Now().Add(time.Hour)))
	return s.tool.URL + "/lti/register/" + base64.RawURLEncoding.EncodeToString(token[:])
}

// in is the same school in a part of the test.
func (s *school) in(t *testing.T) *school {
	part := *s
	part.t = t
	return &part
}

// introduce makes tool and learning management system known to each other, as administrators would.
func (s *school) introduce() {
	p := s.system.Platform()
	_, err := s.store.PutPlatform(s.t.Context(), course.Platform{Name: "School by 1.1", Frames: []string{s.lms.URL},
		Consumer: &lti.Consumer{Key: consumerKey, Secrets: []lti.Secret{consumerSecret},
			ServiceHosts: []string{strings.TrimPrefix(s.lms.URL, "https://")}}}) // its port is an unusual one: no launch approves that
	s.must(err)
	s.platform, err = s.store.PutPlatform(s.t.Context(), course.Platform{Name: "School", Registration: &lti.Registration{
		Issuer: p.Issuer, ClientID: p.ClientID, AuthURL: p.AuthURL(), TokenURL: p.TokenURL(), JWKSURL: p.JWKSURL(),
		Deployments: []string{p.Deployment},
	}})
	s.must(err)
}

func (s *school) startBot(languages *gettext.Set, logger *slog.Logger) {
	s.t.Helper()
	l, err := lesson.Parse(lessons.BasicName, lessons.Basic, tutor.Vocabulary())
	s.must(err)
	login := register(s.t, "otto-"+account(s.t))
	s.bot = login.JID
	p, err := parameters()
	s.must(err)
	b, err := bot.New(bot.Config{
		XMPP: xmpp.Config{
			JID: login.JID, Resource: "bot", Password: xmpp.Password(login.Password), Server: login.Addr,
			TLS: xmpp.TLS{Roots: prosody.Roots()}, Software: xmpp.Software{Name: "otrbot"}, Log: logger,
		},
		Store: s.store, Tutor: tutor.New(l, tutor.Options{BotTitle: "Otto", CoursePage: "the page of your course", Languages: languages, NoTyping: true}),
		Parameters: p, Log: logger,
	})
	s.must(err)
	s.run("bot", b.Run)
}

// run runs a part of the school until the test ends.
func (s *school) run(what string, part func(context.Context) error) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- part(ctx) }()
	s.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil && ctx.Err() == nil {
			s.t.Errorf("the %s ended: %v", what, err)
		}
	})
}

func (s *school) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// browser starts one that knows the sites.
func (s *school) browser(o browser.Options) *browser.Browser {
	s.t.Helper()
	o.Frames, o.Trust = []string{"tool.localhost"}, []string{s.tool.Trust, s.lms.Trust}
	return browser.Start(s.t, o)
}

// A seat is who somebody is in the learning management system, and how the tool opens there: its address's query.
type seat struct{ as, lti, show, storage, lang string }

func (p seat) query() string {
	or := func(s, instead string) string {
		if s == "" {
			return instead
		}
		return s
	}
	return fmt.Sprintf("?as=%s&lti=%s&show=%s&storage=%s&lang=%s", or(p.as, "ana"), or(p.lti, "1.3"), or(p.show, "frame"), p.storage, or(p.lang, "en-GB"))
}

// at is the address of a page of the learning management system.
func (s *school) at(path string, p seat) string { return s.lms.URL + path + p.query() }

// open opens the course and clicks on the activity. The page is the frame with the tool.
func (s *school) open(b *browser.Browser, p seat) *browser.Page {
	s.t.Helper()
	tab := b.Open(s.at("/", p))
	if p.show == "window" {
		return b.Window(func() { tab.Click("link", "Open: "+activity) })
	}
	tab.Click("link", "Open: "+activity)
	return tab.Frame("tool.localhost")
}

const activity = "Chat in private"

// account is the part of addresses that is this test's own.
func account(t *testing.T) string {
	return strings.ToLower(strings.NewReplacer("/", "-", "_", "-", " ", "-", ",", "", ".", "", "#", "").Replace(strings.TrimPrefix(t.Name(), "Test")))
}

// A handler is known before what it does.
type handler struct {
	mu sync.Mutex
	h  http.Handler
}

func (h *handler) set(to http.Handler) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.h = to
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	serve := h.h
	h.mu.Unlock()
	serve.ServeHTTP(w, r)
}

// A log keeps what was logged.
type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
