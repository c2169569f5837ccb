package testkit

import (
	"testing"

	"otrbot/otr"
)

// Client is one end of a conversation: what a person's program would hold.
type Client struct {
	*otr.Conversation
	Name   string
	User   *otr.UserState
	Clock  *Clock
	Config otr.Config

	// Out are the messages that wait on the link, the next one first.
	Out []string
	// Sent are all messages ever sent, delivered or not.
	Sent []string
	// Events are the events that Expect has not consumed.
	Events []otr.Event

	t testing.TB
}

// NewClient returns name's end of a conversation with peer. The seed makes
// its randomness; two clients of one person need two seeds.
func NewClient(t testing.TB, name, peer, seed string, clock *Clock, options ...Option) *Client {
	t.Helper()
	return NewClientOf(t, User(t, name), name, peer, seed, clock, options...)
}

// NewClientOf is NewClient with a user state that the test has prepared.
func NewClientOf(t testing.TB, user *otr.UserState, name, peer, seed string, clock *Clock, options ...Option) *Client {
	t.Helper()
	c := &Client{Name: name, User: user, Clock: clock, t: t}
	c.Config = otr.Config{Policy: otr.Manual, Rand: Rand(seed), Time: clock.Now}
	for _, option := range options {
		option(&c.Config)
	}
	var err error
	c.Conversation, err = user.NewConversation(PeerOf(name, peer), c.Config)
	if err != nil {
		t.Fatalf("%s: new conversation: %v", name, err)
	}
	return c
}

// PeerOf returns the peer as name's user state knows it.
func PeerOf(name, peer string) otr.Peer {
	return otr.Peer{Account: otr.Account{Name: name, Protocol: Protocol}, Name: peer}
}

// Restart replaces the conversation with one restored from its snapshot, as
// a program does that was stopped and started again.
func (c *Client) Restart(peer string) {
	c.t.Helper()
	snapshot, err := c.Snapshot()
	if err != nil {
		c.t.Fatalf("%s: snapshot: %v", c.Name, err)
	}
	c.Close()
	c.Conversation, err = c.User.RestoreConversation(PeerOf(c.Name, peer), c.Config, snapshot)
	if err != nil {
		c.t.Fatalf("%s: restore: %v", c.Name, err)
	}
}

// Note puts the messages of a result on the link and keeps its events.
func (c *Client) Note(r otr.Result) {
	c.Out = append(c.Out, r.Send...)
	c.Sent = append(c.Sent, r.Send...)
	c.Events = append(c.Events, r.Events...)
}

// Do is Note for actions that can fail, and must not here.
func (c *Client) Do(r otr.Result, err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatalf("%s: %v", c.Name, err)
	}
	c.Note(r)
}

// Say sends a text.
func (c *Client) Say(text string, tlvs ...otr.TLV) {
	c.t.Helper()
	c.Do(c.Send(text, tlvs...))
}

// Get receives a message.
func (c *Client) Get(message string) { c.Note(c.Receive(message)) }

// Take removes the next message from the link and returns it.
func (c *Client) Take() string {
	c.t.Helper()
	if len(c.Out) == 0 {
		c.t.Fatalf("%s has sent nothing", c.Name)
	}
	message := c.Out[0]
	c.Out = c.Out[1:]
	return message
}

// TakeAll removes all messages from the link and returns them.
func (c *Client) TakeAll() []string {
	all := c.Out
	c.Out = nil
	return all
}

// Expect consumes the client's events up to the first of type E and returns
// that; a test that expects what did not happen ends.
func Expect[E otr.Event](t testing.TB, c *Client) E {
	t.Helper()
	for i, event := range c.Events {
		if e, ok := event.(E); ok {
			c.Events = c.Events[i+1:]
			return e
		}
	}
	var none E
	t.Fatalf("%s: no %T among the events %+v", c.Name, none, c.Events)
	return none
}

// ExpectNo fails the test if an event of type E waits.
func ExpectNo[E otr.Event](t testing.TB, c *Client) {
	t.Helper()
	for _, event := range c.Events {
		if e, ok := event.(E); ok {
			t.Errorf("%s: unexpected %T %+v", c.Name, e, e)
		}
	}
}

// ExpectText consumes events up to the next private text, which must be the
// one given.
func ExpectText(t testing.TB, c *Client, text string) {
	t.Helper()
	if e := Expect[otr.Received](t, c); e.Text != text {
		t.Fatalf("%s: received %q, want %q", c.Name, e.Text, text)
	}
}
