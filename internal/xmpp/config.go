package xmpp

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"time"

	"mellium.im/xmpp/jid"
)

// Config says who logs in, where, and how. JID and Password are needed, the rest has defaults.
type Config struct {
	JID      string   // the account's bare JID
	Resource string   // a wish; the server may give another
	Password Password // used as it is: without control characters, in Unicode's form NFKC

	Server    string // "host:port" instead of DNS; the certificate is still checked for the JID's domain
	DirectTLS bool   // Server speaks TLS from the first byte

	TLS                   TLS
	RequireChannelBinding bool // refuse a login that the TLS connection is not bound to

	Software Software

	Journal Journal // nil: in memory, for this process only

	// Dial and LookupSRV reach the network. Nil: this machine's.
	Dial      func(ctx context.Context, network, address string) (net.Conn, error)
	LookupSRV func(ctx context.Context, service, proto, name string) (cname string, addrs []*net.SRV, err error)

	Rand   io.Reader    // for ids, jitter and the choice among equal servers; nil: crypto/rand
	Log    *slog.Logger // nil: silent
	Timers Timers
	Limits Limits
}

// TLS is what a connection must be like. It is offered to the server and checked again on what was negotiated.
type TLS struct {
	MinVersion uint16 // tls.VersionTLS12 or tls.VersionTLS13; 0: 1.2
	// CipherSuites are the only ones accepted; empty: those Go holds to be safe. If none of them belongs to
	// TLS 1.3, that version is not offered, because its suites cannot be chosen.
	CipherSuites []uint16
	Roots        *x509.CertPool // nil: the machine's
}

// Software describes a client to those who ask (XEP-0092, XEP-0030, XEP-0115).
type Software struct {
	Name, Version, OS string
	Node              string   // a URL that names the program in entity capabilities; empty: no capabilities
	Type              string   // of the identity "client", such as "bot" (the default), "console", "pc"
	Features          []string // namespaces beside those that this package answers itself
}

// Timers bound waiting. Zero fields have the default given.
type Timers struct {
	Login      time.Duration // from dialling until bound or resumed, for each server; 30 s
	Read       time.Duration // silence after which a connection is given up; 60 s
	Write      time.Duration // for one stanza to leave; 20 s
	Ack        time.Duration // between two questions what has arrived; 15 s
	Query      time.Duration // for the answer to an IQ; 30 s
	BackoffMin time.Duration // first pause before another try; 200 ms
	BackoffMax time.Duration // longest pause while a stream may still be resumed; 5 s
	IdleMax    time.Duration // longest pause else; 60 s
	Stable     time.Duration // a session of this length resets the pause; 30 s
	Close      time.Duration // for a polite end, at most; 900 ms
}

// Limits bound what is kept. Zero fields have the default given.
type Limits struct {
	Stanza       int // bytes of an outgoing stanza; 262,144. A server that says its limit (XEP-0478) lowers it.
	Stranger     int // bytes of a stanza from somebody else; 65,536
	Own          int // bytes of a stanza from our own server or account, such as a roster; 4 MiB
	Waiting      int // stanzas that wait to be sent; 10,000
	WaitingBytes int // and their bytes; 64 MiB
	Unacked      int // stanzas on the way before the client waits for the server; 400
	UnackedBytes int // and their bytes; 7,500, see below
	Iterations   int // of SCRAM's hash, at most; 1,000,000

	// Why so few unacknowledged bytes: a cut may leave half a stanza at the server, and the resumption goes on with
	// whole ones (XEP-0198, 5). What fits into one read, commonly of 8,192 bytes, seldom gets cut in two.
}

func (t Timers) withDefaults() Timers {
	for d, v := range map[*time.Duration]time.Duration{
		&t.Login: 30 * time.Second, &t.Read: 60 * time.Second, &t.Write: 20 * time.Second, &t.Ack: 15 * time.Second,
		&t.Query: 30 * time.Second, &t.BackoffMin: 200 * time.Millisecond, &t.BackoffMax: 5 * time.Second,
		&t.IdleMax: time.Minute, &t.Stable: 30 * time.Second, &t.Close: 900 * time.Millisecond,
	} {
		*d = cmp.Or(*d, v)
	}
	return t
}

func (l Limits) withDefaults() Limits {
	for n, v := range map[*int]int{
		&l.Stanza: 262_144, &l.Stranger: 65_536, &l.Own: 4 << 20, &l.Waiting: 10_000, &l.WaitingBytes: 64 << 20,
		&l.Unacked: 400, &l.UnackedBytes: 7_500, &l.Iterations: 1_000_000,
	} {
		*n = cmp.Or(*n, v)
	}
	return l
}

// normal checks c and fills in its defaults.
func (c Config) normal() (Config, jid.JID, error) {
	me, err := jid.Parse(c.JID)
	switch {
	case err != nil:
		return c, me, fmt.Errorf("xmpp: JID: %w", err)
	case me.Localpart() == "":
		return c, me, errors.New("xmpp: JID: the part before the @ is missing")
	case me.Resourcepart() != "":
		return c, me, errors.New("xmpp: JID: give the resource in a field of its own")
	}
	if _, err := me.WithResource(c.Resource); err != nil {
		return c, me, fmt.Errorf("xmpp: resource: %w", err)
	}
	if c.Password == "" || strings.ContainsFunc(string(c.Password), func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return c, me, errors.New("xmpp: password: empty, or with a control character")
	}
	if c.Server != "" {
		if _, _, err := net.SplitHostPort(c.Server); err != nil {
			return c, me, fmt.Errorf("xmpp: server: %w", err)
		}
	}
	if c.TLS.MinVersion != 0 && c.TLS.MinVersion < tls.VersionTLS12 {
		return c, me, errors.New("xmpp: TLS below version 1.2 is not supported")
	}
	c.TLS.MinVersion = cmp.Or(c.TLS.MinVersion, tls.VersionTLS12)
	c.Timers, c.Limits = c.Timers.withDefaults(), c.Limits.withDefaults()
	c.Software.Type = cmp.Or(c.Software.Type, "bot")
	if c.Journal == nil {
		c.Journal = new(memory)
	}
	if c.Dial == nil {
		c.Dial = new(net.Dialer).DialContext
	}
	if c.LookupSRV == nil {
		c.LookupSRV = net.DefaultResolver.LookupSRV
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c, me, nil
}
