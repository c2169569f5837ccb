package main

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"strings"

	"otrbot/otr/toolkit"
)

// argumentError is a fault in the arguments; the usage follows it.
type argumentError struct{ text string }

func (e *argumentError) Error() string { return e.text }

// argumentReader reads arguments in their order and keeps the first fault, in
// the words of libotr's programs.
type argumentReader struct{ err error }

func (r *argumentReader) fail(text string) {
	if r.err == nil {
		r.err = &argumentError{text}
	}
}

// hex reads an even count of hexadecimal digits.
func (r *argumentReader) hex(arg string) []byte {
	if len(arg)%2 != 0 {
		r.fail("Argument ``" + arg + "'' must have even length.")
		return nil
	}
	b, err := hex.DecodeString(arg)
	if err != nil {
		r.fail("Illegal hex char in argument ``" + arg + "''.")
		return nil
	}
	return b
}

func (r *argumentReader) aesKey(arg string) (key [16]byte) {
	r.fixed(key[:], arg, "The AES key must be 32 hex chars long.")
	return key
}

func (r *argumentReader) macKey(arg string) (key [20]byte) {
	r.fixed(key[:], arg, "The MAC key must be 40 hex chars long.")
	return key
}

func (r *argumentReader) counter(arg string) toolkit.Counter {
	var counter [8]byte
	r.fixed(counter[:], arg, "The counter must be 16 hex chars long.")
	return toolkit.Counter(binary.BigEndian.Uint64(counter[:]))
}

func (r *argumentReader) fixed(dst []byte, arg, wrongLength string) {
	b := r.hex(arg)
	if len(b) != len(dst) {
		r.fail(wrongLength)
	}
	copy(dst, b)
}

// number reads an unsigned decimal number as C's scanf does with %u, whose
// reading the programs share: a number of 64 bits that stays at its greatest
// value, of which the lower 32 bits count.
func (r *argumentReader) number(name, arg string) uint32 {
	v, negative, fits := r.digits(name, arg)
	switch {
	case !fits:
		return math.MaxUint32
	case negative:
		v = -v
	}
	return uint32(v)
}

// flags reads a signed number as scanf does with %d, of which the lower 8 bits
// count.
func (r *argumentReader) flags(arg string) uint8 {
	v, negative, fits := r.digits("flags", arg)
	switch greatest := uint64(math.MaxInt64); {
	case negative && (!fits || v > greatest):
		v = greatest + 1 // the least number, whose lower bits are zero
	case !fits || v > greatest:
		v = greatest
	case negative:
		v = -v
	}
	return uint8(v)
}

// digits reads a number as scanf does: blanks and a sign may precede it and
// anything may follow it. It fits unless it has more than 64 bits.
func (r *argumentReader) digits(name, arg string) (v uint64, negative, fits bool) {
	s := strings.TrimLeft(arg, " \t\n\v\f\r")
	negative = strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	if s == "" || !isDigit(s[0]) {
		r.fail("Unparseable " + name + " given.")
		return 0, false, true
	}
	for i := 0; i < len(s) && isDigit(s[i]); i++ {
		digit := uint64(s[i] - '0')
		if v > (math.MaxUint64-digit)/10 {
			return 0, negative, false
		}
		v = v*10 + digit
	}
	return v, negative, true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
