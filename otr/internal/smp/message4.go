package smp

import (
	"io"

	"otrbot/otr/internal/group"
	"otrbot/otr/internal/wire"
)

// newMessage4 is Bob's last word.
//
// Protocol v3, "Receiving a type 4 TLV (SMP message 3)": "Create a type 5 TLV".
func (s *expect3) newMessage4(rand io.Reader, quotient base) ([]byte, error) {
	rb, err := newResult(rand, 8, quotient, &s.b3)
	if err != nil {
		return nil, err
	}
	return wire.AppendMPIs(nil, rb.r.Bytes(), rb.c.bytes(), rb.d.Bytes()), nil
}

// checkMessage4 is Alice's check of Rb, cR and D7.
//
// Protocol v3, "Receiving a type 5 TLV (SMP message 4)".
func (s *expect4) checkMessage4(value []byte) (rb group.Element, ok bool) {
	f := readFields(value, 3)
	r := readResult(&f)
	if !f.ok() || !r.verify(8, &s.g3b, &s.quotient) {
		return group.Element{}, false
	}
	return r.r, true
}

// equal is Alice's result.
func (s *expect4) equal(rb *group.Element) bool { return equal(rb, &s.a3, &s.pa, &s.pb) }
