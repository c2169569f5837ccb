// Package secret makes secrets, judges those that people choose, compares them
// without telling where they differ, and keeps them out of logs.
//
// Its functions hold no state and are safe for concurrent use.
package secret

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"

	"golang.org/x/text/unicode/norm"
)

// Text is a secret that does not print: every way of showing it writes
// "[secret]", encoders too, so that what is stored must be Revealed on
// purpose. It cannot be compared with ==; use Equal. The zero value is no
// secret.
type Text struct {
	_ [0]func()
	s string
}

// New makes a secret of s, as it is.
func New(s string) Text { return Text{s: s} }

// Reveal returns the secret itself.
func (t Text) Reveal() string { return t.s }

// IsZero reports whether there is no secret.
func (t Text) IsZero() bool { return t.s == "" }

const hidden = "[secret]"

func (t Text) String() string               { return hidden }
func (t Text) GoString() string             { return hidden }
func (t Text) Format(s fmt.State, _ rune)   { io.WriteString(s, hidden) }
func (t Text) MarshalText() ([]byte, error) { return []byte(hidden), nil }
func (t Text) LogValue() slog.Value         { return slog.StringValue(hidden) }

// Equal reports whether two secrets are the same text. Both are brought to
// Unicode's normalisation form C first, as keyboards differ in how they write
// "é"; case and spaces count. It takes a time that tells nothing but the
// lengths.
func Equal(a, b Text) bool {
	x := sha256.Sum256(norm.NFC.Bytes([]byte(a.s)))
	y := sha256.Sum256(norm.NFC.Bytes([]byte(b.s)))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
