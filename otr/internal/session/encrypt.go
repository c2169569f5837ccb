package session

import (
	"io"

	"otrbot/otr/internal/group"
	"otrbot/otr/internal/wire"
)

// Ready makes what the next Encrypt needs of the random source, so that it cannot fail.
func (s *Session) Ready(rand io.Reader) error { return s.advertise(rand) }

// MaxSize is how many bytes the Data Message that Encrypt would make has at most.
func (s *Session) MaxSize(h wire.Header, text string, tlvs []wire.TLV) int {
	d := wire.Data{Header: h}
	return d.Size() + group.Size + revealedAtOnce + wire.PlaintextSize(text, tlvs)
}

// First says whether the next message is the first that advertises its D-H key: the first that our previous key sends, to
// whichever key of the peer.
func (s *Session) First() bool {
	for _, p := range s.pairs[previous] {
		if p != nil && p.sent > 0 {
			return false
		}
	}
	return true
}

// Encrypt makes the Data Message that carries a text and records. The bytes are the caller's until the next call. The
// error is that of the random source and changes nothing.
func (s *Session) Encrypt(h wire.Header, flags byte, text string, tlvs []wire.TLV, rand io.Reader) ([]byte, error) {
	if err := s.advertise(rand); err != nil {
		return nil, err
	}
	// Protocol v3, "Key Management": "Set the sender keyid to (our_keyid-1), and the recipient keyid to (their_keyid).
	// Set the DH pubkey in the Data message to the public part of our_dh[our_keyid]."
	p := s.pair(previous, current)
	if p.sent > 0 {
		p.send.expectMore()
	}
	p.sent = max(p.sent, s.floor) + 1
	var next [4 + group.Size]byte
	head := wire.Data{
		Header: h, Flags: flags, SenderKeyID: s.ourKeyID - 1, RecipientKeyID: s.theirKeyID,
		NextDH: s.ours[current].public.AppendMPI(next[:0])[4:], Counter: p.sent,
	}
	size := wire.PlaintextSize(text, tlvs)
	b := head.AppendHead(p.send.buffer(head.Size() + size + min(len(s.revealed), revealedAtOnce)))
	b = wire.AppendInt(b, uint32(size))
	start := len(b)
	b = wire.AppendPlaintext(b, text, tlvs)
	p.send.xorKeyStream(p.sent, b[start:])
	mac := p.send.authenticate(b)
	b = append(b, mac[:]...)
	return wire.AppendData(b, s.reveal()), nil
}
