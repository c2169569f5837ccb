package testkit

import (
	"slices"
	"testing"

	"otrbot/otr"
)

// Pair is Alice and Bob and the link between them.
type Pair struct {
	Alice, Bob *Client
	Clock      *Clock
	// Edit, if set, sees every message on its way and returns what arrives:
	// the message, others instead of it, or nothing.
	Edit func(from *Client, message string) []string
	// Transcript is all that was delivered.
	Transcript []Delivery

	t testing.TB
}

// Delivery is one message that arrived.
type Delivery struct {
	From    *Client
	Message string
}

// NewPair returns Alice and Bob who have not spoken yet. The options hold for both.
func NewPair(t testing.TB, options ...Option) *Pair {
	t.Helper()
	clock := NewClock()
	return &Pair{
		Alice: NewClient(t, Alice, Bob, t.Name()+" alice", clock, options...),
		Bob:   NewClient(t, Bob, Alice, t.Name()+" bob", clock, options...),
		Clock: clock,
		t:     t,
	}
}

// NewPairOf joins two clients that the test has made.
func NewPairOf(t testing.TB, alice, bob *Client) *Pair {
	return &Pair{Alice: alice, Bob: bob, Clock: alice.Clock, t: t}
}

// Other returns who is at the other end.
func (p *Pair) Other(c *Client) *Client {
	if c == p.Alice {
		return p.Bob
	}
	return p.Alice
}

// Deliver carries the next message of one side to the other.
func (p *Pair) Deliver(from *Client) {
	p.t.Helper()
	arriving := []string{from.Take()}
	if p.Edit != nil {
		arriving = p.Edit(from, arriving[0])
	}
	for _, message := range arriving {
		p.Transcript = append(p.Transcript, Delivery{from, message})
		p.Other(from).Get(message)
	}
}

// Flow carries messages both ways until nobody has anything to say. A
// conversation that never falls silent fails the test.
func (p *Pair) Flow() {
	p.t.Helper()
	const far = 10000
	for range far {
		switch {
		case len(p.Alice.Out) > 0:
			p.Deliver(p.Alice)
		case len(p.Bob.Out) > 0:
			p.Deliver(p.Bob)
		default:
			return
		}
	}
	p.t.Fatalf("%d messages, and no end", far)
}

// Drop loses the next message of one side.
func (p *Pair) Drop(from *Client) { from.Take() }

// Duplicate makes the next message of one side arrive twice.
func (p *Pair) Duplicate(from *Client) {
	p.t.Helper()
	message := from.Take()
	from.Out = append([]string{message, message}, from.Out...)
}

// Reverse makes the waiting messages of one side arrive last one first.
func (p *Pair) Reverse(from *Client) { slices.Reverse(from.Out) }

// Secure makes the conversation private: Alice asks, Bob commits. It leaves
// no events behind.
func (p *Pair) Secure(t testing.TB) {
	t.Helper()
	p.Alice.Do(p.Alice.Start())
	p.Flow()
	for _, c := range []*Client{p.Alice, p.Bob} {
		Expect[otr.Secured](t, c)
		if state := c.State(); state != otr.Encrypted {
			t.Fatalf("%s is in state %v after the key exchange", c.Name, state)
		}
		c.Events = nil
	}
}

// Say lets one side say a text that the other must receive privately.
func (p *Pair) Say(from *Client, text string, tlvs ...otr.TLV) {
	p.t.Helper()
	from.Say(text, tlvs...)
	p.Flow()
	ExpectText(p.t, p.Other(from), text)
}

// Verify runs SMP to its end; Alice begins, with a question if it is not "".
func (p *Pair) Verify(t testing.TB, question, alices, bobs string) {
	t.Helper()
	if question == "" {
		p.Alice.Do(p.Alice.StartSMP([]byte(alices)))
	} else {
		p.Alice.Do(p.Alice.AskSMP(question, []byte(alices)))
	}
	p.Flow()
	Expect[otr.SMPAsked](t, p.Bob)
	p.Bob.Do(p.Bob.AnswerSMP([]byte(bobs)))
	p.Flow()
}
