package wire

import "errors"

var errKeyType = errors.New("public key is not of type DSA")

// pubkeyDSA is the only type of "Public keys, signatures, and fingerprints".
const pubkeyDSA uint16 = 0x0000

// AppendPublicKey adds a PUBKEY of type DSA to dst. The numbers are
// big-endian. The fingerprint is the SHA-1 hash of what follows the first two
// bytes.
func AppendPublicKey(dst []byte, p, q, g, y []byte) []byte {
	dst = AppendShort(dst, pubkeyDSA)
	dst = AppendMPI(dst, p)
	dst = AppendMPI(dst, q)
	dst = AppendMPI(dst, g)
	return AppendMPI(dst, y)
}

// ReadPublicKey takes a PUBKEY from r. A key of another type is an error of
// r. Neither sizes nor relations of the numbers are checked.
func ReadPublicKey(r *Reader) (p, q, g, y []byte) {
	if r.Short() != pubkeyDSA {
		r.fail(errKeyType)
	}
	p, q, g, y = r.MPI(), r.MPI(), r.MPI(), r.MPI()
	if r.err != nil {
		return nil, nil, nil, nil
	}
	return p, q, g, y
}
