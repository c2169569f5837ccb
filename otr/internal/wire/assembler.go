package wire

import (
	"errors"
	"strings"
)

var (
	// ErrIllegalFragment reports a fragment that the Assembler discarded.
	ErrIllegalFragment = errors.New("illegal fragment")
	// ErrTooLarge reports a message that outgrew the limit of the Assembler.
	ErrTooLarge = errors.New("fragmented message is too large")

	errAssembler = errors.New("impossible state of a fragmented message")
)

// firstRoom bounds the room, in bytes, that the first piece of a message gets
// beyond its own size.
const firstRoom = 4 << 10

// Assembler holds the message that one peer instance is sending in fragments,
// at most one at a time. The zero value holds none. Copies share memory: keep
// one.
type Assembler struct {
	k, n uint16
	text *strings.Builder // nil when k is 0
}

// Add takes the next fragment, as "Receiving Fragments" says: the first of a
// message starts it, the next in order continues it, any other forgets it, an
// illegal one is discarded with ErrIllegalFragment. When the message is
// complete it is returned and forgotten. A message of more than limit bytes is
// forgotten with ErrTooLarge.
//
// A version 3 peer's instances each need an Assembler of their own.
func (a *Assembler) Add(f Fragment, limit int) (msg string, complete bool, err error) {
	if !f.Legal() {
		return "", false, ErrIllegalFragment
	}
	switch {
	case f.K == 1:
		a.Forget()
	case f.N != a.n || f.K != a.k+1:
		a.Forget()
		return "", false, nil
	}
	if len(f.Piece) > limit-a.Size() {
		a.Forget()
		return "", false, ErrTooLarge
	}
	if f.N == 1 {
		return f.Piece, true, nil
	}
	a.makeRoom(f, limit)
	a.text.WriteString(f.Piece)
	a.k, a.n = f.K, f.N
	if a.k < a.n {
		return "", false, nil
	}
	msg = a.text.String()
	a.Forget()
	return msg, true, nil
}

// makeRoom makes room for the next piece: for as long a message as the pieces
// so far promise, but at most four times what they take themselves, and never
// for more than limit bytes.
func (a *Assembler) makeRoom(f Fragment, limit int) {
	need := a.Size() + len(f.Piece)
	if a.text != nil && need <= a.text.Cap() {
		return
	}
	promised := uint64(need) / uint64(f.K) * uint64(f.N)
	if a.k == 0 {
		promised = min(promised, firstRoom)
	}
	room := max(uint64(need), min(promised, 4*uint64(need), uint64(limit)))

	text := &strings.Builder{}
	text.Grow(int(room))
	if a.text != nil {
		text.WriteString(a.text.String())
	}
	a.text = text
}

// Continues tells whether f is the next piece of the message that is held.
func (a *Assembler) Continues(f Fragment) bool { return a.k > 0 && f.N == a.n && f.K == a.k+1 }

// Forget drops what has been assembled. "If you receive a non-OTR message, or
// an unfragmented message, forget any stored fragment you may have".
func (a *Assembler) Forget() { *a = Assembler{} }

// Size returns how many bytes of an unfinished message are held.
func (a *Assembler) Size() int {
	if a.text == nil {
		return 0
	}
	return a.text.Len()
}

// Append adds the state to dst, for ParseAssembler.
func (a *Assembler) Append(dst []byte) []byte {
	dst = AppendShort(dst, a.k)
	dst = AppendShort(dst, a.n)
	dst = AppendInt(dst, uint32(a.Size()))
	if a.text != nil {
		dst = append(dst, a.text.String()...)
	}
	return dst
}

// ParseAssembler reads what Append wrote, and nothing else; it copies b.
func ParseAssembler(b []byte) (Assembler, error) {
	r := NewReader(b)
	k, n := r.Short(), r.Short()
	text := r.Data()
	if err := r.Done(); err != nil {
		return Assembler{}, err
	}
	if k == 0 && n == 0 && len(text) == 0 {
		return Assembler{}, nil
	}
	// Each of the k pieces had a byte at least, and the last is missing.
	if k == 0 || k >= n || len(text) < int(k) {
		return Assembler{}, errAssembler
	}
	a := Assembler{k: k, n: n, text: &strings.Builder{}}
	a.text.Write(text)
	return a, nil
}
