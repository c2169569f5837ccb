package otr_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"math/big"

	"otrbot/otr/internal/wire"
)

// A dataChange alters a Data Message before it is authenticated.
type dataChange func(*wire.Data)

func unreadableIgnored(m *wire.Data) { m.Flags |= wire.FlagIgnoreUnreadable }

// sessionKeys are those of a pair of D-H keys: "Computing AES keys, MAC keys,
// and the secure session id".
type sessionKeys struct {
	sendAES, sendMAC, receiveAES, receiveMAC []byte
	extra                                    [32]byte
}

func (h *handmade) keys(ourID, theirID uint32) sessionKeys {
	h.t.Helper()
	our, have := h.ours[ourID]
	their := h.theirs[theirID]
	if !have || their == nil {
		h.t.Fatalf("the handmade peer has no keys for our number %d and their number %d", ourID, theirID)
	}
	pair := [2]uint32{ourID, theirID}
	k, known := h.derived[pair]
	if !known {
		k = derive(our, their)
		h.derived[pair] = k
	}
	return k
}

func derive(our dhPair, their *big.Int) (k sessionKeys) {
	secbytes := mpi(new(big.Int).Exp(their, our.x, modulus))
	send, receive := byte(2), byte(1)
	if our.gx.Cmp(their) > 0 {
		send, receive = 1, 2
	}
	k.sendAES, k.receiveAES = hash1(send, secbytes)[:16], hash1(receive, secbytes)[:16]
	sendMAC, receiveMAC := sha1.Sum(k.sendAES), sha1.Sum(k.receiveAES)
	k.sendMAC, k.receiveMAC = sendMAC[:], receiveMAC[:]
	k.extra = [32]byte(hash2(0xff, secbytes))
	return k
}

// data makes a Data Message as "When you send a Data Message" says. Changes
// happen before encryption and authentication: a changed key number selects
// other keys if we ever had them.
func (h *handmade) data(text string, tlvs []wire.TLV, changes ...dataChange) string {
	h.t.Helper()
	return h.dataPlain(wire.AppendPlaintext(nil, text, tlvs), changes...)
}

func (h *handmade) dataPlain(plain []byte, changes ...dataChange) string {
	h.t.Helper()
	h.counter++
	m := &wire.Data{
		Header:         h.head(),
		SenderKeyID:    h.ourID - 1,
		RecipientKeyID: h.theirID,
		NextDH:         h.ours[h.ourID].gx.Bytes(),
		Counter:        h.counter,
	}
	for _, change := range changes {
		change(m)
	}
	k := h.keysOrNone(m.SenderKeyID, m.RecipientKeyID)
	m.Encrypted = ctr(k.sendAES, m.Counter, plain)
	m.MAC = dataMAC(k.sendMAC, m)
	return encode(m)
}

// keysOrNone are keys of the pair if we have it; else keys nobody shares.
func (h *handmade) keysOrNone(ourID, theirID uint32) sessionKeys {
	if _, have := h.ours[ourID]; have && h.theirs[theirID] != nil {
		return h.keys(ourID, theirID)
	}
	return derive(h.newPair(), h.newPair().gx)
}

func dataMAC(key []byte, m *wire.Data) (mac [20]byte) {
	sum := hmac.New(sha1.New, key)
	sum.Write(m.AppendAuthenticated(nil))
	copy(mac[:], sum.Sum(nil))
	return mac
}

// read reads a Data Message and rotates keys as "When you receive a Data Message" says.
func (h *handmade) read(m *wire.Data) (text string, tlvs []wire.TLV) {
	h.t.Helper()
	text, tlvs = h.open(m)
	if m.RecipientKeyID == h.ourID {
		h.ourID++
		h.ours[h.ourID] = h.newPair()
	}
	if m.SenderKeyID == h.theirID {
		h.theirID++
		h.theirs[h.theirID] = new(big.Int).SetBytes(m.NextDH)
	}
	return text, tlvs
}

// plain verifies and decrypts a Data Message; no key rotates.
func (h *handmade) plain(m *wire.Data) []byte {
	h.t.Helper()
	k := h.keys(m.RecipientKeyID, m.SenderKeyID)
	if mac := dataMAC(k.receiveMAC, m); !bytes.Equal(mac[:], m.MAC[:]) {
		h.t.Fatal("the MAC of the Data Message is wrong")
	}
	return ctr(k.receiveAES, m.Counter, m.Encrypted)
}

func (h *handmade) open(m *wire.Data) (text string, tlvs []wire.TLV) {
	h.t.Helper()
	plain, tlvs, err := wire.ParsePlaintext(h.plain(m))
	if err != nil {
		h.t.Fatalf("plaintext of the Data Message: %v", err)
	}
	return string(plain), tlvs
}
