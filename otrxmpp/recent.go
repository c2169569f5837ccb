package otrxmpp

import (
	"crypto/sha256"
	"encoding/binary"
)

// recentLength is how far back a data message that comes twice is recognised.
const recentLength = 16

// recent are the latest data messages and fragments that were accepted, the newest last. A repetition fails OTR's
// counter; that is nobody's error, but a server or a client that sent once more.
type recent []uint64

func digest(body string) uint64 {
	sum := sha256.Sum256([]byte(body))
	return binary.BigEndian.Uint64(sum[:])
}

func (r recent) has(body string) bool {
	d := digest(body)
	for _, known := range r {
		if known == d {
			return true
		}
	}
	return false
}

func (r *recent) add(body string) {
	if len(*r) >= recentLength {
		*r = append((*r)[:0], (*r)[1:]...)
	}
	*r = append(*r, digest(body))
}
