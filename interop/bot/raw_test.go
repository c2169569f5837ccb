package bot_test

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"

	"otrbot/internal/xmpp/stanza"
	"otrbot/interop/servers"
)

// raw is somebody whose client sends what the test says, byte for byte, and remembers what comes.
type raw struct {
	t    *testing.T
	conn net.Conn
	r    *stanza.Reader
	jid  string // full, as the server gave it

	mu      sync.Mutex
	seen    []*stanza.Element
	changed chan struct{}
	pings   int
}

// intrude logs in with an account and a resource that no client of ours would take.
func intrude(t *testing.T, s *servers.Instance, name, password, resource string) *raw {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	m := &raw{t: t, conn: conn, changed: make(chan struct{})}
	m.open(s.Domain)
	m.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
	m.next("proceed")
	m.conn = tls.Client(conn, &tls.Config{RootCAs: s.Roots(), ServerName: s.Domain})
	m.open(s.Domain)
	m.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>" +
		base64.StdEncoding.EncodeToString([]byte("\x00"+name+"\x00"+password)) + "</auth>")
	m.next("success")
	m.open(s.Domain)
	m.send("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>" + resource + "</resource></bind></iq>")
	m.jid = m.next("iq").Child(stanza.NSBind, "bind").Child(stanza.NSBind, "jid").Text()
	m.send("<presence/>")
	ended := make(chan struct{})
	go func() { defer close(ended); m.read() }()
	t.Cleanup(func() { m.conn.Close(); <-ended })
	return m
}

func (m *raw) open(domain string) {
	m.t.Helper()
	m.send("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' to='" + domain + "'>")
	m.r = stanza.NewReader(m.conn, stanza.Limits{})
	if _, err := m.r.Header(); err != nil {
		m.t.Fatal(err)
	}
	m.next("features")
}

func (m *raw) next(local string) *stanza.Element {
	m.t.Helper()
	e, err := m.r.Next()
	if err != nil || e.Local != local {
		m.t.Fatalf("%+v, %v, want <%s/>", e, err, local)
	}
	return e
}

// send sends XML. Its end is the end of the test's patience too: no server closes our stream for it.
func (m *raw) send(xml string) {
	m.t.Helper()
	if _, err := io.WriteString(m.conn, xml); err != nil {
		m.t.Fatalf("sending %.80s: %v", xml, err)
	}
}

func (m *raw) read() {
	for {
		e, err := m.r.Next()
		var big *stanza.TooLarge
		if errors.As(err, &big) { // our own, sent back by the server
			continue
		}
		if err != nil {
			return
		}
		m.mu.Lock()
		m.seen = append(m.seen, e)
		close(m.changed)
		m.changed = make(chan struct{})
		m.mu.Unlock()
	}
}

// ping waits until the client at an address has seen all that we have sent it.
func (m *raw) ping(ctx context.Context, to string) {
	m.t.Helper()
	m.pings++
	id := fmt.Sprintf("ping-%d", m.pings)
	m.send("<iq type='get' id='" + id + "' to='" + to + "'><ping xmlns='urn:xmpp:ping'/></iq>")
	for n := 0; ; {
		m.mu.Lock()
		for ; n < len(m.seen); n++ {
			if e := m.seen[n]; e.Local == "iq" && e.Attr("id") == id {
				m.mu.Unlock()
				return
			}
		}
		changed := m.changed
		m.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			m.t.Fatalf("no answer to a ping: %v", ctx.Err())
		}
	}
}

// got is what came from the bot, by name: "message", "presence". What servers say in its name is not: errors, and
// that it is unavailable.
func (m *raw) got(bot, local string) (list []*stanza.Element) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range m.seen {
		typ := e.Attr("type")
		if e.Local == local && stanza.Bare(e.Attr("from")) == bot && typ != "error" && (typ != "unavailable" || e.Attr("from") != bot) {
			list = append(list, e)
		}
	}
	return list
}
