package group

import (
	"fmt"
	"io"
	"math/bits"
	"sync"

	"filippo.io/bigmod"
)

// Scalar is an exponent of SMP, a number modulo q = (p-1)/2, the order of the
// generator. It does not print. The zero value is the number 0.
type Scalar struct {
	redacted
	value [Size]byte // big-endian, less than q
}

// order is q for the arithmetic of scalars.
var order = sync.OnceValue(func() *bigmod.Modulus {
	m, err := bigmod.NewModulus(prime().q[:])
	if err != nil {
		panic(err) // q is a constant greater than one
	}
	return m
})

// GenerateScalar draws 1536 random bits and reduces them modulo q. (Protocol v3,
// "Receiving a type 2 TLV (SMP message 1)": "The random exponents are 1536-bit
// numbers.") It fails when rand does.
func GenerateScalar(rand io.Reader) (Scalar, error) {
	var s Scalar
	if _, err := io.ReadFull(rand, s.value[:]); err != nil {
		return Scalar{}, fmt.Errorf("group: reading randomness: %w", err)
	}
	s.reduce() // 2^1536 < 3q
	s.reduce()
	if s == (Scalar{}) {
		return Scalar{}, errNoRandom
	}
	return s, nil
}

// reduce subtracts q if the value is not less than q, in constant time.
func (s *Scalar) reduce() {
	var d [Size]byte
	borrow := subtract(&d, &s.value)
	mask := byte(borrow - 1)
	for i := range d {
		s.value[i] ^= mask & (s.value[i] ^ d[i])
	}
	clear(d[:])
}

// subtract sets d = v - q modulo 2^1536 and returns the borrow.
func subtract(d, v *[Size]byte) uint64 {
	q := &prime().q
	var borrow uint64
	for i := Size - 1; i >= 0; i-- {
		var word uint64
		word, borrow = bits.Sub64(uint64(v[i]), uint64(q[i]), borrow)
		d[i] = byte(word)
	}
	return borrow
}

// ScalarFromHash takes a hash as a number: the secrets x and y of SMP.
func ScalarFromHash(h [32]byte) Scalar {
	var s Scalar
	copy(s.value[Size-len(h):], h[:])
	return s
}

// ParseScalar reads a big-endian number that a peer sent; it is ErrRange outside
// [1, q-1], or with leading zeros. (Protocol v3, "Receiving a type 2 TLV (SMP
// message 1)": "the D values are calculated modulo q".)
func ParseScalar(value []byte) (Scalar, error) {
	if len(value) == 0 || len(value) > Size || value[0] == 0 {
		return Scalar{}, ErrRange
	}
	var fixed [Size]byte
	copy(fixed[Size-len(value):], value)
	return ParseFixedScalar(fixed[:])
}

// ParseFixedScalar reads what AppendFixed wrote: 192 bytes in [1, q-1].
func ParseFixedScalar(b []byte) (Scalar, error) {
	if len(b) != Size {
		return Scalar{}, ErrRange
	}
	var s Scalar
	copy(s.value[:], b)
	var d [Size]byte
	below := subtract(&d, &s.value) == 1
	clear(d[:])
	if !below || s == (Scalar{}) {
		return Scalar{}, ErrRange
	}
	return s, nil
}

// Bytes returns the value of s, big-endian without leading zeros.
func (s *Scalar) Bytes() []byte { return append([]byte(nil), trim(s.value[:])...) }

// AppendFixed appends the 192 bytes of s, for a snapshot.
func (s *Scalar) AppendFixed(dst []byte) []byte { return append(dst, s.value[:]...) }

// Wipe overwrites s with zeros.
func (s *Scalar) Wipe() { clear(s.value[:]) }

// SubMul returns r - a·c modulo q, in constant time: the answer D of a proof of
// knowledge to the challenge c.
func SubMul(r, a *Scalar, c *[32]byte) Scalar {
	q := order()
	x, y, z := bigmod.NewNat(), bigmod.NewNat(), bigmod.NewNat()
	setNat(x, a.value[:], q)
	setNat(y, c[:], q)
	setNat(z, r.value[:], q)
	z.Sub(x.Mul(y, q), q)
	var s Scalar
	putNat(s.value[:], z)
	clear(x.Bits())
	clear(z.Bits())
	return s
}

// setNat sets x to a big-endian number that is less than m.
func setNat(x *bigmod.Nat, value []byte, m *bigmod.Modulus) {
	if _, err := x.SetBytes(value, m); err != nil {
		panic(err) // callers pass reduced numbers only
	}
}

// putNat writes x big-endian to all of dst, in constant time.
func putNat(dst []byte, x *bigmod.Nat) {
	clear(dst)
	for i, word := range x.Bits() {
		for j := range bits.UintSize / 8 {
			if k := len(dst) - 1 - i*(bits.UintSize/8) - j; k >= 0 {
				dst[k] = byte(word >> (8 * j))
			}
		}
	}
}
