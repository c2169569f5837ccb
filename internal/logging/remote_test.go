package logging

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// A peer is a syslog server at the other end of pipes.
type peer struct {
	mutex sync.Mutex
	away  bool
	conns chan net.Conn
}

func newPeer() *peer { return &peer{conns: make(chan net.Conn, 10)} }

func (p *peer) dial(context.Context, string, string) (net.Conn, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.away {
		return nil, errors.New("nobody is there")
	}
	ours, theirs := net.Pipe()
	p.conns <- theirs
	return ours, nil
}

func (p *peer) leave(away bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.away = away
}

// frame reads one message of a stream.
func frame(r *bufio.Reader) (string, error) {
	length, err := r.ReadString(' ')
	if err != nil {
		return "", err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(length, " "))
	if err != nil || n < 1 || n > longestStream || length[0] == '0' {
		return "", fmt.Errorf("length %q: %v", length, err)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return "", err
	}
	m, err := parse(string(b))
	return m.text, err
}

func frames(t *testing.T, c net.Conn, n int) (texts []string) {
	t.Helper()
	r := bufio.NewReader(c)
	for range n {
		text, err := frame(r)
		if err != nil {
			t.Fatalf("after %v: %v", texts, err)
		}
		texts = append(texts, text)
	}
	return texts
}

// open begins a log to a peer; what is said on standard error comes as a function.
func open(t *testing.T, p *peer, queue int) (*Log, func() string) {
	t.Helper()
	var mutex sync.Mutex
	var standard bytes.Buffer
	l, err := Open(Config{Standard: locked{&mutex, &standard}, Format: Text, Areas: map[string]slog.Level{"quiet": slog.LevelError},
		Syslog: &Syslog{Address: Address{Network: "tcp", Where: "logs.example:601"}, Dial: p.dial, Queue: queue}})
	if err != nil {
		t.Fatal(err)
	}
	return l, func() string {
		mutex.Lock()
		defer mutex.Unlock()
		return standard.String()
	}
}

type locked struct {
	*sync.Mutex
	w io.Writer
}

func (l locked) Write(b []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	return l.w.Write(b)
}

func within(d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	context.AfterFunc(ctx, cancel)
	return ctx
}

// What is written in a row arrives in this order, and before Close has ended.
func TestRemote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPeer()
		l, standard := open(t, p, 0)
		for i := range 3 {
			l.Area("bot").Info("hello", "n", i)
		}
		l.Area("quiet").Info("no")
		l.Area("quiet").Error("yes")
		got := make(chan []string)
		go func() { got <- frames(t, <-p.conns, 4) }()
		l.Close(within(time.Minute))
		if s := strings.Join(<-got, ", "); s != "hello n=0, hello n=1, hello n=2, yes" {
			t.Error(s)
		}
		l.Area("bot").Warn("after the end")
		l.Close(within(time.Minute))
		if s := standard(); l.Dropped() != 1 || strings.Count(s, "\n") != 5 || !strings.Contains(s, "after the end") {
			t.Errorf("%d dropped, standard error:\n%s", l.Dropped(), s)
		}
	})
}

// A server that is away: nobody waits, messages that find no room are counted,
// and both sides are told when it is back.
func TestServerAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPeer()
		p.leave(true)
		l, standard := open(t, p, 2)
		start := time.Now()
		l.Area("").Info("0")
		synctest.Wait() // the sender has it
		for i := 1; i <= 5; i++ {
			l.Area("").Info(fmt.Sprint(i))
		}
		if waited := time.Since(start); waited != 0 || l.Dropped() != 3 {
			t.Errorf("waited %s, %d dropped", waited, l.Dropped())
		}
		<-time.After(3 * time.Minute)
		if n := strings.Count(standard(), "cannot be sent"); n != 3 { // once a minute
			t.Errorf("told %d times:\n%s", n, standard())
		}
		p.leave(false)
		got := frames(t, <-p.conns, 4)
		synctest.Wait()
		if s := strings.Join(got, ", "); s != "0, log messages were dropped dropped=3, 1, 2" {
			t.Error(s)
		}
		said := standard()
		if !strings.Contains(said, `err="nobody is there" dropped=0`) || !strings.Contains(said, "dropped=3") || strings.Count(said, "sent again") != 1 || !strings.Contains(said, "area=log to=syslog") {
			t.Error(said)
		}
		l.Close(within(time.Minute))
		if l.Dropped() != 3 {
			t.Errorf("%d dropped", l.Dropped())
		}
	})
}

// The end of the program waits for a server that is away no longer than it was told to.
func TestCloseWithoutServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPeer()
		p.leave(true)
		l, standard := open(t, p, 0)
		for range 7 {
			l.Area("").Info("m")
		}
		start := time.Now()
		l.Close(within(time.Second))
		if waited := time.Since(start); waited > time.Second || l.Dropped() != 7 || !strings.Contains(standard(), "were dropped\" area=log to=syslog dropped=7") {
			t.Errorf("%s, %d dropped:\n%s", waited, l.Dropped(), standard())
		}
	})
	synctest.Test(t, func(t *testing.T) { // it takes connections, and nothing else
		p := newPeer()
		l, _ := open(t, p, 0)
		l.Area("").Info("m")
		start := time.Now()
		l.Close(within(time.Second))
		if waited := time.Since(start); waited > time.Second || l.Dropped() != 1 {
			t.Errorf("%s, %d dropped", waited, l.Dropped())
		}
		(<-p.conns).Close()
	})
}

