package smp

import (
	"crypto/sha256"
	"encoding/binary"
	"io"
	"math/big"
	"testing"
)

// The SMP of Protocol v3 written down a second time, straight from the text
// with math/big, so that the machine plays against the specification and not
// only against itself.

var (
	prime, _ = new(big.Int).SetString("FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD1"+
		"29024E088A67CC74020BBEA63B139B22514A08798E3404DD"+
		"EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245"+
		"E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"+
		"EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3D"+
		"C2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"+
		"83655D23DCA3AD961C62F356208552BB9ED529077096966D"+
		"670C354E4ABC9804F1746C08CA237327FFFFFFFFFFFFFFFF", 16)
	order = new(big.Int).Rsh(prime, 1) // q = (p-1)/2
	g1    = big.NewInt(2)
	one   = big.NewInt(1)
)

func power(b, e *big.Int) *big.Int { return new(big.Int).Exp(b, e, prime) }

func times(a, b *big.Int) *big.Int {
	c := new(big.Int).Mul(a, b)
	return c.Mod(c, prime)
}

func over(a, b *big.Int) *big.Int { return times(a, new(big.Int).ModInverse(b, prime)) }

// encode writes an MPI count and MPIs.
func encode(values ...*big.Int) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(values)))
	for _, v := range values {
		out = append(out, serialized(v)...)
	}
	return out
}

// decode undoes encode.
func decode(b []byte) (values []*big.Int) {
	n := binary.BigEndian.Uint32(b)
	for b = b[4:]; n > 0; n-- {
		size := binary.BigEndian.Uint32(b)
		values = append(values, new(big.Int).SetBytes(b[4:4+size]))
		b = b[4+size:]
	}
	return values
}

func serialized(v *big.Int) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(v.Bytes()))), v.Bytes()...)
}

// sha is "SMP Hash function".
func sha(version byte, values ...*big.Int) *big.Int {
	input := []byte{version}
	for _, v := range values {
		input = append(input, serialized(v)...)
	}
	sum := sha256.Sum256(input)
	return new(big.Int).SetBytes(sum[:])
}

// party is Alice or Bob. Its proofs are drawn again until accept likes c and
// the first D.
type party struct {
	t      *testing.T
	rand   io.Reader
	accept func(c, d *big.Int) bool

	secret           *big.Int // x or y
	e2, e3           *big.Int // a2, a3 or b2, b3
	g2, g3           *big.Int
	their3           *big.Int // g3a or g3b
	p, q             *big.Int // own
	theirP, quotient *big.Int
}

func newParty(t *testing.T, rand io.Reader, initiator, responder [20]byte, ssid [8]byte, words string) *party {
	input := append([]byte{1}, initiator[:]...)
	input = append(append(append(input, responder[:]...), ssid[:]...), words...)
	digest := sha256.Sum256(input)
	s := &party{t: t, rand: rand, secret: new(big.Int).SetBytes(digest[:])}
	s.accept = func(_, _ *big.Int) bool { return true }
	s.e2, s.e3 = s.exponent(), s.exponent()
	return s
}

// exponent is a random 1536-bit number.
func (s *party) exponent() *big.Int {
	var b [192]byte
	if _, err := io.ReadFull(s.rand, b[:]); err != nil {
		s.t.Fatal(err)
	}
	return new(big.Int).SetBytes(b[:])
}

// answer is D = r - secret c mod q.
func answerTo(r, secret, c *big.Int) *big.Int {
	d := new(big.Int).Mul(secret, c)
	return d.Mod(d.Sub(r, d), order)
}

// proof commits to bases[i]^r (times fixed[i]) and answers for secret. Each
// next r is one larger, so that rare proofs are cheap to find.
func (s *party) proof(version byte, secret *big.Int, bases, fixed []*big.Int) (c, d, r *big.Int) {
	r = s.exponent()
	var commitments []*big.Int
	for i, base := range bases {
		commitments = append(commitments, times(power(base, r), fixed[i]))
	}
	for {
		c = sha(version, commitments...)
		if d = answerTo(r, secret, c); s.accept(c, d) {
			return c, d, r
		}
		r = new(big.Int).Add(r, one)
		for i, base := range bases {
			commitments[i] = times(commitments[i], base)
		}
	}
}

