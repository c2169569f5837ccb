package stanza

import "unicode/utf8"

// legal reports whether XML 1.0 can carry the character: production 2, Char.
func legal(r rune) bool {
	return r >= 0x20 && r <= 0xD7FF || r == '\t' || r == '\n' || r == '\r' || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

// Legal reports whether an element may hold the text: UTF-8, and no character that XML 1.0 cannot carry. One such
// character makes a server close the whole stream.
func Legal(s string) bool {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if !legal(rune(c)) {
				return false
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if size == 1 || !legal(r) {
			return false
		}
		i += size
	}
	return true
}

// nameStart and nameRest are productions 4 and 4a, without the colon, which separates prefix and local name.
func nameStart(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
	case r < 0x2000:
		return r >= 0xC0 && r != 0xD7 && r != 0xF7 && (r < 0x300 || r >= 0x370) && r != 0x37E
	}
	return r == 0x200C || r == 0x200D || r >= 0x2070 && r <= 0x218F || r >= 0x2C00 && r <= 0x2FEF ||
		r >= 0x3001 && r <= 0xD7FF || r >= 0xF900 && r <= 0xFDCF || r >= 0xFDF0 && r <= 0xFFFD || r >= 0x10000 && r <= 0xEFFFF
}

func nameRest(r rune) bool {
	return nameStart(r) || r >= '0' && r <= '9' || r == '-' || r == '.' || r == 0xB7 ||
		r >= 0x300 && r <= 0x36F || r == 0x203F || r == 0x2040
}

// isName reports whether s is an XML name without a colon (Namespaces in XML 1.0, NCName).
func isName(s string) bool {
	for i, r := range s {
		if r == utf8.RuneError && !utf8.ValidString(s) {
			return false
		}
		if i == 0 && !nameStart(r) || !nameRest(r) {
			return false
		}
	}
	return s != ""
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
