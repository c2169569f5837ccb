package smp

import (
	"io"

	"otrbot/otr/internal/group"
	"otrbot/otr/internal/wire"
)

// expect2 is Alice after she sent message 1.
type expect2 struct {
	x      secret
	a2, a3 group.Scalar
}

func (*expect2) state() State { return Expect2 }

func (s *expect2) wipe() {
	s.x.wipe()
	wipe(&s.a2, &s.a3)
}

// newMessage1 draws Alice's exponents; her secret is still to be filled in.
//
// Protocol v3, "User requests to begin SMP".
func newMessage1(rand io.Reader) (*expect2, []byte, error) {
	var s expect2
	if err := generate(rand, &s.a2, &s.a3); err != nil {
		return nil, nil, err
	}
	value, err := newHalves(rand, 1, &s.a2, &s.a3)
	if err != nil {
		s.wipe()
		return nil, nil, err
	}
	return &s, value.message1(), nil
}

// halves are one side's part of the agreement on g2 and g3, each with the
// proof that its exponent is known. Messages 1 and 2 begin with them.
type halves struct {
	g2, g3         group.Element
	proof2, proof3 exponentProof
}

// newHalves makes g1^e2 and g1^e3; the proofs take version and version+1.
func newHalves(rand io.Reader, version byte, e2, e3 *group.Scalar) (h halves, err error) {
	h.g2, h.g3 = group.Power2(e2), group.Power2(e3)
	if h.proof2, err = proveExponent(rand, version, e2); err != nil {
		return halves{}, err
	}
	h.proof3, err = proveExponent(rand, version+1, e3)
	return h, err
}

func readHalves(f *fields) halves {
	var h halves
	h.g2, h.proof2 = f.element(), exponentProof{f.hash(), f.scalar()}
	h.g3, h.proof3 = f.element(), exponentProof{f.hash(), f.scalar()}
	return h
}

func (h *halves) verify(version byte) bool {
	return h.proof2.verify(version, &h.g2) && h.proof3.verify(version+1, &h.g3)
}

func (h *halves) message1() []byte {
	return wire.AppendMPIs(nil,
		h.g2.Bytes(), h.proof2.c.bytes(), h.proof2.d.Bytes(),
		h.g3.Bytes(), h.proof3.c.bytes(), h.proof3.d.Bytes())
}

// checkMessage1 is Bob's check of g2a, c2, D2, g3a, c3 and D3.
//
// Protocol v3, "Receiving a type 2 TLV (SMP message 1)".
func checkMessage1(value []byte) (*asked, bool) {
	f := readFields(value, 6)
	h := readHalves(&f)
	if !f.ok() || !h.verify(1) {
		return nil, false
	}
	return &asked{g2a: h.g2, g3a: h.g3}, true
}
