package group

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// dhSize is the length of a Diffie-Hellman secret in bytes. Protocol v3,
// "D-H Commit Message": "Choose a random value x (at least 320 bits)".
const dhSize = 40

// errNoRandom reports a source of randomness that yields nothing but zeros.
var errNoRandom = errors.New("group: the source of randomness yields zeros")

// DHSecret is the private exponent of a Diffie-Hellman key, 320 bits. It does
// not print. The zero value is no secret.
type DHSecret struct {
	redacted
	value [dhSize]byte // big-endian
}

// GenerateDH draws a Diffie-Hellman secret. It fails when rand does.
func GenerateDH(rand io.Reader) (DHSecret, error) {
	var s DHSecret
	if _, err := io.ReadFull(rand, s.value[:]); err != nil {
		return DHSecret{}, fmt.Errorf("group: reading randomness: %w", err)
	}
	if s == (DHSecret{}) {
		return DHSecret{}, errNoRandom
	}
	return s, nil
}

// ParseDHSecret reads what Append wrote: 40 bytes that are not all zero.
func ParseDHSecret(b []byte) (DHSecret, error) {
	var s DHSecret
	if len(b) != dhSize {
		return DHSecret{}, ErrRange
	}
	copy(s.value[:], b)
	if s == (DHSecret{}) {
		return DHSecret{}, ErrRange
	}
	return s, nil
}

// Append appends the 40 bytes of s, for a snapshot.
func (s *DHSecret) Append(dst []byte) []byte { return append(dst, s.value[:]...) }

// Public returns the public key 2^s, in constant time.
func (s *DHSecret) Public() Element {
	var r number
	generatorShort().power(r[:], s.value[:])
	return r.element()
}

// Shared returns the secret peer^s, in constant time.
func (s *DHSecret) Shared(peer *Element) Shared {
	var r number
	r.set(peer)
	prime().power(r[:], r[:], s.value[:])
	shared := r.shared()
	clear(r[:])
	return shared
}

// SharedPair returns the secrets of two keys of ours with one of the peer's,
// peer^a and peer^b, in constant time. It costs two thirds of Shared for both.
func SharedPair(a, b *DHSecret, peer *Element) (Shared, Shared) {
	const teeth = 5
	var x, y number
	var entries [len(x) << teeth]uint64
	x.set(peer)
	c := newComb(prime().field, 8*dhSize, teeth, 1)
	c.entries = entries[:]
	c.fill(x[:])
	c.power(x[:], a.value[:])
	c.power(y[:], b.value[:])
	first, second := x.shared(), y.shared()
	clear(x[:])
	clear(y[:])
	return first, second
}

// Wipe overwrites s with zeros.
func (s *DHSecret) Wipe() { clear(s.value[:]) }

// Shared is a Diffie-Hellman shared secret in the form that OTR hashes,
// "secbytes". It does not print.
type Shared struct {
	redacted
	mpi  [4 + Size]byte
	size int
}

// shared takes z out of Montgomery form. The number of leading zero bytes shows
// in the time this takes, as it does in every hash of an MPI.
func (z *number) shared() Shared {
	var s Shared
	var value [Size]byte
	prime().store(value[:], z[:])
	minimal := trim(value[:])
	binary.BigEndian.PutUint32(s.mpi[:], uint32(len(minimal)))
	s.size = 4 + copy(s.mpi[4:], minimal)
	clear(value[:])
	return s
}

// MPI returns the secret as a minimal MPI, length included. The slice is s's
// own memory: Wipe clears it.
func (s *Shared) MPI() []byte { return s.mpi[:s.size] }

// Wipe overwrites s with zeros.
func (s *Shared) Wipe() {
	clear(s.mpi[:])
	s.size = 0
}
