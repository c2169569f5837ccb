package toolkit

import (
	"crypto/sha1"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"

	"otrbot/otr/internal/wire"
)

// ErrPrivateKey reports a Diffie-Hellman private key of more than 40 bytes.
var ErrPrivateKey = errors.New("private key is longer than 40 bytes")

// MaxPrivateKey is how long a private key may be, in bytes: the exponents of
// OTR have 320 bits.
const MaxPrivateKey = 40

// Keys is what two Diffie-Hellman keys give.
type Keys struct {
	High      bool `json:"high"` // our public key is greater than theirs
	OurPublic Hex  `json:"our_public_key"`

	SessionID    Hex `json:"session_id"` // version 1: 20 bytes
	SendingAES   Hex `json:"sending_aes_key"`
	SendingMAC   Hex `json:"sending_mac_key"`
	ReceivingAES Hex `json:"receiving_aes_key"`
	ReceivingMAC Hex `json:"receiving_mac_key"`

	// SSID is the secure session id of versions 2 and 3, meaningful for the
	// keys of the key exchange. The side that sent the Reveal Signature
	// Message shows the first half in bold, the other side the second.
	SSID SSID `json:"ssid"`

	// ExtraKey is the extra symmetric key of version 3, meaningful for the
	// keys of a Data Message.
	ExtraKey Hex `json:"extra_symmetric_key"`
}

// SSID is a secure session id in two halves of four bytes.
type SSID struct {
	First  Hex `json:"first"`
	Second Hex `json:"second"`
}

// SessionKeys derives the keys of a pair: our private key and the peer's
// public key, both big-endian. Any public key is taken, also one that the
// library would refuse.
//
// The powers are computed by math/big, whose time depends on the numbers:
// fit for keys that are disclosed, and for no others.
func SessionKeys(ourPrivate, theirPublic []byte) (Keys, error) {
	if len(ourPrivate) > MaxPrivateKey {
		return Keys{}, ErrPrivateKey
	}
	x := new(big.Int).SetBytes(ourPrivate)
	theirs := new(big.Int).SetBytes(theirPublic)
	ours := new(big.Int).Exp(big.NewInt(2), x, modulus())
	shared := new(big.Int).Exp(theirs, x, modulus())

	secbytes := wire.AppendMPI(nil, shared.Bytes())
	k := Keys{
		High:      ours.Cmp(theirs) > 0,
		OurPublic: ours.Bytes(),
		SessionID: h1(0x00, secbytes),
		ExtraKey:  h2(0xff, secbytes),
	}
	ssid := h2(0x00, secbytes)
	k.SSID = SSID{First: ssid[:4], Second: ssid[4:8]}

	// Protocol v3, "Key Management": the high end sends with byte 1.
	var sending, receiving byte = 0x01, 0x02
	if !k.High {
		sending, receiving = receiving, sending
	}
	k.SendingAES, k.SendingMAC = dataKeys(sending, secbytes)
	k.ReceivingAES, k.ReceivingMAC = dataKeys(receiving, secbytes)
	return k, nil
}

// String returns what otr_sesskeys prints.
func (k Keys) String() string {
	end := "low"
	if k.High {
		end = "high"
	}
	return fmt.Sprintf("\nWe are the %s end of this key exchange.\n\n"+
		"Our public key: %v\n\n"+
		"Session id: %v\n\n"+
		"Sending   AES key: %v\n"+
		"Sending   MAC key: %v\n"+
		"Receiving AES key: %v\n"+
		"Receiving MAC key: %v\n\n",
		end, k.OurPublic, k.SessionID, k.SendingAES, k.SendingMAC, k.ReceivingAES, k.ReceivingMAC)
}

// V3 returns what otr_sesskeys does not print: a paragraph with the secure
// session id and the extra symmetric key.
func (k Keys) V3() string {
	return fmt.Sprintf("Secure session id: %v %v\nExtra symmetric key: %v\n\n", k.SSID.First, k.SSID.Second, k.ExtraKey)
}

// MACKey returns the MAC key that belongs to an AES key of Data Messages.
func MACKey(aesKey [16]byte) [20]byte { return sha1.Sum(aesKey[:]) }

// h1 and h2 are the hash functions of "Key Management".
func h1(b byte, secbytes []byte) Hex {
	sum := sha1.Sum(append([]byte{b}, secbytes...))
	return sum[:]
}

func h2(b byte, secbytes []byte) Hex {
	sum := sha256.Sum256(append([]byte{b}, secbytes...))
	return sum[:]
}

func dataKeys(b byte, secbytes []byte) (aesKey, macKey Hex) {
	aesKey = h1(b, secbytes)[:16]
	mac := MACKey([16]byte(aesKey))
	return aesKey, mac[:]
}

// modulus returns the 1536-bit prime of RFC 3526.
func modulus() *big.Int {
	p, _ := new(big.Int).SetString(""+
		"FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"+
		"020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"+
		"4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"+
		"EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05"+
		"98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB"+
		"9ED529077096966D670C354E4ABC9804F1746C08CA237327FFFFFFFFFFFFFFFF", 16)
	return p
}