func (s *party) halves(version byte) []*big.Int {
	ones := []*big.Int{one}
	c2, d2, _ := s.proof(version, s.e2, []*big.Int{g1}, ones)
	c3, d3, _ := s.proof(version+1, s.e3, []*big.Int{g1}, ones)
	return []*big.Int{power(g1, s.e2), c2, d2, power(g1, s.e3), c3, d3}
}

// generators checks the peer's halves and agrees on g2 and g3.
func (s *party) generators(version byte, v []*big.Int) {
	for i := range 2 {
		half, c, d := v[3*i], v[3*i+1], v[3*i+2]
		if c.Cmp(sha(version+byte(i), times(power(g1, d), power(half, c)))) != 0 {
			s.t.Fatalf("proof %d is wrong", int(version)+i)
		}
	}
	s.g2, s.g3, s.their3 = power(v[0], s.e2), power(v[3], s.e3), v[3]
}

func (s *party) coordinates(version byte) []*big.Int {
	r4, r6 := s.exponent(), s.exponent()
	s.p, s.q = power(s.g3, r4), times(power(g1, r4), power(s.g2, s.secret))
	c, d5, _ := s.proof(version, r4, []*big.Int{s.g3, g1}, []*big.Int{one, power(s.g2, r6)})
	return []*big.Int{s.p, s.q, c, d5, answerTo(r6, s.secret, c)}
}

func (s *party) checkCoordinates(version byte, v []*big.Int) {
	p, q, c, d5, d6 := v[0], v[1], v[2], v[3], v[4]
	first := times(power(s.g3, d5), power(p, c))
	second := times(times(power(g1, d5), power(s.g2, d6)), power(q, c))
	if c.Cmp(sha(version, first, second)) != 0 {
		s.t.Fatalf("proof %d is wrong", version)
	}
	s.theirP = p
}

func (s *party) result(version byte) []*big.Int {
	c, d, _ := s.proof(version, s.e3, []*big.Int{g1, s.quotient}, []*big.Int{one, one})
	return []*big.Int{power(s.quotient, s.e3), c, d}
}

// checkResult returns Rab.
func (s *party) checkResult(version byte, v []*big.Int) *big.Int {
	r, c, d := v[0], v[1], v[2]
	first := times(power(g1, d), power(s.their3, c))
	second := times(power(s.quotient, d), power(r, c))
	if c.Cmp(sha(version, first, second)) != 0 {
		s.t.Fatalf("proof %d is wrong", version)
	}
	return power(r, s.e3)
}

// Alice

func (s *party) message1() []byte { return encode(s.halves(1)...) }

func (s *party) message3(message2 []byte) []byte {
	v := decode(message2)
	s.generators(3, v[:6])
	s.checkCoordinates(5, v[6:])
	mine := s.coordinates(6)
	s.quotient = over(s.q, v[7])
	return encode(append(mine, s.result(7)...)...)
}

func (s *party) finish(message4 []byte) (equal bool) {
	rab := s.checkResult(8, decode(message4))
	return rab.Cmp(over(s.p, s.theirP)) == 0
}

// Bob

func (s *party) message2(message1 []byte) []byte {
	s.generators(1, decode(message1))
	mine := s.halves(3)
	return encode(append(mine, s.coordinates(5)...)...)
}

func (s *party) message4(message3 []byte) (value []byte, equal bool) {
	v := decode(message3)
	s.checkCoordinates(6, v[:5])
	s.quotient = over(v[1], s.q)
	rab := s.checkResult(7, v[5:])
	return encode(s.result(8)...), rab.Cmp(over(s.theirP, s.p)) == 0
}
