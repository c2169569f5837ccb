package front

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// An authority has signed one certificate.
type authority struct {
	trust string
	roots *x509.CertPool
}

// sign makes an authority and by it fullchain.pem, which ends with the authority's own certificate, and privkey.pem.
func sign(dir, name string) (authority, error) {
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return authority{}, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return authority{}, err
	}
	now := time.Now()
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Authority of a test"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	rootDER, err := x509.CreateCertificate(rand.Reader, root, root, &rootKey.PublicKey, rootKey)
	if err != nil {
		return authority{}, err
	}
	signed, err := x509.ParseCertificate(rootDER)
	if err != nil {
		return authority{}, err
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), DNSNames: []string{name}, NotBefore: root.NotBefore, NotAfter: root.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, signed, &key.PublicKey, rootKey)
	if err != nil {
		return authority{}, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return authority{}, err
	}
	chain := append(block("CERTIFICATE", leafDER), block("CERTIFICATE", rootDER)...)
	if err := os.WriteFile(filepath.Join(dir, "fullchain.pem"), chain, 0o600); err != nil {
		return authority{}, err
	}
	if err := os.WriteFile(filepath.Join(dir, "privkey.pem"), block("PRIVATE KEY", keyDER), 0o600); err != nil {
		return authority{}, err
	}
	a := authority{roots: x509.NewCertPool()}
	a.roots.AddCert(signed)
	spki := sha256.Sum256(signed.RawSubjectPublicKeyInfo)
	a.trust = base64.StdEncoding.EncodeToString(spki[:])
	return a, nil
}

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// randomBelow draws a number from 0 to n-1.
func randomBelow(n int64) int {
	drawn, err := rand.Int(rand.Reader, big.NewInt(n))
	if err != nil {
		return 0 // another attempt follows
	}
	return int(drawn.Int64())
}

// onLoopback connects to the port of an address on this machine, whatever its name.
func onLoopback(ctx context.Context, network, address string) (net.Conn, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	var d net.Dialer
	return d.DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
}
