package group

import (
	"math/big"
	"math/bits"
)

// The sizes of DSA keys that are accepted, in bits. OTR makes keys with a p of
// 1024 bits; the bounds keep a stranger's key from costing more than a few
// milliseconds. Signatures have room for a q of 160 bits only (Protocol v3,
// "Public keys, signatures, and fingerprints").
const (
	minPBits = 1024
	maxPBits = 3072
	qBits    = 160
	qSize    = qBits / 8
)

// Parameters are DSA domain parameters, big-endian without leading zeros.
type Parameters struct{ P, Q, G []byte }

// PublicKey is a DSA public key, made by NewPublicKey. It may be used by several
// goroutines at once as long as nobody changes it.
type PublicKey struct {
	Parameters
	Y []byte // big-endian without leading zeros

	field *field // modulo P
}

// NewPublicKey checks the form of a DSA public key, before it costs anything:
// an odd p of 1024 to 3072 bits, an odd q of exactly 160, g and y in (1, p),
// all without leading zeros. Otherwise the error is ErrRange. It does not check
// that p and q are prime: a signature proves what the owner of the key can do,
// not that the key was made well.
func NewPublicKey(p, q, g, y []byte) (*PublicKey, error) {
	pBits := bitLen(p)
	switch {
	case pBits < minPBits || pBits > maxPBits || !minimalAndOdd(p):
		return nil, ErrRange
	case bitLen(q) != qBits || !minimalAndOdd(q):
		return nil, ErrRange
	case !between1And(p, g) || !between1And(p, y):
		return nil, ErrRange
	}
	return &PublicKey{
		Parameters: Parameters{P: clone(p), Q: clone(q), G: clone(g)},
		Y:          clone(y),
		field:      newField(p),
	}, nil
}

func bitLen(x []byte) int {
	if len(x) == 0 {
		return 0
	}
	return 8*(len(x)-1) + bits.Len8(x[0])
}

func minimalAndOdd(x []byte) bool { return x[0] != 0 && x[len(x)-1]&1 == 1 }

// between1And tells whether x is minimal and 1 < x < limit, in variable time.
func between1And(limit, x []byte) bool {
	if len(x) == 0 || len(x) > len(limit) || x[0] == 0 {
		return false
	}
	v := new(big.Int).SetBytes(x)
	return v.Cmp(big.NewInt(1)) > 0 && v.Cmp(new(big.Int).SetBytes(limit)) < 0
}

func clone(b []byte) []byte { return append([]byte(nil), b...) }

// Verify tells whether sig, r and s of 20 bytes each, is a signature of digest
// by k. The digest is a number taken modulo q: it is not hashed, and not cut to
// the length of q (Protocol v3, "Reveal Signature Message"). It takes variable
// time: everything in it is public.
func (k *PublicKey) Verify(digest []byte, sig *[2 * qSize]byte) bool {
	if k.field == nil {
		return false
	}
	q := new(big.Int).SetBytes(k.Q)
	r := new(big.Int).SetBytes(sig[:qSize])
	s := new(big.Int).SetBytes(sig[qSize:])
	if r.Sign() == 0 || s.Sign() == 0 || r.Cmp(q) >= 0 || s.Cmp(q) >= 0 {
		return false
	}
	if s.ModInverse(s, q) == nil { // q need not be prime
		return false
	}
	u1 := new(big.Int).SetBytes(digest)
	u1.Mod(u1.Mul(u1.Mod(u1, q), s), q)
	u2 := new(big.Int).Mul(r, s)
	u2.Mod(u2, q)

	var g, y [maxWords]uint64
	f := k.field
	f.load(g[:f.words], k.G)
	f.load(y[:f.words], k.Y)
	f.doublePower(g[:f.words], g[:f.words], u1, y[:f.words], u2)
	var v [maxPBits / 8]byte
	f.store(v[:f.size], g[:f.words])
	u1.SetBytes(v[:f.size])
	return u1.Mod(u1, q).Cmp(r) == 0
}

// doublePower sets z = x^a·y^b for a and b of at most 160 bits, in variable
// time: the squarings serve both powers. z may be x.
func (f *field) doublePower(z, x []uint64, a *big.Int, y []uint64, b *big.Int) {
	const window = 4 // odd powers only: 8 numbers for each base
	var oddX, oddY [maxWords << (window - 1)]uint64
	n := f.words
	f.oddPowers(oddX[:n<<(window-1)], x)
	f.oddPowers(oddY[:n<<(window-1)], y)
	digitsA, digitsB := slidingWindows(a, window), slidingWindows(b, window)

	var buffer [maxWords]uint64
	acc := buffer[:n]
	copy(acc, f.one)
	started := false
	for i := qBits - 1; i >= 0; i-- {
		if started {
			f.sqr(acc, acc)
		}
		if d := int(digitsA[i]); d != 0 {
			f.mul(acc, acc, oddX[d/2*n:][:n])
			started = true
		}
		if d := int(digitsB[i]); d != 0 {
			f.mul(acc, acc, oddY[d/2*n:][:n])
			started = true
		}
	}
	copy(z, acc)
}

// oddPowers fills the table with x, x^3, x^5 ...
func (f *field) oddPowers(table, x []uint64) {
	var buffer [maxWords]uint64
	n := f.words
	square := buffer[:n]
	f.sqr(square, x)
	copy(table, x)
	for i := n; i < len(table); i += n {
		f.mul(table[i:][:n], table[i-n:][:n], square)
	}
}

// slidingWindows writes x as a sum of d[i]·2^i, where d[i] is zero or odd and
// less than 2^window, and at most one of `window` neighbours is not zero.
func slidingWindows(x *big.Int, window int) (d [qBits]uint8) {
	for i := 0; i < qBits; {
		if x.Bit(i) == 0 {
			i++
			continue
		}
		for j := range window {
			d[i] |= uint8(x.Bit(i+j)) << j
		}
		i += window
	}
	return d
}
