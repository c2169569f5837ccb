package toolkit

import "encoding/json"

// In JSON every message says its type.

// MarshalJSON writes the fields with "type": "dh_commit".
func (m *DHCommit) MarshalJSON() ([]byte, error) {
	type fields DHCommit
	return json.Marshal(struct {
		Type string `json:"type"`
		*fields
	}{"dh_commit", (*fields)(m)})
}

// MarshalJSON writes the fields with "type": "dh_key".
func (m *DHKey) MarshalJSON() ([]byte, error) {
	type fields DHKey
	return json.Marshal(struct {
		Type string `json:"type"`
		*fields
	}{"dh_key", (*fields)(m)})
}

// MarshalJSON writes the fields with "type": "reveal_signature".
func (m *RevealSignature) MarshalJSON() ([]byte, error) {
	type fields RevealSignature
	return json.Marshal(struct {
		Type string `json:"type"`
		*fields
	}{"reveal_signature", (*fields)(m)})
}

// MarshalJSON writes the fields with "type": "signature".
func (m *Signature) MarshalJSON() ([]byte, error) {
	type fields Signature
	return json.Marshal(struct {
		Type string `json:"type"`
		*fields
	}{"signature", (*fields)(m)})
}

// MarshalJSON writes the fields with "type": "data".
func (m *Data) MarshalJSON() ([]byte, error) {
	type fields Data
	return json.Marshal(struct {
		Type string `json:"type"`
		*fields
	}{"data", (*fields)(m)})
}

// MarshalJSON writes the fields with "type": "key_exchange" and the version,
// which is always 1.
func (m *KeyExchange) MarshalJSON() ([]byte, error) {
	type fields KeyExchange
	return json.Marshal(struct {
		Type    string `json:"type"`
		Version int    `json:"version"`
		*fields
	}{"key_exchange", 1, (*fields)(m)})
}

// MarshalJSON writes the fields with "type": "invalid".
func (m *Invalid) MarshalJSON() ([]byte, error) {
	type fields Invalid
	return json.Marshal(struct {
		Type string `json:"type"`
		*fields
	}{"invalid", (*fields)(m)})
}

// MarshalJSON writes the fields with "type": "unrecognized".
func (m *Unrecognized) MarshalJSON() ([]byte, error) {
	type fields Unrecognized
	return json.Marshal(struct {
		Type string `json:"type"`
		*fields
	}{"unrecognized", (*fields)(m)})
}
