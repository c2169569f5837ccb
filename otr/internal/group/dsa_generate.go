package group

import (
	"fmt"
	"io"
	"math/big"
	"math/bits"
	"sync"
)

const (
	generatedPBits = 1024 // what every OTR client accepts

	// FIPS 186-4, table C.1, for 1024 and 160 bits: Miller-Rabin rounds that
	// go with a Lucas test, which math/big adds to its rounds.
	roundsP = 3
	roundsQ = 19
)

// GenerateParameters makes DSA domain parameters with a p of 1024 bits and a q
// of 160. The time it takes depends on numbers that become public. It fails
// when rand does.
func GenerateParameters(rand io.Reader) (*Parameters, error) {
	q, err := generateQ(rand)
	if err != nil {
		return nil, err
	}
	p, err := generateP(q, rand)
	if err != nil {
		return nil, err
	}
	return &Parameters{P: p.Bytes(), Q: q.Bytes(), G: generatorOf(p, q)}, nil
}

// generateQ draws a prime of 160 bits.
func generateQ(rand io.Reader) (*big.Int, error) {
	for range 1 << 16 { // about 55 odd numbers to a prime
		var b [qSize]byte
		if _, err := io.ReadFull(rand, b[:]); err != nil {
			return nil, fmt.Errorf("group: reading randomness: %w", err)
		}
		b[0] |= 0x80
		b[qSize-1] |= 1
		q := new(big.Int).SetBytes(b[:])
		if q.ProbablyPrime(0) && q.ProbablyPrime(roundsQ) {
			return q, nil
		}
	}
	return nil, errNoRandom
}

// generateP finds a prime p = 2qk+1 of 1024 bits: it walks a sieved run of k
// from a random start, and tries another start when the run holds no prime.
func generateP(q *big.Int, rand io.Reader) (*big.Int, error) {
	const run = 2048 // about 355 odd numbers to a prime
	step := new(big.Int).Lsh(q, 1)
	low := new(big.Int).Lsh(big.NewInt(1), generatedPBits-1)
	for range 1 << 8 {
		var b [generatedPBits / 8]byte
		if _, err := io.ReadFull(rand, b[:]); err != nil {
			return nil, fmt.Errorf("group: reading randomness: %w", err)
		}
		b[0] |= 0x80
		// The greatest number 1 mod 2q that is not above b.
		start := new(big.Int).SetBytes(b[:])
		start.Sub(start, new(big.Int).Mod(start, step)).Add(start, big.NewInt(1))

		p := new(big.Int)
		for i, composite := range sieve(start, step, run) {
			if composite {
				continue
			}
			p.Mul(step, big.NewInt(int64(i))).Add(p, start)
			if p.Cmp(low) < 0 {
				continue
			}
			if p.BitLen() > generatedPBits {
				break
			}
			if passesFermat(p) && p.ProbablyPrime(roundsP) {
				return p, nil
			}
		}
	}
	return nil, errNoRandom
}

// sieve tells which of start, start+step, ... have a small prime factor.
func sieve(start, step *big.Int, count int) []bool {
	composite := make([]bool, count)
	for _, batch := range smallPrimes() {
		startRest, stepRest := remainder(start, batch.product), remainder(step, batch.product)
		for _, prime := range batch.primes {
			a, d := uint32(startRest%uint64(prime)), uint32(stepRest%uint64(prime))
			// a + i·d = 0 modulo prime
			i := uint64(prime-a) * uint64(inverse(d, prime)) % uint64(prime)
			for ; i < uint64(count); i += uint64(prime) {
				composite[i] = true
			}
		}
	}
	return composite
}

// remainder returns x mod m.
func remainder(x *big.Int, m uint64) uint64 {
	var buffer [maxWords]uint64
	n := (x.BitLen() + 63) / 64
	fromBytes(buffer[:n], x.Bytes())
	var rest uint64
	for i := n - 1; i >= 0; i-- {
		_, rest = bits.Div64(rest, buffer[i], m)
	}
	return rest
}

// inverse returns 1/a modulo a prime, by Euclid.
func inverse(a, prime uint32) uint32 {
	r, next := int64(prime), int64(a)
	t, nextT := int64(0), int64(1)
	for next != 0 {
		quotient := r / next
		r, next = next, r-quotient*next
		t, nextT = nextT, t-quotient*nextT
	}
	if t < 0 {
		t += int64(prime)
	}
	return uint32(t)
}

// A primeBatch is a few primes whose product fits into a word.
type primeBatch struct {
	product uint64
	primes  []uint32
}

// smallPrimes returns the odd primes below 2^15, in batches.
var smallPrimes = sync.OnceValue(func() []primeBatch {
	const limit = 1 << 15
	var batches []primeBatch
	batch := primeBatch{product: 1}
	var composite [limit]bool
	for n := uint32(3); n < limit; n += 2 {
		if composite[n] {
			continue
		}
		for i := n * n; i < limit; i += 2 * n {
			composite[i] = true
		}
		if hi, _ := bits.Mul64(batch.product, uint64(n)); hi != 0 {
			batches = append(batches, batch)
			batch = primeBatch{product: 1}
		}
		batch.product *= uint64(n)
		batch.primes = append(batch.primes, n)
	}
	return append(batches, batch)
})

// passesFermat tells whether 2^(p-1) = 1 modulo p, in variable time.
func passesFermat(p *big.Int) bool {
	f := newField(p.Bytes())
	var buffer [maxWords]uint64
	x := buffer[:f.words]
	copy(x, f.one)
	for i := p.BitLen() - 1; i >= 0; i-- {
		f.sqr(x, x)
		if p.Bit(i) == 1 && i > 0 { // p-1 ends in 0
			f.double(x)
		}
	}
	var value [maxPBits / 8]byte
	f.store(value[:f.size], x)
	return trim(value[:f.size])[0] == 1 && len(trim(value[:f.size])) == 1
}

// double sets x = 2x for a modulus that fills its words.
func (f *field) double(x []uint64) {
	var carry uint64
	for i, word := range x {
		x[i] = word<<1 | carry
		carry = word >> 63
	}
	// 2x < 2R and m >= R/2: subtract m as often as the carry says.
	for carry != 0 {
		var borrow uint64
		for i, word := range x {
			x[i], borrow = bits.Sub64(word, f.modulus[i], borrow)
		}
		carry -= borrow
	}
}

// generatorOf returns a generator of the subgroup of order q modulo p: the
// first power h^((p-1)/q) that is not 1 (FIPS 186-4, A.2.1).
func generatorOf(p, q *big.Int) []byte {
	exponent := new(big.Int).Sub(p, big.NewInt(1))
	exponent.Div(exponent, q)
	g := new(big.Int)
	for h := int64(2); ; h++ {
		if g.Exp(big.NewInt(h), exponent, p).Cmp(big.NewInt(1)) > 0 {
			return g.Bytes()
		}
	}
}
