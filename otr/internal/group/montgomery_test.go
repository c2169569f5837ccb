package group

import (
	"bytes"
	"math/big"
	"slices"
	"testing"
)

// testFields are moduli of every length in words that DSA allows, with words of
// zeros and ones in them, and the group's own.
func testFields() []*field {
	fields := []*field{prime().field}
	for bits := uint(1024); bits <= 3072; bits += 512 {
		m := new(big.Int).Lsh(one, bits-1)
		fields = append(fields, newField(plus(m, 1).Bytes()))      // 2^(bits-1) + 1
		fields = append(fields, newField(plus(m, 0xabcd).Bytes())) // -1/m is not special
		m.Lsh(m, 1)
		fields = append(fields, newField(plus(m, -1).Bytes())) // 2^bits - 1
	}
	return fields
}

// patterns are contents of words that carry far, or not at all.
func patterns(f *field) [][]uint64 {
	n := f.words
	fill := func(words ...uint64) []uint64 {
		z := make([]uint64, n)
		for i := range z {
			z[i] = words[i%len(words)]
		}
		return z
	}
	unit := make([]uint64, n)
	unit[0] = 1
	top := make([]uint64, n)
	top[n-1] = 1 << 63
	return [][]uint64{
		fill(0), unit, top, fill(^uint64(0)), fill(^uint64(0), 0), fill(0, ^uint64(0)), fill(1),
		fill(1 << 63), fill(0x0123456789abcdef, 0xfedcba9876543210, 0xdeadbeefcafef00d),
		slices.Clone(f.modulus), slices.Clone(f.one), slices.Clone(f.square),
	}
}

// The assembly, where there is any, and the portable code give the same words,
// and math/big says that they are right.
func TestMontgomery(t *testing.T) {
	for _, f := range testFields() {
		for _, x := range patterns(f) {
			for _, y := range patterns(f) {
				checkMontgomery(t, f, x, y)
			}
		}
	}
}

func checkMontgomery(t *testing.T, f *field, x, y []uint64) {
	t.Helper()
	portable, product, square := make([]uint64, f.words), make([]uint64, f.words), make([]uint64, f.words)
	f.mulPortable(portable, x, y)
	f.mul(product, x, y)
	if !slices.Equal(portable, product) {
		t.Fatalf("%d words: %x·%x = %x, in Go %x", f.words, x, y, product, portable)
	}
	m, r := bigWords(f.modulus), new(big.Int).Lsh(one, uint(64*f.words))
	want := new(big.Int).Mul(bigWords(x), bigWords(y))
	want.Mod(want, m)
	got := bigWords(product)
	if got.Mod(got.Mul(got, r), m).Cmp(want) != 0 {
		t.Fatalf("%d words: %x·%x = %x is wrong", f.words, x, y, product)
	}
	f.mulPortable(portable, x, x)
	f.sqr(square, x)
	if !slices.Equal(portable, square) {
		t.Fatalf("%d words: the square of %x = %x, in Go %x", f.words, x, square, portable)
	}
	aliased := slices.Clone(x)
	if f.sqr(aliased, aliased); !slices.Equal(aliased, square) {
		t.Fatalf("%d words: a square in place differs", f.words)
	}
	copy(aliased, x)
	if f.mul(aliased, aliased, y); !slices.Equal(aliased, product) {
		t.Fatalf("%d words: a product in place differs", f.words)
	}
}

func bigWords(z []uint64) *big.Int {
	b := make([]byte, 8*len(z))
	toBytes(b, z)
	return new(big.Int).SetBytes(b)
}

func TestLookUp(t *testing.T) {
	for _, words := range []int{8, 16, 24, 48} {
		for _, entries := range []int{1, 2, 32, 64} {
			table := make([]uint64, words*entries)
			for i := range table {
				table[i] = uint64(i) * 0x9e3779b97f4a7c15
			}
			z, portable := make([]uint64, words), make([]uint64, words)
			for i := range entries {
				lookUp(z, table, uint(i))
				lookUpPortable(portable, table, uint(i))
				if !slices.Equal(z, table[i*words:][:words]) || !slices.Equal(z, portable) {
					t.Fatalf("entry %d of %d with %d words is wrong", i, entries, words)
				}
			}
		}
	}
}

// The two implementations agree on whatever the fuzzer finds.
func FuzzMontgomery(f *testing.F) {
	ff := bytes.Repeat([]byte{0xff}, 8*maxWords)
	f.Add([]byte{}, []byte{}, []byte{})
	f.Add(ff, ff, ff)
	f.Add(ff[:128], ff, ff[:100])
	f.Add([]byte{1}, ff, append([]byte{1}, make([]byte, 191)...))
	f.Add(bigP.Bytes(), plus(bigP, -1).Bytes(), ff[:192])
	f.Fuzz(func(t *testing.T, modulus, a, b []byte) {
		f := prime().field
		if m := modulus[:min(len(modulus), 8*maxWords)]; len(m) >= 128 && m[0] != 0 && m[len(m)-1]&1 == 1 {
			f = newField(m)
		}
		x, y := make([]uint64, f.words), make([]uint64, f.words)
		fromBytes(x, a[:min(len(a), 8*f.words)])
		fromBytes(y, b[:min(len(b), 8*f.words)])
		checkMontgomery(t, f, x, y)
	})
}
