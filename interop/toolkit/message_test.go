package toolkit

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"math/rand/v2"
	"slices"
)

// Messages are written here byte by byte from the specification and not with
// the library, so that a mistake of the library cannot hide in both places.

// dice draws everything that is random in a test; its seed is fixed.
type dice struct{ *rand.Rand }

func roll(seed uint64) dice { return dice{rand.New(rand.NewPCG(seed, 1))} }

func (d dice) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(d.Uint32())
	}
	return b
}

// chance is true once in n.
func (d dice) chance(n int) bool { return d.IntN(n) == 0 }

func short(v uint16) []byte { return binary.BigEndian.AppendUint16(nil, v) }
func long(v uint32) []byte  { return binary.BigEndian.AppendUint32(nil, v) }

func data(b []byte) []byte { return append(long(uint32(len(b))), b...) }

// number is an MPI, now and then zero or with leading zeros.
func (d dice) number(size int) []byte {
	switch {
	case d.chance(20):
		return data(nil)
	case d.chance(10):
		return data(append(make([]byte, 1+d.IntN(3)), d.bytes(d.IntN(size))...))
	}
	b := d.bytes(size)
	b[0] |= 1
	return data(b)
}

func (d dice) head(version uint16, kind byte) []byte {
	b := append(short(version), kind)
	if version == 3 {
		b = append(b, long(d.tag())...)
		b = append(b, long(d.tag())...)
	}
	return b
}

func (d dice) tag() uint32 {
	if d.chance(4) {
		return uint32(d.IntN(0x101))
	}
	return d.Uint32()
}

// handshake is a message of the key exchange of version 2 or 3.
func (d dice) handshake(version uint16) []byte {
	hash, key := 32, 16
	if d.chance(8) {
		hash, key = d.IntN(40), d.IntN(20)
	}
	switch d.IntN(4) {
	case 0:
		return slices.Concat(d.head(version, 0x02), data(d.bytes(d.IntN(250))), data(d.bytes(hash)))
	case 1:
		return slices.Concat(d.head(version, 0x0a), d.number(192))
	case 2:
		return slices.Concat(d.head(version, 0x11), data(d.bytes(key)), data(d.bytes(d.IntN(500))), d.bytes(20))
	default:
		return slices.Concat(d.head(version, 0x12), data(d.bytes(d.IntN(500))), d.bytes(20))
	}
}

// keyExchange is the message of version 1.
func (d dice) keyExchange() []byte {
	signature := d.bytes(40)
	if d.chance(4) {
		clear(signature[:d.IntN(40)])
	}
	return slices.Concat(short(1), []byte{0x0a, byte(d.IntN(3))},
		d.number(128), d.number(20), d.number(128), d.number(128),
		long(d.Uint32()), d.number(192), signature)
}

// recorded is a Data Message and the keys that belong to it.
type recorded struct {
	raw    []byte
	text   string
	aesKey []byte
	macKey []byte
}

// dataMessage is a Data Message whose MAC verifies.
func (d dice) dataMessage(version uint16) recorded {
	r := recorded{text: d.plaintext(), aesKey: d.bytes(16)}
	mac := sha1.Sum(r.aesKey)
	r.macKey = mac[:]

	flags := []byte{byte(d.IntN(2))}
	if version == 1 {
		flags = nil
	}
	counter := d.bytes(8)
	r.raw = slices.Concat(d.head(version, 0x03), flags, long(d.Uint32()), long(d.Uint32()),
		d.number(192), counter, data(encrypt(r.aesKey, counter, r.text)))
	h := hmac.New(sha1.New, r.macKey)
	h.Write(r.raw)
	revealed := d.bytes(20 * d.IntN(4))
	if d.chance(10) {
		revealed = d.bytes(d.IntN(50))
	}
	r.raw = slices.Concat(h.Sum(r.raw), data(revealed))
	return r
}

func (d dice) plaintext() string {
	texts := []string{"", "hello", "h\u00e9llo \u4e16\u754c", "two\nlines\n", "``quoted''", "\xff\xfe", "%s%n%d", string(d.bytes(d.IntN(2000)))}
	text := texts[d.IntN(len(texts))]
	if d.chance(2) {
		text += "\x00\x00\x01\x00\x00" // disconnected
	}
	return text
}

func encrypt(key, counter []byte, plain string) []byte {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // a key of 16 bytes
	}
	out := make([]byte, len(plain))
	cipher.NewCTR(block, append(slices.Clone(counter), make([]byte, 8)...)).XORKeyStream(out, []byte(plain))
	return out
}

func armor(raw []byte) string { return "?OTR:" + base64.StdEncoding.EncodeToString(raw) + "." }

// damage changes a message in a way that a parser may trip over.
func (d dice) damage(raw []byte) []byte {
	raw = slices.Clone(raw)
	switch at := d.IntN(len(raw)); d.IntN(5) {
	case 0:
		raw[at] ^= 1 << d.IntN(8)
	case 1:
		raw = raw[:at]
	case 2:
		raw = append(raw, d.bytes(1+d.IntN(5))...)
	case 3:
		raw = slices.Insert(raw, at, d.bytes(1+d.IntN(4))...)
	case 4:
		raw = slices.Concat(raw[:at], long(0xffffffff-uint32(d.IntN(3))), raw[at:])
	}
	return raw
}

// scratch changes the armour of a message.
func (d dice) scratch(text string) string {
	at := 5 + d.IntN(len(text)-5)
	foreign := []string{"\n", " ", "\t", "\r\n", "=", "==", "\x00", "\xc3\xa9", "-_", ".", "?OTR:", "?", ",", "A"}
	switch d.IntN(4) {
	case 0:
		return text[:at] + foreign[d.IntN(len(foreign))] + text[at:]
	case 1:
		return text[:len(text)-1] // no period
	case 2:
		return text[:at] + text[at+1:]
	default:
		return text[:at] + foreign[d.IntN(len(foreign))]
	}
}

// around puts a message between what else is in a transcript.
func (d dice) around(text string) string {
	lines := []string{"", "\n", "alice: ", "?OTRv23?\n", "?OTR Error: no\n", "?OTR,1,2,?OTQ,\n", "??O?OT", "<p>", "?OTR", "\x00", "\u00e9"}
	return lines[d.IntN(len(lines))] + text + lines[d.IntN(len(lines))]
}

// message is one of all kinds, valid or not; r is its recording if it began
// as a Data Message.
func (d dice) message() (text string, r recorded) {
	var raw []byte
	switch d.IntN(6) {
	case 0, 1:
		raw = d.handshake(uint16(2 + d.IntN(2)))
	case 2:
		raw = d.keyExchange()
	default:
		r = d.dataMessage(uint16(1 + d.IntN(3)))
		raw = r.raw
	}
	if d.chance(30) {
		raw[1] = byte(d.IntN(6)) // another version
	}
	if d.chance(30) {
		raw[2] = byte(d.IntN(0x20)) // another type
	}
	if d.chance(4) {
		raw = d.damage(raw)
	}
	text = armor(raw)
	if d.chance(4) {
		text = d.scratch(text)
	}
	if d.chance(2) {
		text = d.around(text)
	}
	return text, r
}
