package wire

import (
	"bytes"
	"errors"
	"strings"
)

// The TLV types of "Data Message".
const (
	TLVPadding      uint16 = 0
	TLVDisconnected uint16 = 1
	TLVSMP1         uint16 = 2
	TLVSMP2         uint16 = 3
	TLVSMP3         uint16 = 4
	TLVSMP4         uint16 = 5
	TLVSMPAbort     uint16 = 6
	TLVSMP1Q        uint16 = 7
	TLVExtraKey     uint16 = 8
)

// MaxTLVValue is the longest value, in bytes, that a TLV can carry.
const MaxTLVValue = 1<<16 - 1

var errTLV = errors.New("TLV is cut off")

// TLV is a record that travels with a text.
type TLV struct {
	Type  uint16
	Value []byte // at most MaxTLVValue bytes
}

// AppendPlaintext adds the plaintext of a Data Message to dst: the text, a
// NUL, the TLVs. The text ends at its first NUL, so that no text can be read
// as a TLV; a value ends at MaxTLVValue.
func AppendPlaintext(dst []byte, text string, tlvs []TLV) []byte {
	if end := strings.IndexByte(text, 0); end >= 0 {
		text = text[:end]
	}
	dst = append(dst, text...)
	dst = append(dst, 0)
	for _, t := range tlvs {
		value := t.Value[:min(len(t.Value), MaxTLVValue)]
		dst = AppendShort(dst, t.Type)
		dst = AppendShort(dst, uint16(len(value)))
		dst = append(dst, value...)
	}
	return dst
}

// PlaintextSize is how many bytes AppendPlaintext adds for a text without NUL.
func PlaintextSize(text string, tlvs []TLV) int {
	n := len(text) + 1
	for _, t := range tlvs {
		n += 4 + min(len(t.Value), MaxTLVValue)
	}
	return n
}

// ParsePlaintext divides a decrypted plaintext. The text is what precedes the
// first NUL byte, decoded by nobody. When a TLV is cut off, text and the whole
// TLVs before it are returned together with an error. All slices alias plain.
func ParsePlaintext(plain []byte) (text []byte, tlvs []TLV, err error) {
	text, rest, found := bytes.Cut(plain, []byte{0})
	if !found || len(rest) == 0 {
		return text, nil, nil
	}
	r := NewReader(rest)
	for r.Len() > 0 {
		t := TLV{Type: r.Short()}
		t.Value = r.Fixed(int(r.Short()))
		if r.err != nil {
			return text, tlvs, errTLV
		}
		tlvs = append(tlvs, t)
	}
	return text, tlvs, nil
}