// A server that reads nothing, and one that hangs up within a message: the
// message comes again, whole, on a new connection.
func TestServerSlowOrCut(t *testing.T) {
	for name, fault := range map[string]func(net.Conn){
		"reads nothing":         func(net.Conn) {},
		"hangs up":              func(c net.Conn) { c.Close() },
		"hangs up in a message": func(c net.Conn) { io.ReadFull(c, make([]byte, 10)); c.Close() },
		"slow":                  func(c net.Conn) { go io.Copy(io.Discard, &tardy{c}) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPeer()
				l, standard := open(t, p, 0)
				start := time.Now()
				l.Area("").Info("first")
				l.Area("").Info("second")
				if time.Since(start) != 0 {
					t.Error("the program waited")
				}
				first := <-p.conns
				fault(first)
				second := <-p.conns
				if got := frames(t, second, 2); got[0] != "first" || got[1] != "second" {
					t.Error(got)
				}
				first.Close()
				second.Close()
				synctest.Wait()
				l.Area("").Info("third")
				go func() { frames(t, <-p.conns, 1) }()
				l.Close(within(time.Minute))
				if s := standard(); l.Dropped() != 0 || strings.Contains(s, "cannot be sent") {
					t.Errorf("%d dropped:\n%s", l.Dropped(), s)
				}
				<-time.After(time.Minute) // the slow one notices that we are gone
			})
		})
	}
}

// A server that ends its connection has nothing written into it any more: what
// comes then is not lost in a socket's buffer.
func TestServerHangsUpBetweenMessages(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	l, err := Open(Config{Syslog: &Syslog{Address: Address{Network: "tcp", Where: listener.Addr().String()}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"first", "second"} {
		l.Area("").Info(text)
		c, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if got := frames(t, c, 1); got[0] != text {
			t.Error(got)
		}
		if err := c.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if n, err := c.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("after the end came %d bytes, %v", n, err)
		}
	}
	l.Close(within(time.Minute))
	if l.Dropped() != 0 {
		t.Errorf("%d dropped", l.Dropped())
	}
}

// What can never be sent does not stop what comes after it.
func TestMessageTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPeer()
		l, err := Open(Config{Syslog: &Syslog{Address: Address{Network: "unixgram", Where: "/log"}, Dial: func(ctx context.Context, network, where string) (net.Conn, error) {
			c, err := p.dial(ctx, network, where)
			return narrow{c}, err
		}}})
		if err != nil {
			t.Fatal(err)
		}
		l.Area("").Info("huge")
		l.Area("").Info("next")
		(<-p.conns).Close()
		c := <-p.conns
		b := make([]byte, longestStream)
		n, err := c.Read(b)
		if m, bad := parse(string(b[:n])); err != nil || bad != nil || m.text != "next" {
			t.Errorf("%q, %v, %v", b[:n], err, bad)
		}
		go io.Copy(io.Discard, c) // that one was dropped
		l.Close(within(time.Minute))
		if l.Dropped() != 1 {
			t.Errorf("%d dropped", l.Dropped())
		}
	})
}

// narrow has no room for what is huge.
type narrow struct{ net.Conn }

func (c narrow) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte("huge")) {
		return 0, &net.OpError{Op: "write", Err: syscall.EMSGSIZE}
	}
	return c.Conn.Write(b)
}

// tardy reads a byte in two seconds.
type tardy struct{ net.Conn }

func (c *tardy) Read(b []byte) (int, error) {
	<-time.After(2 * time.Second)
	return c.Conn.Read(b[:1])
}

// A server whose certificate is not the right one gets nothing.
func TestServerWithWrongCertificate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPeer()
		l, err := Open(Config{Syslog: &Syslog{Address: Address{Network: "tls", Where: "logs.example:6514"}, Dial: p.dial, TLS: &tls.Config{}}})
		if err != nil {
			t.Fatal(err)
		}
		l.Area("").Info("m")
		c := <-p.conns
		hello := make([]byte, 1)
		if _, err := io.ReadFull(c, hello); err != nil || hello[0] != 22 { // a record of the handshake
			t.Errorf("%d, %v", hello[0], err)
		}
		c.Close()
		p.leave(true)
		l.Close(within(time.Second))
		if l.Dropped() != 1 {
			t.Errorf("%d dropped", l.Dropped())
		}
	})
}

func TestAddresses(t *testing.T) {
	for text, want := range map[string]Address{
		"/dev/log":                  {"unixgram", "/dev/log", true},
		"unix:/run/log":             {"unixgram", "/run/log", false},
		"udp://127.0.0.1:514":       {"udp", "127.0.0.1:514", false},
		"tcp://[::1]:601":           {"tcp", "[::1]:601", false},
		"tls://logs.example.org:65": {"tls", "logs.example.org:65", false},
	} {
		if got, err := ParseAddress(text); err != nil || got != want || got.String() != text {
			t.Errorf("%s: %+v, %s, %v", text, got, got, err)
		}
	}
	for _, text := range []string{"", "log", "unix:log", "unix://log", "udp:host:514", "udp://host", "udp://:514", "tcp://host:0", "tcp://host:70000",
		"tls://a b:1", "tls://me@host:1", "http://host:80", "udp://host:514/x", "/dev/\x00"} {
		if a, err := ParseAddress(text); err == nil {
			t.Errorf("%q is %+v", text, a)
		}
	}
	for _, s := range []Syslog{{}, {Address: Address{"udp", "h:1", false}, Facility: "kern"}} {
		if _, err := Open(Config{Syslog: &s}); err == nil {
			t.Errorf("%+v is taken", s)
		}
	}
	if f := Facilities(); len(f) != 17 || facilities[16] != "local0" || facilities[3] != "daemon" || facilities[10] != "authpriv" {
		t.Error(f)
	}
}
