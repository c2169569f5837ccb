package otrxmpp_test

import (
	"crypto/rand"
	"fmt"
	"log"
	"time"

	"otrbot/otr"
	"otrbot/otrxmpp"
)

// Two people and the network between them. Each holds an endpoint for the other.
func Example() {
	alice := endpoint("alice@example.org", "bob@example.org")
	bob := endpoint("bob@example.org", "alice@example.org")

	for _, text := range []string{"Hello Bob!", "Nobody else reads this."} {
		said, err := alice.Send(text, time.Now())
		if err != nil {
			log.Fatal(err)
		}
		for waiting := said.Send; len(waiting) > 0; { // carried to and fro until both are silent
			answers := carry("alice@example.org/home", waiting, bob)
			waiting = carry("bob@example.org/phone", answers, alice)
		}
	}
	// Output:
	// alice@example.org/home: Hello Bob! (encrypted: false)
	// private with bob@example.org/phone
	// private with alice@example.org/home
	// alice@example.org/home: Nobody else reads this. (encrypted: true)
}

// endpoint is one person's end, which goes private as soon as both sides can.
func endpoint(me, peer string) *otrxmpp.Endpoint {
	user := otr.NewUserState()
	key, err := otr.GenerateKey(rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	account := otr.Account{Name: me, Protocol: "xmpp"}
	if err := user.SetKey(account, key); err != nil {
		log.Fatal(err)
	}
	e, err := otrxmpp.New(otrxmpp.Config{User: user, Account: account, Peer: peer, OTR: otr.Config{Policy: otr.Opportunistic}})
	if err != nil {
		log.Fatal(err)
	}
	return e
}

// carry gives stanzas to their receiver, shows what happens there, and returns the answers. A program makes <message/>
// stanzas of what is sent, marked as Outgoing says, and the server puts in who they are from.
func carry(from string, stanzas []otrxmpp.Outgoing, to *otrxmpp.Endpoint) (answers []otrxmpp.Outgoing) {
	for _, s := range stanzas {
		result := to.Receive(otrxmpp.Message{From: from, To: s.To, ID: s.ID, Type: s.Type, Bodies: []otrxmpp.Body{{Text: s.Body}}}, time.Now())
		for _, event := range result.Events {
			switch event := event.(type) {
			case otrxmpp.MessageReceived:
				fmt.Printf("%s: %s (encrypted: %v)\n", from, event.Text, event.Encrypted)
			case otrxmpp.OTREnabled:
				fmt.Println("private with", from)
			}
		}
		answers = append(answers, result.Send...)
	}
	return answers
}
