package wire

import "encoding/binary"

// AppendShort adds a SHORT to dst.
func AppendShort(dst []byte, v uint16) []byte { return binary.BigEndian.AppendUint16(dst, v) }

// AppendInt adds an INT to dst.
func AppendInt(dst []byte, v uint32) []byte { return binary.BigEndian.AppendUint32(dst, v) }

// AppendLong adds eight bytes, big-endian, to dst.
func AppendLong(dst []byte, v uint64) []byte { return binary.BigEndian.AppendUint64(dst, v) }

// AppendData adds a DATA to dst: its length as an INT, then the bytes, of
// which there are less than 1<<32.
func AppendData(dst, data []byte) []byte {
	dst = AppendInt(dst, uint32(len(data)))
	return append(dst, data...)
}

// AppendMPI adds an MPI to dst. The value is big-endian; leading zero bytes
// are left out, as "Data types" demands.
func AppendMPI(dst, value []byte) []byte {
	for len(value) > 0 && value[0] == 0 {
		value = value[1:]
	}
	return AppendData(dst, value)
}
