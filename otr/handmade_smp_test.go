package otr_test

import (
	"crypto/sha256"
	"math/big"
	"slices"

	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// groupOrder is q of "Receiving a type 2 TLV (SMP message 1)": (p - 1) / 2.
var groupOrder = new(big.Int).Rsh(modulus, 1)

// An smpRun is one run of SMP at the handmade peer, with the names of the
// specification; "ours" is a for the initiator and b for the responder.
type smpRun struct {
	h                      *handmade
	secret                 *big.Int // x or y
	a2, a3                 *big.Int
	g2, g3                 *big.Int
	g3theirs               *big.Int
	p, q, pTheirs, qTheirs *big.Int
	// change sees the numbers of each message before they are sent.
	change func(tlv uint16, numbers []*big.Int)
	// trusting leaves out the checks of the peer's proofs, which take long.
	trusting bool
}

// smpStart prepares a run: who begins decides the order of the fingerprints.
func (h *handmade) smpStart(weBegin bool, theirs otr.Fingerprint, secret string) *smpRun {
	ours, ssid := h.key.fingerprint(), h.ssid()
	if !weBegin {
		ours, theirs = theirs, ours
	}
	x := sha256.Sum256(slices.Concat([]byte{1}, ours[:], theirs[:], ssid[:], []byte(secret)))
	return &smpRun{h: h, secret: new(big.Int).SetBytes(x[:]), a2: h.exponent(), a3: h.exponent()}
}

// exponent is shorter than an honest peer's, to keep the tests short; nobody can tell.
func (h *handmade) exponent() *big.Int { return new(big.Int).SetBytes(h.random(32)) }

func power(b, e *big.Int) *big.Int { return new(big.Int).Exp(b, e, modulus) }

func times(a, b *big.Int) *big.Int {
	c := new(big.Int).Mul(a, b)
	return c.Mod(c, modulus)
}

func divided(a, b *big.Int) *big.Int { return times(a, new(big.Int).ModInverse(b, modulus)) }

// challenge is "SMP Hash function" as a number.
func challenge(version byte, values ...*big.Int) *big.Int {
	var parts [][]byte
	for _, v := range values {
		parts = append(parts, mpi(v))
	}
	return new(big.Int).SetBytes(hash2(version, parts...))
}

// response is r - x c mod q.
func response(r, x, c *big.Int) *big.Int {
	d := new(big.Int).Mul(x, c)
	d.Sub(r, d)
	return d.Mod(d, groupOrder)
}

// knows proves that we know x of base^x: c and D.
func (s *smpRun) knows(version byte, x *big.Int) (c, d *big.Int) {
	r := s.h.exponent()
	c = challenge(version, power(two, r))
	return c, response(r, x, c)
}

func (s *smpRun) tlv(kind uint16, numbers ...*big.Int) wire.TLV {
	if s.change != nil {
		s.change(kind, numbers)
	}
	var values [][]byte
	for _, n := range numbers {
		values = append(values, n.Bytes())
	}
	return wire.TLV{Type: kind, Value: wire.AppendMPIs(nil, values...)}
}

func (s *smpRun) numbers(t wire.TLV, want int) []*big.Int {
	s.h.t.Helper()
	values, err := wire.ParseMPIs(t.Value, want)
	if err != nil {
		s.h.t.Fatalf("TLV %d: %v", t.Type, err)
	}
	var out []*big.Int
	for _, v := range values {
		out = append(out, new(big.Int).SetBytes(v))
	}
	return out
}

func (s *smpRun) must(ok bool, what string) {
	s.h.t.Helper()
	if !ok {
		s.h.t.Fatalf("the peer's %s is wrong", what)
	}
}

// proven checks a proof of knowledge of the exponent of v.
func (s *smpRun) proven(version byte, v, c, d *big.Int) {
	s.h.t.Helper()
	if s.trusting {
		return
	}
	s.must(challenge(version, times(power(two, d), power(v, c))).Cmp(c) == 0, "proof")
}

// message1 is "User requests to begin SMP".
func (s *smpRun) message1() wire.TLV {
	c2, d2 := s.knows(1, s.a2)
	c3, d3 := s.knows(2, s.a3)
	return s.tlv(wire.TLVSMP1, power(two, s.a2), c2, d2, power(two, s.a3), c3, d3)
}

// question makes a message 1Q of a message 1.
func question(text string, t wire.TLV) wire.TLV {
	return wire.TLV{Type: wire.TLVSMP1Q, Value: append([]byte(text+"\x00"), t.Value...)}
}

// message2 answers a message 1.
func (s *smpRun) message2(t wire.TLV) wire.TLV {
	s.h.t.Helper()
	n := s.numbers(t, 6)
	s.proven(1, n[0], n[1], n[2])
	s.proven(2, n[3], n[4], n[5])
	s.generators(n[0], n[3])
	c2, d2 := s.knows(3, s.a2)
	c3, d3 := s.knows(4, s.a3)
	cp, d5, d6 := s.commitSecret(5)
	return s.tlv(wire.TLVSMP2, power(two, s.a2), c2, d2, power(two, s.a3), c3, d3, s.p, s.q, cp, d5, d6)
}

// message3 answers a message 2.
func (s *smpRun) message3(t wire.TLV) wire.TLV {
	s.h.t.Helper()
	n := s.numbers(t, 11)
	s.proven(3, n[0], n[1], n[2])
	s.proven(4, n[3], n[4], n[5])
	s.generators(n[0], n[3])
	s.pTheirs, s.qTheirs = n[6], n[7]
	s.provenSecret(5, n[8], n[9], n[10])
	cp, d5, d6 := s.commitSecret(6)
	ra, cr, d7 := s.result(7)
	return s.tlv(wire.TLVSMP3, s.p, s.q, cp, d5, d6, ra, cr, d7)
}

// message4 answers a message 3, and tells whether the secrets are equal.
func (s *smpRun) message4(t wire.TLV) (answer wire.TLV, equal bool) {
	s.h.t.Helper()
	n := s.numbers(t, 8)
	s.pTheirs, s.qTheirs = n[0], n[1]
	s.provenSecret(6, n[2], n[3], n[4])
	s.p, s.q, s.pTheirs, s.qTheirs = s.pTheirs, s.qTheirs, s.p, s.q // from here p, q are a's
	s.provenResult(7, n[5], n[6], n[7])
	rb, cr, d7 := s.result(8)
	return s.tlv(wire.TLVSMP4, rb, cr, d7), s.equal(n[5])
}

// end takes a message 4, and tells whether the secrets are equal.
func (s *smpRun) end(t wire.TLV) bool {
	s.h.t.Helper()
	n := s.numbers(t, 3)
	s.provenResult(8, n[0], n[1], n[2])
	return s.equal(n[0])
}

func (s *smpRun) generators(g2theirs, g3theirs *big.Int) {
	s.g2, s.g3, s.g3theirs = power(g2theirs, s.a2), power(g3theirs, s.a3), g3theirs
}

// commitSecret makes P and Q, and the proof of them.
func (s *smpRun) commitSecret(version byte) (cp, d5, d6 *big.Int) {
	r4, r5, r6 := s.h.exponent(), s.h.exponent(), s.h.exponent()
	s.p, s.q = power(s.g3, r4), times(power(two, r4), power(s.g2, s.secret))
	cp = challenge(version, power(s.g3, r5), times(power(two, r5), power(s.g2, r6)))
	return cp, response(r5, r4, cp), response(r6, s.secret, cp)
}

func (s *smpRun) provenSecret(version byte, cp, d5, d6 *big.Int) {
	s.h.t.Helper()
	if s.trusting {
		return
	}
	first := times(power(s.g3, d5), power(s.pTheirs, cp))
	second := times(times(power(two, d5), power(s.g2, d6)), power(s.qTheirs, cp))
	s.must(challenge(version, first, second).Cmp(cp) == 0, "proof of P and Q")
}

// result makes R and the proof of it; p, q are a's and pTheirs, qTheirs are b's.
func (s *smpRun) result(version byte) (r, cr, d7 *big.Int) {
	quotient := divided(s.q, s.qTheirs)
	r7 := s.h.exponent()
	cr = challenge(version, power(two, r7), power(quotient, r7))
	return power(quotient, s.a3), cr, response(r7, s.a3, cr)
}

func (s *smpRun) provenResult(version byte, r, cr, d7 *big.Int) {
	s.h.t.Helper()
	if s.trusting {
		return
	}
	first := times(power(two, d7), power(s.g3theirs, cr))
	second := times(power(divided(s.q, s.qTheirs), d7), power(r, cr))
	s.must(challenge(version, first, second).Cmp(cr) == 0, "proof of R")
}

func (s *smpRun) equal(r *big.Int) bool {
	return power(r, s.a3).Cmp(divided(s.p, s.pTheirs)) == 0
}
