package group

import (
	"crypto/hmac"
	"crypto/sha512"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"

	"filippo.io/bigmod"
)

// errKey reports a private key whose halves do not belong together.
var errKey = errors.New("group: the private key does not belong to the public key")

// PrivateKey is a DSA key pair. The private half does not print. It may be used
// by several goroutines at once as long as nobody changes it.
type PrivateKey struct {
	redacted
	PublicKey

	x      [qSize]byte // big-endian, in [1, q-1]
	domain *domain     // shared with other keys
}

// NewPrivateKey makes a key pair of its numbers, which are subject to the bounds
// of NewPublicKey, 1 <= x < q and y = g^x; x may have leading zeros.
func NewPrivateKey(p, q, g, y, x []byte) (*PrivateKey, error) {
	public, err := NewPublicKey(p, q, g, y)
	if err != nil {
		return nil, err
	}
	k, err := newPrivateKey(public)
	if err != nil {
		return nil, err
	}
	if err := k.setX(x); err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(trim(k.domain.power(k.x[:])), y) != 1 {
		return nil, errKey
	}
	return k, nil
}

// newPrivateKey prepares the arithmetic of a key that has no private half yet.
func newPrivateKey(public *PublicKey) (*PrivateKey, error) {
	d, err := domainOf(public)
	if err != nil {
		return nil, err
	}
	return &PrivateKey{PublicKey: PublicKey{Parameters: d.Parameters, Y: public.Y, field: d.field}, domain: d}, nil
}

// setX sets the private half.
func (k *PrivateKey) setX(x []byte) error {
	for len(x) > qSize && x[0] == 0 {
		x = x[1:]
	}
	if len(x) > qSize {
		return ErrRange
	}
	clear(k.x[:])
	copy(k.x[qSize-len(x):], x)
	n := bigmod.NewNat()
	if _, err := n.SetBytes(k.x[:], k.domain.order); err != nil || n.IsZero() == 1 {
		return ErrRange
	}
	return nil
}

// X returns the private half, big-endian without leading zeros, for a key file.
func (k *PrivateKey) X() []byte { return clone(trim(k.x[:])) }

// GenerateKey makes a key pair from domain parameters, which are subject to the
// bounds of NewPublicKey. It fails when rand does.
func GenerateKey(p *Parameters, rand io.Reader) (*PrivateKey, error) {
	public, err := NewPublicKey(p.P, p.Q, p.G, p.G) // y comes below
	if err != nil {
		return nil, err
	}
	k, err := newPrivateKey(public)
	if err != nil {
		return nil, err
	}
	var wide [qSize + 16]byte // so many more bits than q that x is even
	defer clear(wide[:])
	if _, err := io.ReadFull(rand, wide[:]); err != nil {
		return nil, fmt.Errorf("group: reading randomness: %w", err)
	}
	x := reduceWide(wide[:], k.domain.order)
	if x.IsZero() == 1 {
		return nil, errNoRandom
	}
	putNat(k.x[:], x)
	clear(x.Bits())
	k.Y = clone(trim(k.domain.power(k.x[:])))
	return k, nil
}

// Sign signs a digest, a number modulo q as in Verify: 20 bytes of r, 20 of s.
//
// The nonce is hedged: it comes from the private key, the digest and fresh
// randomness, so that neither a weak source of randomness nor a repeated digest
// gives the key away. Sign runs in constant time and fails when rand does.
func (k *PrivateKey) Sign(digest []byte, rand io.Reader) (sig [2 * qSize]byte, err error) {
	var fresh [32]byte
	defer clear(fresh[:])
	if _, err := io.ReadFull(rand, fresh[:]); err != nil {
		return sig, fmt.Errorf("group: reading randomness: %w", err)
	}
	q := k.domain.order
	for try := byte(0); ; try++ {
		nonce := k.nonce(digest, &fresh, try)
		var e [qSize]byte
		putNat(e[:], nonce)
		r := reduceWide(k.domain.power(e[:]), q)
		clear(e[:])

		// s = (digest + x·r)/nonce, where 1/nonce = nonce^(q-2)
		s, inverse := bigmod.NewNat(), bigmod.NewNat()
		setNat(s, k.x[:], q)
		s.Mul(r, q).Add(reduceWide(digest, q), q)
		s.Mul(inverse.Exp(nonce, k.domain.orderMinus2[:], q), q)
		clear(nonce.Bits())
		clear(inverse.Bits())
		if r.IsZero()|s.IsZero() == 0 { // both public from here on
			putNat(sig[:qSize], r)
			putNat(sig[qSize:], s)
			return sig, nil
		}
	}
}

// nonce returns HMAC-SHA-512 of the digest and fresh randomness under the
// private key, modulo q: 512 bits, so that the remainder is even.
func (k *PrivateKey) nonce(digest []byte, fresh *[32]byte, try byte) *bigmod.Nat {
	mac := hmac.New(sha512.New, k.x[:])
	mac.Write([]byte{try})
	mac.Write(fresh[:])
	mac.Write(digest)
	var wide [sha512.Size]byte
	defer clear(wide[:])
	return reduceWide(mac.Sum(wide[:0]), k.domain.order)
}

// reduceWide returns a big-endian number of any length modulo m, which has more
// than 128 bits, in constant time.
func reduceWide(value []byte, m *bigmod.Modulus) *bigmod.Nat {
	const chunk = 16
	z, shift, next := bigmod.NewNat().ExpandFor(m), bigmod.NewNat(), bigmod.NewNat()
	setNat(shift, []byte{chunk: 0, 0: 1}, m)
	for len(value) > 0 {
		n := (len(value)-1)%chunk + 1 // the first may be short
		setNat(next, value[:n], m)
		z.Mul(shift, m).Add(next, m)
		value = value[n:]
	}
	clear(next.Bits())
	return z
}
