package session

import (
	"io"
	"slices"

	"otrbot/otr/internal/wire"
)

// Encrypt appends the Data Message that carries plaintext, which it overwrites. The error is that of the random source
// and changes nothing.
func (s *Session) Encrypt(dst []byte, h wire.Header, flags byte, plaintext []byte, rand io.Reader) ([]byte, error) {
	if err := s.advertise(rand); err != nil {
		return nil, err
	}
	// Protocol v3, "Key Management": "Set the sender keyid to (our_keyid-1), and the recipient keyid to (their_keyid).
	// Set the DH pubkey in the Data message to the public part of our_dh[our_keyid]."
	p := s.pair(previous, current)
	p.sent = max(p.sent, s.floor) + 1
	xorKeyStream(&p.sendAES, p.sent, plaintext)
	d := wire.Data{
		Header: h, Flags: flags, SenderKeyID: s.ourKeyID - 1, RecipientKeyID: s.theirKeyID,
		NextDH: s.ours[current].public.Bytes(), Counter: p.sent, Encrypted: plaintext, OldMACKeys: s.revealed,
	}
	start := len(dst)
	dst = d.AppendAuthenticated(slices.Grow(dst, d.Size()))
	mac := authenticate(&p.sendMAC, dst[start:])
	dst = append(dst, mac[:]...)
	dst = wire.AppendData(dst, s.revealed)
	s.revealed = nil
	return dst, nil
}
