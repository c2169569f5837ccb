package toolkit

import (
	"encoding/hex"
	"encoding/json"

	"otrbot/otr/internal/wire"
)

// Message is one of *DHCommit, *DHKey, *RevealSignature, *Signature, *Data,
// *KeyExchange, *Invalid, *Unrecognized.
type Message interface {
	// String returns the paragraph that otr_parse prints: a title, a line for
	// each field, an empty line.
	String() string
	// MarshalJSON returns an object whose "type" says which of them it is.
	MarshalJSON() ([]byte, error)

	isMessage()
}

// Head begins every message of versions 2 and 3.
type Head struct {
	Version   uint8      `json:"version"`
	Instances *Instances `json:"instances,omitempty"` // version 3 only
}

// Instances are the instance tags of a version 3 message.
type Instances struct {
	Sender   uint32 `json:"sender"`
	Receiver uint32 `json:"receiver"`
}

// DHCommit is a D-H Commit Message.
type DHCommit struct {
	Head
	EncryptedKey Hex `json:"encrypted_key"`
	HashedKey    Hex `json:"hashed_key"`
}

// DHKey is a D-H Key Message.
type DHKey struct {
	Head
	Key Hex `json:"dh_key"` // a number
}

// RevealSignature is a Reveal Signature Message.
type RevealSignature struct {
	Head
	Key                Hex `json:"key"`
	EncryptedSignature Hex `json:"encrypted_signature"`
	MAC                Hex `json:"mac"`
}

// Signature is a Signature Message.
type Signature struct {
	Head
	EncryptedSignature Hex `json:"encrypted_signature"`
	MAC                Hex `json:"mac"`
}

// Data is a Data Message of version 1, 2 or 3. Version 1 has no flags.
type Data struct {
	Head
	Flags           uint8   `json:"flags"`
	SenderKeyID     uint32  `json:"sender_keyid"`
	RecipientKeyID  uint32  `json:"recipient_keyid"`
	NextDH          Hex     `json:"dh_y"` // a number
	Counter         Counter `json:"counter"`
	Encrypted       Hex     `json:"encrypted_message"`
	MAC             MAC     `json:"mac"`
	RevealedMACKeys MACKeys `json:"revealed_mac_keys"`

	// authenticated is what the MAC covers, as it was received; nil in a
	// message that was not parsed. Numbers with leading zeros make it differ
	// from what appendAuthenticated would write.
	authenticated []byte
}

// KeyExchange is the Key Exchange Message of version 1.
type KeyExchange struct {
	Reply      uint8  `json:"reply"`
	DSAP       Hex    `json:"dsa_p"`
	DSAQ       Hex    `json:"dsa_q"`
	DSAG       Hex    `json:"dsa_g"`
	DSAE       Hex    `json:"dsa_e"`
	KeyID      uint32 `json:"keyid"`
	DHY        Hex    `json:"dh_y"`
	SignatureR Hex    `json:"sig_r"`
	SignatureS Hex    `json:"sig_s"`
}

// Invalid is a message of a known type that is malformed. Title is the type as
// otr_parse calls it, such as "Data Message".
type Invalid struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

// Unrecognized is a message of an unknown version or type.
type Unrecognized struct {
	Text string `json:"text"`
}

func (*DHCommit) isMessage()        {}
func (*DHKey) isMessage()           {}
func (*RevealSignature) isMessage() {}
func (*Signature) isMessage()       {}
func (*Data) isMessage()            {}
func (*KeyExchange) isMessage()     {}
func (*Invalid) isMessage()         {}
func (*Unrecognized) isMessage()    {}

// Counter is the top half of the initial counter block, 16 digits when shown.
type Counter uint64

// MarshalText makes the counter a string of 16 digits in JSON.
func (c Counter) MarshalText() ([]byte, error) {
	return hex.AppendEncode(nil, wire.AppendLong(nil, uint64(c))), nil
}

// MAC is the SHA-1 HMAC of a Data Message.
type MAC [20]byte

// MarshalText makes the MAC a string of 40 digits in JSON.
func (m MAC) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, m[:]), nil }

// MACKeys are the revealed MAC keys of a Data Message, one after the other. A
// forged message may hold a piece of a key at the end.
type MACKeys []byte

const macKeySize = 20

// Keys returns the whole keys.
func (k MACKeys) Keys() []Hex {
	keys := make([]Hex, 0, len(k)/macKeySize)
	for ; len(k) >= macKeySize; k = k[macKeySize:] {
		keys = append(keys, Hex(k[:macKeySize]))
	}
	return keys
}

// MarshalJSON makes the keys a list of strings, with the piece if there is one.
func (k MACKeys) MarshalJSON() ([]byte, error) {
	keys := k.Keys()
	if piece := k[len(keys)*macKeySize:]; len(piece) > 0 {
		keys = append(keys, Hex(piece))
	}
	return json.Marshal(keys)
}

// Encode returns the armoured form of the message, from its fields.
func (m *Data) Encode() string {
	raw := m.appendAuthenticated(nil)
	raw = append(raw, m.MAC[:]...)
	return wire.Encode(wire.AppendData(raw, m.RevealedMACKeys))
}

// appendAuthenticated adds what the MAC covers to dst, from the fields.
func (m *Data) appendAuthenticated(dst []byte) []byte {
	dst = wire.AppendShort(dst, uint16(m.Version))
	dst = append(dst, wire.TypeData)
	if m.Instances != nil {
		dst = wire.AppendInt(dst, m.Instances.Sender)
		dst = wire.AppendInt(dst, m.Instances.Receiver)
	}
	if m.Version > 1 {
		dst = append(dst, m.Flags)
	}
	dst = wire.AppendInt(dst, m.SenderKeyID)
	dst = wire.AppendInt(dst, m.RecipientKeyID)
	dst = wire.AppendMPI(dst, m.NextDH)
	dst = wire.AppendLong(dst, uint64(m.Counter))
	return wire.AppendData(dst, m.Encrypted)
}
