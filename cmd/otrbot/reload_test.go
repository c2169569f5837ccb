package main

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"otrbot/internal/logging"
	"otrbot/internal/settings"
	"otrbot/internal/testkit/learner"
	"otrbot/internal/xmppd"
	"otrbot/lessons"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

const classSecret = "three hollow melons"

// A running is a service with a server of its own, in the test's directory.
type running struct {
	*testing.T
	*service
	again   chan os.Signal
	manager *manager
	server  string
	roots   *x509.CertPool
	log     *journal
}

// A journal is a log that may be read while it is written.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// otrbotTOML is a settings file; more comes behind it.
const otrbotTOML = `[xmpp.accounts."tutor@localhost"]
password = "tutor"
server = "{server}"
[tls]
ca_file = "ca.pem"
[store]
url = "sqlite:otrbot.db"
key_file = "otrbot.key"
[watch]
listen = "unix:watch"
[web]
public_url = "http://127.0.0.1:5000"
`

// startService serves as a settings file says until the test ends.
func startService(t *testing.T, more string, users ...string) *running {
	t.Helper()
	t.Chdir(t.TempDir())
	accounts := xmppd.Users{"tutor": "tutor"}
	for _, name := range users {
		accounts[name] = name
	}
	server, err := xmppd.New(xmppd.Config{Domain: "localhost", Users: accounts})
	if err != nil {
		t.Fatal(err)
	}
	open, err := xmppd.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &running{T: t, again: make(chan os.Signal), server: open.Addr().String(), roots: x509.NewCertPool(), log: new(journal)}
	certificate, _ := server.Certificate()
	r.roots.AppendCertsFromPEM(certificate)
	write(t, "ca.pem", string(certificate))
	r.set(more)
	src := settings.Source{Path: "otrbot.toml"}
	s, err := settings.Load(src)
	if err != nil {
		t.Fatal(err)
	}
	s.Web.Listen = "127.0.0.1:0" // which an operator cannot set
	logs, err := logging.Open(s.Log.Config(r.log, os.Getenv))
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(t.TempDir(), "notify")
	if r.manager, err = listen(socket); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.manager.conn.Close() })
	h, err := newHerald(environment(map[string]string{"NOTIFY_SOCKET": socket}), logs.Area(""))
	if err != nil {
		t.Fatal(err)
	}
	r.service = &service{source: src, now: s, logs: logs, herald: h, standard: r.log, deaf: true}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 2)
	go func() { ended <- server.Serve(ctx, open) }()
	bot, stopBot := context.WithCancel(context.Background())
	botEnded := make(chan error, 1)
	go func() { botEnded <- r.run(bot, r.again) }()
	t.Cleanup(func() {
		stopBot()
		select {
		case err := <-botEnded:
			if err != nil {
				t.Errorf("the bot's end: %v", err)
			}
		case <-time.After(hangs):
			t.Error("the bot does not end")
		}
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the server's end: %v", err)
		}
		if t.Failed() {
			t.Log(r.log)
		}
	})
	r.hears("READY=1")
	return r
}

// hangs is how long a test waits for a program that never answers.
const hangs = 30 * time.Second

// hears waits until the service manager is told something that begins so.
func (r *running) hears(words string) {
	r.Helper()
	if err := r.manager.conn.SetReadDeadline(time.Now().Add(hangs)); err != nil {
		r.Error(err)
	}
	for {
		switch text, err := r.manager.hears(); {
		case err != nil:
			r.Errorf("the manager waits for %s: %v", words, err)
			return
		case strings.HasPrefix(text, words):
			return
		}
	}
}

// set puts another settings file in the place of the one there is.
func (r *running) set(more string) {
	r.Helper()
	write(r.T, "next.toml", strings.ReplaceAll(otrbotTOML, "{server}", r.server)+more)
	if err := os.Rename("next.toml", "otrbot.toml"); err != nil {
		r.Error(err)
	}
}

// reload sets other settings and sends SIGHUP; it returns when they are read.
func (r *running) reload(more string) {
	r.Helper()
	r.set(more)
	r.reads()
}

