package wire

// The protocol versions that a message header can name.
const (
	V1 uint16 = 1
	V2 uint16 = 2
	V3 uint16 = 3
)

// The message types of versions 2 and 3.
const (
	TypeDHCommit        byte = 0x02
	TypeData            byte = 0x03
	TypeDHKey           byte = 0x0a
	TypeRevealSignature byte = 0x11
	TypeSignature       byte = 0x12
)

// FlagIgnoreUnreadable asks the receiver of a Data Message that he cannot
// read to say nothing about it.
const FlagIgnoreUnreadable byte = 0x01

// Sizes in bytes of the fields of fixed length.
const (
	hashSize   = 32 // SHA-256 of gx
	revealSize = 16 // r, the key of the commitment
	macSize    = 20
	minHeader  = 3  // version, type
	v3Header   = 11 // version, type, both instance tags
)

// Header begins every encoded message. Sender and Receiver are instance tags
// and exist in version 3 only; in version 2 they are zero.
type Header struct {
	Version          uint16
	Sender, Receiver uint32
}

// Head returns the header; it makes the messages that embed one a Message.
func (h Header) Head() Header { return h }

func (h Header) append(dst []byte, kind byte) []byte {
	dst = AppendShort(dst, h.Version)
	dst = append(dst, kind)
	if h.Version == V3 {
		dst = AppendInt(dst, h.Sender)
		dst = AppendInt(dst, h.Receiver)
	}
	return dst
}

func (h Header) size() int {
	if h.Version == V3 {
		return v3Header
	}
	return minHeader
}

// Message is one of *DHCommit, *DHKey, *RevealSignature, *Signature, *Data.
type Message interface {
	// Head returns version and instance tags.
	Head() Header
	// Append adds the binary form, without armour, to dst.
	Append(dst []byte) []byte

	isMessage()
}

// DHCommit is the "D-H Commit Message": gx encrypted under a key that is
// revealed later, and its hash.
type DHCommit struct {
	Header
	EncryptedGX []byte
	HashedGX    [32]byte
}

// DHKey is the "D-H Key Message". GY is a minimal big-endian number; its
// range is not checked here.
type DHKey struct {
	Header
	GY []byte
}

// RevealSignature is the "Reveal Signature Message".
type RevealSignature struct {
	Header
	Key                [16]byte // opens the commitment
	EncryptedSignature []byte
	MAC                [20]byte
}

// Signature is the "Signature Message".
type Signature struct {
	Header
	EncryptedSignature []byte
	MAC                [20]byte
}

// Data is the "Data Message".
type Data struct {
	Header
	Flags                       byte
	SenderKeyID, RecipientKeyID uint32
	NextDH                      []byte // minimal big-endian; range not checked
	Counter                     uint64 // the top half of the initial CTR block
	Encrypted                   []byte
	MAC                         [20]byte
	OldMACKeys                  []byte // whole keys of 20 bytes

	// Authenticated is what the MAC covers, version to encrypted message.
	// Parse sets it, aliasing its input; Append does not read it.
	Authenticated []byte
}

func (*DHCommit) isMessage()        {}
func (*DHKey) isMessage()           {}
func (*RevealSignature) isMessage() {}
func (*Signature) isMessage()       {}
func (*Data) isMessage()            {}

// Append adds the binary form to dst.
func (m *DHCommit) Append(dst []byte) []byte {
	dst = m.Header.append(dst, TypeDHCommit)
	dst = AppendData(dst, m.EncryptedGX)
	return AppendData(dst, m.HashedGX[:])
}

// Append adds the binary form to dst.
func (m *DHKey) Append(dst []byte) []byte {
	dst = m.Header.append(dst, TypeDHKey)
	return AppendMPI(dst, m.GY)
}

// Append adds the binary form to dst.
func (m *RevealSignature) Append(dst []byte) []byte {
	dst = m.Header.append(dst, TypeRevealSignature)
	dst = AppendData(dst, m.Key[:])
	dst = AppendData(dst, m.EncryptedSignature)
	return append(dst, m.MAC[:]...)
}

// Append adds the binary form to dst.
func (m *Signature) Append(dst []byte) []byte {
	dst = m.Header.append(dst, TypeSignature)
	dst = AppendData(dst, m.EncryptedSignature)
	return append(dst, m.MAC[:]...)
}

// Append adds the binary form to dst.
func (m *Data) Append(dst []byte) []byte {
	dst = m.AppendAuthenticated(dst)
	dst = append(dst, m.MAC[:]...)
	return AppendData(dst, m.OldMACKeys)
}

// AppendAuthenticated adds what the MAC covers to dst, computed from the
// fields: everything from the version to the encrypted message.
func (m *Data) AppendAuthenticated(dst []byte) []byte {
	return AppendData(m.AppendHead(dst), m.Encrypted)
}

// AppendHead adds everything that precedes the encrypted message to dst.
func (m *Data) AppendHead(dst []byte) []byte {
	dst = m.Header.append(dst, TypeData)
	dst = append(dst, m.Flags)
	dst = AppendInt(dst, m.SenderKeyID)
	dst = AppendInt(dst, m.RecipientKeyID)
	dst = AppendMPI(dst, m.NextDH)
	return AppendLong(dst, m.Counter)
}

// Size returns how many bytes Append will add, so that a caller can make one
// buffer of the right size.
func (m *Data) Size() int {
	const flags, keyIDs, counter, lengths = 1, 8, 8, 12
	return m.Header.size() + flags + keyIDs + counter + lengths +
		len(m.NextDH) + len(m.Encrypted) + macSize + len(m.OldMACKeys)
}
