package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"otrbot/internal/store"
	"otrbot/internal/xmpp"
)

// A manager is a service manager's end of the socket.
type manager struct{ conn *net.UnixConn }

// listen is a manager at an address, "@…" for an abstract one.
func listen(address string) (*manager, error) {
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: address, Net: "unixgram"})
	return &manager{conn}, err
}

// hears is the next message.
func (m *manager) hears() (string, error) {
	b := make([]byte, 4096)
	n, err := m.conn.Read(b)
	return string(b[:n]), err
}

// wants waits for messages; what a reload says of the clock is left out.
func (m *manager) wants(t *testing.T, messages ...string) {
	t.Helper()
	if err := m.conn.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil { // of a program that hangs
		t.Fatal(err)
	}
	for _, want := range messages {
		got, err := m.hears()
		if got = regexp.MustCompile(`MONOTONIC_USEC=[1-9]\d*`).ReplaceAllString(got, "MONOTONIC_USEC=…"); err != nil || got != want {
			t.Fatalf("the manager hears %q (%v), want %q", got, err, want)
		}
	}
}

// environment is what a manager gives its services.
func environment(of map[string]string) func(string) string {
	return func(name string) string { return of[name] }
}

func heraldOf(t *testing.T, of map[string]string, log *bytes.Buffer) *herald {
	t.Helper()
	h, err := newHerald(environment(of), slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// A standIn is a bot as a test wishes it.
type standIn struct {
	connected bool
	learners  int
	alive     func(context.Context) error
}

func (s *standIn) Connected() bool { return s.connected }
func (s *standIn) Sessions() map[string]int {
	return map[string]int{"a": s.learners / 2, "b": s.learners - s.learners/2}
}
func (s *standIn) Alive(ctx context.Context) error { return s.alive(ctx) }

func alive(context.Context) error { return nil }

// hung never answers.
func hung(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// The whole life of a service, at a path and at an abstract address.
func TestHerald(t *testing.T) {
	for name, address := range map[string]string{"path": filepath.Join(t.TempDir(), "notify"), "abstract": "@otrbot-test-" + strconv.Itoa(os.Getpid())} {
		t.Run(name, func(t *testing.T) {
			m, err := listen(address)
			if err != nil {
				t.Fatal(err)
			}
			defer m.conn.Close()
			var log bytes.Buffer
			h := heraldOf(t, map[string]string{"NOTIFY_SOCKET": address}, &log)
			h.reload(func() {}) // before there is anything to reload: nothing is said
			h.says("Ready; nobody is in a lesson.")
			h.says("Ready; nobody is in a lesson.")
			m.wants(t, "STATUS=Ready; nobody is in a lesson.")
			h.up()
			h.up()
			m.wants(t, "READY=1")
			h.reload(func() { m.wants(t, "RELOADING=1\nMONOTONIC_USEC=…") })
			m.wants(t, "READY=1\nSTATUS=Ready; nobody is in a lesson.")
			h.beat()
			h.stopping("Saying goodbye.")
			m.wants(t, "WATCHDOG=1", "STOPPING=1\nSTATUS=Saying goodbye.")
			if log.Len() > 0 {
				t.Error(log.String())
			}
		})
	}
}

// What the bot does is what the manager hears, and how it ends is said too.
func TestReport(t *testing.T) {
	for name, c := range map[string]struct {
		bot   standIn
		cause error
		says  []string
	}{
		"nobody yet":   {standIn{connected: true, alive: alive}, xmpp.ErrHandOver, []string{"READY=1", "STATUS=Ready; nobody is in a lesson.", "STOPPING=1\nSTATUS=Handing over to the next process."}},
		"one learner":  {standIn{connected: true, learners: 1, alive: alive}, context.Canceled, []string{"READY=1", "STATUS=Teaching; 1 learner is in a lesson.", "STOPPING=1\nSTATUS=Saying goodbye."}},
		"a class":      {standIn{connected: true, learners: 61, alive: alive}, context.Canceled, []string{"READY=1", "STATUS=Teaching; 61 learners are in a lesson.", "STOPPING=1\nSTATUS=Saying goodbye."}},
		"no server":    {standIn{alive: alive}, context.Canceled, []string{"STATUS=No connection to the XMPP server; trying again.", "STOPPING=1\nSTATUS=Saying goodbye."}},
		"another part": {standIn{connected: true, alive: alive}, errPartEnded, []string{"READY=1", "STATUS=Ready; nobody is in a lesson.", "STOPPING=1\nSTATUS=Ending; the log says why."}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "notify")
			m, err := listen(path)
			if err != nil {
				t.Fatal(err)
			}
			defer m.conn.Close()
			var log bytes.Buffer
			h := heraldOf(t, map[string]string{"NOTIFY_SOCKET": path}, &log)
			ctx, stop := context.WithCancelCause(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- h.report(ctx, &c.bot) }()
			m.wants(t, c.says[:len(c.says)-1]...)
			stop(c.cause)
			m.wants(t, c.says[len(c.says)-1])
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
}

// A sign of life comes from a bot that lives, and none from one that hangs or has too much to do: that is said in the log,
// and it is asked again.
func TestWatchdog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	m, err := listen(path)
	if err != nil {
		t.Fatal(err)
	}
	defer m.conn.Close()
	log := new(journal)
	h, err := newHerald(environment(map[string]string{"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "20000", "WATCHDOG_PID": strconv.Itoa(os.Getpid())}),
		slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	asked := make(chan struct{})
	answers := []func(context.Context) error{alive, hung, func(context.Context) error { return errors.New("too much waits") }, alive}
	ended := make(chan error, 1)
	go func() {
		ended <- h.report(ctx, &standIn{connected: true, alive: func(ctx context.Context) error {
			if len(answers) == 0 {
				close(asked)
				<-ctx.Done() // the end
				return hung(ctx)
			}
			answer := answers[0]
			answers = answers[1:]
			return answer(ctx)
		}})
	}()
	m.wants(t, "READY=1", "STATUS=Ready; nobody is in a lesson.", "WATCHDOG=1", "WATCHDOG=1")
	<-asked
	stop()
	m.wants(t, "STOPPING=1\nSTATUS=Saying goodbye.")
	if err := <-ended; err != nil {
		t.Error(err)
	}
	for _, why := range []string{"context deadline exceeded", "too much waits"} {
		if text := log.String(); !strings.Contains(text, "the bot does not do its work") || !strings.Contains(text, why) {
			t.Errorf("the log does not say %s:\n%s", why, text)
		}
	}
}

// Whoever waits for the database gives up before the bot is taken for dead, and is asked once more before the manager acts:
// with the time of our unit.
func TestPatienceOfTheWatchdog(t *testing.T) {
	unit, err := os.ReadFile("../../deploy/otrbot.service")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^WatchdogSec=(\d+)s$`).FindSubmatch(unit)
	if found == nil {
		t.Fatal("the unit has no WatchdogSec in seconds")
	}
	seconds, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	h := herald{alive: time.Duration(seconds) * time.Second, log: slog.New(slog.DiscardHandler)}
	asks := h.answered(t.Context(), nil)
	var within time.Duration
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		if err := h.ask(t.Context(), &standIn{alive: hung}); err == nil {
			t.Error("who hangs is alive")
		}
		within = time.Since(begun)
	})
	if within <= store.Patience {
		t.Errorf("a question waits %v, a write may wait %v", within, store.Patience)
	}
	if late := asks + within + h.answered(t.Context(), context.DeadlineExceeded); late > h.alive-h.alive/8 {
		t.Errorf("after a miss there is no time to ask again: %v of %v are over", late, h.alive)
	}
}

// The environment is the manager's: what it says is believed, and what it cannot mean is refused.
func TestHeraldsEnvironment(t *testing.T) {
	own := strconv.Itoa(os.Getpid())
	for _, c := range []struct {
		of    map[string]string
		to    string
		alive time.Duration
		wrong bool
	}{
		{of: nil},
		{of: map[string]string{"WATCHDOG_USEC": "30000000"}}, // nobody listens
		{of: map[string]string{"NOTIFY_SOCKET": "/run/systemd/notify"}, to: "/run/systemd/notify"},
		{of: map[string]string{"NOTIFY_SOCKET": "@notify", "WATCHDOG_USEC": "30000000"}, to: "@notify", alive: 30 * time.Second},
		{of: map[string]string{"NOTIFY_SOCKET": "@notify", "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": own}, to: "@notify", alive: 30 * time.Second},
		{of: map[string]string{"NOTIFY_SOCKET": "@notify", "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, to: "@notify"}, // meant for another process
		{of: map[string]string{"NOTIFY_SOCKET": "vsock:2:1"}, wrong: true},
		{of: map[string]string{"NOTIFY_SOCKET": "@notify", "WATCHDOG_USEC": "soon"}, wrong: true},
		{of: map[string]string{"NOTIFY_SOCKET": "@notify", "WATCHDOG_USEC": "0"}, wrong: true},
		{of: map[string]string{"NOTIFY_SOCKET": "@notify", "WATCHDOG_USEC": "99999999999999999999"}, wrong: true},
	} {
		h, err := newHerald(environment(c.of), slog.New(slog.DiscardHandler))
		if (err != nil) != c.wrong {
			t.Errorf("%v: error %v", c.of, err)
		}
		if err != nil {
			continue
		}
		if to := h.to; (to == nil) != (c.to == "") || to != nil && to.Name != c.to || h.alive != c.alive {
			t.Errorf("%v: %v, every %v", c.of, to, h.alive)
		}
	}
}

// A manager that has gone is said once, and again after it was back; nobody waits for it.
func TestNoManager(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	var log bytes.Buffer
	h := heraldOf(t, map[string]string{"NOTIFY_SOCKET": path}, &log)
	h.up()
	h.says("a")
	m, err := listen(path)
	if err != nil {
		t.Fatal(err)
	}
	h.says("b")
	m.wants(t, "STATUS=b")
	m.conn.Close()
	h.says("c")
	h.says("d")
	if n := strings.Count(log.String(), "does not hear"); n != 2 {
		t.Errorf("said %d times:\n%s", n, log.String())
	}
}

// manages FILE SOCKET: a service manager listens at the socket, and writes into the file what it hears, a line for each
// assignment and an empty one after each message.
func manages(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: manages file socket")
	}
	m, err := listen(args[1])
	ts.Check(err)
	file, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			text, err := m.hears()
			if err != nil {
				return
			}
			if _, err := file.WriteString(text + "\n\n"); err != nil {
				return
			}
		}
	}()
	ts.Defer(func() { ts.Check(m.conn.Close()); <-done; ts.Check(file.Close()) })
}