// reads sends SIGHUP, and returns when the settings are read.
func (r *running) reads() {
	r.Helper()
	select {
	case r.again <- syscall.SIGHUP:
	case <-time.After(hangs):
		r.Error("the last reload does not end")
		return
	}
	r.hears("READY=1\nSTATUS=")
}

// login is somebody of the server's users.
func (r *running) login(ctx context.Context, name string, parameters *otr.Parameters) *learner.Learner {
	r.Helper()
	l, err := learner.Start(ctx, learner.Config{
		JID: name + "@localhost", Resource: "desk", Password: name, Server: r.server, Roots: r.roots, Bot: "tutor@localhost",
		Policy: otr.AllowV2 | otr.AllowV3, Parameters: parameters,
	})
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(l.Close)
	return l
}

// metrics is what the bot says of itself; empty as long as nobody answers.
func metricsOf(t testing.TB) string {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", "watch")
	}}}
	answer, err := client.Get("http://bot/metrics")
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

// Three learners do their lesson while the operator turns every knob there is, as often as can be: nobody notices.
func TestLessonsWhileReloading(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute) // of a bot that hangs
	defer cancel()
	names := []string{"ana", "ben", "carl"}
	class := ""
	for _, name := range names {
		class += "[learners.\"" + name + "@localhost\"]\n"
	}
	const typing = "typing = false\ndefault_secret = \"" + classSecret + "\"\n"
	one := class + "[bot]\n" + typing + "title = \"Otto\"\n"
	two := class + "[learners.\"dora@localhost\"]\nlocale = \"nl\"\n[bot]\n" + typing + `title = "Ottilie"
description = "Quite another one."
lesson = "other.yaml"
warning_timeout = "10m"
check_interval = "1s"
[lti]
partial_credit = true
retention = "48h"
allow_networks = ["10.0.0.0/8"]
[log]
level = "debug"
format = "json"
[log.areas]
xmpp = "warn"
`
	three := class + "[bot]\ntypo = 1\n"
	r := startService(t, one, append(names, "dora")...)
	write(t, "other.yaml", strings.Replace(string(lessons.Basic), "title: Chat", "title: Now chat", 1))
	parameters, err := otr.GenerateParameters(nil)
	if err != nil {
		t.Fatal(err)
	}

	turning, done := make(chan struct{}), make(chan struct{})
	rounds := 0
	go func() {
		defer close(done)
		for {
			for _, s := range []string{two, three, one} {
				r.reload(s)
				_ = metricsOf(t)
				rounds++
			}
			select {
			case <-turning:
				return
			default:
			}
		}
	}()
	var all sync.WaitGroup
	for _, name := range names {
		l := r.login(ctx, name, parameters)
		all.Go(func() {
			if err := lessonOf(ctx, l); err != nil {
				t.Errorf("%s: %v\n%s", name, err, l)
			}
		})
	}
	all.Wait()
	close(turning)
	<-done
	text := metricsOf(t)
	for _, line := range []string{`otrbot_verifications_total{outcome="correct"} 3`, fmt.Sprintf(`otrbot_reloads_total{outcome="refused"} %d`, rounds/3)} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("%s is missing after %d rounds in\n%s", line, rounds, text)
		}
	}
	if strings.Contains(r.log.String(), classSecret) {
		t.Error("the log has a secret")
	}
}

// lessonOf is the lesson from hello to the code.
func lessonOf(ctx context.Context, l *learner.Learner) error {
	n := 0
	for _, step := range []struct {
		do   func() error
		then func(learner.Seen) bool
	}{
		{func() error { return nil }, learner.Shows("available")},
		{func() error { return l.Say("hello") }, learner.Says("Hello")},
		{l.StartOTR, learner.Is[otrxmpp.OTREnabled]},
		{func() error { return nil }, learner.Says("")},
		{func() error { return l.Verify(classSecret) }, learner.Is[otrxmpp.CorrectSecretReceived]},
		{func() error { return nil }, learner.Says("-")},
	} {
		if err := step.do(); err != nil {
			return err
		}
		var err error
		if n, err = l.Wait(ctx, n, step.then); err != nil {
			return err
		}
	}
	return nil
}
