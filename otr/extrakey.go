package otr

import (
	"encoding/binary"
	"fmt"
	"io"

	"otrbot/otr/internal/wire"
)

// ExtraKey is a key that both sides of a private conversation share, for a purpose of their own such as a file transfer:
// Protocol v3, "Extra symmetric key". It does not print; copy or slice it to use it.
type ExtraKey [32]byte

// String does not tell the key.
func (ExtraKey) String() string { return "otr.ExtraKey(secret)" }

// GoString does not tell the key.
func (k ExtraKey) GoString() string { return k.String() }

// Format does not tell the key, whatever the verb.
func (k ExtraKey) Format(s fmt.State, _ rune) { io.WriteString(s, k.String()) }

// MarshalText does not tell the key.
func (k ExtraKey) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// ExtraKey tells the peer that we want to use the extra symmetric key, and returns it. Use says what for and data is
// free; the peer gets both with [ExtraKeyOffered]. Both sides may ask; each request has the key of its own message.
func (c *Conversation) ExtraKey(use uint32, data []byte) (ExtraKey, Result, error) {
	var r Result
	i := c.selected()
	if i == nil || i.state != Encrypted {
		return ExtraKey{}, r, ErrNotEncrypted
	}
	value := append(binary.BigEndian.AppendUint32(nil, use), data...)
	if len(value) > wire.MaxTLVValue {
		return ExtraKey{}, r, fmt.Errorf("%w: data for an extra key of %d bytes; the limit is %d", ErrText, len(data), wire.MaxTLVValue-4)
	}
	if err := c.transmit(&r, i, "", []wire.TLV{{Type: wire.TLVExtraKey, Value: value}}, wire.FlagIgnoreUnreadable); err != nil {
		return ExtraKey{}, Result{}, err
	}
	return i.session.ExtraKeySent(), r, nil
}

func (c *Conversation) receiveExtraKey(r *Result, i *instance, value []byte, key ExtraKey) {
	if len(value) < 4 {
		r.emit(Rejected{Reason: Malformed, Instance: i.tag, Detail: "an extra key without its use"})
		return
	}
	r.emit(ExtraKeyOffered{Instance: i.tag, Use: binary.BigEndian.Uint32(value), Data: value[4:], Key: key})
}
