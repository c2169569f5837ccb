package group

import (
	"encoding/binary"
	"math/bits"
)

// limbs is the number of 64-bit words of the prime.
const limbs = Size / 8

// A residue is a number modulo p in Montgomery form, x·2^1536 mod p, in
// little-endian words. It is reduced to less than 2^1536, not always to less
// than p: canonical does that.
type residue [limbs]uint64

// prime is p = 2^1536 - 2^1472 - 1 + 2^64·([2^1406 pi] + 741804), the group of
// RFC 3526 that Protocol v3, "Overview" names. p = 7 mod 8, so the generator 2
// is a square: its order is the prime q = (p-1)/2.
var prime = residue{
	0xffffffffffffffff, 0xf1746c08ca237327, 0x670c354e4abc9804, 0x9ed529077096966d,
	0x1c62f356208552bb, 0x83655d23dca3ad96, 0x69163fa8fd24cf5f, 0x98da48361c55d39a,
	0xc2007cb8a163bf05, 0x49286651ece45b3d, 0xae9f24117c4b1fe6, 0xee386bfb5a899fa5,
	0x0bff5cb6f406b7ed, 0xf44c42e9a637ed6b, 0xe485b576625e7ec6, 0x4fe1356d6d51c245,
	0x302b0a6df25f1437, 0xef9519b3cd3a431b, 0x514a08798e3404dd, 0x020bbea63b139b22,
	0x29024e088a67cc74, 0xc4c6628b80dc1cd1, 0xc90fdaa22168c234, 0xffffffffffffffff,
}

// primeRR is 2^3072 mod p: a product with it enters the Montgomery form.
var primeRR = residue{
	0xf115d27d32c695e0, 0x8e0e3e2167478c73, 0xd0ab92e18397f245, 0xf466ee5fbcd49d68,
	0x8f2331b13b01e018, 0x7e8cd2ac98b5fb62, 0xb9052bb47a58f170, 0xb004a750db102d39,
	0x04a541ff93ae1ceb, 0x07cd0a628e434130, 0x1c729c7e04b9f796, 0xb8fe6121196b7e88,
	0x8e1abd780223b76b, 0x22c296e9d46fec23, 0xd62a0eeab270521b, 0xdc541a4ed4053f54,
	0xf8056564969b7f02, 0x0be49647a87c7b37, 0x57b5934867984460, 0x102630fa9a36a51f,
	0xe9c3fa02cc2456ef, 0xae5941047929a1c7, 0xee9c9a216cc1ebd2, 0xe3b33c7259541c01,
}

// primeBytes writes p big-endian.
func primeBytes(dst *[Size]byte) { putWords(dst, &prime) }

// setOne sets z to 1: 2^1536 mod p = 2^1536 - p, as p > 2^1535.
func (z *residue) setOne() {
	var borrow uint64
	for i := range z {
		z[i], borrow = bits.Sub64(0, prime[i], borrow)
	}
}

// setElement sets z to e in Montgomery form.
func (z *residue) setElement(e *Element) {
	for i := range z {
		z[i] = binary.BigEndian.Uint64(e.value[Size-8-8*i:])
	}
	z.mul(z, &primeRR)
}

// element takes z out of Montgomery form.
func (z *residue) element() Element {
	var e Element
	z.putBytes(&e.value)
	return e
}

// putBytes writes z, out of Montgomery form, big-endian and less than p.
func (z *residue) putBytes(dst *[Size]byte) {
	var t residue
	t.mul(z, &residue{1})
	t.canonical()
	putWords(dst, &t)
	clear(t[:])
}

// canonical subtracts p if z is not less than p.
func (z *residue) canonical() {
	var d residue
	var borrow uint64
	for i := range z {
		d[i], borrow = bits.Sub64(z[i], prime[i], borrow)
	}
	z.assign(&d, borrow-1)
	clear(d[:])
}

// assign sets z to x if mask is all ones, and leaves it if mask is zero.
func (z *residue) assign(x *residue, mask uint64) {
	for i := range z {
		z[i] ^= mask & (z[i] ^ x[i])
	}
}

// putWords writes little-endian words as one big-endian number.
func putWords(dst *[Size]byte, w *residue) {
	for i := range w {
		binary.BigEndian.PutUint64(dst[Size-8-8*i:], w[i])
	}
}
