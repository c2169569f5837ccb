package session

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding"
	"encoding/binary"
	"hash"
	"slices"
)

// channel encrypts or decrypts the messages of one direction under one pair of keys.
type channel struct {
	aes [16]byte
	mac [20]byte
	// repeated holds what successive messages under these keys share; nil before the second one.
	repeated *repeated
}

// xorKeyStream is AES128-CTR in place: Protocol v3, "Data Message": "The initial counter is a 16-byte value whose first 8
// bytes are the above "top half of counter init" value, and whose last 8 bytes are all 0x00."
func (c *channel) xorKeyStream(counter uint64, data []byte) {
	if c.repeated != nil && len(data) <= shortText {
		c.repeated.xorKeyStream(counter, data)
		return
	}
	block, err := aes.NewCipher(c.aes[:])
	if err != nil {
		return // a key of 16 bytes is always accepted
	}
	var iv [aes.BlockSize]byte
	binary.BigEndian.PutUint64(iv[:], counter)
	cipher.NewCTR(block, iv[:]).XORKeyStream(data, data)
}

// authenticate is "The SHA1-HMAC, using the appropriate MAC key, of everything from the Protocol version to the end of
// the encrypted message".
func (c *channel) authenticate(data []byte) [20]byte {
	if c.repeated != nil {
		return c.repeated.authenticate(data)
	}
	h := hmac.New(sha1.New, c.mac[:])
	h.Write(data)
	var sum [20]byte
	h.Sum(sum[:0])
	return sum
}

// expectMore prepares for further messages under the same keys.
func (c *channel) expectMore() {
	if c.repeated == nil {
		c.repeated = newRepeated(&c.aes, &c.mac)
	}
}

// buffer is an empty slice with room for n bytes; in a run of messages the same one serves again.
func (c *channel) buffer(n int) []byte {
	if c.repeated == nil {
		return make([]byte, 0, n)
	}
	c.repeated.buffer = slices.Grow(c.repeated.buffer[:0], n)
	return c.repeated.buffer
}

func (c *channel) wipe() {
	if c.repeated != nil {
		c.repeated.wipe()
	}
	*c = channel{}
}

// shortText is up to which length the key stream is made block by block from a cipher that is kept; above it the
// cipher's own counter mode is faster.
const shortText = 512

// headSize is how much of a message, in whole SHA-1 blocks, stays the same until keys rotate: version, flags, tags, key
// ids and most of the next D-H key.
const headSize = 3 * sha1.BlockSize

// repeated is a cipher and a MAC whose state after the key, and after the message head seen last, is kept.
type repeated struct {
	block         cipher.Block
	in, out       [aes.BlockSize]byte
	hash          digest
	inner, outer  []byte // states after the key, as HMAC pads it
	head, hasHead []byte // a message's first headSize bytes, and the inner state after them
	sum           [20]byte
	buffer        []byte // of the latest message
}

// digest is a hash whose state can be saved and restored.
type digest interface {
	hash.Hash
	encoding.BinaryAppender
	encoding.BinaryUnmarshaler
}

func newRepeated(key *[16]byte, mac *[20]byte) *repeated {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil // a key of 16 bytes is always accepted
	}
	hash, ok := sha1.New().(digest)
	if !ok {
		return nil // crypto/sha1 documents that it can be saved
	}
	r := &repeated{block: block, hash: hash}
	r.inner, r.outer = r.pad(mac, 0x36), r.pad(mac, 0x5c)
	return r
}

// pad is the state after the key and the byte of RFC 2104 that sets the inner from the outer hash.
func (r *repeated) pad(mac *[20]byte, with byte) []byte {
	var block [sha1.BlockSize]byte
	copy(block[:], mac[:])
	for i := range block {
		block[i] ^= with
	}
	r.hash.Reset()
	r.hash.Write(block[:])
	return r.save(nil)
}

func (r *repeated) save(dst []byte) []byte {
	state, err := r.hash.AppendBinary(dst[:0])
	if err != nil {
		return nil // SHA-1 always saves
	}
	return state
}

func (r *repeated) restore(state []byte) {
	if r.hash.UnmarshalBinary(state) != nil {
		r.hash.Reset() // a state that save made is always restored
	}
}

func (r *repeated) authenticate(data []byte) [20]byte {
	if len(r.head) > 0 && bytes.HasPrefix(data, r.head) {
		r.restore(r.hasHead)
		data = data[headSize:]
	} else {
		r.restore(r.inner)
		if len(data) > headSize {
			r.head = append(r.head[:0], data[:headSize]...)
			r.hash.Write(data[:headSize])
			r.hasHead = r.save(r.hasHead)
			data = data[headSize:]
		}
	}
	r.hash.Write(data)
	r.hash.Sum(r.sum[:0])
	r.restore(r.outer)
	r.hash.Write(r.sum[:])
	r.hash.Sum(r.sum[:0])
	return r.sum
}

func (r *repeated) xorKeyStream(counter uint64, data []byte) {
	binary.BigEndian.PutUint64(r.in[:], counter)
	for n := uint64(0); len(data) > 0; n++ {
		binary.BigEndian.PutUint64(r.in[8:], n)
		r.block.Encrypt(r.out[:], r.in[:])
		data = data[subtle.XORBytes(data, data, r.out[:]):]
	}
	clear(r.out[:])
}

func (r *repeated) wipe() {
	clear(r.inner)
	clear(r.outer)
	clear(r.hasHead)
	r.hash.Reset()
	*r = repeated{}
}
