package gettext

import (
	"fmt"
	"strings"
	"unicode"
)

// breakText escapes a text and breaks it after each line feed, and if it may be wrapped, after spaces so that no line is
// wider than max columns as long as it has a space.
func breakText(text string, wrap bool, max int) []string {
	var lines []string
	for part := range strings.SplitAfterSeq(text, "\n") {
		if part == "" && len(lines) > 0 {
			break
		}
		if escaped := escape(part); wrap {
			lines = append(lines, wrapLine(escaped, max)...)
		} else {
			lines = append(lines, escaped)
		}
	}
	return lines
}

// wrapLine fills lines with words from left to right.
func wrapLine(text string, max int) []string {
	var lines []string
	start, end, column := 0, 0, 0 // of the line: where it begins, where its last whole word ends, how wide it is
	for _, word := range strings.SplitAfter(text, " ") {
		w := width(word)
		if end > start && column+width(word) > max {
			lines = append(lines, text[start:end])
			start, column = end, 0
		}
		end += len(word)
		column += w
	}
	return append(lines, text[start:end])
}

var escapes = map[rune]string{
	'\n': `\n`, '\t': `\t`, '\r': `\r`, '\b': `\b`, '\f': `\f`, '\v': `\v`, '\a': `\a`, '"': `\"`, '\\': `\\`,
}

func escape(text string) string {
	var b strings.Builder
	for _, r := range text {
		if s, ok := escapes[r]; ok {
			b.WriteString(s)
		} else if r < ' ' || r == 0x7f {
			fmt.Fprintf(&b, `\%03o`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// width is how many columns a text takes in a terminal, nearly: letters of East Asia take two.
func width(text string) int {
	n := 0
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana), r >= 0x3000 && r <= 0x303f, r >= 0xff01 && r <= 0xff60:
			n += 2
		default:
			n++
		}
	}
	return n
}
