package group

import (
	"crypto/subtle"
	"math/bits"
)

// mulPortable sets z = x·y/R mod m in plain Go: Montgomery multiplication word
// by word, one row of x·y and one of m·k at a time, where k clears the lowest
// word. z may be x or y.
//
// Factors below R give (x·y + k·m)/R < R + m, so that one subtraction of m on
// overflow leads back below R; it need not lead below m. If a factor is less
// than m, the result is less than 2m.
func (f *field) mulPortable(z, x, y []uint64) {
	var buffer [2 * maxWords]uint64
	n := f.words
	t := buffer[:2*n]
	var carry uint64
	for i, word := range y[:n] {
		c1 := addProduct(t[i:i+n], x, word)
		c2 := addProduct(t[i:i+n], f.modulus, t[i]*f.inverse)
		t[i+n], carry = bits.Add64(c1, c2, carry)
	}
	f.subtractOnCarry(z, t[n:], carry)
}

// addProduct adds x·y to z and returns the word that overflows.
func addProduct(z, x []uint64, y uint64) (carry uint64) {
	x = x[:len(z)]
	for i := range z {
		hi, lo := bits.Mul64(x[i], y)
		lo, c := bits.Add64(lo, z[i], 0)
		hi, _ = bits.Add64(hi, 0, c)
		z[i], c = bits.Add64(lo, carry, 0)
		carry, _ = bits.Add64(hi, 0, c)
	}
	return carry
}

// subtractOnCarry sets z = t - carry·m, in constant time.
func (f *field) subtractOnCarry(z, t []uint64, carry uint64) {
	mask := -carry
	var borrow uint64
	for i, word := range t {
		z[i], borrow = bits.Sub64(word, f.modulus[i]&mask, borrow)
	}
}

// lookUpPortable is lookUp in plain Go.
func lookUpPortable(z, table []uint64, index uint) {
	clear(z)
	for i := 0; len(table) >= len(z); i++ {
		mask := -uint64(subtle.ConstantTimeEq(int32(i), int32(index)))
		for j, word := range table[:len(z)] {
			z[j] |= mask & word
		}
		table = table[len(z):]
	}
}
