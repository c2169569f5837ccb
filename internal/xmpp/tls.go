package xmpp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"reflect"
	"slices"
)

// config is what is offered to the server.
func (t TLS) config(domain string) *tls.Config {
	c := &tls.Config{
		ServerName:   domain, // never the SRV target or the configured server: RFC 6120, 13.7.2.1
		RootCAs:      t.Roots,
		MinVersion:   tls.VersionTLS12, // less than may be wished: check then tells what the server has
		CipherSuites: t.CipherSuites,

		DynamicRecordSizingDisabled: true, // one stanza, one record: a server sees it whole or not at all
	}
	if len(t.CipherSuites) > 0 {
		switch old, modern := t.kinds(); {
		case !modern:
			c.MaxVersion = tls.VersionTLS12
		case !old:
			c.MinVersion = tls.VersionTLS13
		}
	}
	return c
}

// kinds tells whether the listed suites are of TLS 1.2, of 1.3, or both.
func (t TLS) kinds() (old, modern bool) {
	for _, s := range t.CipherSuites {
		if is13(s) {
			modern = true
		} else {
			old = true
		}
	}
	return old, modern
}

func is13(suite uint16) bool {
	return suite == tls.TLS_AES_128_GCM_SHA256 || suite == tls.TLS_AES_256_GCM_SHA384 || suite == tls.TLS_CHACHA20_POLY1305_SHA256
}

// check looks at what was negotiated, whatever was offered: the manual's "verify that the connection is
// established as requested".
func (t TLS) check(s tls.ConnectionState) error {
	refused := &TLSRefused{Version: tls.VersionName(s.Version), Suite: tls.CipherSuiteName(s.CipherSuite)}
	switch {
	case s.Version < t.MinVersion:
		refused.Problem = "version too old"
	case len(t.CipherSuites) > 0 && !slices.Contains(t.CipherSuites, s.CipherSuite):
		refused.Problem = "cipher suite not in the list of those allowed"
	default:
		return nil
	}
	return refused
}

// secure makes TLS of conn and checks it.
func (c *Client) secure(ctx context.Context, conn net.Conn, direct bool) (*tls.Conn, error) {
	offer := c.conf.TLS.config(asciiDomain(c.me.Domainpart()))
	offer.RootCAs = c.roots.Load()
	if direct {
		offer.NextProtos = []string{"xmpp-client"} // XEP-0368; a server may answer without
	}
	t := tls.Client(conn, offer)
	if err := t.HandshakeContext(ctx); err != nil {
		return nil, c.brokenOff(handshakeError(err))
	}
	c.breaks = 0
	return t, c.conf.TLS.check(t.ConnectionState())
}

// mostBreaks is how often a server may hang up on a list of cipher suites.
const mostBreaks = 3

// brokenOff counts handshakes that end without a word. An alert should come first (RFC 8446, 6.2); where none does,
// and again and again none, our list of suites is the likely reason.
func (c *Client) brokenOff(err error) error {
	if len(c.conf.TLS.CipherSuites) == 0 || !errors.Is(err, io.EOF) {
		return err
	}
	if c.breaks++; c.breaks < mostBreaks {
		return err
	}
	return &TLSRefused{Problem: "the server hangs up: it seems to support none of the cipher suites that the settings allow"}
}

// Alerts by which a server says that it has nothing in common with us: RFC 8446, 6.2.
const (
	alertHandshakeFailure     = 40
	alertProtocolVersion      = 70
	alertInsufficientSecurity = 71
	alertUnrecognizedName     = 112 // RFC 6066, 3
)

// alertOf is the number of the alert that the server sent, 0 if err is none. The package crypto/tls has it in a
// type that it does not export.
func alertOf(err error) uint64 {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" {
		return 0
	}
	if v := reflect.ValueOf(op.Err); v.Kind() == reflect.Uint8 {
		return v.Uint()
	}
	return 0
}

// handshakeError sorts out what another try cannot mend.
func handshakeError(err error) error {
	var (
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		network     net.Error
	)
	switch alertOf(err) {
	case alertHandshakeFailure, alertProtocolVersion, alertInsufficientSecurity:
		return &TLSRefused{Problem: "the server supports no version and cipher suite that the settings allow"}
	case alertUnrecognizedName:
		return &SetupError{"the server does not serve the domain of the JID", nil}
	}
	switch {
	case errors.As(err, &certificate):
		return &SetupError{certificateProblem(err), err}
	case errors.As(err, &record):
		return &SetupError{"the server does not speak TLS there", nil}
	case errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.ErrClosedPipe),
		errors.Is(err, context.Canceled):
	default: // our own side found the server's choice not to be among those offered
		return &TLSRefused{Problem: err.Error()}
	}
	return err
}

// certificateProblem tells apart why a certificate is not accepted.
func certificateProblem(err error) string {
	var (
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &authority):
		return "the server's certificate is not valid here: it comes from an unknown authority"
	case errors.As(err, &name):
		return "the server's certificate is not valid for this domain: it has another name"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired: // which crypto/x509 also calls the time before it begins
		return "the server's certificate is not valid now: it has expired, or begins later"
	}
	return "the server's certificate is not valid"
}
