package otr_test

import (
	"fmt"
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
)

// A conversation prints who talks with whom, and no key or text that waits, by value or by pointer, whatever the verb.
// (%T, %p and %w are no business of a Formatter, and go vet refuses the last two.)
func TestPrintConversation(t *testing.T) {
	p := testkit.NewPair(t, policy(otr.RequireEncryption))
	p.Alice.Say("a text that is held")
	c := p.Alice.Conversation
	want := "otr.Conversation(test, alice@example.org with bob@example.org)"
	for _, verb := range "abcdefghijklmnoqrstuvxyzABCDEFGHIJKLMNOPQRSUVWXYZ" {
		for _, flags := range []string{"", "+", "#", "-9.3", " 0"} {
			format := "%" + flags + string(verb)
			for _, printed := range []string{fmt.Sprintf(format, *c), fmt.Sprintf(format, c)} {
				if printed != want {
					t.Errorf("%s prints %.80q", format, printed)
				}
			}
		}
	}
	if c.String() != want {
		t.Errorf("String is %q", c.String())
	}
}
