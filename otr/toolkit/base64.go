package toolkit

import "encoding/base64"

// decodeArmor decodes base64 as libotr does: bytes that are no digits are
// skipped, the first "=" ends the text, digits after the last whole group of
// four count only when an "=" follows them.
func decodeArmor(s string) []byte {
	digits := make([]byte, 0, len(s))
	padded := false
	for i := range len(s) {
		if s[i] == '=' {
			padded = true
			break
		}
		if isDigit(s[i]) {
			digits = append(digits, s[i])
		}
	}
	if rest := len(digits) % 4; rest == 1 || !padded {
		digits = digits[:len(digits)-rest]
	}
	raw := make([]byte, base64.RawStdEncoding.DecodedLen(len(digits)))
	n, _ := base64.RawStdEncoding.Decode(raw, digits) // cannot fail: digits only, never one alone
	return raw[:n]
}

func isDigit(c byte) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '+' || c == '/'
}
