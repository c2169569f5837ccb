package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const replacement = '\uFFFD'

// Clean makes what somebody else wrote safe to show: no character commands the terminal, turns the direction of what
// follows, or hides. Line breaks stay, tabs become spaces. The result is valid UTF-8.
func Clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case r == '\r', turns(r):
			return -1
		case r == utf8.RuneError, unicode.IsControl(r), r == '\u2028', r == '\u2029', unicode.Is(unicode.Co, r), tag(r):
			return replacement
		}
		return r
	}, strings.ToValidUTF8(text, string(replacement)))
}

// cleanLine is Clean for what must stay within a line, such as a JID or a question.
func cleanLine(text string) string {
	return strings.Join(strings.Fields(Clean(text)), " ")
}

// turns tells the controls of Unicode's bidirectional algorithm (UAX 9, "Directional Formatting Characters"): with them
// a text rewrites what stands beside it. Texts of right-to-left languages do without.
func turns(r rune) bool {
	return r == '\u061C' || r == '\u200E' || r == '\u200F' || r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069'
}

// tag tells characters that are not shown and carry text.
func tag(r rune) bool { return r >= 0xE0000 && r <= 0xE007F || r == '\uFEFF' }
