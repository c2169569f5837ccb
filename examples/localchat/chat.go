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

// typedLine does what the user typed: a command, or words for the peer.
func (c *chat) typedLine(text string) error {
	switch {
	case strings.HasPrefix(text, "/"):
		return c.command(text)
	case text == "":
		return nil
	default:
		return c.act(c.conv.Send(text))
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
		return "Not sent: the other has ended the private conversation. /otr begins a new one, /end lets you speak in clear."
	case errors.Is(err, otr.ErrNotEncrypted):
		return "Only in a private conversation: begin one with /otr."
	case errors.Is(err, otr.ErrNoSMPRequest):
		return "Nobody asked."
	default:
		return err.Error()
	}
}
