package otrxmpp

import (
	"encoding/binary"
	"errors"
	"time"
)

// writer appends the values of a snapshot: numbers in eight bytes, texts behind their length.
type writer []byte

func (w *writer) long(n uint64) { *w = binary.BigEndian.AppendUint64(*w, n) }

func (w *writer) bytes(b []byte) {
	w.long(uint64(len(b)))
	*w = append(*w, b...)
}

func (w *writer) text(s string) { w.bytes([]byte(s)) }

func (w *writer) flags(set ...bool) {
	for _, f := range set {
		if f {
			*w = append(*w, 1)
		} else {
			*w = append(*w, 0)
		}
	}
}

// times are nanoseconds since 1970; the zero time is 0.
func (w *writer) times(all ...time.Time) {
	for _, t := range all {
		if t.IsZero() {
			w.long(0)
		} else {
			w.long(uint64(t.UnixNano()))
		}
	}
}

var (
	errTruncated = errors.New("it ends in the middle")
	errTrailing  = errors.New("something follows its end")
)

// reader takes what a writer wrote. Its error stays: after the first failure every method gives zero values.
type reader struct {
	rest []byte
	err  error
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.rest = nil
}

func (r *reader) take(n uint64) []byte {
	if r.err != nil || n > uint64(len(r.rest)) {
		r.fail(errTruncated)
		return nil
	}
	field := r.rest[:n:n]
	r.rest = r.rest[n:]
	return field
}

func (r *reader) long() uint64 {
	if b := r.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func (r *reader) bytes() []byte { return r.take(r.long()) }
func (r *reader) text() string  { return string(r.bytes()) }

// count is a number of at most n.
func (r *reader) count(n int) int {
	c := r.long()
	if c > uint64(n) {
		r.fail(errValue)
		return 0
	}
	return int(c)
}

func (r *reader) flags(all ...*bool) {
	for _, f := range all {
		if b := r.take(1); b != nil {
			*f = b[0] == 1
		}
	}
}

func (r *reader) times(all ...*time.Time) {
	for _, t := range all {
		if n := r.long(); n != 0 {
			*t = time.Unix(0, int64(n))
		}
	}
}

func (r *reader) done() error {
	if r.err == nil && len(r.rest) > 0 {
		r.fail(errTrailing)
	}
	return r.err
}
