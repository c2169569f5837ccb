package session

import (
	"crypto/hmac"
	"math"

	"otrbot/otr/internal/group"
	"otrbot/otr/internal/wire"
)

// Opened is what an accepted Data Message holds.
type Opened struct {
	Plaintext []byte
	ExtraKey  [32]byte // the extra symmetric key of this message's keys
	Seen      bool     // the peer has seen the D-H key that our recent messages advertise
}

// Decrypt verifies and decrypts a Data Message, in place. Nothing changes before all has been verified: MAC, then
// counter, then the advertised key. The error is ErrUnreadable.
func (s *Session) Decrypt(d *wire.Data) (Opened, error) {
	ours, theirs, ok := s.generations(d.RecipientKeyID, d.SenderKeyID)
	if !ok {
		return Opened{}, ErrUnreadable
	}
	p := s.pair(ours, theirs)
	// "Use the "receiving MAC key" to verify the MAC on the message. If it does not verify, reject the message."
	if want := p.recv.authenticate(d.Authenticated); !hmac.Equal(want[:], d.MAC[:]) {
		return Opened{}, ErrUnreadable
	}
	// "Check that the counter in the Data message is strictly larger than the last counter you saw using this pair of
	// keys. If not, reject the message."
	if d.Counter <= p.received {
		return Opened{}, ErrUnreadable
	}
	// "Verifies that Alice's g^y is a legal value (2 <= g^y <= modulus-2)" holds for the keys of Data Messages too.
	next, err := group.ParseElement(d.NextDH)
	if err != nil {
		return Opened{}, ErrUnreadable
	}
	opened := Opened{Plaintext: d.Encrypted, ExtraKey: p.extra, Seen: ours == current}
	p.recv.xorKeyStream(d.Counter, opened.Plaintext)
	if p.verified {
		p.recv.expectMore()
	}

	p.received, p.verified = d.Counter, true
	if ours == current {
		s.rotateOurs()
	}
	// A serial number cannot grow beyond its four bytes: such a peer needs a new key exchange to rotate again.
	if theirs == current && s.theirKeyID < math.MaxUint32 {
		s.rotateTheirs(&next)
	}
	return opened, nil
}

// generations finds the keys that a message names. Protocol v3, "Key Management": "If the keyids do not represent either
// the most recent key or the previous key (for either the sender or receiver), reject the message. Also reject the
// message if the sender keyid is their_keyid-1, but their_y[their_keyid-1] is NULL."
func (s *Session) generations(ourID, theirID uint32) (ours, theirs int, ok bool) {
	switch {
	case ourID == 0 || theirID == 0:
		return 0, 0, false // "Must be strictly greater than 0"
	case ourID == s.ourKeyID:
		ours = current
	case ourID == s.ourKeyID-1:
		ours = previous
	default:
		return 0, 0, false
	}
	switch theirID {
	case s.theirKeyID:
		theirs = current
	case s.theirKeyID - 1:
		theirs = previous
	default:
		return 0, 0, false
	}
	return ours, theirs, !s.ours[ours].public.Zero() && !s.theirs[theirs].Zero()
}
