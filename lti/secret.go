package lti

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is text that must not be seen: an LTI 1.1 shared secret, a token, a private key in PEM. However it is
// printed, logged or marshalled it says only that it is there; string(s) is the text, which is also what to store.
type Secret string

const hidden = "[secret]"

// String tells that there is a secret.
func (s Secret) String() string { return hidden }

// GoString is for %#v.
func (s Secret) GoString() string { return hidden }

// Format serves every verb of package fmt alike.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, hidden) }

// MarshalText keeps the text out of JSON and its like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue keeps the text out of logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }
