package wire

import "errors"

var (
	// ErrIllegalFragment reports a fragment that the Assembler discarded.
	ErrIllegalFragment = errors.New("illegal fragment")
	// ErrTooLarge reports a message that outgrew the limit of the Assembler.
	ErrTooLarge = errors.New("fragmented message is too large")

	errAssembler = errors.New("impossible state of a fragmented message")
)

// Room for so many pieces like the first is made at once, or for so many
// bytes, whichever is less: what one fragment can make an Assembler allocate
// on the word of its header.
const (
	reservePieces = 8
	reserveBytes  = 16 << 10
)

// Assembler holds the message that one peer instance is sending in fragments,
// at most one at a time. The zero value holds none. Copies share memory: keep
// one.
type Assembler struct {
	k, n uint16
	text []byte
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
	if len(f.Piece) > limit-len(a.text) {
		a.Forget()
		return "", false, ErrTooLarge
	}
	if f.N == 1 {
		return f.Piece, true, nil
	}
	if f.K == 1 {
		a.text = make([]byte, 0, firstSize(f, limit))
	}
	a.text = append(a.text, f.Piece...)
	a.k, a.n = f.K, f.N
	if a.k < a.n {
		return "", false, nil
	}
	msg = string(a.text)
	a.Forget()
	return msg, true, nil
}

// firstSize guesses from the first piece how long the message will be.
func firstSize(f Fragment, limit int) int {
	piece := len(f.Piece)
	return max(piece, min(piece*min(int(f.N), reservePieces), limit, reserveBytes))
}

// Forget drops what has been assembled. "If you receive a non-OTR message, or
// an unfragmented message, forget any stored fragment you may have".
func (a *Assembler) Forget() { *a = Assembler{} }

// Size returns how many bytes of an unfinished message are held.
func (a *Assembler) Size() int { return len(a.text) }

// Append adds the state to dst, for ParseAssembler.
func (a *Assembler) Append(dst []byte) []byte {
	dst = AppendShort(dst, a.k)
	dst = AppendShort(dst, a.n)
	return AppendData(dst, a.text)
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
	return Assembler{k: k, n: n, text: append([]byte(nil), text...)}, nil
}
