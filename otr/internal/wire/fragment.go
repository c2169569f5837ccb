package wire

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// MaxPieces is how many fragments one message may have.
const MaxPieces = 1<<16 - 1

// The longest that Split's headers with the final comma become; they have
// fixed lengths so that the arithmetic stays plain.
const (
	v2Overhead = len("?OTR,00001,00002,,")
	v3Overhead = len("?OTR|5a73a599|27e31597,00001,00002,,")
)

// ErrTooSmall reports that a message cannot be cut into fragments of the size
// asked for; the text of the error names the least size that will do.
var ErrTooSmall = errors.New("maximum message size is too small")

var errComma = errors.New("a message with a comma cannot be fragmented")

// Fragment is one piece of a message. Version is 2 or 3; the instance tags
// are zero in version 2.
type Fragment struct {
	Version          uint16
	Sender, Receiver uint32
	K, N             uint16 // piece K of N, from 1
	Piece            string
}

// Legal tells whether the numbers and the piece may occur at all. Protocol v3,
// "Receiving Fragments": "If k == 0 or n == 0 or k > n, discard this (illegal)
// fragment"; a piece must be non-empty.
func (f *Fragment) Legal() bool {
	return f.K != 0 && f.K <= f.N && f.Piece != ""
}

// AppendSplit cuts msg into fragments of at most max bytes each, in the format
// of h.Version with the tags of h, and adds them to dst. A message that fits,
// or a max of zero or less (no limit), is added as it is. Fragments and other
// texts with commas cannot be fragmented. An error leaves dst as it was.
func AppendSplit(dst []string, msg string, max int, h Header) ([]string, error) {
	if max <= 0 || len(msg) <= max {
		return append(dst, msg), nil
	}
	if strings.IndexByte(msg, ',') >= 0 {
		return dst, errComma
	}
	if err := CheckSplit(len(msg), max, h); err != nil {
		return dst, err
	}
	overhead := h.fragmentOverhead()
	share := max - overhead
	n := ceilDiv(len(msg), share)

	var joined strings.Builder // all fragments in one allocation
	joined.Grow(len(msg) + n*overhead)
	var header [v3Overhead]byte
	for k := 1; k <= n; k++ {
		joined.Write(appendFragmentHeader(header[:0], h, uint16(k), uint16(n)))
		end := min(share, len(msg))
		joined.WriteString(msg[:end])
		joined.WriteByte(',')
		msg = msg[end:]
	}
	dst = slices.Grow(dst, n)
	for all := joined.String(); all != ""; {
		end := min(max, len(all))
		dst = append(dst, all[:end])
		all = all[end:]
	}
	return dst, nil
}

// CheckSplit says whether an encoded message of size bytes can be cut into
// fragments of at most max bytes each: ErrTooSmall if not.
func CheckSplit(size, max int, h Header) error {
	if max <= 0 || size <= max {
		return nil
	}
	if least := h.fragmentOverhead() + ceilDiv(size, MaxPieces); max < least {
		return fmt.Errorf("%w: %d bytes, this message needs at least %d", ErrTooSmall, max, least)
	}
	return nil
}

func (h Header) fragmentOverhead() int {
	if h.Version == V3 {
		return v3Overhead
	}
	return v2Overhead
}

func ceilDiv(a, b int) int { return (a-1)/b + 1 }

func appendFragmentHeader(dst []byte, h Header, k, n uint16) []byte {
	dst = append(dst, marker...)
	if h.Version == V3 {
		dst = append(dst, '|')
		dst = appendHex(dst, h.Sender)
		dst = append(dst, '|')
		dst = appendHex(dst, h.Receiver)
	}
	dst = append(dst, ',')
	dst = appendDecimal(dst, k)
	dst = append(dst, ',')
	dst = appendDecimal(dst, n)
	return append(dst, ',')
}

// appendDecimal writes v as five digits.
func appendDecimal(dst []byte, v uint16) []byte {
	return append(dst, '0'+byte(v/10000), '0'+byte(v/1000%10), '0'+byte(v/100%10), '0'+byte(v/10%10), '0'+byte(v%10))
}

// appendHex writes v as eight digits.
func appendHex(dst []byte, v uint32) []byte {
	for shift := 28; shift >= 0; shift -= 4 {
		dst = append(dst, "0123456789abcdef"[v>>shift&0xf])
	}
	return dst
}

// CutFragment reads the fragment at the very start of s and returns what
// follows its last comma. It is false when s does not begin with the form of a
// fragment. A number out of range makes an illegal fragment: K and N are then
// zero, and an Assembler discards it.
func CutFragment(s string) (f Fragment, rest string, ok bool) {
	if strings.HasPrefix(s, marker+"|") {
		f.Version = V3
	} else if strings.HasPrefix(s, marker+",") {
		f.Version = V2
	} else {
		return Fragment{}, s, false
	}
	whole := s
	s = s[len(marker)+1:]
	ok = true

	inRange := true
	number := func(base, limit uint64, end byte) uint64 {
		if !ok {
			return 0
		}
		var v uint64
		var fits bool
		v, fits, s, ok = cutNumber(s, base, limit, end)
		inRange = inRange && fits
		return v
	}

	if f.Version == V3 {
		f.Sender = uint32(number(16, 1<<32-1, '|'))
		f.Receiver = uint32(number(16, 1<<32-1, ','))
	}
	f.K = uint16(number(10, MaxPieces, ','))
	f.N = uint16(number(10, MaxPieces, ','))
	if ok {
		f.Piece, rest, ok = strings.Cut(s, ",")
	}
	if !ok {
		return Fragment{}, whole, false
	}
	if !inRange {
		f.K, f.N = 0, 0
	}
	return f, rest, true
}

// cutNumber reads digits, of which leading ones may be zero, up to the byte
// end. There must be one digit at least, and no sign, blank or prefix.
func cutNumber(s string, base, limit uint64, end byte) (v uint64, fits bool, rest string, ok bool) {
	fits = true
	for i := range len(s) {
		if s[i] == end {
			return v, fits, s[i+1:], i > 0
		}
		d := digit(s[i])
		if d >= base {
			break
		}
		if v = v*base + d; v > limit {
			v, fits = limit, false
		}
	}
	return 0, false, s, false
}

// digit returns the value of a hexadecimal digit, or more than any base.
func digit(c byte) uint64 {
	switch {
	case '0' <= c && c <= '9':
		return uint64(c - '0')
	case 'a' <= c && c <= 'f':
		return uint64(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return uint64(c-'A') + 10
	}
	return 255
}
