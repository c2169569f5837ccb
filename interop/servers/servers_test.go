package servers

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"
)

const (
	header    = `<?xml version="1.0"?><stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" version="1.0" to="example.org">`
	tlsOffer  = "urn:ietf:params:xml:ns:xmpp-tls"
	saslSpace = "urn:ietf:params:xml:ns:xmpp-sasl"
)

func TestLoginAndRestart(t *testing.T) {
	Each(t, Options{}, func(t *testing.T, s *Server) {
		password := s.AddUser("alice")
		login(t, s, "alice", password)
		s.Restart()
		login(t, s, "alice", password)
		s.Kill()
		if c, err := net.Dial("tcp", s.Addr()); err == nil {
			_ = c.Close()
			t.Error("a killed server still listens")
		}
		s.Start()
		login(t, s, "alice", password)
		login(t, s, "bob", s.AddUser("bob"))
	})
}

func TestOptions(t *testing.T) {
	for _, o := range []struct {
		name     string
		options  Options
		features []string // after TLS
		version  uint16
	}{
		{"SHA-1", Options{SHA1: true}, []string{"SCRAM-SHA-1<"}, tls.VersionTLS13},
		{"SHA-256", Options{}, []string{"SCRAM-SHA-256<"}, tls.VersionTLS13},
		{"TLS 1.2", Options{MaxTLS: tls.VersionTLS12}, []string{"SCRAM-SHA-256-PLUS<"}, tls.VersionTLS12},
		{"TLS 1.3", Options{MinTLS: tls.VersionTLS13}, []string{"PLAIN<"}, tls.VersionTLS13},
		{"all", Options{MAM: true, Offline: true, Rate: 3000, Hold: time.Minute}, []string{"PLAIN<"}, tls.VersionTLS13},
	} {
		t.Run(o.name, func(t *testing.T) {
			Each(t, o.options, func(t *testing.T, s *Server) {
				c := dialTLS(t, s)
				c.send(header)
				offered := c.until("</stream:features>")
				for _, f := range o.features {
					if !strings.Contains(offered, f) {
						t.Errorf("not offered: %s in %s", f, offered)
					}
				}
				if got := c.Conn.(*tls.Conn).ConnectionState().Version; got != o.version {
					t.Errorf("negotiated %s, want %s", tls.VersionName(got), tls.VersionName(o.version))
				}
			})
		})
	}
}

func TestProxy(t *testing.T) {
	echo, err := net.Listen("tcp", loopback(0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = echo.Close() })
	go func() {
		for {
			c, err := echo.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(c, c); _ = c.Close() }()
		}
	}()
	link := Proxy(t, echo.Addr().String())
	first := dial(t, link.Addr())
	first.send("one;")
	first.until("one;")

	link.Stall()
	first.send("two;")
	if err := first.SetReadDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if b, err := first.r.ReadByte(); err == nil {
		t.Errorf("%q passed a stalled link", b)
	}
	link.Resume()
	first.until("two;")

	link.StallDown()
	first.send("two ")
	first.send("and a half;")
	for link.HeldDown() < len("two and a half;") {
		runtime.Gosched()
	}
	link.Resume()
	first.until("two and a half;")

	link.Cut()
	if _, err := first.r.ReadString(';'); err == nil {
		t.Error("a cut connection goes on")
	}
	second := dial(t, link.Addr())
	second.send("four;")
	second.until("four;")
}

// A conn speaks just enough XMPP to see what a server offers.
type conn struct {
	net.Conn
	t *testing.T
	r *bufio.Reader
}

func dial(t *testing.T, address string) *conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return &conn{c, t, bufio.NewReader(c)}
}

func dialTLS(t *testing.T, s *Server) *conn {
	t.Helper()
	c := dial(t, s.Addr())
	c.send(header)
	if offered := c.until("</stream:features>"); !strings.Contains(offered, tlsOffer) || strings.Contains(offered, saslSpace) {
		t.Errorf("before TLS %s offers %s", s.Kind, offered)
	}
	c.send(`<starttls xmlns="` + tlsOffer + `"/>`)
	c.until("<proceed")
	return secure(t, c.Conn, s)
}

func secure(t *testing.T, raw net.Conn, s *Server) *conn {
	t.Helper()
	c := tls.Client(raw, &tls.Config{ServerName: s.Domain, RootCAs: s.Roots()})
	if err := c.Handshake(); err != nil {
		t.Fatal(err)
	}
	return &conn{c, t, bufio.NewReader(c)}
}

func login(t *testing.T, s *Server, name, password string) {
	t.Helper()
	for _, c := range []*conn{dialTLS(t, s), secure(t, dial(t, s.DirectTLSAddr()).Conn, s)} {
		c.send(header)
		c.until("</stream:features>")
		plain := base64.StdEncoding.EncodeToString([]byte("\x00" + name + "\x00" + password))
		c.send(fmt.Sprintf(`<auth xmlns="%s" mechanism="PLAIN">%s</auth>`, saslSpace, plain))
		c.until("<success")
		_ = c.Close()
	}
}

func (c *conn) send(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		c.t.Fatal(err)
	}
}

// until reads to the end of the text.
func (c *conn) until(text string) string {
	c.t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		c.t.Fatal(err)
	}
	var b strings.Builder
	for !strings.HasSuffix(b.String(), text) {
		next, err := c.r.ReadByte()
		if err != nil {
			c.t.Fatalf("waiting for %s after %q: %v", text, b.String(), err)
		}
		b.WriteByte(next)
	}
	return b.String()
}
