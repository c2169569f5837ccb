package ake

import (
	"crypto/sha256"
	"errors"

	"otrbot/otr/internal/group"
	"otrbot/otr/internal/wire"
)

// ErrSnapshot is the error of a snapshot that does not describe a state.
var ErrSnapshot = errors.New("ake: damaged snapshot")

// Append writes the state, secrets included.
func (m *Machine) Append(dst []byte) []byte {
	dst = append(dst, byte(m.State()))
	switch s := m.state.(type) {
	case *awaitingDHKey:
		dst = s.commit.Append(dst)
	case *awaitingRevealSig:
		dst = wire.AppendShort(dst, s.version)
		dst = s.secret.Append(dst)
		dst = wire.AppendData(dst, s.encryptedGX)
		dst = append(dst, s.hashedGX[:]...)
		if s.yielded == nil {
			return append(dst, 0)
		}
		dst = s.yielded.Append(append(dst, 1))
	case *awaitingSig:
		dst = wire.AppendShort(dst, s.version)
		dst = s.secret.Append(dst)
		dst = wire.AppendData(dst, s.theirs.Bytes())
		dst = append(dst, s.ours[:]...)
		dst = append(dst, s.reveal.Key[:]...)
		dst = wire.AppendData(dst, s.reveal.EncryptedSignature)
		dst = append(dst, s.reveal.MAC[:]...)
	}
	return dst
}

// Read reads what Append wrote.
func Read(r *wire.Reader) (Machine, error) {
	var m Machine
	var err error
	switch State(r.Byte()) {
	case None:
		return m, nil
	case AwaitingDHKey:
		var c *Commit
		if c, err = ReadCommit(r); err == nil {
			m.state = &awaitingDHKey{commit: *c}
		}
	case AwaitingRevealSig:
		m.state, err = readAwaitingRevealSig(r)
	case AwaitingSig:
		m.state, err = readAwaitingSig(r)
	default:
		err = ErrSnapshot
	}
	if err != nil {
		return Machine{}, err
	}
	return m, nil
}

func readAwaitingRevealSig(r *wire.Reader) (state, error) {
	s := &awaitingRevealSig{version: r.Short()}
	secret, err := group.ParseDHSecret(r.Fixed(40))
	if err != nil || !known(s.version) {
		return nil, ErrSnapshot
	}
	s.secret, s.public = secret, secret.Public()
	s.encryptedGX = append([]byte(nil), r.Data()...)
	copy(s.hashedGX[:], r.Fixed(32))
	switch r.Byte() {
	case 0:
		return s, nil
	case 1:
		s.yielded, err = ReadCommit(r)
		return s, err
	}
	return nil, ErrSnapshot
}

func readAwaitingSig(r *wire.Reader) (state, error) {
	s := &awaitingSig{version: r.Short()}
	secret, err := group.ParseDHSecret(r.Fixed(40))
	if err != nil || !known(s.version) {
		return nil, ErrSnapshot
	}
	s.secret, s.public = secret, secret.Public()
	if s.theirs, err = group.ParseElement(r.Data()); err != nil {
		return nil, ErrSnapshot
	}
	copy(s.ours[:], r.Fixed(20))
	s.shared = s.secret.Shared(&s.theirs)
	s.keys = deriveKeys(&s.shared)
	copy(s.reveal.Key[:], r.Fixed(16))
	s.reveal.EncryptedSignature = append([]byte(nil), r.Data()...)
	copy(s.reveal.MAC[:], r.Fixed(20))
	return s, nil
}

// Append writes the commit, secrets included.
func (c *Commit) Append(dst []byte) []byte {
	dst = wire.AppendShort(dst, c.Version)
	dst = append(dst, c.r[:]...)
	return c.secret.Append(dst)
}

// ReadCommit reads what Append wrote.
func ReadCommit(r *wire.Reader) (*Commit, error) {
	c := &Commit{Version: r.Short()}
	copy(c.r[:], r.Fixed(16))
	secret, err := group.ParseDHSecret(r.Fixed(40))
	if err != nil || !known(c.Version) {
		return nil, ErrSnapshot
	}
	c.secret, c.public = secret, secret.Public()
	c.hash = sha256.Sum256(c.public.AppendMPI(nil))
	return c, nil
}

func known(version uint16) bool { return version == wire.V2 || version == wire.V3 }
