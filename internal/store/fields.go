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
