// Package bot tests the whole bot over real servers with learners of our own: what
// they see, whatever happens to the bot, the server or the line between them.
package bot_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"otrbot/internal/bot"
	"otrbot/internal/lesson"
	"otrbot/internal/record"
	"otrbot/internal/store"
	"otrbot/internal/testkit/learner"
	"otrbot/internal/tutor"
	"otrbot/internal/xmpp"
	"otrbot/interop/servers"
	"otrbot/lessons"
	"otrbot/otr"
)

const shared = "Elf Äpfel, zwölf Birnen"

// parameters make keys cheap: one search for primes for all tests.
var parameters = sync.OnceValue(func() *otr.Parameters {
	p, err := otr.GenerateParameters(nil)
	if err != nil {
		panic(err)
	}
	return p
})

// shared servers, one of each kind: every test has accounts of its own there.
var shop = make(map[servers.Kind]*servers.Instance)

func TestMain(m *testing.M) {
	os.Exit(func() int {
		for _, kind := range []servers.Kind{servers.KindProsody, servers.KindEjabberd} {
			s, err := servers.Start(kind, servers.Options{})
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				return 1
			}
			defer s.Close()
			shop[kind] = s
		}
		return m.Run()
	}())
}

// each runs a test on both servers.
func each(t *testing.T, test func(*testing.T, *servers.Instance)) {
	for kind, s := range shop {
		t.Run(string(kind), func(t *testing.T) { test(t, s) })
	}
}

// house is a server with a bot on it.
type house struct {
	t        *testing.T
	server   *servers.Instance
	folder   string    // where the store has its files
	desk     *store.DB // the store as commands see it
	config   bot.Config
	jid      string
	stop     context.CancelCauseFunc
	finished chan error
	log      *lines
}

// lines is what the bot has logged.
type lines struct {
	mu      sync.Mutex
	text    strings.Builder
	changed chan struct{} // closed when there is more; nil while nobody waits
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
	return l.text.Write(b)
}

// more is closed when something is logged from now on.
func (l *lines) more() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.changed == nil {
		l.changed = make(chan struct{})
	}
	return l.changed
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// basic is the lesson.
var basic = sync.OnceValues(func() (*lesson.Lesson, error) {
	return lesson.Parse(lessons.BasicName, lessons.Basic, tutor.Vocabulary())
})

// says waits for a text of the lesson, by its name: for its first words without a variable.
func says(t *testing.T, name string) func(learner.Seen) bool {
	t.Helper()
	l, err := basic()
	if err != nil {
		t.Fatal(err)
	}
	text, ok := l.Texts[name]
	if !ok {
		t.Fatalf("the lesson has no text %q", name)
	}
	words, _, _ := strings.Cut(text.Body, "{")
	words, _, _ = strings.Cut(words, "\n")
	if len(words) < 4 {
		t.Fatalf("text %q has too few words before its first variable", name)
	}
	return learner.Says(words)
}

func newHouse(t *testing.T, s *servers.Instance, o tutor.Options) *house {
	t.Helper()
	l, err := basic()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	url, key := "sqlite://"+filepath.Join(folder, "bot.db"), store.NewKey()
	var db [2]*store.DB
	for i := range db {
		if db[i], err = store.Open(t.Context(), url, key); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db[i].Close() })
	}
	name := strings.ToLower(strings.NewReplacer("/", "-", "_", "-", " ", "-", ",", "").Replace(t.Name()))
	h := &house{t: t, server: s, folder: folder, desk: db[1], jid: name + "@" + s.Domain, log: new(lines)}
	logger := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h.config = bot.Config{
		XMPP: xmpp.Config{
			JID: h.jid, Resource: "bot", Password: xmpp.Password(register(t, s, name)), Server: s.Addr(),
			TLS: xmpp.TLS{Roots: s.Roots()}, Software: xmpp.Software{Name: "otrbot"}, Log: logger,
		},
		Store: db[0], Tutor: tutor.New(l, o), Parameters: parameters(),
		Log: logger,
	}
	return h
}

func register(t *testing.T, s *servers.Instance, name string) (password string) {
	t.Helper()
	password, err := s.Register(name)
	if err != nil {
		t.Fatal(err)
	}
	return password
}

// start runs the bot until the test ends or stopped is called.
func (h *house) start() {
	h.t.Helper()
	b, err := bot.New(h.config)
	if err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	finished := make(chan error, 1)
	h.stop, h.finished = cancel, finished
	go func() { finished <- b.Run(ctx) }()
	h.t.Cleanup(func() {
		h.stopped(nil)
		if h.t.Failed() {
			h.t.Log(h.log)
		}
	})
}

// stopped ends the bot for a reason and returns what it says.
func (h *house) stopped(cause error) error {
	h.stop(cause)
	err := <-h.finished
	h.finished <- err
	return err
}

// learner makes an account, puts it on the bot's list and logs in.
func (h *house) learner(ctx context.Context, name string, policy otr.Policy) *learner.Learner {
	h.t.Helper()
	name += "-" + strings.SplitN(h.jid, "@", 2)[0]
	jid := name + "@" + h.server.Domain
	password := register(h.t, h.server, name)
	if err := h.desk.PutLearner(ctx, record.Learner{JID: jid, Source: record.FromCommand}); err != nil {
		h.t.Fatal(err)
	}
	return h.login(ctx, jid, password, policy)
}

func (h *house) login(ctx context.Context, jid, password string, policy otr.Policy) *learner.Learner {
	h.t.Helper()
	roots := h.server.Roots()
	l, err := learner.Start(ctx, learner.Config{
		JID: jid, Resource: "desk", Password: password, Server: h.server.Addr(), Roots: roots,
		Bot: h.jid, Policy: policy, Parameters: parameters(),
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(l.Close)
	return l
}

// timeout bounds a test that hangs; no test depends on it.
func timeout(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// script is a learner whose steps are waited for one after the other.
type script struct {
	*learner.Learner
	t   *testing.T
	ctx context.Context
	n   int
}

func (s *script) wait(what func(learner.Seen) bool) {
	s.t.Helper()
	n, err := s.Wait(s.ctx, s.n, what)
	if err != nil {
		s.t.Fatal(err)
	}
	s.n = n
}

func (s *script) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}
