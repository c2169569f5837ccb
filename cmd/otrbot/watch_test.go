package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"otrbot/internal/logging"
	"otrbot/internal/settings"
	"otrbot/internal/store"
)

// watchOf is what an operator can see of the basic lesson.
func watchOf(t *testing.T, s *settings.Settings, db *store.DB, logs *logging.Log) *watch {
	t.Helper()
	l, err := taught(s)
	if err != nil {
		t.Fatal(err)
	}
	w, err := newWatch(s, l, db, logs)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// The program of an operator who watches it, before it has reached its server: alive, not ready, and with every state of
// the lesson, every outcome of a launch and what waits in the database. Profiles are on their own socket only.
func TestWatchedProgram(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "otrbot.toml", `[xmpp.accounts."bot@example.org"]
password = "open sesame"
[web]
public_url = "http://127.0.0.1:5000"
listen = "127.0.0.1:1"
[watch]
listen = "unix:watch"
pprof_socket = "pprof"
`)
	s, err := settings.Load(settings.Source{Path: "otrbot.toml"})
	if err != nil {
		t.Fatal(err)
	}
	s.Web.Listen = "127.0.0.1:0"
	var log bytes.Buffer
	logs, err := logging.Open(logging.Config{Standard: &log, Format: logging.Text})
	if err != nil {
		t.Fatal(err)
	}
	db := newPlace(t).open(t)
	if err := db.PutSecret(t.Context(), "ana@example.org", []byte("rabbit")); err != nil {
		t.Fatal(err)
	}
	l, err := taught(s)
	if err != nil {
		t.Fatal(err)
	}
	v := &service{now: s, logs: logs, db: db, texts: texts{l, wordsIn("")}}
	parts, err := v.surroundings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- together(ctx, parts...) }()

	look := func(socket, path string) (int, string) {
		t.Helper()
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		}}}
		answer, err := client.Get("http://bot" + path)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(text)
	}
	for _, c := range []struct {
		socket, path string
		status       int
		says         string
	}{
		{"watch", "/healthz", 200, "alive"},
		{"watch", "/readyz", 503, "stream: down\ndatabase: writable"},
		{"watch", "/debug/pprof/", 404, ""},
		{"pprof", "/debug/pprof/", 200, "goroutine"},
		{"pprof", "/metrics", 404, ""},
		{"watch", "/metrics", 200, `otrbot_sessions{state="` + string(l.Machine.Initial()) + `"} 0`},
		{"watch", "/metrics", 200, `otrbot_launches_total{outcome="bad-signature"} 0`},
		{"watch", "/metrics", 200, "otrbot_event_streams 0"},
		{"watch", "/metrics", 200, "otrbot_notes_waiting 1"},
	} {
		if status, text := look(filepath.Join(".", c.socket), c.path); status != c.status || !strings.Contains(text, c.says) {
			t.Errorf("%s of %s: %d\n%s", c.path, c.socket, status, text)
		}
	}
	if _, text := look("watch", "/metrics"); strings.Contains(text, "ana") || strings.Contains(text, "example.org") {
		t.Error("somebody is named")
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("the end: %v", err)
	}
}
