package xmpp

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"otrbot/internal/xmpp/stanza"
)

const (
	offerTLS  = `<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>`
	offerSASL = `<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism><mechanism>SCRAM-SHA-256</mechanism></mechanisms>`
	offerBind = `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>`
	offerSM   = `<sm xmlns='urn:xmpp:sm:3'/>`
	offerSub  = `<sub xmlns='urn:xmpp:features:pre-approval'/>`
	enabled   = `<enabled xmlns='urn:xmpp:sm:3' id='one' resume='true' max='300'/>`
	fullJID   = "bot@example.org/tutor"
)

// network is the client's: every connection is a pipe whose other end a test plays.
type network struct {
	calls chan net.Conn
	where chan string
}

func newNetwork() *network { return &network{make(chan net.Conn), make(chan string, 100)} }

func (n *network) dial(ctx context.Context, _, address string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	n.where <- address
	select {
	case n.calls <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// A peer is the server's end of one connection.
type peer struct {
	t    *testing.T
	raw  net.Conn
	conn net.Conn
	r    *stanza.Reader
	tls  *tls.Config
	in   chan arrival
}

// accept waits for the client's next connection.
func (n *network) accept(t *testing.T) *peer {
	t.Helper()
	c := <-n.calls
	return &peer{t: t, raw: c, conn: c, tls: serverTLS()}
}

func (p *peer) write(xml string) {
	p.t.Helper()
	if _, err := io.WriteString(p.conn, xml); err != nil && !errors.Is(err, io.ErrClosedPipe) {
		p.t.Error(err)
	}
}

// open reads the client's stream header and answers with features.
func (p *peer) open(features string) {
	p.t.Helper()
	p.r = stanza.NewReader(p.conn, stanza.Limits{Bytes: 1 << 20})
	h, err := p.r.Header()
	if err != nil {
		p.t.Errorf("header: %v", err)
	}
	if h.To != "example.org" || h.Version != "1.0" {
		p.t.Errorf("header %+v", h)
	}
	p.header()
	p.write("<stream:features>" + features + "</stream:features>")
}

func (p *peer) header() {
	p.t.Helper()
	p.write(`<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='x' from='example.org' version='1.0'>`)
}

// read is the next element, nil at the end.
func (p *peer) read() *stanza.Element {
	if p.in != nil {
		return (<-p.in).e
	}
	e, err := p.r.Next()
	if err != nil {
		return nil
	}
	return e
}

// expect reads until an element of that name comes.
func (p *peer) expect(local string) *stanza.Element {
	p.t.Helper()
	for {
		switch e := p.read(); {
		case e == nil:
			p.t.Errorf("the client closed, no <%s/> came", local)
			return stanza.New("", "none")
		case e.Local == local:
			return e
		}
	}
}

// secure is STARTTLS.
func (p *peer) secure() {
	p.t.Helper()
	p.open(offerTLS)
	p.expect("starttls")
	p.write(`<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`)
	p.conn = tls.Server(p.raw, p.tls)
}

// login goes on until the client is authenticated; features are those after it.
func (p *peer) login(features string) *peer {
	p.t.Helper()
	p.secure()
	p.open(offerSASL)
	newFakeSCRAM(p).run()
	p.open(features)
	return p
}

func (p *peer) bind() {
	p.t.Helper()
	iq := p.expect("iq")
	p.write(`<iq type='result' id='` + iq.Attr("id") + `'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>` + fullJID + `</jid></bind></iq>`)
}

// serve is a whole login with stream management; from then on everything is read at once.
func (p *peer) serve() *peer {
	p.t.Helper()
	p.login(offerBind + offerSM + offerSub)
	p.bind()
	p.expect("enable")
	p.write(enabled)
	return p.pump()
}

// resume answers a resumption; h is what this server has received.
func (p *peer) resume(h string) *stanza.Element {
	p.t.Helper()
	p.login(offerBind + offerSM)
	e := p.expect("resume")
	p.write(`<resumed xmlns='urn:xmpp:sm:3' previd='` + e.Attr("previd") + `' h='` + h + `'/>`)
	p.pump()
	return e
}

// pump reads without being asked to, so that the client never waits for the test.
func (p *peer) pump() *peer {
	p.in = make(chan arrival, 10_000)
	go func() {
		defer close(p.in)
		for {
			e, err := p.r.Next()
			if err != nil {
				return
			}
			p.in <- arrival{e: e}
		}
	}()
	return p
}

// A witness is a handler that writes down what it is told.
type witness struct {
	online  chan Session
	stanzas chan *stanza.Element
	doubt   chan []Sent
	offline chan error
	act     func(e *stanza.Element)
}

func newWitness() *witness {
	return &witness{make(chan Session, 100), make(chan *stanza.Element, 10_000), make(chan []Sent, 100), make(chan error, 1000), nil}
}

func (w *witness) Online(s Session)  { w.online <- s }
func (w *witness) InDoubt(s []Sent)  { w.doubt <- s }
func (w *witness) Offline(err error) { w.offline <- err }
func (w *witness) Stanza(e *stanza.Element, _ int64) {
	w.stanzas <- e
	if w.act != nil {
		w.act(e)
	}
}

// A case of the tests below: a client, its network, and what its handler saw.
type scene struct {
	*network
	*witness
	t      *testing.T
	client *Client
	cancel context.CancelCauseFunc
	done   chan error
}

func stage(t *testing.T, change func(*Config)) *scene {
	t.Helper()
	s := &scene{network: newNetwork(), witness: newWitness(), t: t, done: make(chan error, 1)}
	conf := Config{
		JID: "bot@example.org", Resource: "tutor", Password: "correct horse", Server: "127.0.0.1:5222",
		TLS: TLS{Roots: authority().pool}, Dial: s.dial,
	}
	if change != nil {
		change(&conf)
	}
	var err error
	if s.client, err = New(conf); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	s.cancel = cancel
	go func() { s.done <- s.client.Run(ctx, s.witness) }()
	return s
}

// leave ends the client without ceremony.
func (s *scene) leave() {
	s.t.Helper()
	s.cancel(ErrHandOver)
	if err := <-s.done; err != nil {
		s.t.Errorf("Run: %v", err)
	}
}

func (s *scene) say(body string) {
	s.t.Helper()
	if err := s.client.Send(message(body), 7); err != nil {
		s.t.Error(err)
	}
}

func message(body string) *stanza.Element {
	return stanza.New(stanza.NSClient, "message", "to", "alice@example.org").Add(stanza.New(stanza.NSClient, "body").AddText(body))
}

func bodyOf(e *stanza.Element) string { return textOf(e, "body") }

// A ledger is a journal that another client can go on with, as after a kill.
type ledger struct {
	mu    sync.Mutex
	saved Saved
	any   bool
	in    int64
	ended int
	fail  error
}

func (l *ledger) Saved() (Saved, bool, error) { return l.saved, l.any, nil }

func (l *ledger) Enabled(s Saved) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.saved, l.any = s, true
	return l.fail
}

func (l *ledger) Received(h uint32, _ *stanza.Element) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.saved.H = h
	l.in++
	return l.in, l.fail
}

