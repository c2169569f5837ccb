package smp

import (
	"otrbot/otr/internal/group"
	"otrbot/otr/internal/wire"
)

// fields reads the MPIs of one SMP message in order. The first value outside
// its range makes the whole message bad, and every later value zero.
//
// The specification asks for the range of the group elements; the range of D
// costs nothing to check and leaves one encoding of each proof.
type fields struct {
	values [][]byte
	bad    bool
}

// readFields expects exactly want MPIs and nothing after them.
//
// Protocol v3, "TLV record types": "There should be as many MPIs as declared".
func readFields(value []byte, want int) fields {
	values, err := wire.ParseMPIs(value, want)
	return fields{values: values, bad: err != nil}
}

func (f *fields) next() []byte {
	if f.bad || len(f.values) == 0 {
		f.bad = true
		return nil
	}
	v := f.values[0]
	f.values = f.values[1:]
	return v
}

// element reads a group element: ">= 2 and <= modulus-2".
func (f *fields) element() group.Element {
	e, err := group.ParseElement(f.next())
	f.bad = f.bad || err != nil
	return e
}

// scalar reads a D value, in [1, q-1].
func (f *fields) scalar() group.Scalar {
	d, err := group.ParseScalar(f.next())
	f.bad = f.bad || err != nil
	return d
}

// hash reads a c value. It travels as an integer: leading zero bytes of the
// digest are missing and come back here.
func (f *fields) hash() (c hash) {
	v := f.next()
	if len(v) > len(c) {
		f.bad = true
		return c
	}
	copy(c[len(c)-len(v):], v)
	return c
}

// ok reports whether all values were read and each was in its range.
func (f *fields) ok() bool { return !f.bad && len(f.values) == 0 }
