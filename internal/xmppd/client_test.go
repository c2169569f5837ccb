package xmppd_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"mellium.im/sasl"

	"otrbot/internal/xmpp/stanza"
	"otrbot/internal/xmppd"
)

// pipes is a listener without a network.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func newPipes() *pipes { return &pipes{make(chan net.Conn), make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	select {
	case <-p.closed:
	default:
		close(p.closed)
	}
	return nil
}

func (p *pipes) Addr() net.Addr { c, _ := net.Pipe(); return c.LocalAddr() }

// world is a server with clients, within a bubble of testing/synctest.
type world struct {
	t      *testing.T
	server *xmppd.Server
	pipes  *pipes
}

var people = xmppd.Users{"alice": "wonder", "bob": "builder", "carol": "christmas"}

func newWorld(t *testing.T, c xmppd.Config) *world {
	t.Helper()
	c.Domain, c.Users = "bot.example", people
	s, err := xmppd.New(c)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, server: s, pipes: newPipes()}
	done := make(chan error)
	go func() { done <- s.Serve(context.Background(), w.pipes) }()
	t.Cleanup(func() {
		s.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return w
}

// client is a client that says what it is told, byte for byte.
type client struct {
	t    *testing.T
	w    *world
	conn net.Conn
	r    *stanza.Reader
	jid  string
}

const open = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='bot.example' version='1.0'>"

// connect opens a connection, without any stream.
func (w *world) connect() *client {
	w.t.Helper()
	ours, theirs := net.Pipe()
	w.pipes.conns <- theirs
	w.t.Cleanup(func() { ours.Close() })
	return &client{t: w.t, w: w, conn: ours}
}

// secure is connected, and behind STARTTLS.
func (w *world) secure() *client {
	w.t.Helper()
	return w.connect().secure()
}

func (c *client) secure() *client {
	c.t.Helper()
	c.open("<features*<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></features>")
	c.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
	c.want("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
	c.handshake()
	c.open("<features*<mechanism>SCRAM-SHA-256</mechanism><mechanism>SCRAM-SHA-1</mechanism><mechanism>PLAIN</mechanism></mechanisms></features>")
	return c
}

func (c *client) handshake() {
	c.t.Helper()
	certificate, _ := c.w.server.Certificate()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certificate)
	t := tls.Client(c.conn, &tls.Config{RootCAs: roots, ServerName: "bot.example"})
	if err := t.Handshake(); err != nil {
		c.t.Fatal(err)
	}
	c.conn = t
}

// open starts a stream and wants those features.
func (c *client) open(features string) {
	c.t.Helper()
	c.send(open)
	c.r = stanza.NewReader(c.conn, stanza.Limits{})
	if h, err := c.r.Header(); err != nil || h.From != "bot.example" || h.ID == "" || h.Version != "1.0" {
		c.t.Fatalf("header %+v, %v", h, err)
	}
	c.want(features)
}

func (c *client) send(xml string) {
	c.t.Helper()
	if _, err := io.WriteString(c.conn, xml); err != nil {
		c.t.Fatalf("sending %.80s: %v", xml, err)
	}
}

// next is the next stanza.
func (c *client) next() *stanza.Element {
	c.t.Helper()
	e, err := c.r.Next()
	if err != nil {
		c.t.Fatal(err)
	}
	return e
}

// want reads the next stanza. "*" in what is wanted stands for anything.
func (c *client) want(xml string) string {
	c.t.Helper()
	e, err := c.r.Next()
	if err != nil {
		c.t.Fatalf("%v, want %s", err, xml)
	}
	got, err := e.Append(nil, stanza.NSClient)
	if err != nil || !like(string(got), xml) {
		c.t.Fatalf("%v\ngot  %s\nwant %s", err, got, xml)
	}
	return string(got)
}

func like(s, pattern string) bool {
	parts := strings.Split(pattern, "*")
	if !strings.HasPrefix(s, parts[0]) {
		return false
	}
	s = s[len(parts[0]):]
	for i, p := range parts[1:] {
		if i == len(parts)-2 {
			return strings.HasSuffix(s, p)
		}
		_, rest, ok := strings.Cut(s, p)
		if !ok {
			return false
		}
		s = rest
	}
	return s == ""
}

// wantEnd wants a stream error, or only the end for "".
func (c *client) wantEnd(condition string) {
	c.t.Helper()
	if condition != "" {
		c.want("<error xmlns='http://etherx.jabber.org/streams'><" + condition + " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></error>")
	}
	if e, err := c.r.Next(); !errors.Is(err, io.EOF) {
		c.t.Fatalf("%+v, %v, want the end of the stream", e, err)
	}
	if n, err := c.conn.Read(make([]byte, 1)); err == nil {
		c.t.Fatalf("%d bytes after the end", n)
	}
}

// quiet makes sure that the server has nothing else for the client.
func (c *client) quiet() {
	c.t.Helper()
	c.send("<iq type='get' id='quiet'><ping xmlns='urn:xmpp:ping'/></iq>")
	c.want("<iq type='result' id='quiet' to='" + c.jid + "'/>")
}

var mechanisms = map[string]sasl.Mechanism{"SCRAM-SHA-256": sasl.ScramSha256, "SCRAM-SHA-1": sasl.ScramSha1, "PLAIN": sasl.Plain}

// auth authenticates with the client side of a library that is not ours. It returns the last answer.
func (c *client) auth(mechanism, user, password, identity string) string {
	c.t.Helper()
	n := sasl.NewClient(mechanisms[mechanism], sasl.Credentials(func() ([]byte, []byte, []byte) {
		return []byte(user), []byte(password), []byte(identity)
	}))
	more, out, err := n.Step(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	c.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='" + mechanism + "'>" + base64.StdEncoding.EncodeToString(out) + "</auth>")
	for {
		e, err := c.r.Next()
		if err != nil {
			c.t.Fatal(err)
		}
		in, err := base64.StdEncoding.DecodeString(e.Text())
		if err != nil {
			c.t.Fatal(err)
		}
		if e.Local == "failure" {
			return e.Child("", "").Local
		}
		if more {
			if more, out, err = n.Step(in); err != nil {
				c.t.Fatalf("the server's proof: %v", err)
			}
		}
		if e.Local == "success" {
			return "success"
		}
		c.send("<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>" + base64.StdEncoding.EncodeToString(out) + "</response>")
	}
}

// authenticated is a client before it has a resource.
func (w *world) authenticated(name string) *client {
	w.t.Helper()
	c := w.secure()
	if got := c.auth("SCRAM-SHA-256", name, people[name], ""); got != "success" {
		w.t.Fatal(got)
	}
	c.open("<features*<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>*<sm xmlns='urn:xmpp:sm:3'/>*</features>")
	return c
}

// login is a client with a session, not yet available.
func (w *world) login(name, resource string) *client {
	w.t.Helper()
	c := w.authenticated(name)
	c.bind(resource, name+"@bot.example/"+resource)
	return c
}

func (c *client) bind(resource, jid string) {
	c.t.Helper()
	c.send("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>" + resource + "</resource></bind></iq>")
	c.want("<iq type='result' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>" + jid + "</jid></bind></iq>")
	c.jid = jid
}

// online is a client that has asked for its roster and is available.
func (w *world) online(name, resource string) *client {
	w.t.Helper()
	c := w.login(name, resource)
	c.send("<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>")
	c.want("<iq type='result' id='r' to='" + c.jid + "'><query xmlns='jabber:iq:roster'*")
	c.send("<presence/>")
	c.want("<presence from='" + c.jid + "' to='" + name + "@bot.example'/>")
	return c
}

// befriend subscribes both to each other.
func befriend(a, b *client) {
	a.t.Helper()
	for _, pair := range [][2]*client{{a, b}, {b, a}} {
		from, to := pair[0], pair[1]
		from.send("<presence type='subscribe' to='" + stanza.Bare(to.jid) + "'/>")
		from.quietly()
		to.send("<presence type='subscribed' to='" + stanza.Bare(from.jid) + "'/>")
		to.quietly()
		from.quietly()
	}
}

// quietly reads past what the server has for the client.
func (c *client) quietly() {
	c.t.Helper()
	c.send("<iq type='get' id='quietly'><ping xmlns='urn:xmpp:ping'/></iq>")
	for {
		e, err := c.r.Next()
		if err != nil {
			c.t.Fatal(err)
		}
		if e.Attr("id") == "quietly" {
			return
		}
	}
}
