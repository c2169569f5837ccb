package browser

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"
)

// A Host is a site on loopback with a name of its own, over TLS. Names below
// localhost are different sites for a browser, and it needs no DNS for them.
type Host struct {
	URL   string // "https://tool.localhost:12345"
	Trust string // for Options.Trust

	roots *x509.CertPool
}

// Serve serves a site until the test ends. The handler may be set later, but
// before the first request: it often has to know the URL.
func Serve(t testing.TB, name string, handler http.Handler) *Host {
	t.Helper()
	certificate, parsed, err := selfSigned(name)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(handler)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	server.EnableHTTP2 = true
	server.Config.ErrorLog = log.New(t.Output(), name+": ", 0)
	server.StartTLS()
	t.Cleanup(func() {
		server.CloseClientConnections() // a page that follows events keeps one open
		server.Close()
	})
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	key := sha256.Sum256(parsed.RawSubjectPublicKeyInfo)
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return &Host{
		URL:   "https://" + net.JoinHostPort(name, address.Port()),
		Trust: base64.StdEncoding.EncodeToString(key[:]), roots: roots,
	}
}

// At is a site that somebody else serves on loopback, over TLS. Trust is the key of
// one of the certificates that come with it, an authority's for example.
func At(url, trust string, roots *x509.CertPool) *Host {
	return &Host{URL: url, Trust: trust, roots: roots}
}

// Client reaches the host from Go, which has to be told where names below
// localhost are.
func (h *Host) Client() *http.Client {
	return &http.Client{Timeout: patience, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: h.roots, MinVersion: tls.VersionTLS12},
		DialContext:     onLoopback,
	}}
}

func selfSigned(name string) (tls.Certificate, *x509.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	parsed, err := x509.ParseCertificate(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, parsed, err
}
