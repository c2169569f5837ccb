package ake

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"otrbot/otr/internal/wire"
)

// A commit does not print its secrets, by value or by pointer, whatever the verb. (%T, %p and %w are no business of a
// Formatter, and go vet refuses the last two.)
func TestPrintCommit(t *testing.T) {
	c, err := NewCommit(wire.V3, rand.NewChaCha8([32]byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range "abcdefghijklmnoqrstuvxyzABCDEFGHIJKLMNOPQRSUVWXYZ" {
		for _, flags := range []string{"", "+", "#", "-9.3", " 0"} {
			format := "%" + flags + string(verb)
			for _, printed := range []string{fmt.Sprintf(format, *c), fmt.Sprintf(format, c)} {
				if printed != "ake.Commit(secret)" {
					t.Errorf("%s prints %.80q", format, printed)
				}
			}
		}
	}
}
