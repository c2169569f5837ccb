package wire

import (
	"errors"
	"strings"

	"github.com/emmansun/base64"
)

// Protocol v3, "Encoded messages": the five bytes "?OTR:", the base-64 form of
// the message, the byte ".".
const (
	armorStart = marker + ":"
	armorEnd   = '.'
)

// encoding takes one form of each message only: padded, unused bits zero.
var encoding = base64.StdEncoding.Strict()

var (
	errNoArmor  = errors.New(`no "?OTR:" in the message`)
	errBase64   = errors.New("message is not base64")
	errNoPeriod = errors.New("encoded message has no final period")
)

// EncodedSize is the length of the armoured form of n bytes.
func EncodedSize(n int) int { return len(armorStart) + encoding.EncodedLen(n) + 1 }

// Encode returns the armoured form of the binary message raw.
func Encode(raw []byte) string {
	var b strings.Builder // one allocation
	b.Grow(EncodedSize(len(raw)))
	b.WriteString(armorStart)
	var chunk [1024]byte
	for len(raw) > 0 {
		part := raw[:min(len(raw), encoding.DecodedLen(len(chunk)))]
		encoding.Encode(chunk[:], part)
		b.Write(chunk[:encoding.EncodedLen(len(part))])
		raw = raw[len(part):]
	}
	b.WriteByte(armorEnd)
	return b.String()
}

// Decode returns the binary message in text: what stands between its first
// "?OTR:" and the next period. White space in it is skipped, any other byte
// foreign to base64 is an error. A missing period is forgiven for a Data
// Message, which its MAC protects, and for nothing else. The result is never
// longer than the text; how long that may be is the caller's to limit.
func Decode(text string) ([]byte, error) {
	_, body, found := strings.Cut(text, armorStart)
	if !found {
		return nil, errNoArmor
	}
	body, _, closed := strings.Cut(body, string(armorEnd))
	raw, err := decodeBase64(body)
	if err != nil {
		return nil, err
	}
	if !closed {
		if _, kind, err := ParseHeader(raw); err != nil || kind != TypeData {
			return nil, errNoPeriod
		}
	}
	return raw, nil
}

// decodeBase64 decodes at once in the ordinary case. The package base64 skips
// line ends itself; other white space is removed when it stood in the way.
func decodeBase64(body string) ([]byte, error) {
	raw := []byte(body)
	n, err := encoding.Decode(raw, raw) // in place: it writes three bytes where it has read four
	if err != nil && strings.ContainsAny(body, " \t") {
		raw = []byte(withoutBlanks(body))
		n, err = encoding.Decode(raw, raw)
	}
	if err != nil {
		return nil, errBase64
	}
	return raw[:n], nil
}

func withoutBlanks(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, " ", ""), "\t", "")
}
