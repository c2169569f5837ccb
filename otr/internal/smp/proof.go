package smp

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"io"

	"otrbot/otr/internal/group"
)

// The three zero-knowledge proofs of SMP. Each commits to random powers, takes
// the hash of the commitment as challenge c, and answers with D = r - secret*c
// mod q; who checks rebuilds the commitment from D and c.

// hash is a challenge c. As a number it may be shorter than 32 bytes.
type hash [32]byte

// bytes returns c as a minimal big-endian integer.
func (c *hash) bytes() []byte { return bytes.TrimLeft(c[:], "\x00") }

func (c *hash) equals(o *hash) bool { return subtle.ConstantTimeCompare(c[:], o[:]) == 1 }

// commit is the hash over a version byte, which tells the proofs of a run
// apart, and one or two group elements.
//
// Protocol v3, "SMP Hash function".
func commit(version byte, first *group.Element, second *group.Element) hash {
	buf := make([]byte, 0, 1+2*(4+group.Size))
	buf = append(buf, version)
	buf = first.AppendMPI(buf)
	if second != nil {
		buf = second.AppendMPI(buf)
	}
	return sha256.Sum256(buf)
}

// answer returns D = r - secret*c mod q.
func answer(r, secret *group.Scalar, c *hash) group.Scalar {
	return group.SubMul(r, secret, (*[32]byte)(c))
}

// unmask returns base^d * public^c, given base^d: the commitment again when
// public is a power of base and d was computed with that exponent.
func unmask(power, public *group.Element, c *hash) group.Element {
	masked := public.PowerHash((*[32]byte)(c))
	return group.Mul(power, &masked)
}

// base is an element that is raised to a power: a group.Element, or a
// group.Base where several powers make up for preparing it.
type base interface {
	Power(x *group.Scalar) group.Element
}

// exponentProof shows that the sender knows a in g1^a.
type exponentProof struct {
	c hash
	d group.Scalar
}

func proveExponent(rand io.Reader, version byte, a *group.Scalar) (exponentProof, error) {
	r, err := group.GenerateScalar(rand)
	if err != nil {
		return exponentProof{}, err
	}
	defer r.Wipe()
	commitment := group.Power2(&r)
	c := commit(version, &commitment, nil)
	return exponentProof{c, answer(&r, a, &c)}, nil
}

// verify checks c = SHA256(version, g1^D public^c).
func (p *exponentProof) verify(version byte, public *group.Element) bool {
	power := group.Power2(&p.d)
	commitment := unmask(&power, public, &p.c)
	c := commit(version, &commitment, nil)
	return c.equals(&p.c)
}

// coordinates are P = g3^r and Q = g1^r g2^x, which hide the secret x, with the
// proof that they were made so.
type coordinates struct {
	p, q   group.Element
	c      hash
	d5, d6 group.Scalar
}

// newCoordinates hides x. The power of g2 with x, which is short, is taken from
// the element; base2 and base3 are g2 and g3.
func newCoordinates(rand io.Reader, version byte, g2 *group.Element, base2, base3 base, x *secret) (coordinates, error) {
	var r4, r5, r6 group.Scalar
	if err := generate(rand, &r4, &r5, &r6); err != nil {
		return coordinates{}, err
	}
	defer wipe(&r4, &r5, &r6)

	hidden := g2.PowerHash((*[32]byte)(x))
	blinding := group.Power2(&r4)
	out := coordinates{p: base3.Power(&r4), q: group.Mul(&blinding, &hidden)}

	first := base3.Power(&r5)
	blinding, hidden = group.Power2(&r5), base2.Power(&r6)
	second := group.Mul(&blinding, &hidden)
	out.c = commit(version, &first, &second)

	exponent := group.ScalarFromHash(*x)
	defer exponent.Wipe()
	out.d5 = answer(&r5, &r4, &out.c)
	out.d6 = answer(&r6, &exponent, &out.c)
	return out, nil
}

func readCoordinates(f *fields) coordinates {
	return coordinates{p: f.element(), q: f.element(), c: f.hash(), d5: f.scalar(), d6: f.scalar()}
}

// verify checks c = SHA256(version, g3^D5 P^c, g1^D5 g2^D6 Q^c).
func (k *coordinates) verify(version byte, g2, g3 base) bool {
	power := g3.Power(&k.d5)
	first := unmask(&power, &k.p, &k.c)
	power, other := group.Power2(&k.d5), g2.Power(&k.d6)
	power = group.Mul(&power, &other)
	second := unmask(&power, &k.q, &k.c)
	c := commit(version, &first, &second)
	return c.equals(&k.c)
}

// result is R = (Qa/Qb)^e with the proof that e is the exponent of the sender's
// g3 half.
type result struct {
	r group.Element
	c hash
	d group.Scalar
}

func newResult(rand io.Reader, version byte, quotient base, e *group.Scalar) (result, error) {
	r7, err := group.GenerateScalar(rand)
	if err != nil {
		return result{}, err
	}
	defer r7.Wipe()
	out := result{r: quotient.Power(e)}
	first, second := group.Power2(&r7), quotient.Power(&r7)
	out.c = commit(version, &first, &second)
	out.d = answer(&r7, e, &out.c)
	return out, nil
}

func readResult(f *fields) result {
	return result{r: f.element(), c: f.hash(), d: f.scalar()}
}

// verify checks c = SHA256(version, g1^D half^c, (Qa/Qb)^D R^c).
func (p *result) verify(version byte, half *group.Element, quotient base) bool {
	power := group.Power2(&p.d)
	first := unmask(&power, half, &p.c)
	power = quotient.Power(&p.d)
	second := unmask(&power, &p.r, &p.c)
	c := commit(version, &first, &second)
	return c.equals(&p.c)
}

// generate fills each scalar with 1536 random bits reduced modulo q. Shorter
// exponents would let the secret be found.
func generate(rand io.Reader, scalars ...*group.Scalar) error {
	for _, s := range scalars {
		fresh, err := group.GenerateScalar(rand)
		if err != nil {
			wipe(scalars...)
			return err
		}
		*s = fresh
	}
	return nil
}

func wipe(scalars ...*group.Scalar) {
	for _, s := range scalars {
		s.Wipe()
	}
}
