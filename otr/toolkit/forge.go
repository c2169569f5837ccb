package toolkit

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"errors"

	"otrbot/otr/internal/wire"
)

var (
	// ErrMAC reports that the MAC of a message does not verify with a key.
	ErrMAC = errors.New("MAC does not verify")
	// ErrLength reports that two texts differ in length.
	ErrLength = errors.New("the old and the new text differ in length")
)

// Read checks the MAC of m and decrypts its plaintext, text and TLVs, for
// which see ParsePlaintext. With the wrong key the error is ErrMAC.
func Read(m *Data, aesKey [16]byte) ([]byte, error) {
	if !m.verify(MACKey(aesKey)) {
		return nil, ErrMAC
	}
	return crypt(aesKey, m.Counter, m.Encrypted), nil
}

// Forge returns m with another plaintext, encrypted with aesKey and given a
// MAC that verifies. All other fields stay. The key need not be that of m.
func Forge(m *Data, aesKey [16]byte, plaintext string) *Data {
	forged := *m
	forged.Encrypted = crypt(aesKey, m.Counter, []byte(plaintext))
	return Remac(&forged, MACKey(aesKey))
}

// Modify returns m with oldText at offset replaced by newText, which is as
// long: a guess at the plaintext and the MAC key are enough. What would stand
// beyond the end of the message is dropped. The errors are ErrLength, and
// ErrMAC when macKey is not the key of m.
func Modify(m *Data, macKey [20]byte, oldText, newText string, offset uint32) (*Data, error) {
	if len(oldText) != len(newText) {
		return nil, ErrLength
	}
	if !m.verify(macKey) {
		return nil, ErrMAC
	}
	modified := *m
	modified.Encrypted = append(Hex(nil), m.Encrypted...)
	for i := range len(oldText) {
		at := uint64(offset) + uint64(i)
		if at >= uint64(len(modified.Encrypted)) {
			break
		}
		modified.Encrypted[at] ^= oldText[i] ^ newText[i]
	}
	return Remac(&modified, macKey), nil
}

// Remac returns m with the MAC that macKey gives its fields.
func Remac(m *Data, macKey [20]byte) *Data {
	remade := *m
	remade.authenticated = remade.appendAuthenticated(nil)
	remade.MAC = sum(macKey, remade.authenticated)
	return &remade
}

func (m *Data) verify(macKey [20]byte) bool {
	authenticated := m.authenticated
	if authenticated == nil {
		authenticated = m.appendAuthenticated(nil)
	}
	mac := sum(macKey, authenticated)
	return hmac.Equal(mac[:], m.MAC[:])
}

func sum(macKey [20]byte, authenticated []byte) MAC {
	h := hmac.New(sha1.New, macKey[:])
	h.Write(authenticated)
	return MAC(h.Sum(nil))
}

// crypt is AES-CTR, both ways. Protocol v3, "Data Message": the counter is the
// top half of the initial block, the rest is zero.
func crypt(key [16]byte, counter Counter, in []byte) []byte {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil // unreachable: the key has a length that AES has
	}
	start := make([]byte, 0, aes.BlockSize)
	start = wire.AppendLong(start, uint64(counter))
	start = wire.AppendLong(start, 0)
	out := make([]byte, len(in))
	cipher.NewCTR(block, start).XORKeyStream(out, in)
	return out
}
