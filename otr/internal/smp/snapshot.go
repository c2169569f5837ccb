package smp

import (
	"errors"
	"slices"

	"otrbot/otr/internal/group"
	"otrbot/otr/internal/wire"
)

// A snapshot is a byte for the state, a byte for ReceivedQuestion, and what the
// state remembers: 32 bytes for the secret, 192 for each scalar, an MPI for
// each group element. It holds secrets in the clear; the caller seals it.

var errSnapshot = errors.New("smp: malformed snapshot")

// Append appends the machine's snapshot to dst.
func (m *Machine) Append(dst []byte) []byte {
	question := byte(0)
	if m.question {
		question = 1
	}
	dst = append(dst, byte(m.State()), question)
	if m.run == nil {
		return dst
	}
	return m.run.append(dst)
}

// Parse reads what Append wrote and nothing else.
func Parse(b []byte) (Machine, error) {
	r := wire.NewReader(b)
	state, question := State(r.Byte()), r.Byte()
	s := snapshotReader{r: &r}
	m := Machine{run: s.run(state), question: question == 1}
	if s.bad || r.Done() != nil || question > 1 || (m.question && m.startedByUs()) {
		m.Abort()
		return Machine{}, errSnapshot
	}
	return m, nil
}

func (m *Machine) startedByUs() bool { return m.State() == Expect2 || m.State() == Expect4 }

func (s *asked) append(dst []byte) []byte { return appendElements(dst, &s.g2a, &s.g3a) }

func (s *expect2) append(dst []byte) []byte {
	dst = append(dst, s.x[:]...)
	return s.a3.AppendFixed(s.a2.AppendFixed(dst))
}

func (s *expect3) append(dst []byte) []byte {
	dst = appendElements(dst, &s.g3a, &s.g2, &s.g3, &s.pb, &s.qb)
	return s.b3.AppendFixed(dst)
}

func (s *expect4) append(dst []byte) []byte {
	dst = appendElements(dst, &s.g3b, &s.pa, &s.pb, &s.quotient)
	return s.a3.AppendFixed(dst)
}

func appendElements(dst []byte, elements ...*group.Element) []byte {
	dst = slices.Grow(dst, len(elements)*(4+group.Size))
	for _, e := range elements {
		dst = e.AppendMPI(dst)
	}
	return dst
}

type snapshotReader struct {
	r   *wire.Reader
	bad bool
}

func (s *snapshotReader) run(state State) run {
	switch state {
	case Expect1:
		return nil
	case Asked:
		return &asked{g2a: s.element(), g3a: s.element()}
	case Expect2:
		return &expect2{x: s.secret(), a2: s.scalar(), a3: s.scalar()}
	case Expect3:
		return &expect3{g3a: s.element(), g2: s.element(), g3: s.element(),
			pb: s.element(), qb: s.element(), b3: s.scalar()}
	case Expect4:
		return &expect4{g3b: s.element(), pa: s.element(), pb: s.element(),
			quotient: s.element(), a3: s.scalar()}
	}
	s.bad = true
	return nil
}

func (s *snapshotReader) element() group.Element {
	e, err := group.ParseElement(s.r.MPI())
	s.bad = s.bad || err != nil
	return e
}

func (s *snapshotReader) scalar() group.Scalar {
	v, err := group.ParseFixedScalar(s.r.Fixed(group.Size))
	s.bad = s.bad || err != nil
	return v
}

func (s *snapshotReader) secret() (x secret) {
	copy(x[:], s.r.Fixed(len(x)))
	return x
}
