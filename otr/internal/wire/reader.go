package wire

import (
	"encoding/binary"
	"errors"
)

var (
	errTruncated  = errors.New("message ends in the middle of a field")
	errTrailing   = errors.New("bytes after the last field")
	errLeadingMPI = errors.New("number has leading zero bytes")
	errCount      = errors.New("wrong count of numbers")
)

// Reader takes the data types of the protocol ("Data types") from a byte
// slice. Its error is sticky: after the first failure every method returns
// zero values, so that a parser reads all its fields and asks Done once.
// Slices alias the input, with their capacity cut to their length.
type Reader struct {
	rest []byte
	err  error
}

// NewReader returns a Reader of b.
func NewReader(b []byte) Reader { return Reader{rest: b} }

// Len returns how many bytes are left.
func (r *Reader) Len() int { return len(r.rest) }

// Err returns the first failure.
func (r *Reader) Err() error { return r.err }

// Done returns the first failure, or an error if bytes are left.
func (r *Reader) Done() error {
	if r.err == nil && len(r.rest) != 0 {
		r.err = errTrailing
	}
	return r.err
}

// Fixed takes the next n bytes.
func (r *Reader) Fixed(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.rest) {
		r.fail(errTruncated)
		return nil
	}
	field := r.rest[:n:n]
	r.rest = r.rest[n:]
	return field
}

// Byte takes a BYTE.
func (r *Reader) Byte() byte {
	if b := r.Fixed(1); b != nil {
		return b[0]
	}
	return 0
}

// Short takes a SHORT: two bytes, big-endian.
func (r *Reader) Short() uint16 {
	if b := r.Fixed(2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

// Int takes an INT: four bytes, big-endian.
func (r *Reader) Int() uint32 {
	if b := r.Fixed(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

// Long takes eight bytes, big-endian, as in a CTR field.
func (r *Reader) Long() uint64 {
	if b := r.Fixed(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

// Data takes a DATA: its length as an INT, then the bytes.
func (r *Reader) Data() []byte {
	n := r.Int()
	if uint64(n) > uint64(len(r.rest)) {
		r.fail(errTruncated)
		return nil
	}
	return r.Fixed(int(n))
}

// MPI takes an MPI, which "must use the minimum-length encoding". The number
// zero has length 0.
func (r *Reader) MPI() []byte {
	value := r.Data()
	if len(value) > 0 && value[0] == 0 {
		r.fail(errLeadingMPI)
		return nil
	}
	return value
}

// fail keeps the first error and leaves nothing to read.
func (r *Reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.rest = nil
}
