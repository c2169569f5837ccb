package xmpp

import "log/slog"

// Password is an account's password. It does not print.
type Password string

const hidden = "(password)"

// String does not tell the password, nor do the other methods.
func (Password) String() string { return hidden }

// GoString is for %#v.
func (Password) GoString() string { return hidden }

// MarshalText is for encoders.
func (Password) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue is for log/slog.
func (Password) LogValue() slog.Value { return slog.StringValue(hidden) }
