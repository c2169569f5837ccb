package smp

import (
	"io"

	"otrbot/otr/internal/group"
	"otrbot/otr/internal/wire"
)

// expect4 is Alice after she sent message 3.
type expect4 struct {
	g3b, pa, pb group.Element
	quotient    group.Element // Qa/Qb
	a3          group.Scalar
}

func (*expect4) state() State { return Expect4 }

func (s *expect4) wipe() {
	s.a3.Wipe()
	*s = expect4{}
}

// newMessage3 compares x.
//
// Protocol v3, "Receiving a type 3 TLV (SMP message 2)": "Create a type 4 TLV".
func (s *expect2) newMessage3(rand io.Reader, b *checked2) (*expect4, []byte, error) {
	a, err := newCoordinates(rand, 6, &b.g2, b.base2, b.base3, &s.x)
	if err != nil {
		return nil, nil, err
	}
	quotient := group.Div(&a.q, &b.qb)
	prepared := group.NewBase(&quotient)
	defer prepared.Wipe()
	ra, err := newResult(rand, 7, prepared, &s.a3)
	if err != nil {
		return nil, nil, err
	}
	next := &expect4{g3b: b.g3b, pa: a.p, pb: b.pb, quotient: quotient, a3: s.a3}
	return next, message3(&a, &ra), nil
}

func message3(a *coordinates, ra *result) []byte {
	return wire.AppendMPIs(nil,
		a.p.Bytes(), a.q.Bytes(), a.c.bytes(), a.d5.Bytes(), a.d6.Bytes(),
		ra.r.Bytes(), ra.c.bytes(), ra.d.Bytes())
}

// checked3 is what Bob takes from a good message 3.
type checked3 struct {
	pa, ra   group.Element
	quotient *group.Base // Qa/Qb
}

// checkMessage3 is Bob's check of Pa, Qa, cP, D5, D6, Ra, cR and D7.
//
// Pa = Pb and Qa = Qb need no check of their own: Qa = Qb would make Ra 1,
// which is out of range, and with any other Ra the value Rab is not 1 = Pa/Pb.
//
// Protocol v3, "Receiving a type 4 TLV (SMP message 3)".
func (s *expect3) checkMessage3(value []byte) (checked3, bool) {
	f := readFields(value, 8)
	a := readCoordinates(&f)
	ra := readResult(&f)
	if !f.ok() || !a.verify(6, &s.g2, &s.g3) {
		return checked3{}, false
	}
	quotient := group.Div(&a.q, &s.qb)
	prepared := group.NewBase(&quotient)
	if !ra.verify(7, &s.g3a, prepared) {
		prepared.Wipe()
		return checked3{}, false
	}
	return checked3{pa: a.p, ra: ra.r, quotient: prepared}, true
}

// equal is Bob's result.
func (s *expect3) equal(c *checked3) bool { return equal(&c.ra, &s.b3, &c.pa, &s.pb) }

// equal compares the secrets. "Check whether Rab == (Pa / Pb)" is written
// Rab Pb = Pa: the same without a division.
func equal(theirs *group.Element, ours *group.Scalar, pa, pb *group.Element) bool {
	rab := theirs.Power(ours)
	left := group.Mul(&rab, pb)
	return group.Equal(&left, pa)
}
