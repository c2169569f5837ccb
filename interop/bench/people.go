package main

import (
	"crypto/rand"
	"errors"
	"fmt"

	"otrbot/otr"
)

const protocol = "prpl-jabber"

// person is one side: a user state with a key, and a conversation.
type person struct {
	user *otr.UserState
	name string
	*otr.Conversation
}

func newUser(name string) (*otr.UserState, error) {
	key, err := otr.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	user := otr.NewUserState()
	return user, user.SetKey(otr.Account{Name: name, Protocol: protocol}, key)
}

func (p *person) converse(peer string, c otr.Config) (err error) {
	who := otr.Peer{Account: otr.Account{Name: p.name, Protocol: protocol}, Name: peer}
	p.Conversation, err = p.user.NewConversation(who, c)
	return err
}

// pair is two people and the wire between them.
type pair struct {
	a, b   person
	limit  int                        // longest message on the wire, 0 for none
	events struct{ a, b []otr.Event } // of the last flow
}

func newPair() (*pair, error) {
	alice, err := newUser("alice")
	if err != nil {
		return nil, err
	}
	bob, err := newUser("bob")
	return &pair{a: person{user: alice, name: "alice"}, b: person{user: bob, name: "bob"}}, err
}

// flow carries messages, and what they are replied with, until nobody speaks.
func (p *pair) flow(toA, toB []string) {
	p.events.a, p.events.b = nil, nil
	for len(toA)+len(toB) > 0 {
		fromA := p.a.receive(toA, &p.events.a)
		fromB := p.b.receive(toB, &p.events.b)
		toA, toB = fromB, fromA
	}
}

// receive takes messages and gathers replies and events.
func (p *person) receive(messages []string, events *[]otr.Event) (replies []string) {
	for _, m := range messages {
		r := p.Receive(m)
		replies = append(replies, r.Send...)
		*events = append(*events, r.Events...)
	}
	return replies
}

var versions = map[int]otr.Policy{2: otr.AllowV2, 3: otr.AllowV3}

// handshake makes a new conversation private: a receives a query.
func (p *pair) handshake(version int, peerOfA, peerOfB string) error {
	config := otr.Config{Policy: versions[version], MaxMessageSize: p.limit}
	if err := errors.Join(p.a.converse(peerOfA, config), p.b.converse(peerOfB, config)); err != nil {
		return err
	}
	p.flow([]string{fmt.Sprintf("?OTRv%d?", version)}, nil)

	ofA, okA := p.a.Session()
	ofB, okB := p.b.Session()
	switch {
	case !okA || !okB || count[otr.Secured](p.events.a) != 1 || count[otr.Secured](p.events.b) != 1:
		return errors.New("not encrypted exactly once")
	case ofA.SSID != ofB.SSID:
		return errors.New("different session ids")
	case ofA.Version != version || ofB.Version != version:
		return errors.New("wrong version")
	}
	return nil
}

// count tells how many events are of type E.
func count[E otr.Event](events []otr.Event) (n int) {
	for _, e := range events {
		if _, ok := e.(E); ok {
			n++
		}
	}
	return n
}

// say sends a text from one person to the other, who must read the same. An
// automatic reply, a heartbeat, is taken back.
func say(from, to *person, text string) error {
	sent, err := from.Send(text)
	if err != nil {
		return err
	}
	read := false
	for _, m := range sent.Send {
		r := to.Receive(m)
		for _, event := range r.Events {
			e, ok := event.(otr.Received)
			read = read || ok && e.Text == text
		}
		for _, reply := range r.Send {
			from.Receive(reply)
		}
	}
	if !read {
		return errors.New("the text did not arrive")
	}
	return nil
}
