//go:build !purego

package group

import "math/bits"

// block is the number of words that the assembly handles at a time.
const block = 8

// The routines of montgomery_amd64.s, which say what they compute.

//go:noescape
func sweepADX(t, x, y *uint64, blocks int, carry uint64) uint64

//go:noescape
func reduceADX(t, m *uint64, blocks int, inverse, carry uint64) uint64

//go:noescape
func triangleADX(t, x *uint64)

//go:noescape
func diagonalADX(t, x *uint64, blocks int)

//go:noescape
func subtractADX(z, t, m *uint64, blocks int, carry uint64)

//go:noescape
func lookUpAVX2(z, table *uint64, words, entries int, index uint64)

func cpuid(leaf, subleaf uint32) (a, b, c, d uint32)

func xgetbv() (low uint32)

// hasAssembly tells whether the processor has BMI2, ADX and AVX2, and the
// operating system saves the AVX registers.
var hasAssembly = func() bool {
	const (
		osxsave = 1 << 27 // leaf 1, ECX
		avx     = 1 << 28
		avx2    = 1 << 5 // leaf 7, EBX
		bmi2    = 1 << 8
		adx     = 1 << 19
		saved   = 1<<1 | 1<<2 // XCR0: SSE and AVX
	)
	if highest, _, _, _ := cpuid(0, 0); highest < 7 {
		return false
	}
	if _, _, c, _ := cpuid(1, 0); c&(osxsave|avx) != osxsave|avx || xgetbv()&saved != saved {
		return false
	}
	_, b, _, _ := cpuid(7, 0)
	return b&(avx2|bmi2|adx) == avx2|bmi2|adx
}()

// mul sets z = x·y/R mod m, in constant time. z may be x or y.
func (f *field) mul(z, x, y []uint64) {
	if !hasAssembly {
		f.mulPortable(z, x, y)
		return
	}
	var t [2 * maxWords]uint64
	n := f.words
	_, _ = x[n-1], y[n-1]
	var carry uint64
	for i := 0; i < n; i += block {
		carry = sweepADX(&t[i], &x[0], &y[i], n/block, carry)
	}
	f.reduce(z, &t)
}

// sqr sets z = x²/R mod m, in constant time. z may be x.
func (f *field) sqr(z, x []uint64) {
	if !hasAssembly {
		f.mulPortable(z, x, x)
		return
	}
	// Products of different words, once: first those within a block, then those
	// of a block with all that follow.
	var t [2 * maxWords]uint64
	n := f.words
	_ = x[n-1]
	for i := 0; i < n; i += block {
		triangleADX(&t[2*i], &x[i])
	}
	var carry uint64
	for i := 0; i+block < n; i += block {
		carry = sweepADX(&t[2*i+block], &x[i+block], &x[i], (n-i)/block-1, carry)
	}
	for i := 2*n - block; i < 2*n; i++ {
		t[i], carry = bits.Add64(t[i], 0, carry)
	}
	diagonalADX(&t[0], &x[0], n/block)
	f.reduce(z, &t)
}

// reduce sets z = t/R mod m.
func (f *field) reduce(z []uint64, t *[2 * maxWords]uint64) {
	n := f.words
	var carry uint64
	for i := 0; i < n; i += block {
		carry = reduceADX(&t[i], &f.modulus[0], n/block, f.inverse, carry)
	}
	subtractADX(&z[0], &t[n], &f.modulus[0], n/block, carry)
}

// lookUp copies entry index of a table of numbers as long as z, reading the
// whole table.
func lookUp(z, table []uint64, index uint) {
	if !hasAssembly {
		lookUpPortable(z, table, index)
		return
	}
	lookUpAVX2(&z[0], &table[0], len(z), len(table)/len(z), uint64(index))
}
