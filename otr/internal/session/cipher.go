package session

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/binary"
)

// xorKeyStream is AES128-CTR in place: Protocol v3, "Data Message": "The initial counter is a 16-byte value whose first 8
// bytes are the above "top half of counter init" value, and whose last 8 bytes are all 0x00."
func xorKeyStream(key *[16]byte, counter uint64, data []byte) {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return // a key of 16 bytes is always accepted
	}
	var iv [aes.BlockSize]byte
	binary.BigEndian.PutUint64(iv[:], counter)
	cipher.NewCTR(block, iv[:]).XORKeyStream(data, data)
}

// authenticate is "The SHA1-HMAC, using the appropriate MAC key, of everything from the Protocol version to the end of
// the encrypted message".
func authenticate(key *[20]byte, data []byte) [20]byte {
	h := hmac.New(sha1.New, key[:])
	h.Write(data)
	var sum [20]byte
	h.Sum(sum[:0])
	return sum
}
