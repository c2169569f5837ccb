package wire

import (
	"bytes"
	"strings"
)

// Memo knows how the beginning that successive Data Messages share, everything
// before the counter, looks in both of its forms, so that it is not encoded or
// decoded again. It changes no result. A nil Memo knows nothing.
type Memo struct {
	raw  []byte
	text string
}

// memoSize is a whole number of base64 groups that ends before the counter
// (at byte 208 of version 2, 216 of version 3) when the D-H key has its full
// length.
const memoSize = 207

// Renew is a Memo of the beginning of the binary message raw: m itself if it
// knows it already, nil if raw is too short to be worth it.
func (m *Memo) Renew(raw []byte) *Memo {
	if len(raw) < memoSize {
		return nil
	}
	if m != nil && bytes.HasPrefix(raw, m.raw) {
		return m
	}
	head := bytes.Clone(raw[:memoSize])
	text := AppendEncoded(nil, head)
	return &Memo{raw: head, text: string(text[:len(text)-1])}
}

// Encode is the package's Encode.
func (m *Memo) Encode(raw []byte) string {
	if m == nil || !bytes.HasPrefix(raw, m.raw) {
		return Encode(raw)
	}
	return armored(m.text, raw[memoSize:])
}

// Decode is the package's Decode.
func (m *Memo) Decode(text string) ([]byte, error) {
	if m == nil || !strings.HasPrefix(text, m.text) || !strings.HasSuffix(text, string(armorEnd)) {
		return Decode(text)
	}
	rest := text[len(m.text) : len(text)-1]
	raw := make([]byte, memoSize+encoding.DecodedLen(len(rest)))
	copy(raw, m.raw)
	n, err := encoding.Decode(raw[memoSize:], []byte(rest))
	if err != nil {
		return Decode(text)
	}
	return raw[:memoSize+n], nil
}
