package gettext

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// A scanner takes a line of a .po file apart.
type scanner struct {
	line string
	at   int // bytes read
}

func (s *scanner) rest() string { return s.line[s.at:] }

// column is a place of the line in characters, from 0.
func (s *scanner) column(at int) int { return utf8.RuneCountInString(s.line[:at]) }

func (s *scanner) space() { s.at = len(s.line) - len(strings.TrimLeft(s.rest(), " \t")) }

func (s *scanner) skip(prefix string) bool {
	if !strings.HasPrefix(s.rest(), prefix) {
		return false
	}
	s.at += len(prefix)
	return true
}

// word reads letters and underscores; anything else but a quote counts as a word too, so that it can be named.
func (s *scanner) word() string {
	rest := s.rest()
	if strings.HasPrefix(rest, `"`) {
		return ""
	}
	end := strings.IndexAny(rest, " \t\"[")
	if end < 0 {
		end = len(rest)
	}
	s.at += end
	return rest[:end]
}

// index reads "[3]" if it is there.
func (s *scanner) index() (n int, ok bool, err error) {
	if !strings.HasPrefix(s.rest(), "[") {
		return 0, false, nil
	}
	inside, _, ok := strings.Cut(s.rest()[1:], "]")
	n, err = strconv.Atoi(inside)
	if !ok || err != nil || n < 0 {
		return 0, false, wrong(s.column(s.at), "a form is a number in brackets, as in msgstr[0]")
	}
	s.at += len(inside) + 2
	return n, true, nil
}

// commentText is the rest of a comment without the space before it.
func (s *scanner) commentText() string {
	return strings.TrimRight(strings.TrimPrefix(s.rest(), " "), " \t")
}

// quoted reads a string in quotes, with the escapes of C.
func (s *scanner) quoted() (string, error) {
	if !s.skip(`"`) {
		return "", wrong(s.column(s.at), "%q stands where a text in quotes must", s.rest())
	}
	start := s.at
	var b strings.Builder
	for s.at < len(s.line) {
		c := s.line[s.at]
		s.at++
		switch c {
		case '"':
			return b.String(), nil
		case '\\':
			c, err := s.escape()
			if err != nil {
				return "", err
			}
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return "", wrong(s.column(start-1), "the quote is not closed on this line")
}

// simpleEscapes are those of C with one letter.
var simpleEscapes = map[byte]byte{
	'n': '\n', 't': '\t', 'r': '\r', 'b': '\b', 'f': '\f', 'v': '\v', 'a': '\a', '"': '"', '\\': '\\',
}

// escape reads what follows a backslash: a letter, up to three octal digits, or x and two hexadecimal ones.
func (s *scanner) escape() (byte, error) {
	start := s.at
	if s.at < len(s.line) {
		if c, ok := simpleEscapes[s.line[s.at]]; ok {
			s.at++
			return c, nil
		}
	}
	base, most := 8, 3
	if s.skip("x") {
		base, most = 16, 2
	}
	end := s.at
	for end < len(s.line) && end < s.at+most && strings.IndexByte("0123456789abcdef"[:base], lower(s.line[end])) >= 0 {
		end++
	}
	v, err := strconv.ParseUint(s.line[s.at:end], base, 8)
	if err != nil {
		return 0, wrong(s.column(start-1), "this backslash begins nothing that is known; for one of its own write two")
	}
	s.at = end
	return byte(v), nil
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// invalidUTF8 is where a text is not UTF-8, or -1.
func invalidUTF8(s string) int {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return i
			}
		}
	}
	return -1
}
