package toolkit

import (
	"strings"

	"otrbot/otr/internal/wire"
)

// armorStart begins every message that the toolkit looks at.
const armorStart = "?OTR:"

// layout says how the fields of a message type are read, nil when the type is
// unknown. Version and type are the first three bytes, four letters of base64.
// The letters decide, not the bytes, as in libotr's programs: foreign bytes
// among them make a message that is not recognized.
func layout(letters string) (title string, read func(f *fields) Message) {
	switch letters {
	case "AAMC", "AAIC":
		return titleDHCommit, readDHCommit
	case "AAMK", "AAIK":
		return titleDHKey, readDHKey
	case "AAMR", "AAIR":
		return titleRevealSignature, readRevealSignature
	case "AAMS", "AAIS":
		return titleSignature, readSignature
	case "AAMD", "AAID", "AAED":
		return TitleData, readData
	case "AAEK":
		return titleKeyExchange, readKeyExchange
	}
	return "", nil
}

// Parse reads the first message in text, as Scan returns it: from "?OTR:" up
// to a period or the end. It ends at a NUL byte. The message does not alias
// text.
func Parse(text string) Message {
	text, _, _ = strings.Cut(text, "\x00")
	_, armor, found := strings.Cut(text, armorStart)
	if !found || len(armor) < 4 {
		return &Unrecognized{Text: text}
	}
	title, read := layout(armor[:4])
	if read == nil {
		return &Unrecognized{Text: text}
	}
	armor, _, _ = strings.Cut(armor, ".")
	raw := decodeArmor(armor)
	f := &fields{Reader: wire.NewReader(raw), raw: raw}
	m := read(f)
	if f.Done() != nil {
		return &Invalid{Title: title, Text: text}
	}
	return m
}

// fields reads a message more kindly than package wire does: numbers may have
// leading zeros, and hashes and keys any length.
type fields struct {
	wire.Reader
	raw []byte
}

func (f *fields) number() Hex { return number(f.Data()) }

func (f *fields) head() Head {
	h := Head{Version: uint8(f.Short())}
	f.Byte() // the type
	if h.Version == 3 {
		h.Instances = &Instances{Sender: f.Int(), Receiver: f.Int()}
	}
	return h
}

func readDHCommit(f *fields) Message {
	return &DHCommit{Head: f.head(), EncryptedKey: f.Data(), HashedKey: f.Data()}
}

func readDHKey(f *fields) Message {
	return &DHKey{Head: f.head(), Key: f.number()}
}

func readRevealSignature(f *fields) Message {
	return &RevealSignature{Head: f.head(), Key: f.Data(), EncryptedSignature: f.Data(), MAC: f.Fixed(20)}
}

func readSignature(f *fields) Message {
	return &Signature{Head: f.head(), EncryptedSignature: f.Data(), MAC: f.Fixed(20)}
}

func readData(f *fields) Message {
	m := &Data{Head: f.head()}
	if m.Version > 1 {
		m.Flags = f.Byte()
	}
	m.SenderKeyID = f.Int()
	m.RecipientKeyID = f.Int()
	m.NextDH = f.number()
	m.Counter = Counter(f.Long())
	m.Encrypted = f.Data()
	m.authenticated = f.raw[:len(f.raw)-f.Len()]
	copy(m.MAC[:], f.Fixed(len(m.MAC)))
	m.RevealedMACKeys = f.Data()
	return m
}

func readKeyExchange(f *fields) Message {
	f.head()
	return &KeyExchange{
		Reply: f.Byte(),
		DSAP:  f.number(), DSAQ: f.number(), DSAG: f.number(), DSAE: f.number(),
		KeyID: f.Int(), DHY: f.number(),
		SignatureR: number(f.Fixed(20)), SignatureS: number(f.Fixed(20)),
	}
}
