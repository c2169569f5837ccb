package ake

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"io"

	"otrbot/otr/internal/group"
	"otrbot/otr/internal/wire"
)

// keys are the values derived from s: Protocol v3, "Computing AES keys, MAC keys, and the secure session id".
type keys struct {
	ssid      [8]byte
	reveal    direction // c, m1, m2: the Reveal Signature Message
	signature direction // c', m1', m2': the Signature Message
}

// direction are the keys of one of the two authenticating messages.
type direction struct {
	cipher [16]byte
	sign   [32]byte // m1: what is signed
	mac    [32]byte // m2: what is sent
}

func deriveKeys(s *group.Shared) keys {
	var k keys
	secbytes := s.MPI()
	id, c := h2(0x00, secbytes), h2(0x01, secbytes)
	copy(k.ssid[:], id[:8])
	copy(k.reveal.cipher[:], c[:16])
	copy(k.signature.cipher[:], c[16:])
	k.reveal.sign, k.reveal.mac = h2(0x02, secbytes), h2(0x03, secbytes)
	k.signature.sign, k.signature.mac = h2(0x04, secbytes), h2(0x05, secbytes)
	clear(c[:])
	return k
}

// h2 is "the SHA256 hash of the (5+len) bytes consisting of the byte b followed by secbytes".
func h2(b byte, secbytes []byte) [32]byte {
	var buf [5 + group.Size]byte
	buf[0] = b
	n := copy(buf[1:], secbytes)
	sum := sha256.Sum256(buf[:1+n])
	clear(buf[:])
	return sum
}

func (k *keys) wipe() { *k = keys{} }

// seal signs and encrypts who we are: Protocol v3, "Reveal Signature Message" and "Signature Message", "Encrypted
// signature" and "MAC'd signature".
func (d *direction) seal(ours, theirs *group.Element, key *group.PrivateKey, rand io.Reader) (sealed []byte, mac [20]byte, err error) {
	x := wire.AppendPublicKey(make([]byte, 0, 512), key.P, key.Q, key.G, key.Y)
	x = wire.AppendInt(x, ourKeyID)
	m := d.signed(ours, theirs, x)
	sig, err := key.Sign(m[:], rand)
	if err != nil {
		return nil, mac, err
	}
	x = append(x, sig[:]...)
	xorKeyStream(&d.cipher, x)
	return x, d.authenticate(x), nil
}

// open decrypts and verifies who the peer is. A detail says what is wrong. Every length is checked before the
// arithmetic that it would cost.
func (d *direction) open(sealed []byte, mac *[20]byte, theirs, ours *group.Element) (key *group.PublicKey, keyID uint32, detail string) {
	if want := d.authenticate(sealed); !hmac.Equal(want[:], mac[:]) {
		return nil, 0, "the MAC of the encrypted signature does not verify"
	}
	x := append([]byte(nil), sealed...)
	xorKeyStream(&d.cipher, x)
	r := wire.NewReader(x)
	p, q, g, y := wire.ReadPublicKey(&r)
	keyID = r.Int()
	sig := r.Fixed(40)
	if r.Done() != nil {
		return nil, 0, "the signed part is malformed"
	}
	if keyID == 0 {
		return nil, 0, "the key id is 0"
	}
	key, err := group.NewPublicKey(p, q, g, y)
	if err != nil {
		return nil, 0, "the public key is out of bounds"
	}
	m := d.signed(theirs, ours, x[:len(x)-40])
	if !key.Verify(m[:], (*[40]byte)(sig)) {
		return nil, 0, "the signature does not verify"
	}
	return key, keyID, ""
}

// fingerprint is the SHA-1 hash of a public key without the two bytes of its type: Protocol v3, "Public keys, signatures,
// and fingerprints".
func fingerprint(k *group.PublicKey) [20]byte {
	const typeBytes = 2
	return sha1.Sum(wire.AppendPublicKey(nil, k.P, k.Q, k.G, k.Y)[typeBytes:])
}

// signed is M_B or M_A: "the SHA256-HMAC of the following data, using the key m1": the sender's D-H key, the other's,
// pub and keyid.
func (d *direction) signed(sender, receiver *group.Element, pubAndKeyID []byte) [32]byte {
	h := hmac.New(sha256.New, d.sign[:])
	buf := sender.AppendMPI(make([]byte, 0, 2*(4+group.Size)))
	h.Write(receiver.AppendMPI(buf))
	h.Write(pubAndKeyID)
	var sum [32]byte
	h.Sum(sum[:0])
	return sum
}

// authenticate is "the SHA256-HMAC-160 (that is, the first 160 bits of the SHA256-HMAC) of the encrypted signature field
// (including the four-byte length), using the key m2".
func (d *direction) authenticate(sealed []byte) [20]byte {
	h := hmac.New(sha256.New, d.mac[:])
	h.Write(wire.AppendInt(nil, uint32(len(sealed))))
	h.Write(sealed)
	var sum [32]byte
	return [20]byte(h.Sum(sum[:0])[:20])
}
