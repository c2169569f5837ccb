package session

import (
	"errors"

	"otrbot/otr/internal/group"
	"otrbot/otr/internal/wire"
)

// ErrSnapshot is the error of a snapshot that does not describe a session.
var ErrSnapshot = errors.New("session: damaged snapshot")

// Append writes the session, secrets included.
func (s *Session) Append(dst []byte) []byte {
	dst = wire.AppendInt(dst, s.ourKeyID)
	for i := range s.ours {
		if s.ours[i].public.Zero() {
			dst = append(dst, 0)
			continue
		}
		dst = s.ours[i].secret.Append(append(dst, 1))
	}
	dst = wire.AppendInt(dst, s.theirKeyID)
	for i := range s.theirs {
		if s.theirs[i].Zero() {
			dst = wire.AppendData(dst, nil)
			continue
		}
		dst = wire.AppendData(dst, s.theirs[i].Bytes())
	}
	for ours := range s.pairs {
		for theirs := range s.pairs[ours] {
			dst = s.pairs[ours][theirs].append(dst)
		}
	}
	dst = wire.AppendLong(dst, s.floor)
	return wire.AppendData(dst, s.revealed)
}

func (p *pair) append(dst []byte) []byte {
	// A pair that no message was sent or accepted with can be derived again. A forged message may have had it derived,
	// and must leave no trace.
	if p == nil || p.sent == 0 && p.received == 0 {
		return append(dst, 0)
	}
	dst = append(dst, 1)
	dst = append(dst, p.send.aes[:]...)
	dst = append(dst, p.recv.aes[:]...)
	dst = append(dst, p.send.mac[:]...)
	dst = append(dst, p.recv.mac[:]...)
	dst = append(dst, p.extra[:]...)
	dst = wire.AppendLong(dst, p.sent)
	dst = wire.AppendLong(dst, p.received)
	if p.verified {
		return append(dst, 1)
	}
	return append(dst, 0)
}

// Read makes s what Append wrote.
func (s *Session) Read(r *wire.Reader) error {
	*s = Session{ourKeyID: r.Int()}
	for i := range s.ours {
		if !readFlag(r) {
			continue
		}
		secret, err := group.ParseDHSecret(r.Fixed(40))
		if err != nil {
			return ErrSnapshot
		}
		s.ours[i] = keyPair{secret: secret, public: secret.Public()}
	}
	s.theirKeyID = r.Int()
	for i := range s.theirs {
		value := r.Data()
		if len(value) == 0 {
			continue
		}
		e, err := group.ParseElement(value)
		if err != nil {
			return ErrSnapshot
		}
		s.theirs[i] = e
	}
	for ours := range s.pairs {
		for theirs := range s.pairs[ours] {
			s.pairs[ours][theirs] = readPair(r)
			if s.pairs[ours][theirs] != nil && (s.ours[ours].public.Zero() || s.theirs[theirs].Zero()) {
				return ErrSnapshot
			}
		}
	}
	s.floor = r.Long()
	s.revealed = append([]byte(nil), r.Data()...)
	if s.ourKeyID < 2 || s.theirKeyID == 0 || s.ours[previous].public.Zero() || s.theirs[current].Zero() || len(s.revealed)%20 != 0 {
		return ErrSnapshot
	}
	return nil
}

func readPair(r *wire.Reader) *pair {
	if !readFlag(r) {
		return nil
	}
	p := new(pair)
	copy(p.send.aes[:], r.Fixed(16))
	copy(p.recv.aes[:], r.Fixed(16))
	copy(p.send.mac[:], r.Fixed(20))
	copy(p.recv.mac[:], r.Fixed(20))
	copy(p.extra[:], r.Fixed(32))
	p.sent, p.received = r.Long(), r.Long()
	p.verified = readFlag(r)
	return p
}

func readFlag(r *wire.Reader) bool { return r.Byte() == 1 }

// Resume raises the sending counters to at least n, so that a session that goes on from a snapshot never uses one that
// it may have used after the snapshot was made. Protocol v3, "Data Message": the counter must increase "for each message
// sent with the same (sender keyid, recipient keyid) pair".
func (s *Session) Resume(n uint64) { s.floor = max(s.floor, n) }
