package ake

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"

	"otrbot/otr/internal/group"
	"otrbot/otr/internal/wire"
)

// Commit is a D-H Commit Message of ours and the secrets behind it. Several instances of the peer may answer the same
// one. It does not print its secrets.
type Commit struct {
	Version uint16
	r       [16]byte
	secret  group.DHSecret
	public  group.Element
	hash    [32]byte
}

// NewCommit begins an exchange: Protocol v3, "D-H Commit Message".
func NewCommit(version uint16, rand io.Reader) (*Commit, error) {
	c := &Commit{Version: version}
	if _, err := io.ReadFull(rand, c.r[:]); err != nil {
		return nil, err
	}
	secret, err := group.GenerateDH(rand)
	if err != nil {
		return nil, err
	}
	c.secret, c.public = secret, secret.Public()
	c.hash = sha256.Sum256(c.public.AppendMPI(nil)) // "This is the SHA256 hash of gxmpi."
	return c, nil
}

// Message is the D-H Commit Message with the header h.
func (c *Commit) Message(h wire.Header) *wire.DHCommit {
	// "Encrypt gxmpi using AES128-CTR, with key r and initial counter value 0."
	encrypted := c.public.AppendMPI(nil)
	xorKeyStream(&c.r, encrypted)
	return &wire.DHCommit{Header: h, EncryptedGX: encrypted, HashedGX: c.hash}
}

// Wipe forgets the secrets.
func (c *Commit) Wipe() {
	clear(c.r[:])
	c.secret.Wipe()
}

// Format does not tell the secrets, whatever the verb.
func (c Commit) Format(f fmt.State, _ rune) { io.WriteString(f, "ake.Commit(secret)") }

// openCommit reveals the g^x that a D-H Commit Message hid: Protocol v3, "Receiving a Reveal Signature Message": "Use
// the received value of r to decrypt the value of g^x received in the D-H Commit Message, and verify the hash therein."
// A detail says what is wrong.
func openCommit(encrypted []byte, hash *[32]byte, r *[16]byte) (gx group.Element, detail string) {
	mpi := bytes.Clone(encrypted)
	xorKeyStream(r, mpi)
	sum := sha256.Sum256(mpi)
	if subtle.ConstantTimeCompare(sum[:], hash[:]) != 1 {
		return gx, "the revealed key does not open the D-H Commit Message"
	}
	reader := wire.NewReader(mpi)
	value := reader.MPI()
	if reader.Done() != nil {
		return gx, "g^x is not a number"
	}
	gx, err := group.ParseElement(value)
	if err != nil {
		return gx, "g^x is not a legal value"
	}
	return gx, ""
}

// xorKeyStream is AES128-CTR with initial counter value 0, in place.
func xorKeyStream(key *[16]byte, data []byte) {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return // a key of 16 bytes is always accepted
	}
	var counter [aes.BlockSize]byte
	cipher.NewCTR(block, counter[:]).XORKeyStream(data, data)
}
