package otr

import (
	"fmt"
	"io"
)

// String names the conversation. Its keys, and texts that wait, never print.
func (c Conversation) String() string {
	return fmt.Sprintf("otr.Conversation(%s, %s with %s)", c.peer.Account.Protocol, c.peer.Account.Name, c.peer.Name)
}

// Format writes String, whatever the verb.
func (c Conversation) Format(s fmt.State, _ rune) { io.WriteString(s, c.String()) }
