package otr_test

import (
	"bytes"
	"crypto/sha256"
	"math/big"

	"otrbot/otr/internal/wire"
)

// ourPublic is the D-H key of the exchange as we show it.
func (h *handmade) ourPublic() *big.Int {
	if h.lie.public != nil {
		return h.lie.public
	}
	return h.ake.gx
}

// commit begins an exchange: a D-H Commit Message with a new key.
func (h *handmade) commit() string {
	h.ake = h.newPair()
	return h.commitAgain()
}

// commitAgain makes a D-H Commit Message for the same key and a new r.
func (h *handmade) commitAgain() string {
	copy(h.r[:], h.random(16))
	gx := mpi(h.ourPublic())
	m := &wire.DHCommit{Header: h.head(), EncryptedGX: ctr(h.r[:], 0, gx), HashedGX: sha256.Sum256(gx)}
	if h.lie.hash {
		m.HashedGX[0] ^= 1
	}
	return encode(m)
}

// dhKey answers a D-H Commit Message with a new key.
func (h *handmade) dhKey(m *wire.DHCommit) string {
	h.peerTag = m.Sender
	h.ake = h.newPair()
	return h.dhKeyAgain()
}

// dhKeyAgain makes a D-H Key Message for the same key.
func (h *handmade) dhKeyAgain() string {
	return encode(&wire.DHKey{Header: h.head(), GY: h.ourPublic().Bytes()})
}

// reveal answers a D-H Key Message.
func (h *handmade) reveal(m *wire.DHKey) string {
	h.peerTag = m.Sender
	h.peerGX = new(big.Int).SetBytes(m.GY)
	h.agree()
	encrypted, mac := h.signed(h.cipherKeys(true))
	return encode(&wire.RevealSignature{Header: h.head(), Key: h.r, EncryptedSignature: encrypted, MAC: mac})
}

// signature answers a Reveal Signature Message and completes the exchange;
// the commitment is the D-H Commit Message that came before.
func (h *handmade) signature(commitment *wire.DHCommit, m *wire.RevealSignature) string {
	h.t.Helper()
	gx := ctr(m.Key[:], 0, commitment.EncryptedGX)
	if sha256.Sum256(gx) != commitment.HashedGX {
		h.t.Fatal("the revealed key does not open the commitment")
	}
	h.peerGX = new(big.Int).SetBytes(gx[4:])
	h.agree()
	h.verify(h.cipherKeys(true), m.EncryptedSignature, m.MAC)
	encrypted, mac := h.signed(h.cipherKeys(false))
	h.complete()
	return encode(&wire.Signature{Header: h.head(), EncryptedSignature: encrypted, MAC: mac})
}

// finish takes the Signature Message that ends an exchange we began.
func (h *handmade) finish(m *wire.Signature) {
	h.t.Helper()
	h.verify(h.cipherKeys(false), m.EncryptedSignature, m.MAC)
	h.complete()
}

func (h *handmade) agree() { h.s = new(big.Int).Exp(h.peerGX, h.ake.x, modulus) }

func (h *handmade) ssid() (id [8]byte) {
	copy(id[:], hash2(0, mpi(h.s)))
	return id
}

// cipherKeys are c, m1, m2 for the Reveal Signature Message, or c', m1', m2'.
type cipherKeys struct{ c, m1, m2 []byte }

func (h *handmade) cipherKeys(revealing bool) cipherKeys {
	secbytes := mpi(h.s)
	c := hash2(1, secbytes)
	if revealing {
		return cipherKeys{c[:16], hash2(2, secbytes), hash2(3, secbytes)}
	}
	return cipherKeys{c[16:], hash2(4, secbytes), hash2(5, secbytes)}
}

// signed makes the encrypted signature and its MAC.
func (h *handmade) signed(k cipherKeys) (encrypted []byte, mac [20]byte) {
	id := h.akeID
	if h.lie.keyID != nil {
		id = *h.lie.keyID
	}
	pubkey := h.key.public()
	if h.lie.pubkey != nil {
		pubkey = h.lie.pubkey
	}
	keyID := wire.AppendInt(nil, id)
	m := hmac256(k.m1, mpi(h.ourPublic()), mpi(h.peerGX), pubkey, keyID)
	sig := h.key.sign(h.random(32), m)
	if h.lie.signature {
		sig[39] ^= 1
	}
	encrypted = ctr(k.c, 0, bytes.Join([][]byte{pubkey, keyID, sig}, nil))
	copy(mac[:], hmac256(k.m2, wire.AppendData(nil, encrypted)))
	if h.lie.mac {
		mac[0] ^= 1
	}
	return encrypted, mac
}

// verify checks the other's encrypted signature and takes his key number.
func (h *handmade) verify(k cipherKeys, encrypted []byte, mac [20]byte) {
	h.t.Helper()
	if !bytes.Equal(hmac256(k.m2, wire.AppendData(nil, encrypted))[:20], mac[:]) {
		h.t.Fatal("the MAC of the encrypted signature is wrong")
	}
	plain := ctr(k.c, 0, encrypted)
	pubkey, rest := plain[:len(plain)-44], plain[len(plain)-44:]
	m := hmac256(k.m1, mpi(h.peerGX), mpi(h.ourPublic()), pubkey, rest[:4])
	if !verifySignature(pubkey, m, rest[4:]) {
		h.t.Fatal("the signature is wrong")
	}
	reader := wire.NewReader(rest)
	h.peerID = reader.Int()
}

// complete is "Upon completing the AKE".
func (h *handmade) complete() {
	h.ours = map[uint32]dhPair{h.akeID: h.ake, h.akeID + 1: h.newPair()}
	h.ourID = h.akeID + 1
	h.theirs = map[uint32]*big.Int{h.peerID: h.peerGX}
	h.theirID = h.peerID
	h.derived = map[[2]uint32]sessionKeys{}
}
