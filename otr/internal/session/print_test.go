package session

import (
	"fmt"
	"testing"
)

// A session does not print its secrets, by value or by pointer, whatever the verb. (%T, %p and %w are no business of a
// Formatter, and go vet refuses the last two.)
func TestPrint(t *testing.T) {
	k := newTalk(t)
	k.accepts(k.b, k.say(k.a, "text"), "text")
	for _, verb := range "abcdefghijklmnoqrstuvxyzABCDEFGHIJKLMNOPQRSUVWXYZ" {
		for _, flags := range []string{"", "+", "#", "-9.3", " 0"} {
			format := "%" + flags + string(verb)
			for _, printed := range []string{fmt.Sprintf(format, *k.a), fmt.Sprintf(format, k.a)} {
				if printed != "session.Session(secret)" {
					t.Errorf("%s prints %.80q", format, printed)
				}
			}
		}
	}
}
