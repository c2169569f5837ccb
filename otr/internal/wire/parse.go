package wire

import "errors"

// Errors a caller may branch on. All other errors of this package mean that
// the input is malformed; their text says where.
var (
	ErrVersion1 = errors.New("OTR version 1 is not spoken here")
	ErrVersion  = errors.New("unknown OTR protocol version")
)

var (
	errType    = errors.New("unknown message type")
	errHash    = errors.New("hashed gx is not 32 bytes long")
	errReveal  = errors.New("revealed key is not 16 bytes long")
	errMACKeys = errors.New("revealed MAC keys are not whole keys of 20 bytes")
)

// Parse reads the binary form of one message. The slices of the message alias
// raw. Trailing bytes, numbers with leading zeros, fixed fields of another
// length and unknown types are errors.
func Parse(raw []byte) (Message, error) {
	h, kind, err := ParseHeader(raw)
	if err != nil {
		return nil, err
	}
	r := NewReader(raw[h.size():])
	switch kind {
	case TypeDHCommit:
		return parseDHCommit(h, &r)
	case TypeDHKey:
		return parseDHKey(h, &r)
	case TypeRevealSignature:
		return parseRevealSignature(h, &r)
	case TypeSignature:
		return parseSignature(h, &r)
	case TypeData:
		m, err := ParseData(raw)
		if err != nil {
			return nil, err
		}
		return &m, nil
	}
	return nil, errType
}

// ParseHeader reads version, type and instance tags and nothing behind them:
// enough to route a message whose body may be malformed. The type may be one
// that Parse does not know.
func ParseHeader(raw []byte) (Header, byte, error) {
	r := NewReader(raw)
	h := Header{Version: r.Short()}
	switch {
	case r.err != nil:
		return Header{}, 0, r.err
	case h.Version == V1:
		return Header{}, 0, ErrVersion1
	case h.Version != V2 && h.Version != V3:
		return Header{}, 0, ErrVersion
	}
	kind := r.Byte()
	if h.Version == V3 {
		h.Sender = r.Int()
		h.Receiver = r.Int()
	}
	if r.err != nil {
		return Header{}, 0, r.err
	}
	return h, kind, nil
}

// DataFlags returns the flags of a Data Message whose body may be malformed;
// false when raw is no Data Message or ends before them.
func DataFlags(raw []byte) (byte, bool) {
	h, kind, err := ParseHeader(raw)
	if err != nil || kind != TypeData || len(raw) <= h.size() {
		return 0, false
	}
	return raw[h.size()], true
}

func parseDHCommit(h Header, r *Reader) (Message, error) {
	m := &DHCommit{Header: h, EncryptedGX: r.Data()}
	hash := r.Data()
	if err := r.Done(); err != nil {
		return nil, err
	}
	if len(hash) != hashSize {
		return nil, errHash
	}
	copy(m.HashedGX[:], hash)
	return m, nil
}

func parseDHKey(h Header, r *Reader) (Message, error) {
	m := &DHKey{Header: h, GY: r.MPI()}
	if err := r.Done(); err != nil {
		return nil, err
	}
	return m, nil
}

func parseRevealSignature(h Header, r *Reader) (Message, error) {
	m := &RevealSignature{Header: h}
	key := r.Data()
	m.EncryptedSignature = r.Data()
	copy(m.MAC[:], r.Fixed(macSize))
	if err := r.Done(); err != nil {
		return nil, err
	}
	if len(key) != revealSize {
		return nil, errReveal
	}
	copy(m.Key[:], key)
	return m, nil
}

func parseSignature(h Header, r *Reader) (Message, error) {
	m := &Signature{Header: h, EncryptedSignature: r.Data()}
	copy(m.MAC[:], r.Fixed(macSize))
	if err := r.Done(); err != nil {
		return nil, err
	}
	return m, nil
}

// ParseData is Parse for a Data Message, without making it a Message.
func ParseData(raw []byte) (Data, error) {
	h, kind, err := ParseHeader(raw)
	if err != nil {
		return Data{}, err
	}
	if kind != TypeData {
		return Data{}, errType
	}
	r := NewReader(raw[h.size():])
	m := Data{
		Header: h, Flags: r.Byte(), SenderKeyID: r.Int(), RecipientKeyID: r.Int(),
		NextDH: r.MPI(), Counter: r.Long(), Encrypted: r.Data(),
	}
	end := len(raw) - r.Len()
	m.Authenticated = raw[:end:end]
	copy(m.MAC[:], r.Fixed(macSize))
	m.OldMACKeys = r.Data()
	if err := r.Done(); err != nil {
		return Data{}, err
	}
	if len(m.OldMACKeys)%macSize != 0 {
		return Data{}, errMACKeys
	}
	return m, nil
}
