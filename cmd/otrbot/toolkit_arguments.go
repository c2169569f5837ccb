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

// number reads a decimal number as C's scanf does, whose reading the programs
// share: blanks and a sign may precede it, anything may follow it, and it is
// taken modulo 2^32 of a 64-bit number that stays at its greatest value.
func (r *argumentReader) number(name, arg string) uint32 {
	s := strings.TrimLeft(arg, " \t\n\v\f\r")
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	if s == "" || s[0] < '0' || s[0] > '9' {
		r.fail("Unparseable " + name + " given.")
		return 0
	}
	var v uint64
	for i := 0; i < len(s) && '0' <= s[i] && s[i] <= '9'; i++ {
		digit := uint64(s[i] - '0')
		if v > (math.MaxUint64-digit)/10 {
			return math.MaxUint32
		}
		v = v*10 + digit
	}
	if negative {
		v = -v
	}
	return uint32(v)
}
