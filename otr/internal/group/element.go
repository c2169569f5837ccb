// Package group is the arithmetic of OTR: the 1536-bit Diffie-Hellman group,
// the exponents of SMP, and DSA.
//
// Whatever depends on a secret (an exponent, a nonce, a shared value) runs in
// constant time: no branch and no memory address depends on it. Operations that
// only see what both sides know anyway may be variable-time, and say so.
//
// Nothing here is safe for concurrent modification; values that nobody modifies
// may be shared freely.
package group

import (
	"bytes"
	"crypto/subtle"
	"encoding/binary"
	"errors"
)

// Size is the length of a group element in bytes.
const Size = 192

// ErrRange reports a number outside the range that the protocol allows for it.
var ErrRange = errors.New("group: number out of range")

// Element is an element of the multiplicative group modulo the 1536-bit prime
// of RFC 3526. The zero value is no element at all. Elements may be compared
// with ==; Equal does so in constant time.
type Element struct {
	value [Size]byte // big-endian
}

// ParseElement reads an element that a peer sent: a big-endian number in
// [2, p-2] without leading zeros. Anything else is ErrRange.
//
// Protocol v3, "Authenticated Key Exchange (AKE)": "2 <= gy <= modulus-2";
// "Receiving a type 2 TLV (SMP message 1)": ">= 2 and <= modulus-2".
func ParseElement(value []byte) (Element, error) {
	var e Element
	if len(value) == 0 || len(value) > Size || value[0] == 0 {
		return Element{}, ErrRange
	}
	copy(e.value[Size-len(value):], value)
	if !e.InRange() {
		return Element{}, ErrRange
	}
	return e, nil
}

// InRange tells whether e lies in [2, p-2]. What ParseElement returns always
// does; the result of a power, a product or a quotient need not. Variable-time.
func (e *Element) InRange() bool {
	const last = Size - 1
	p := prime()
	switch {
	case bytes.Equal(e.value[:last], p.p[:last]):
		return e.value[last] <= p.p[last]-2 // p ends in 0xff
	case bytes.Equal(e.value[:last], make([]byte, last)):
		return e.value[last] >= 2
	}
	return bytes.Compare(e.value[:], p.p[:]) < 0
}

// Zero tells whether e is the zero value, which stands for "none".
func (e *Element) Zero() bool { return *e == Element{} }

// Bytes returns the value of e, big-endian without leading zeros.
func (e *Element) Bytes() []byte {
	return append([]byte(nil), trim(e.value[:])...)
}

// AppendMPI appends e as an MPI: a four-byte length and the value without
// leading zeros (Protocol v3, "Data types").
func (e *Element) AppendMPI(dst []byte) []byte {
	value := trim(e.value[:])
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(value)))
	return append(dst, value...)
}

// Cmp compares e and o as numbers: -1, 0 or +1. Variable-time.
func (e *Element) Cmp(o *Element) int { return bytes.Compare(e.value[:], o.value[:]) }

// Equal tells whether a and b are the same, in constant time.
func Equal(a, b *Element) bool {
	return subtle.ConstantTimeCompare(a.value[:], b.value[:]) == 1
}

// trim cuts the leading zeros off a big-endian number.
func trim(value []byte) []byte {
	for len(value) > 0 && value[0] == 0 {
		value = value[1:]
	}
	return value
}
