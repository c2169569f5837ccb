package metrics

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"strings"
	"syscall"
	"time"
)

const (
	answerTime = 5 * time.Second // how long a look may take
	headerTime = 5 * time.Second
	profile    = 2 * time.Minute // the longest profile
)

// Handler answers /metrics, /healthz and /readyz.
func (s *Set) Handler() http.Handler {
	m := http.NewServeMux()
	m.Handle("GET /metrics", s.scrape())
	m.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "alive") })
	m.HandleFunc("GET /readyz", s.ready)
	return m
}

// ready says what the bot can do at present: it teaches with a stream and a database.
func (s *Set) ready(w http.ResponseWriter, r *http.Request) {
	status, stream, database := http.StatusOK, "up", "writable"
	if !s.c.Stream() {
		status, stream = http.StatusServiceUnavailable, "down"
	}
	if err := s.writable(r.Context()); err != nil {
		s.c.Log.Warn("the database is not ready", "err", err)
		status, database = http.StatusServiceUnavailable, "not writable"
	}
	answer(w, status, "stream: "+stream, "database: "+database)
}

var errSlow = errors.New("no answer within five seconds")

// writable waits for the database no longer than answerTime. While it does not answer, nothing else is asked of it.
func (s *Set) writable(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, answerTime, errSlow)
	defer cancel()
	select {
	case s.probe <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	result := make(chan error, 1)
	go func() {
		defer func() { <-s.probe }()
		result <- s.c.Writable(ctx)
	}()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func answer(w http.ResponseWriter, status int, lines ...string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(strings.Join(lines, "\n") + "\n"))
}

// Profiles answers /debug/pprof. What it tells may hold secrets: it belongs on a socket of the bot's own user.
func Profiles() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("/debug/pprof/", pprof.Index)
	m.HandleFunc("/debug/pprof/profile", pprof.Profile)
	m.HandleFunc("/debug/pprof/trace", pprof.Trace)
	m.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	return m
}

// socketPrefix is what the address of a unix socket begins with.
const socketPrefix = "unix:"

// Listen listens at "host:port", or with "unix:/path" on a socket for the program's own user only. A socket that a dead
// process has left is replaced, anything else is not.
func Listen(address string) (net.Listener, error) {
	path, ok := strings.CutPrefix(address, socketPrefix)
	if !ok {
		return net.Listen("tcp", address)
	}
	if err := removeDead(path); err != nil {
		return nil, err
	}
	l, err := bind(path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// bind gives a socket its name; on Linux it is private by then.
func bind(path string) (net.Listener, error) {
	config := net.ListenConfig{Control: private}
	return config.Listen(context.Background(), "unix", path)
}

func removeDead(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode().Type() != fs.ModeSocket:
		return fmt.Errorf("%s is there and is no socket", path)
	}
	conn, err := net.Dial("unix", path)
	if err == nil {
		conn.Close()
		return fmt.Errorf("%s is in use", path)
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return err
	}
	return os.Remove(path)
}

// Serve answers on a listener until the context ends, and then at once no more. The error is that of a listener which no
// longer works.
func Serve(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: headerTime, ReadTimeout: headerTime, WriteTimeout: profile, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
