package toolkit

import (
	"strconv"
	"strings"

	"otrbot/otr/internal/wire"
)

// The layout of otr_parse: it is compared with that program byte for byte.

// TitleData is the title of a Data Message; an Invalid one bears it too.
const TitleData = "Data Message"

// The titles of the other message types.
const (
	titleDHCommit        = "D-H Commit Message"
	titleDHKey           = "D-H Key Message"
	titleRevealSignature = "Reveal Signature Message"
	titleSignature       = "Signature Message"
	titleKeyExchange     = "Key Exchange Message"
)

// paragraph collects the lines of one message.
type paragraph struct{ strings.Builder }

func begin(title string) *paragraph {
	p := &paragraph{}
	p.WriteString(title + ":\n")
	return p
}

func (p *paragraph) field(name, value string) { p.WriteString("\t" + name + ": " + value + "\n") }

func (p *paragraph) hex(name string, value Hex) { p.field(name, value.String()) }

func (p *paragraph) decimal(name string, value uint32) {
	p.field(name, strconv.FormatUint(uint64(value), 10))
}

func (p *paragraph) version(h Head) { p.hex("Version", Hex{h.Version}) }

func (p *paragraph) instances(h Head) {
	if h.Instances != nil {
		p.decimal("Sender instance", h.Instances.Sender)
		p.decimal("Receiver instance", h.Instances.Receiver)
	}
}

func (p *paragraph) end() string {
	p.WriteString("\n")
	return p.Builder.String()
}

// String returns what otr_parse prints.
func (m *DHCommit) String() string {
	p := begin(titleDHCommit)
	p.version(m.Head)
	p.instances(m.Head)
	p.hex("Encrypted Key", m.EncryptedKey)
	p.hex("Hashed Key", m.HashedKey)
	return p.end()
}

// String returns what otr_parse prints.
func (m *DHKey) String() string {
	p := begin(titleDHKey)
	p.version(m.Head)
	p.instances(m.Head)
	p.hex("D-H Key", m.Key)
	return p.end()
}

// String returns what otr_parse prints.
func (m *RevealSignature) String() string {
	p := begin(titleRevealSignature)
	p.version(m.Head)
	p.instances(m.Head)
	p.hex("Key", m.Key)
	p.hex("Encrypted Signature", m.EncryptedSignature)
	p.hex("MAC", m.MAC)
	return p.end()
}

// String returns what otr_parse prints.
func (m *Signature) String() string {
	p := begin(titleSignature)
	p.version(m.Head)
	p.instances(m.Head)
	p.hex("Encrypted Signature", m.EncryptedSignature)
	p.hex("MAC", m.MAC)
	return p.end()
}

// String returns what otr_parse prints.
func (m *Data) String() string {
	p := begin(TitleData)
	p.version(m.Head)
	if m.Version > 1 {
		p.decimal("Flags", uint32(m.Flags))
	}
	p.instances(m.Head)
	p.decimal("Sender keyid", m.SenderKeyID)
	p.decimal("Rcpt keyid", m.RecipientKeyID)
	p.hex("DH y", m.NextDH)
	p.hex("Counter", wire.AppendLong(nil, uint64(m.Counter)))
	p.hex("Encrypted message", m.Encrypted)
	p.hex("MAC", Hex(m.MAC[:]))
	if len(m.RevealedMACKeys) > 0 {
		p.WriteString("\tRevealed MAC keys:\n")
		for i, key := range m.RevealedMACKeys.Keys() {
			p.WriteString("\t\tKey " + strconv.Itoa(i+1) + ": " + key.String() + "\n")
		}
	}
	return p.end()
}

// String returns what otr_parse prints.
func (m *KeyExchange) String() string {
	p := begin(titleKeyExchange)
	p.decimal("Reply", uint32(m.Reply))
	p.hex("DSA p", m.DSAP)
	p.hex("DSA q", m.DSAQ)
	p.hex("DSA g", m.DSAG)
	p.hex("DSA e", m.DSAE)
	p.decimal("KeyID", m.KeyID)
	p.hex("DH y", m.DHY)
	p.hex("SIG r", m.SignatureR)
	p.hex("SIG s", m.SignatureS)
	return p.end()
}

// String returns what otr_parse prints.
func (m *Invalid) String() string { return "Invalid " + m.Title + "\n\n" }

// String returns what otr_parse prints.
func (m *Unrecognized) String() string {
	return "Unrecognized OTR message:\n\t" + m.Text + "\n\n"
}
