package otr

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// A sexp is an s-expression in the "advanced" form that libgcrypt prints: an atom, which is any bytes, or a list
// of further s-expressions. An atom has three forms: a bare token, a quoted string with the escapes of C, and
// hexadecimal digits between number signs.
type sexp struct {
	line int
	atom []byte
	list []sexp // not nil for a list, also an empty one
}

func (s *sexp) isList() bool { return s.list != nil }

// named reports whether s is a list that begins with the atom name.
func (s *sexp) named(name string) bool {
	return len(s.list) > 0 && !s.list[0].isList() && string(s.list[0].atom) == name
}

// Bounds of what a reader accepts: the private keys are five lists deep and have 27 parts each.
const (
	maxSexpDepth = 16
	maxSexpParts = 1 << 21
)

const restore = "restore the file from a backup, or repair it in a text editor"

// A sexpReader reads one s-expression from text. Its errors are those of a private key file, the only file of this form.
type sexpReader struct {
	text  []byte
	at    int
	line  int
	parts int
}

// parseSexp reads the one s-expression of which text consists.
func parseSexp(text []byte) (sexp, error) {
	r := sexpReader{text: text, line: 1}
	r.skipSpace()
	s, err := r.read(0)
	if err != nil {
		return sexp{}, err
	}
	if r.skipSpace(); r.at < len(r.text) {
		return sexp{}, r.fail("text after the closing parenthesis of the file")
	}
	return s, nil
}

func (r *sexpReader) fail(reason string) error {
	return &FileError{PrivateKeyFile, r.line, reason, restore}
}

// next takes one byte; ok is false at the end.
func (r *sexpReader) next() (c byte, ok bool) {
	if r.at == len(r.text) {
		return 0, false
	}
	c = r.text[r.at]
	r.at++
	if c == '\n' {
		r.line++
	}
	return c, true
}

func (r *sexpReader) skipSpace() {
	for r.at < len(r.text) && isSexpSpace(r.text[r.at]) {
		r.next()
	}
}

// read takes one s-expression, which starts at the next byte.
func (r *sexpReader) read(depth int) (sexp, error) {
	if r.parts++; r.parts > maxSexpParts {
		return sexp{}, r.fail("too many parts")
	}
	if r.at == len(r.text) {
		return sexp{}, r.fail("the file ends too early")
	}
	s := sexp{line: r.line}
	var err error
	switch c := r.text[r.at]; {
	case c == '(':
		s.list, err = r.readList(depth)
	case c == '"':
		s.atom, err = r.readQuoted()
	case c == '#':
		s.atom, err = r.readHex()
	case isTokenByte(c) && !isDigit(c):
		s.atom = r.readToken()
	default:
		err = r.fail(fmt.Sprintf("%s does not begin a list, a word, a quoted text or #digits#", strconv.QuoteToASCII(string(rune(c)))))
	}
	return s, err
}

func (r *sexpReader) readList(depth int) ([]sexp, error) {
	if depth == maxSexpDepth {
		return nil, r.fail("parentheses nested too deep")
	}
	start := r.line
	r.next()
	list := []sexp{}
	for r.skipSpace(); r.at < len(r.text); r.skipSpace() {
		if r.text[r.at] == ')' {
			r.next()
			return list, nil
		}
		s, err := r.read(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return nil, r.fail(fmt.Sprintf("the file ends inside the parenthesis that opens in line %d", start))
}

func (r *sexpReader) readToken() []byte {
	start := r.at
	for r.at < len(r.text) && isTokenByte(r.text[r.at]) {
		r.at++
	}
	return bytes.Clone(r.text[start:r.at])
}

func (r *sexpReader) readHex() ([]byte, error) {
	r.next()
	var digits []byte
	for {
		switch c, ok := r.next(); {
		case !ok:
			return nil, r.fail("the file ends inside #digits#")
		case isHexDigit(rune(c)):
			digits = append(digits, c)
		case c == '#':
			atom := make([]byte, hex.DecodedLen(len(digits)))
			if _, err := hex.Decode(atom, digits); err != nil {
				return nil, r.fail("an odd number of hexadecimal digits")
			}
			return atom, nil
		case !isSexpSpace(c):
			return nil, r.fail("between number signs stands something other than hexadecimal digits")
		}
	}
}

func (r *sexpReader) readQuoted() ([]byte, error) {
	start := r.line
	r.next()
	atom := []byte{}
	for {
		switch c, ok := r.next(); {
		case !ok:
			return nil, r.fail(fmt.Sprintf("the file ends inside the quoted text that begins in line %d", start))
		case c == '"':
			return atom, nil
		case c != '\\':
			atom = append(atom, c)
		default:
			var err error
			if atom, err = r.appendEscape(atom); err != nil {
				return nil, err
			}
		}
	}
}

// The letters of the escapes of C, and the bytes they stand for.
const (
	escapeLetters = `btvnfr"'\`
	escapedBytes  = "\b\t\v\n\f\r\"'\\"
)

// appendEscape takes what follows a backslash: a letter, three octal digits, x and two hexadecimal digits,
// or a line break, which stands for nothing.
func (r *sexpReader) appendEscape(atom []byte) ([]byte, error) {
	c, _ := r.next()
	if i := strings.IndexByte(escapeLetters, c); i >= 0 {
		return append(atom, escapedBytes[i]), nil
	}
	switch {
	case c == 'x':
		return r.appendNumber(atom, 2, 16)
	case '0' <= c && c <= '7':
		r.at--
		return r.appendNumber(atom, 3, 8)
	case c == '\r':
		r.skipByte('\n')
		return atom, nil
	case c == '\n':
		r.skipByte('\r')
		return atom, nil
	}
	return nil, r.fail("a backslash that begins no escape")
}

func (r *sexpReader) appendNumber(atom []byte, digits, base int) ([]byte, error) {
	end := min(r.at+digits, len(r.text))
	n, err := strconv.ParseUint(string(r.text[r.at:end]), base, 8)
	if err != nil || end-r.at < digits {
		return nil, r.fail("a backslash with a number that is not one byte")
	}
	r.at = end
	return append(atom, byte(n)), nil
}

func (r *sexpReader) skipByte(c byte) {
	if r.at < len(r.text) && r.text[r.at] == c {
		r.next()
	}
}

// appendAtom writes an atom in the form that libgcrypt chooses for it.
func appendAtom(dst, atom []byte) []byte {
	switch {
	case needsHex(atom):
		return appendHex(dst, atom)
	case isToken(atom):
		return append(dst, atom...)
	}
	dst = append(dst, '"')
	for _, c := range atom {
		if i := strings.IndexByte(escapedBytes, c); i >= 0 {
			dst = append(dst, '\\', escapeLetters[i])
		} else {
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// needsHex reports whether libgcrypt calls the atom binary. A byte above 0xA0 does not make it so, except as the first.
func needsHex(atom []byte) bool {
	for i, c := range atom {
		control := c < 0x20 && strings.IndexByte(escapedBytes, c) < 0
		if control || 0x7f <= c && c <= 0xa0 || i == 0 && c >= 0x80 {
			return true
		}
	}
	return false
}

func isToken(atom []byte) bool {
	for _, c := range atom {
		if !isTokenByte(c) {
			return false
		}
	}
	return len(atom) > 0 && !isDigit(atom[0])
}

func appendHex(dst, atom []byte) []byte { return fmt.Appendf(dst, "#%X#", atom) }

func isSexpSpace(c byte) bool { return strings.IndexByte(" \t\v\n\f\r", c) >= 0 }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isTokenByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || isDigit(c) || strings.IndexByte("-./_:*+=", c) >= 0
}