func (l *ledger) Sent(s Sent) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.saved.Queue = append(l.saved.Queue, s)
	return l.fail
}

func (l *ledger) Acked(seq uint64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.saved.Queue = append([]Sent(nil), l.saved.Queue[seq-l.saved.Acked:]...)
	l.saved.Acked = seq
	return nil
}

func (l *ledger) Ended() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.saved, l.any = Saved{}, false
	l.ended++
	return nil
}

func (l *ledger) now() Saved {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.saved
}

// ca signs the certificates of the tests' servers.
type ca struct {
	pool *x509.CertPool
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	good tls.Certificate
}

// Bubbles of synctest begin in the year 2000.
var (
	longAgo = time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)
	farOff  = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
)

var authority = sync.OnceValue(func() *ca {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotBefore: longAgo,
		NotAfter: farOff, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der := must(x509.CreateCertificate(rand.Reader, template, template, key.Public(), key))
	a := &ca{pool: x509.NewCertPool(), cert: must(x509.ParseCertificate(der)), key: key}
	a.pool.AddCert(a.cert)
	a.good = a.issue("example.org", farOff, true)
	return a
})

// issue makes a certificate, signed by the authority or by itself.
func (a *ca) issue(name string, until time.Time, signed bool) tls.Certificate {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: []string{name}, NotBefore: longAgo, NotAfter: until}
	parent, signer := a.cert, a.key
	if !signed {
		parent, signer = template, key
	}
	der := must(x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func serverTLS() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{authority().good}, SessionTicketsDisabled: true}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// zeros are dice that always fall the same way.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte{0}, len(p))), nil }

func xmlOf(s []Sent) string {
	var b strings.Builder
	for _, x := range s {
		b.Write(x.XML)
	}
	return b.String()
}
