package metrics_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"otrbot/internal/metrics"
)

func TestHealth(t *testing.T) {
	broken := func(context.Context) error { return errors.New("the disk is full at /home/ana") }
	for _, c := range []struct {
		what   string
		stream bool
		writes func(context.Context) error
		status int
		says   string
	}{
		{"all well", true, nil, 200, "stream: up\ndatabase: writable\n"},
		{"no stream", false, nil, 503, "stream: down\ndatabase: writable\n"},
		{"no room", true, broken, 503, "stream: up\ndatabase: not writable\n"},
	} {
		t.Run(c.what, func(t *testing.T) {
			s := newService()
			s.stream = c.stream
			if c.writes != nil {
				s.writes = c.writes
			}
			m := s.watched(t)
			if status, text := ask(m, "/readyz"); status != c.status || text != c.says {
				t.Errorf("/readyz: %d %q", status, text)
			}
			if status, text := ask(m, "/healthz"); status != 200 || text != "alive\n" {
				t.Errorf("/healthz: %d %q", status, text)
			}
			if status, _ := ask(m, "/debug/pprof/"); status != 404 {
				t.Errorf("profiles are at hand: %d", status)
			}
		})
	}
}

// A database that does not answer makes nobody wait longer than five seconds, and is not asked again meanwhile.
func TestDatabaseHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService()
		release := make(chan struct{})
		var asked atomic.Int32
		s.writes = func(context.Context) error { asked.Add(1); <-release; return nil }
		m := s.watched(t)
		begun := time.Now()
		for range 3 {
			if status, text := ask(m, "/readyz"); status != 503 || !strings.Contains(text, "database: not writable") {
				t.Errorf("%d %q", status, text)
			}
		}
		if took := time.Since(begun); took != 15*time.Second || asked.Load() != 1 {
			t.Errorf("three looks took %v and asked %d times", took, asked.Load())
		}
		close(release)
		synctest.Wait()
		if status, _ := ask(m, "/readyz"); status != 200 || asked.Load() != 2 {
			t.Errorf("afterwards: %d", status)
		}
	})
}

// reach is an HTTP client that talks to a socket.
func reach(network, address string) *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}}}
}

// The socket is for one user, outlives a killed process, and goes with one that ends.
func TestSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	dead.Close()
	l, err := metrics.Listen("unix:" + path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if _, err := metrics.Listen("unix:" + path); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("a second one: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- metrics.Serve(ctx, l, metrics.Profiles(), slog.New(slog.DiscardHandler)) }()
	answer, err := reach("unix", path).Get("http://bot/debug/pprof/goroutine?debug=1")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if err != nil || answer.StatusCode != 200 || !strings.Contains(string(text), "goroutine profile") {
		t.Errorf("%d %v: %.100s", answer.StatusCode, err, text)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket stays: %v", err)
	}
}

// What lies in the way of a socket and is none is left alone.
func TestSocketWouldReplaceAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := metrics.Listen("unix:" + path); err == nil || !strings.Contains(err.Error(), "no socket") {
		t.Errorf("%v", err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "precious" {
		t.Errorf("%q %v", b, err)
	}
}
