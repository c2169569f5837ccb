package xmpp_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"strings"
	"testing"
	"time"

	"otrbot/internal/xmpp"
	"otrbot/internal/xmpp/stanza"
	"otrbot/interop/servers"
)

// A bot is a client under test; what its handler is told arrives on channels.
type bot struct {
	*xmpp.Client
	t      testing.TB
	online chan xmpp.Session
	bodies chan string
	doubt  chan []xmpp.Sent
	ended  chan error
	stop   context.CancelCauseFunc
}

func (b *bot) Online(s xmpp.Session) {
	if !s.Resumed {
		if err := b.Send(xmpp.Presence("", "", ""), 0); err != nil {
			b.t.Error(err)
		}
	}
	b.online <- s
}

func (b *bot) Stanza(e *stanza.Element, _ int64) {
	if body := e.Child(stanza.NSClient, "body"); body != nil && e.Attr("type") != "error" {
		b.bodies <- body.Text()
	}
}

func (b *bot) InDoubt(sent []xmpp.Sent) { b.doubt <- sent }
func (b *bot) Offline(error)            {}

// config is a client of the server, as a user of it.
func config(s *servers.Server, user, password string) xmpp.Config {
	return xmpp.Config{
		JID: user + "@" + s.Domain, Resource: "test", Password: xmpp.Password(password),
		Server: s.Addr(), TLS: xmpp.TLS{Roots: s.Roots()},
		Software: xmpp.Software{Name: "test", Version: "1", Node: "https://example.org/test"},
	}
}

// start runs a client until the test ends or stop is called.
func start(t testing.TB, c xmpp.Config) *bot {
	t.Helper()
	client, err := xmpp.New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancelCause(context.Background())
	b := &bot{Client: client, t: t, stop: stop, online: make(chan xmpp.Session, 100), bodies: make(chan string, 10_000),
		doubt: make(chan []xmpp.Sent, 100), ended: make(chan error, 1)}
	go func() { b.ended <- client.Run(ctx, b) }()
	t.Cleanup(func() { stop(nil) })
	return b
}

// patience is how long a test waits for what has to come.
const patience = 30 * time.Second

func receive[T any](t testing.TB, what string, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatalf("no %s", what)
		panic("unreachable")
	}
}

// login starts a client and waits for its session.
func login(t testing.TB, c xmpp.Config) *bot {
	t.Helper()
	b := start(t, c)
	select {
	case <-b.online:
	case err := <-b.ended:
		t.Fatalf("no session: %v", err)
	case <-time.After(patience):
		t.Fatal("no session")
	}
	return b
}

// leave ends a client politely, so that the server keeps nothing of it.
func (b *bot) leave() {
	b.t.Helper()
	b.stop(nil)
	if err := receive(b.t, "end", b.ended); err != nil {
		b.t.Error(err)
	}
}

func (b *bot) say(to, body string) {
	b.t.Helper()
	m := stanza.New(stanza.NSClient, "message", "type", "chat", "to", to).Add(stanza.New(stanza.NSClient, "body").AddText(body))
	if err := b.Send(m, 0); err != nil {
		b.t.Error(err)
	}
}

func TestLoginMatrix(t *testing.T) {
	versions := map[uint16]string{tls.VersionTLS12: "TLS 1.2", tls.VersionTLS13: "TLS 1.3"}
	for _, kind := range []servers.Kind{servers.KindProsody, servers.KindEjabberd} {
		for _, sha1 := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/sha1=%v", kind, sha1), func(t *testing.T) {
				t.Parallel()
				s := of(t, kind, servers.Options{SHA1: sha1})
				password := s.AddUser("bot")
				for version, name := range versions {
					for _, direct := range []bool{false, true} {
						c := config(s, "bot", password)
						c.TLS.MinVersion = version
						if version == tls.VersionTLS12 {
							c.TLS.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}
						}
						if direct {
							c.Server, c.DirectTLS = s.DirectTLSAddr(), true
						}
						b := start(t, c)
						session := receive(t, "session", b.online)
						if session.TLSVersion != name {
							t.Errorf("%s, not %s", session.TLSVersion, name)
						}
						if !strings.HasPrefix(session.Mechanism, "SCRAM-SHA-1") == sha1 && kind == servers.KindProsody {
							t.Errorf("mechanism %s", session.Mechanism)
						}
						t.Log(name, direct, session.Mechanism)
						if version == tls.VersionTLS12 && !strings.HasSuffix(session.Mechanism, "-PLUS") {
							t.Errorf("not bound to TLS: %s", session.Mechanism)
						}
						b.leave()
					}
				}
			})
		}
	}
}

func of(t testing.TB, kind servers.Kind, o servers.Options) *servers.Server {
	if kind == servers.KindProsody {
		return servers.Prosody(t, o)
	}
	return servers.Ejabberd(t, o)
}
