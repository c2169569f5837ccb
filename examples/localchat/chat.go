package main

import (
	"errors"
	"io"
	"strings"
	"time"

	"otrbot/otr"
)

// A chat is one conversation on one connection. Its loop is the one goroutine that owns the conversation.
type chat struct {
	conv   *otr.Conversation
	home   *home
	screen *screen
	line   io.Writer
	peer   otr.Peer
	policy string // its name

	asked *otr.SMPAsked // the peer's question, while it waits for our answer
	draft string        // a line that may have been meant as the answer
}

// run takes what arrives and what is typed, in turn, until one of them ends. quit tells that the user wants to leave.
func (c *chat) run(typed, arriving <-chan string) (quit bool, err error) {
	tick := time.NewTicker(otr.TickInterval)
	defer tick.Stop()
	for {
		select {
		case message, ok := <-arriving:
			if !ok {
				c.screen.notice("%s has left.", c.peer.Name)
				return false, nil
			}
			err = c.handle(c.conv.Receive(message))
		case text, ok := <-typed:
			if !ok || isQuit(text) {
				return true, c.leave()
			}
			err = c.typedLine(text)
		case <-tick.C:
			err = c.handle(c.conv.Tick())
		}
		if err != nil {
			return false, err
		}
	}
}

// typedLine does what the user typed: a command, or words for the peer. While the peer waits for an answer, words are
// sent only when they come twice: an answer typed without /answer would give the secret away.
func (c *chat) typedLine(text string) error {
	switch command := strings.TrimSpace(text); {
	case strings.HasPrefix(command, "/"):
		return c.command(command)
	case command == "":
		return nil
	case c.asked != nil && text != c.draft:
		c.draft = text
		c.screen.notice("Not sent: this would be sent as a message. /answer … answers; repeat to send it.")
		return nil
	default:
		c.draft = ""
		return c.act(c.conv.Send(text))
	}
}

// outlook says what becomes of the next line that is typed.
func (c *chat) outlook() string {
	switch policy := c.conv.Policy(); {
	case c.conv.State() == otr.Encrypted:
		return "What you type goes in private."
	case c.conv.State() == otr.Finished:
		return "What you type is not sent: begin a new private conversation with /otr, or /end it here too."
	case policy.Has(otr.RequireEncryption):
		return "Nothing goes in clear: your words ask for a private conversation and wait."
	case policy == otr.Never:
		return "You now write in clear, for anybody on the way to read; the policy never allows nothing else."
	default:
		return "You now write in clear, for anybody on the way to read. /otr begins a private conversation."
	}
}

// act carries out what an action of the user led to. An error of the action is for the user to read: nothing has
// changed, the chat goes on.
func (c *chat) act(r otr.Result, err error) error {
	if err != nil {
		c.screen.notice("%s", explain(err))
		return nil
	}
	return c.handle(r)
}

// handle transmits, in order, and shows what happened.
func (c *chat) handle(r otr.Result) error {
	if err := transmit(c.line, r.Send); err != nil {
		return err
	}
	for _, e := range r.Events {
		if err := c.show(e); err != nil {
			return err
		}
	}
	return nil
}

// leave tells every client of the peer that the private conversation is over.
func (c *chat) leave() error {
	return c.act(c.conv.EndAll())
}

// explain says what the user can do about an error.
func explain(err error) string {
	switch {
	case errors.Is(err, otr.ErrFinished):
		return "Not sent: the other has ended the private conversation. Begin a new one (/otr), or /end it too."
	case errors.Is(err, otr.ErrNotEncrypted):
		return "Only in a private conversation: begin one with /otr."
	case errors.Is(err, otr.ErrNoSMPRequest):
		return "Nobody asked."
	case errors.Is(err, otr.ErrPolicy):
		return "No private conversation: the policy never forbids it. Start again with another -policy, such as manual."
	case errors.Is(err, otr.ErrTooManyHeld):
		return "Not sent: too many lines wait for a private conversation. /otr asks for it once more."
	default:
		return "That did not work: " + err.Error()
	}
}
