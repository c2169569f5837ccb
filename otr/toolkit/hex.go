package toolkit

import "encoding/hex"

// Hex is a sequence of bytes that shows itself in lower-case hexadecimal.
type Hex []byte

// String returns two digits for each byte.
func (h Hex) String() string { return hex.EncodeToString(h) }

// MarshalText makes h a string of digits in JSON.
func (h Hex) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h), nil }

// number returns a big-endian number without its leading zeros.
func number(b []byte) Hex {
	for len(b) > 0 && b[0] == 0 {
		b = b[1:]
	}
	return b
}
