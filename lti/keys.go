package lti

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
)

const keyBits = 2048

// A Key is one of the tool's own, RSA for RS256. It does not print.
type Key struct {
	id      string
	private *rsa.PrivateKey
}

// NewKey makes a key. Its ID is the thumbprint of RFC 7638, so that no two keys ever share one.
func NewKey() (Key, error) {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return Key{}, fmt.Errorf("lti: no new key: %w", err)
	}
	return newKey(private)
}

// ParseKey reads what PEM wrote: a PKCS #8 private key.
func ParseKey(text Secret) (Key, error) {
	block, rest := pem.Decode([]byte(text))
	if block == nil || block.Type != "PRIVATE KEY" || len(rest) > 0 {
		return Key{}, errors.New("lti: not one PEM block with a PRIVATE KEY")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return Key{}, errors.New("lti: not a PKCS #8 private key") // the cause might quote it
	}
	private, ok := parsed.(*rsa.PrivateKey)
	if !ok || private.N.BitLen() < keyBits {
		return Key{}, fmt.Errorf("lti: not an RSA key of %d bits or more", keyBits)
	}
	return newKey(private)
}

func newKey(private *rsa.PrivateKey) (Key, error) {
	print, err := (&jose.JSONWebKey{Key: &private.PublicKey}).Thumbprint(crypto.SHA256)
	if err != nil {
		return Key{}, fmt.Errorf("lti: a key without thumbprint: %w", err)
	}
	return Key{base64.RawURLEncoding.EncodeToString(print), private}, nil
}

// ID is the kid.
func (k Key) ID() string { return k.id }

// String shows the ID only.
func (k Key) String() string { return "lti.Key(" + k.id + ")" }

// GoString shows the ID only.
func (k Key) GoString() string { return k.String() }

// Format shows the ID only, whatever the verb.
func (k Key) Format(f fmt.State, _ rune) { fmt.Fprint(f, k.String()) }

// MarshalJSON shows the ID only.
func (k Key) MarshalJSON() ([]byte, error) { return json.Marshal(k.String()) }

// PEM is the private key for keeping.
func (k Key) PEM() (Secret, error) {
	if k.private == nil {
		return "", errors.New("lti: an empty key")
	}
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return "", fmt.Errorf("lti: writing a key: %w", err)
	}
	return Secret(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), nil
}

// PublicPEM is the public key, for platforms whose administrators paste it.
func (k Key) PublicPEM() (string, error) {
	if k.private == nil {
		return "", errors.New("lti: an empty key")
	}
	der, err := x509.MarshalPKIXPublicKey(&k.private.PublicKey)
	if err != nil {
		return "", fmt.Errorf("lti: writing a key: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), nil
}

// A KeyRing is what the tool publishes. Current signs. Platforms keep a JWKS for hours: publish Next at least a day
// before Rotate makes it Current, and leave Previous until its last signature has expired and a day more.
type KeyRing struct {
	Current  Key
	Next     Key // empty: none yet
	Previous Key // empty: none
}

// NewKeyRing makes Current and Next.
func NewKeyRing() (KeyRing, error) {
	current, err := NewKey()
	if err != nil {
		return KeyRing{}, err
	}
	next, err := NewKey()
	return KeyRing{Current: current, Next: next}, err
}

// Rotate makes Next Current, Current Previous, and a new Next. The old Previous is forgotten.
func (k KeyRing) Rotate() (KeyRing, error) {
	if k.Next.private == nil {
		return k, errors.New("lti: no next key has been published")
	}
	next, err := NewKey()
	if err != nil {
		return k, err
	}
	return KeyRing{Current: k.Next, Next: next, Previous: k.Current}, nil
}

// KeyRing implements Keys with itself: keys that nobody rotates while the program runs.
func (k KeyRing) KeyRing(context.Context) (KeyRing, error) { return k, nil }

// JWKS is the JSON to publish at Config.JWKS, as application/json: public keys only.
func (k KeyRing) JWKS() ([]byte, error) {
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}
	for _, key := range []Key{k.Current, k.Next, k.Previous} {
		if key.private != nil {
			set.Keys = append(set.Keys, jose.JSONWebKey{
				Key: &key.private.PublicKey, KeyID: key.id, Algorithm: string(jose.RS256), Use: "sig",
			})
		}
	}
	return json.Marshal(set)
}

// signJWT signs claims with the current key.
func (t *Tool) signJWT(ctx context.Context, claims map[string]any) (string, error) {
	if t.c.Keys == nil {
		return "", errors.New("lti: Config.Keys is needed for this")
	}
	ring, err := t.c.Keys.KeyRing(ctx)
	if err != nil {
		return "", err
	}
	if ring.Current.private == nil {
		return "", errors.New("lti: the key ring has no current key")
	}
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: ring.Current.private, KeyID: ring.Current.id}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", fmt.Errorf("lti: signing: %w", err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("lti: signing: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("lti: signing: %w", err)
	}
	return signed.CompactSerialize()
}
