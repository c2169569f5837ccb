package group

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted is embedded in every type that holds a secret, so that no verb of fmt
// and no handler of slog prints it. A type that keeps a secret in an unexported
// field must be redacted itself: fmt reads such fields without asking.
type redacted struct{}

const hidden = "[secret]"

// String hides the secret.
func (redacted) String() string { return hidden }

// GoString hides the secret.
func (redacted) GoString() string { return hidden }

// Format hides the secret for every verb and flag.
func (redacted) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue hides the secret.
func (redacted) LogValue() slog.Value { return slog.StringValue(hidden) }
