package session

import (
	"crypto/sha1"
	"crypto/sha256"

	"otrbot/otr/internal/group"
)

const macSize = sha1.Size

// pair are the values of one key of ours and one of theirs: Protocol v3, "Computing AES keys, MAC keys, and the secure
// session id".
type pair struct {
	send, recv     channel
	extra          [32]byte
	sent, received uint64 // the last counters, as unsigned 64-bit numbers
	verified       bool   // recv has verified a message
}

func derive(s *group.Shared, ours, theirs *group.Element) *pair {
	// "If Alice's public key is numerically greater than Bob's public key, then she is the "high" end."
	sendByte, recvByte := byte(0x02), byte(0x01)
	if ours.Cmp(theirs) > 0 {
		sendByte, recvByte = recvByte, sendByte
	}
	p := new(pair)
	var buf [5 + group.Size]byte
	n := 1 + copy(buf[1:], s.MPI())
	p.send.aes, p.send.mac = h1(buf[:n], sendByte)
	p.recv.aes, p.recv.mac = h1(buf[:n], recvByte)
	buf[0] = 0xff // "calculating h2(0xFF) and keeping the entire 256 bits"
	p.extra = sha256.Sum256(buf[:n])
	clear(buf[:])
	return p
}

// h1 is the AES key, "the first 16 bytes of h1(b)", and the MAC key, "the 20-byte SHA-1 hash of the 16-byte AES key".
func h1(secbytes []byte, b byte) (aes [16]byte, mac [20]byte) {
	secbytes[0] = b
	sum := sha1.Sum(secbytes)
	copy(aes[:], sum[:16])
	return aes, sha1.Sum(aes[:])
}

func (p *pair) wipe() {
	p.send.wipe()
	p.recv.wipe()
	*p = pair{}
}
