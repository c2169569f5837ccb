package rsyslog

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"otrbot/internal/logging"
)

// open begins a log that goes to an address of the server.
func open(t *testing.T, address string, roots *x509.CertPool) (*logging.Log, *notes) {
	t.Helper()
	to, err := logging.ParseAddress(address)
	if err != nil {
		t.Fatal(err)
	}
	said := &notes{}
	l, err := logging.Open(logging.Config{Standard: said, Format: logging.Text, Level: slog.LevelDebug, Syslog: &logging.Syslog{Address: to,
		Level: slog.LevelDebug, Facility: "local5", Host: "bot.example", TLS: &tls.Config{RootCAs: roots}}})
	if err != nil {
		t.Fatal(err)
	}
	return l, said
}

// notes are what is written on standard error.
type notes struct {
	mutex sync.Mutex
	b     bytes.Buffer
}

func (n *notes) Write(b []byte) (int, error) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	return n.b.Write(b)
}

func (n *notes) String() string {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	return n.b.String()
}

func finish(t *testing.T, l *logging.Log) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	l.Close(ctx)
}

// awkward are values that syslog has rules for.
var awkward = []any{"session", "1a2b3c4d", "quoted", `"\]`, "lines", "one\ntwo", "script", "Привет, 世界", "empty", "", "secret", "sesame", slog.Group("stanza", "id", 5)}

const awkwardData = `[otrbot@32473 session="1a2b3c4d" quoted="\"\\\]" lines="one\\ntwo" script="Привет, 世界" empty="" secret="[hidden\]" stanza.id="5"]`

const awkwardText = ` session=1a2b3c4d quoted="\"\\]" lines="one\ntwo" script="Привет, 世界" empty="" secret=[hidden] stanza.id=5`

// On each way rsyslogd understands what we said, in all parts.
func TestUnderstood(t *testing.T) {
	s := newServer(t)
	s.start()
	for _, address := range []string{"unix:" + s.modern, "udp://" + s.udp, "tcp://" + s.tcp, "tls://" + s.tls} {
		network, _, _ := strings.Cut(address, ":")
		t.Run(network, func(t *testing.T) {
			l, said := open(t, address, s.roots)
			before := time.Now().Add(-time.Millisecond)
			l.Area("bot").Warn("something happened", awkward...)
			got := s.next()
			want := record{Message: "\ufeffsomething happened" + awkwardText, Host: "bot.example", App: "otrbot", PID: strconv.Itoa(os.Getpid()), ID: "bot",
				Data: `[meta sequenceId="1"]` + awkwardData, Facility: "21", Severity: "4", Tag: "otrbot[" + strconv.Itoa(os.Getpid()) + "]", Version: "1", Time: got.Time}
			if got != want {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
			if at, err := time.Parse(time.RFC3339Nano, got.Time); err != nil || at.Before(before) || at.After(time.Now()) {
				t.Errorf("time %s: %v", got.Time, err)
			}
			for i, level := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelError, logging.LevelCritical} {
				l.Area("").Log(t.Context(), level, "m")
				if got, want := s.next(), strconv.Itoa([]int{7, 6, 3, 2}[i]); got.Severity != want || got.Message != "m" || got.ID != "-" {
					t.Errorf("%v: %+v, want severity %s", level, got, want)
				}
			}
			finish(t, l)
			if n := strings.Count(said.String(), "\n"); n != 5 || l.Dropped() != 0 {
				t.Errorf("%d dropped:\n%s", l.Dropped(), said)
			}
		})
	}
}

// The socket that Debian sets up takes what is written to /dev/log, and nothing else.
func TestDevLog(t *testing.T) {
	s := newServer(t)
	s.start()
	l, _ := open(t, s.plain, nil)
	l.Area("bot").Error("something happened", "session", "1a2b3c4d")
	pid := strconv.Itoa(os.Getpid())
	if got := s.next(); got.App != "otrbot" || got.PID != pid || strings.TrimSpace(got.Message) != "bot: something happened session=1a2b3c4d" ||
		got.Severity != "3" || got.Facility != "21" {
		t.Errorf("%+v", got)
	}
	finish(t, l)
}

// A thousand messages in a row arrive whole and in order, long ones too.
func TestMany(t *testing.T) {
	s := newServer(t)
	s.start()
	l, _ := open(t, "tls://"+s.tls, s.roots)
	long := strings.Repeat("x", 1000)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 1000 {
			l.Area("").Info("m", "n", i, "a", long, "b", long, "c", long)
		}
		finish(t, l)
	}()
	arrived := 0
	for i := range 1000 {
		got := s.next()
		if !strings.HasPrefix(got.Data, fmt.Sprintf(`[meta sequenceId="%d"][otrbot@32473 n="%d" a="xxx`, i+1, i)) || len(got.Data) < 3000 {
			t.Fatalf("%d: %.80s", i, got.Data)
		}
		arrived++
	}
	<-done
	if arrived != 1000 || l.Dropped() != 0 {
		t.Errorf("%d arrived, %d dropped", arrived, l.Dropped())
	}
}

// While the server is away, messages wait; when it is back they are all there.
func TestServerComesBack(t *testing.T) {
	s := newServer(t)
	s.start()
	for _, address := range []string{"tcp://" + s.tcp, "tls://" + s.tls, "unix:" + s.modern} {
		network, _, _ := strings.Cut(address, ":")
		t.Run(network, func(t *testing.T) {
			l, said := open(t, address, s.roots)
			l.Area("").Info("first")
			if got := s.next(); got.Message != "first" {
				t.Error(got)
			}
			s.stop()
			if network == "unix" { // as a machine does that shuts down
				os.Remove(s.modern)
			}
			deadline := time.After(patience)
			for n := 0; !strings.Contains(said.String(), "cannot be sent"); n++ {
				select {
				case <-time.After(10 * time.Millisecond):
					if n == 0 || n == 20 { // the first may still meet a connection that only seems to be there
						l.Area("").Info("while it is away")
					}
				case <-deadline:
					t.Fatal("nobody has noticed")
				}
			}
			l.Area("").Info("last")
			s.start()
			for got := s.next(); got.Message != "last"; got = s.next() {
				if got.Message != "while it is away" {
					t.Errorf("%+v", got)
				}
			}
			finish(t, l)
			if text := said.String(); l.Dropped() != 0 || !strings.Contains(text, "is sent again") {
				t.Errorf("%d dropped:\n%s", l.Dropped(), text)
			}
		})
	}
}

// A server that nobody we know vouches for gets nothing.
func TestStrangeCertificate(t *testing.T) {
	s := newServer(t)
	s.start()
	l, said := open(t, "tls://"+s.tls, x509.NewCertPool())
	l.Area("").Info("not for you")
	finish(t, l)
	if l.Dropped() != 1 || !strings.Contains(said.String(), "certificate") {
		t.Errorf("%d dropped:\n%s", l.Dropped(), said)
	}
	if r, err := s.read(100 * time.Millisecond); err == nil && r.App == "otrbot" {
		t.Errorf("%+v", r)
	}
}
