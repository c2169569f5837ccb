package otr

import (
	"fmt"

	"otrbot/otr/internal/wire"
)

// TLV is a record that travels encrypted beside a text: Protocol v3, "Data Message". Programs may use types above 8.
type TLV struct {
	Type  uint16
	Value []byte // at most 65535 bytes
}

// appTLVs checks and converts what a program wants to send.
func appTLVs(tlvs []TLV) ([]wire.TLV, error) {
	var converted []wire.TLV
	for _, t := range tlvs {
		if t.Type <= wire.TLVExtraKey {
			return nil, fmt.Errorf("%w: TLV type %d belongs to the protocol; programs use types above %d", ErrText, t.Type, wire.TLVExtraKey)
		}
		if len(t.Value) > wire.MaxTLVValue {
			return nil, fmt.Errorf("%w: a TLV of %d bytes; the limit is %d", ErrText, len(t.Value), wire.MaxTLVValue)
		}
		converted = append(converted, wire.TLV(t))
	}
	return converted, nil
}
