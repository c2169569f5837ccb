package otr_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"math/big"
	"regexp"
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// A handmade is a peer written for the tests from the specification, with
// nothing in common with package otr but the format of messages. It keeps
// every key it ever had, says what it is told to say, right or wrong, and
// checks nothing that a test does not ask it to.
type handmade struct {
	t       testing.TB
	version uint16
	tag     uint32 // ours
	peerTag uint32 // the other's, in version 3
	key     dsaKey
	rand    io.Reader

	// The key exchange.
	ake    dhPair // our key of the exchange
	akeID  uint32 // and its number
	r      [16]byte
	peerGX *big.Int // the other's key of the exchange
	peerID uint32   // and its number
	s      *big.Int // shared secret
	lie    lies

	// Data messages. Numbers as in "Key Management".
	ours    map[uint32]dhPair
	ourID   uint32
	theirs  map[uint32]*big.Int
	theirID uint32
	counter uint64
	derived map[[2]uint32]sessionKeys
}

// Lies are what a handmade puts into key exchange messages instead of the truth.
type lies struct {
	public    *big.Int // instead of our D-H key, with a matching hash
	hash      bool     // commit to a wrong hash
	mac       bool     // wrong MAC
	signature bool     // wrong signature
	pubkey    []byte   // instead of our public key
	keyID     *uint32  // instead of the number of our D-H key
}

type dhPair struct{ x, gx *big.Int }

var (
	modulus, _ = new(big.Int).SetString("FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD1"+
		"29024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"+
		"4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5"+
		"AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"+
		"83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA237327"+
		"FFFFFFFFFFFFFFFF", 16)
	one = big.NewInt(1)
	two = big.NewInt(2)
)

// outOfRange are the numbers next to the borders of [2, modulus-2], outside.
func outOfRange() []*big.Int {
	return []*big.Int{new(big.Int), one, new(big.Int).Sub(modulus, one), modulus, new(big.Int).Add(modulus, one)}
}

func newHandmade(t testing.TB, version int, name, seed string) *handmade {
	h := &handmade{t: t, version: uint16(version), key: keyOf(t, name), rand: testkit.Rand(seed), akeID: 1}
	if version == 3 {
		h.tag = 0xabc00000 + uint32(len(seed))<<8 + uint32(seed[len(seed)-1])
	}
	return h
}

func (h *handmade) random(bytes int) []byte {
	b := make([]byte, bytes)
	if _, err := io.ReadFull(h.rand, b); err != nil {
		h.t.Fatal(err)
	}
	return b
}

func (h *handmade) newPair() dhPair {
	x := new(big.Int).SetBytes(h.random(40))
	return dhPair{x, new(big.Int).Exp(two, x, modulus)}
}

func (h *handmade) head() wire.Header {
	return wire.Header{Version: h.version, Sender: h.tag, Receiver: h.peerTag}
}

func encode(m wire.Message) string { return wire.Encode(m.Append(nil)) }

func parse(t testing.TB, message string) wire.Message {
	t.Helper()
	raw, err := wire.Decode(message)
	if err != nil {
		t.Fatalf("message %.60q: %v", message, err)
	}
	m, err := wire.Parse(raw)
	if err != nil {
		t.Fatalf("message %.60q: %v", message, err)
	}
	return m
}

func mpi(n *big.Int) []byte { return wire.AppendMPI(nil, n.Bytes()) }

func hash1(b byte, parts ...[]byte) []byte {
	h := sha1.New()
	h.Write([]byte{b})
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

func hash2(b byte, parts ...[]byte) []byte {
	h := sha256.New()
	h.Write([]byte{b})
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

func hmac256(key []byte, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// ctr is AES128-CTR both ways; top is the top half of the initial counter.
func ctr(key []byte, top uint64, text []byte) []byte {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	var iv [16]byte
	binary.BigEndian.PutUint64(iv[:], top)
	out := make([]byte, len(text))
	cipher.NewCTR(block, iv[:]).XORKeyStream(out, text)
	return out
}

// A dsaKey is read from the key file of the test kit, by name.
type dsaKey struct{ p, q, g, y, x *big.Int }

func keyOf(t testing.TB, name string) dsaKey {
	t.Helper()
	at := bytes.Index(testkit.Keys, []byte(name))
	if at < 0 {
		t.Fatalf("no key of %s", name)
	}
	var k dsaKey
	fields := []**big.Int{&k.p, &k.q, &k.g, &k.y, &k.x}
	found := regexp.MustCompile(`#([0-9A-F]+)#`).FindAllSubmatch(testkit.Keys[at:], len(fields))
	for i, f := range fields {
		*f, _ = new(big.Int).SetString(string(found[i][1]), 16)
	}
	return k
}

func (k dsaKey) public() []byte {
	return wire.AppendPublicKey(nil, k.p.Bytes(), k.q.Bytes(), k.g.Bytes(), k.y.Bytes())
}

func (k dsaKey) fingerprint() otr.Fingerprint { return sha1.Sum(k.public()[2:]) }

// sign makes a DSA signature of a number that is taken modulo q.
func (k dsaKey) sign(nonce, digest []byte) []byte {
	n := new(big.Int).SetBytes(nonce)
	n.Mod(n, k.q)
	r := new(big.Int).Exp(k.g, n, k.p)
	r.Mod(r, k.q)
	s := new(big.Int).Mul(k.x, r)
	s.Add(s, new(big.Int).SetBytes(digest))
	s.Mul(s, new(big.Int).ModInverse(n, k.q)).Mod(s, k.q)
	out := make([]byte, 40)
	r.FillBytes(out[:20])
	s.FillBytes(out[20:])
	return out
}

// verifySignature checks a signature against an encoded public key.
func verifySignature(pubkey, digest, sig []byte) bool {
	reader := wire.NewReader(pubkey)
	pb, qb, gb, yb := wire.ReadPublicKey(&reader)
	n := func(b []byte) *big.Int { return new(big.Int).SetBytes(b) }
	p, q, g, y, r, s := n(pb), n(qb), n(gb), n(yb), n(sig[:20]), n(sig[20:])
	w := new(big.Int).ModInverse(s, q)
	u1 := new(big.Int).Mul(n(digest), w)
	u2 := new(big.Int).Mul(r, w)
	v := g.Exp(g, u1.Mod(u1, q), p)
	v.Mul(v, y.Exp(y, u2.Mod(u2, q), p)).Mod(v, p).Mod(v, q)
	return v.Cmp(r) == 0
}
