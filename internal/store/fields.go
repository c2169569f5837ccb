package store

import (
	"encoding/binary"
	"time"
)

// pack joins fields: each with its length before it. What is sealed has this form.
func pack(fields ...[]byte) []byte {
	size := 0
	for _, f := range fields {
		size += binary.MaxVarintLen32 + len(f)
	}
	out := make([]byte, 0, size)
	for _, f := range fields {
		out = binary.AppendUvarint(out, uint64(len(f)))
		out = append(out, f...)
	}
	return out
}

// unpack undoes pack for n fields. They share the memory of b.
func unpack(b []byte, n int) ([][]byte, error) {
	fields := make([][]byte, n)
	for i := range fields {
		length, used := binary.Uvarint(b)
		if used <= 0 || length > uint64(len(b)-used) {
			return nil, errDamaged
		}
		b = b[used:]
		fields[i], b = b[:length:length], b[length:]
	}
	if len(b) > 0 {
		return nil, errDamaged
	}
	return fields, nil
}

// A form is a list of fields to which later versions add at the end: what an earlier one has kept lacks those.
type form [][]byte

// readForm reads as many fields as pack has written. Nothing but such gets past the seal.
func readForm(b []byte) (f form) {
	for len(b) > 0 {
		length, used := binary.Uvarint(b)
		if used <= 0 || length > uint64(len(b)-used) {
			return f
		}
		b = b[used:]
		f, b = append(f, b[:length:length]), b[length:]
	}
	return f
}

func (f form) bytes(i int) []byte {
	if i < len(f) {
		return f[i]
	}
	return nil
}

func (f form) text(i int) string    { return string(f.bytes(i)) }
func (f form) number(i int) int64   { return unpackNumber(f.bytes(i)) }
func (f form) flag(i int) bool      { return len(f.bytes(i)) > 0 }
func (f form) time(i int) time.Time { return unpackTime(f.bytes(i)) }

func (f form) texts(i int) (all []string) {
	for _, one := range readForm(f.bytes(i)) {
		all = append(all, string(one))
	}
	return all
}

func packTexts[T ~string](all []T) []byte {
	fields := make([][]byte, len(all))
	for i, one := range all {
		fields[i] = []byte(one)
	}
	return pack(fields...)
}

func packFlag(yes bool) []byte {
	if yes {
		return []byte{1}
	}
	return nil
}

// packTime keeps nanoseconds; the zero time is no bytes.
func packTime(t time.Time) []byte {
	if t.IsZero() {
		return nil
	}
	return packNumber(t.UnixNano())
}

func unpackTime(b []byte) time.Time {
	if len(b) == 0 {
		return time.Time{}
	}
	return time.Unix(0, unpackNumber(b)).UTC()
}

func packNumber(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

func unpackNumber(b []byte) int64 {
	if len(b) != 8 {
		return 0 // nothing else gets past the seal
	}
	return int64(binary.BigEndian.Uint64(b))
}

// millis is how columns keep times; the zero time is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}
