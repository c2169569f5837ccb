package smp

import (
	"io"

	"otrbot/otr/internal/group"
	"otrbot/otr/internal/wire"
)

// asked is Bob after message 1 was checked, while his user thinks.
type asked struct {
	g2a, g3a group.Element
}

func (*asked) state() State { return Asked }

func (s *asked) wipe() { *s = asked{} }

// expect3 is Bob after he sent message 2.
type expect3 struct {
	g3a, g2, g3 group.Element
	b3          group.Scalar
	pb, qb      group.Element
}

func (*expect3) state() State { return Expect3 }

func (s *expect3) wipe() {
	s.b3.Wipe()
	*s = expect3{}
}

// newMessage2 compares y in the run that Alice began.
//
// Protocol v3, "Receiving a type 2 TLV (SMP message 1)": "Create a type 3 TLV".
func (s *asked) newMessage2(rand io.Reader, y *secret) (*expect3, []byte, error) {
	var b2, b3 group.Scalar
	if err := generate(rand, &b2, &b3); err != nil {
		return nil, nil, err
	}
	defer wipe(&b2, &b3)
	h, err := newHalves(rand, 3, &b2, &b3)
	if err != nil {
		return nil, nil, err
	}
	g2, g3 := s.g2a.Power(&b2), s.g3a.Power(&b3)
	base3 := group.NewBase(&g3)
	defer base3.Wipe()
	b, err := newCoordinates(rand, 5, &g2, &g2, base3, y)
	if err != nil {
		return nil, nil, err
	}
	next := &expect3{g3a: s.g3a, g2: g2, g3: g3, b3: b3, pb: b.p, qb: b.q}
	return next, message2(&h, &b), nil
}

func message2(h *halves, b *coordinates) []byte {
	return wire.AppendMPIs(nil,
		h.g2.Bytes(), h.proof2.c.bytes(), h.proof2.d.Bytes(),
		h.g3.Bytes(), h.proof3.c.bytes(), h.proof3.d.Bytes(),
		b.p.Bytes(), b.q.Bytes(), b.c.bytes(), b.d5.Bytes(), b.d6.Bytes())
}

// checked2 is what Alice takes from a good message 2.
type checked2 struct {
	g2, g3b, pb, qb group.Element
	base2, base3    *group.Base // g2 and g3
}

func (c *checked2) wipe() {
	c.base2.Wipe()
	c.base3.Wipe()
	*c = checked2{}
}

// checkMessage2 is Alice's check of g2b, c2, D2, g3b, c3, D3, Pb, Qb, cP, D5
// and D6.
//
// Protocol v3, "Receiving a type 3 TLV (SMP message 2)".
func (s *expect2) checkMessage2(value []byte) (checked2, bool) {
	f := readFields(value, 11)
	h := readHalves(&f)
	b := readCoordinates(&f)
	if !f.ok() || !h.verify(3) {
		return checked2{}, false
	}
	g2, g3 := h.g2.Power(&s.a2), h.g3.Power(&s.a3)
	c := checked2{g2: g2, g3b: h.g3, pb: b.p, qb: b.q, base2: group.NewBase(&g2), base3: group.NewBase(&g3)}
	if !b.verify(5, c.base2, c.base3) {
		c.wipe()
		return checked2{}, false
	}
	return c, true
}
