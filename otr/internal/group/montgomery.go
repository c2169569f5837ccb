package group

import "math/bits"

// mul sets z = x·y/2^1536 mod p, in constant time. z may be x or y.
func (z *residue) mul(x, y *residue) { mulPortable(z, x, y) }

// square sets z = x²/2^1536 mod p, in constant time. z may be x.
func (z *residue) square(x *residue) { mulPortable(z, x, x) }

// mulPortable is the product in plain Go: word by word Montgomery
// multiplication, one row of x·y and one of m·p at a time.
//
// The factor m = t[i]·(-1/p mod 2^64) that clears the lowest word is t[i]
// itself, because p = -1 mod 2^64. Factors below R = 2^1536 give
// (x·y + m·p)/R < R + p, so that one subtraction of p on overflow leads back
// below R; it need not lead below p.
func mulPortable(z, x, y *residue) {
	var t [2 * limbs]uint64
	var carry uint64
	for i := range limbs {
		row := (*residue)(t[i:])
		c1 := addProduct(row, x, y[i])
		c2 := addProduct(row, &prime, row[0])
		t[i+limbs], carry = bits.Add64(c1, c2, carry)
	}
	mask := -carry
	var borrow uint64
	for i := range z {
		z[i], borrow = bits.Sub64(t[limbs+i], prime[i]&mask, borrow)
	}
}

// addProduct adds x·y to z and returns the word that overflows.
func addProduct(z, x *residue, y uint64) (carry uint64) {
	for i := range z {
		hi, lo := bits.Mul64(x[i], y)
		lo, c := bits.Add64(lo, z[i], 0)
		hi, _ = bits.Add64(hi, 0, c)
		z[i], c = bits.Add64(lo, carry, 0)
		carry, _ = bits.Add64(hi, 0, c)
	}
	return carry
}
