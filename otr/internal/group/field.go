package group

import (
	"encoding/binary"
	"math/big"
	"math/bits"
)

// maxWords is the size of the longest modulus, 3072 bits.
const maxWords = 3072 / 64

// A field is the arithmetic modulo one odd public number m, in constant time.
//
// Its numbers are little-endian slices of f.words words in Montgomery form,
// x·R mod m with R = 2^(64·words), less than R but not always less than m.
type field struct {
	words   int      // of every number; a multiple of 8, for the assembly
	size    int      // of m in bytes
	modulus []uint64 // m
	inverse uint64   // -1/m mod 2^64
	one     []uint64 // R mod m
	square  []uint64 // R² mod m: a product with it enters the Montgomery form
}

// newField prepares the arithmetic modulo an odd number of at most 3072 bits,
// given big-endian.
func newField(modulus []byte) *field {
	f := &field{size: len(modulus), words: (len(modulus) + 63) / 64 * 8}
	m := new(big.Int).SetBytes(modulus)
	r := new(big.Int).Lsh(big.NewInt(1), uint(64*f.words))
	f.modulus = f.wordsOf(m)
	f.one = f.wordsOf(new(big.Int).Mod(r, m))
	f.square = f.wordsOf(r.Mod(r.Mul(r, r), m))
	inverse := f.modulus[0] // right in 3 bits; each step doubles them
	for range 5 {
		inverse *= 2 - f.modulus[0]*inverse
	}
	f.inverse = -inverse
	return f
}

// wordsOf writes a public number in f.words words.
func (f *field) wordsOf(x *big.Int) []uint64 {
	z := make([]uint64, f.words)
	fromBytes(z, x.Bytes())
	return z
}

// load sets z to a big-endian number less than R, entering the Montgomery form.
func (f *field) load(z []uint64, value []byte) {
	fromBytes(z, value)
	f.mul(z, z, f.square)
}

// store writes z big-endian, less than m, in the size of m.
func (f *field) store(dst []byte, z []uint64) {
	var unit, plain [maxWords]uint64
	unit[0] = 1
	t := plain[:f.words]
	f.mul(t, z, unit[:f.words]) // at most m
	f.canonical(t)
	toBytes(dst, t)
	clear(t)
}

// canonical subtracts m from z if z is not less than m.
func (f *field) canonical(z []uint64) {
	var difference [maxWords]uint64
	var borrow uint64
	for i, word := range z {
		difference[i], borrow = bits.Sub64(word, f.modulus[i], borrow)
	}
	mask := borrow - 1
	for i, word := range z {
		z[i] = word ^ mask&(word^difference[i])
	}
	clear(difference[:])
}

// fromBytes sets z to a big-endian number that fits.
func fromBytes(z []uint64, value []byte) {
	clear(z)
	i := 0
	for ; len(value) >= 8; i++ {
		z[i] = binary.BigEndian.Uint64(value[len(value)-8:])
		value = value[:len(value)-8]
	}
	for _, b := range value {
		z[i] = z[i]<<8 | uint64(b)
	}
}

// toBytes writes z big-endian to all of dst, which must hold it.
func toBytes(dst []byte, z []uint64) {
	for i := range dst {
		dst[len(dst)-1-i] = byte(z[i/8] >> (i % 8 * 8))
	}
}
