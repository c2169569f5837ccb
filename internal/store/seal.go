package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"hash"
	"sync"
)

// A purpose says what a sealed value is; each has a key of its own.
type purpose string

const (
	keptValue  purpose = "kept"
	learnerRow purpose = "learner"
	choiceRow  purpose = "choice"
	secretRow  purpose = "secrets"
	sessionRow purpose = "session"
	noteRow    purpose = "note"
	streamRow  purpose = "stream"
	inboxRow   purpose = "inbox"
	outboxRow  purpose = "outbox"

	platformRow   purpose = "platform"
	enrolmentRow  purpose = "enrolment"
	visitRow      purpose = "visit"
	loginRow      purpose = "login"
	invitationRow purpose = "invitation"

	sealVersion = 1 // first byte of every sealed value
)

var purposes = []purpose{keptValue, learnerRow, choiceRow, secretRow, sessionRow, noteRow, streamRow, inboxRow, outboxRow,
	platformRow, enrolmentRow, visitRow, loginRow, invitationRow}

// errDamaged is a sealed value that is not as it was written, or not where.
var errDamaged = errors.New("a sealed value is damaged")

// A sealer seals values, and hashes addresses so that they can be looked up.
type sealer struct {
	aead map[purpose]cipher.AEAD
	macs sync.Pool // of hash.Hash, keyed
}

func newSealer(k Key) (*sealer, error) {
	s := &sealer{aead: map[purpose]cipher.AEAD{}}
	for _, p := range purposes {
		sub, err := subkey(k, "seal "+string(p))
		if err != nil {
			return nil, err
		}
		block, err := aes.NewCipher(sub)
		if err != nil {
			return nil, err
		}
		if s.aead[p], err = cipher.NewGCMWithRandomNonce(block); err != nil {
			return nil, err
		}
	}
	lookup, err := subkey(k, "lookup")
	s.macs.New = func() any { return hmac.New(sha256.New, lookup) }
	return s, err
}

func subkey(k Key, use string) ([]byte, error) {
	return hkdf.Key(sha256.New, k[:], nil, "otrbot store 1 "+use, sha256.Size)
}

// who is the hash by which the rows of an address are found.
func (s *sealer) who(jid string) []byte {
	mac := s.macs.Get().(hash.Hash)
	defer s.macs.Put(mac)
	mac.Reset()
	mac.Write([]byte(jid))
	return mac.Sum(nil)
}

// mark is the hash by which a row of another kind is found. No address holds a NUL, and no two lists of parts are alike.
func (s *sealer) mark(p purpose, parts ...string) []byte {
	fields := make([][]byte, 0, len(parts)+1)
	for _, part := range append([]string{string(p)}, parts...) {
		fields = append(fields, []byte(part))
	}
	return s.who("\x00" + string(pack(fields...)))
}

// seal encrypts plain for one purpose and one place, such as the hash of an address.
func (s *sealer) seal(p purpose, place, plain []byte) []byte {
	out := make([]byte, 1, 1+len(plain)+s.aead[p].Overhead())
	out[0] = sealVersion
	return s.aead[p].Seal(out, nil, plain, bound(p, place))
}

// open undoes seal; errDamaged if a bit, the purpose or the place is another.
func (s *sealer) open(p purpose, place, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 || sealed[0] != sealVersion {
		return nil, errDamaged
	}
	plain, err := s.aead[p].Open(nil, nil, sealed[1:], bound(p, place))
	if err != nil {
		return nil, errDamaged
	}
	return plain, nil
}

// bound is the additional data: purpose and place, so that a value moved to another row is refused.
func bound(p purpose, place []byte) []byte {
	return append(append([]byte(p), 0), place...)
}
