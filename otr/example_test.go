package otr_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"log"
	"strings"
	"sync"

	"otrbot/otr"
)

// The examples follow the chapters of the manual of python-otr. Alice and Bob stand for two programs on two
// computers; deliver stands for the network between them.

// A whole client in a few lines: what arrives goes in, what comes out is transmitted and shown.
func Example() {
	messages := make(chan string, 1)
	messages <- "Hello, I am Bob."
	close(messages)

	if err := client(messages, func([]string) {}); err != nil {
		log.Fatal(err)
	}
	// Output: for all to read: Hello, I am Bob.
}

// client is the example of README.md, word for word.
func client(messages <-chan string, transmit func([]string)) error {
	user := otr.NewUserState()
	key, err := otr.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	me := otr.Account{Name: "alice@example.org", Protocol: "xmpp"}
	if err := user.SetKey(me, key); err != nil {
		return err
	}
	chat, err := user.NewConversation(otr.Peer{Account: me, Name: "bob@example.org"}, otr.Config{Policy: otr.Opportunistic})
	if err != nil {
		return err
	}
	for incoming := range messages {
		result := chat.Receive(incoming) // never an error: what the peer does is an event
		transmit(result.Send)            // ready for the wire, in order, fragmented
		for _, event := range result.Events {
			switch event := event.(type) {
			case otr.Received:
				fmt.Println("in private:", event.Text)
			case otr.ReceivedInClear:
				fmt.Println("for all to read:", event.Text)
			}
		}
	}
	return nil
}

// Chapter "Creating the UserState": one for each user of the program, with a key for each account.
func ExampleNewUserState() {
	user := otr.NewUserState()
	for _, name := range []string{"alice@example.org", "alice@example.net"} {
		key, err := otr.GenerateKeyWithParameters(parameters(), rand.Reader) // GenerateKey makes parameters of its own
		if err != nil {
			log.Fatal(err)
		}
		if err := user.SetKey(otr.Account{Name: name, Protocol: "xmpp"}, key); err != nil {
			log.Fatal(err)
		}
	}
	for _, account := range user.Accounts() {
		fmt.Println(account.Name)
	}
	// Output:
	// alice@example.net
	// alice@example.org
}

// Chapter "Loading the private keys and the fingerprints": before anything is said. Package otrfile does the same
// with files.
func ExampleUserState_ReadKeys() {
	saved := new(bytes.Buffer)
	if err := newUser("alice").WriteKeys(saved); err != nil {
		log.Fatal(err)
	}
	fingerprints := "bob\talice\txmpp\t0123456789abcdef0123456789abcdef01234567\tverified\n"

	user := otr.NewUserState()
	if err := user.ReadKeys(saved); err != nil {
		log.Fatal(err)
	}
	if err := user.ReadFingerprints(strings.NewReader(fingerprints)); err != nil {
		log.Fatal(err)
	}
	for peer, fingerprint := range user.Fingerprints() {
		trust, _ := user.Trust(peer, fingerprint)
		fmt.Printf("%s: %s, %s\n", peer.Name, fingerprint, trust)
	}
	// Output: bob: 01234567 89ABCDEF 01234567 89ABCDEF 01234567, verified
}

// Chapter "Connecting python-otr to your program (MessageAppOps)": what the callbacks asked is in a Config, what
// they told comes as events.
func ExampleConfig() {
	config := otr.Config{
		Policy:         otr.Always,                                                              // policy
		MaxMessageSize: 1000,                                                                    // max_message_size
		QueryText:      "I would like to talk in private.",                                      // for people without OTR
		ErrorTexts:     map[otr.ErrorCode]string{otr.ErrorUnreadable: "I could not read this."}, // otr_error_message
		ResendPrefix:   "[once more] ",                                                          // resent_msg_prefix
		Convert: func(d otr.Direction, text string) string { // convert_msg
			if d == otr.Sending {
				return strings.ToUpper(text)
			}
			return text
		},
	}
	alice, bob := converse(config, otr.Config{Policy: otr.Manual})
	deliver(alice, bob, start(alice))

	r, err := alice.Send("good morning")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(deliver(alice, bob, r))
	// Output: [bob: GOOD MORNING]
}

// Chapter "Receiving messages": give Receive every message as early as possible, and act on the events.
func ExampleConversation_Receive() {
	alice, bob := converse(otr.Config{Policy: otr.Manual}, otr.Config{Policy: otr.Manual})
	deliver(alice, bob, start(alice))
	fromAlice, err := alice.Send("Did you get my letter?", otr.TLV{Type: 0x4242, Value: []byte("for a program")})
	if err != nil {
		log.Fatal(err)
	}

	for _, message := range fromAlice.Send {
		r := bob.Receive(message)
		// Transmit r.Send here, then:
		for _, event := range r.Events {
			switch e := event.(type) {
			case otr.Received:
				fmt.Println("in private:", e.Text)
				for _, tlv := range e.TLVs {
					fmt.Printf("record %#x: %s\n", tlv.Type, tlv.Value)
				}
			case otr.ReceivedInClear:
				fmt.Println("for all to read:", e.Text)
			case otr.Ended:
				fmt.Println("the other has ended the private conversation; you should do the same")
			}
		}
	}
	// Output:
	// in private: Did you get my letter?
	// record 0x4242: for a program
}

// Chapter "Sending messages": transmit what Send returns, never the text itself. With RequireEncryption a text is
// kept until the conversation is private.
func ExampleConversation_Send() {
	alice, bob := converse(otr.Config{Policy: otr.Always}, otr.Config{Policy: otr.Manual})

	r, err := alice.Send("Meet me at noon.")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%T\n", r.Events[0])
	fmt.Println(deliver(alice, bob, r))
	// Output:
	// otr.Held
	// [bob: Meet me at noon.]
}

// A transport with short messages: what Send returns is cut already, and Receive puts it together.
func ExampleConversation_Send_fragments() {
	alice, bob := converse(otr.Config{Policy: otr.Manual, MaxMessageSize: 200}, otr.Config{Policy: otr.Manual})
	deliver(alice, bob, start(alice))

	r, err := alice.Send("A long story. " + strings.Repeat("And then? ", 50) + "The end.")
	if err != nil {
		log.Fatal(err)
	}
	fits := true
	for _, message := range r.Send {
		fits = fits && len(message) <= 200
	}
	fmt.Println("several messages:", len(r.Send) > 1, "- each fits:", fits)

	texts := deliver(alice, bob, r)
	fmt.Println("arrived as one:", len(texts) == 1 && strings.HasSuffix(texts[0], "The end."))
	// Output:
	// several messages: true - each fits: true
	// arrived as one: true
}

// Chapter "Verifying fingerprints' trusts", the manual way: both compare fingerprints over a channel they trust.
func ExampleUserState_SetTrust() {
	alices, bobs := newUser("alice"), newUser("bob")
	toBob, toAlice := otr.Peer{Account: account("alice"), Name: "bob"}, otr.Peer{Account: account("bob"), Name: "alice"}
	alice, bob := conversation(alices, toBob, otr.Config{Policy: otr.Manual}), conversation(bobs, toAlice, otr.Config{Policy: otr.Manual})
	deliver(alice, bob, start(alice))

	key, _ := bobs.Key(account("bob"))
	read := key.Fingerprint().String() // what Bob reads out on the telephone

	session, private := alice.Session()
	if !private {
		log.Fatal("there is no session")
	}
	heard, err := otr.ParseFingerprint(read)
	if err != nil {
		log.Fatal(err)
	}
	if session.Fingerprint == heard {
		if err := alices.SetTrust(toBob, heard, otr.TrustVerified); err != nil {
			log.Fatal(err)
		}
		// Save the fingerprints here.
	}
	session, _ = alice.Session()
	fmt.Println(session.Trust, session.Trust.Trusted())
	// Output: verified true
}

// Chapter "Verifying fingerprints' trusts", the modern way: Alice asks a question that only Bob can answer.
func ExampleConversation_AskSMP() {
	alice, bob := converse(otr.Config{Policy: otr.Manual}, otr.Config{Policy: otr.Manual})
	deliver(alice, bob, start(alice))

	r, err := alice.AskSMP("Where did we meet?", []byte("in the library"))
	if err != nil {
		log.Fatal(err)
	}
	for _, message := range r.Send {
		for _, event := range bob.Receive(message).Events {
			if asked, ok := event.(otr.SMPAsked); ok {
				fmt.Println("Bob is asked:", asked.Question)
			}
		}
	}

	r, err = bob.AnswerSMP([]byte("in the library"))
	if err != nil {
		log.Fatal(err)
	}
	deliver(bob, alice, r)

	session, _ := alice.Session()
	fmt.Println("Alice trusts Bob's key:", session.Trust)
	session, _ = bob.Session()
	fmt.Printf("Bob has learnt nothing about Alice: %q\n", session.Trust)
	// Output:
	// Bob is asked: Where did we meet?
	// Alice trusts Bob's key: smp
	// Bob has learnt nothing about Alice: ""
}

// When the peer ends the private conversation, nothing can slip out in clear: Send refuses until the user decides.
func ExampleConversation_End() {
	alice, bob := converse(otr.Config{Policy: otr.Manual}, otr.Config{Policy: otr.Manual})
	deliver(alice, bob, start(alice))

	r, err := bob.End()
	if err != nil {
		log.Fatal(err)
	}
	deliver(bob, alice, r)

	_, err = alice.Send("One thing more, in private:")
	fmt.Println("refused:", errors.Is(err, otr.ErrFinished))

	if _, err := alice.End(); err != nil { // the user has seen it, and chooses to go on in clear
		log.Fatal(err)
	}
	r, err = alice.Send("See you tomorrow.")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(deliver(alice, bob, r))
	// Output:
	// refused: true
	// [bob: See you tomorrow.]
}

// A conversation goes on after a restart. The snapshot is secret: seal it, and never go on from it twice.
func ExampleConversation_Snapshot() {
	user, peer := newUser("alice"), otr.Peer{Account: account("alice"), Name: "bob"}
	config := otr.Config{Policy: otr.Manual}
	alice := conversation(user, peer, config)
	bob := conversation(newUser("bob"), otr.Peer{Account: account("bob"), Name: "alice"}, config)
	deliver(alice, bob, start(alice))

	snapshot, err := alice.Snapshot()
	if err != nil {
		log.Fatal(err)
	}
	alice.Close()

	// The program starts again, and reads its keys and the snapshot.
	alice, err = user.RestoreConversation(peer, config, snapshot)
	if err != nil {
		log.Fatal(err)
	}
	r, err := alice.Send("Where were we?")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(deliver(alice, bob, r))
	// Output: [bob: Where were we?]
}

// parameters are shared by the keys of these examples, so that they are quickly made.
var parameters = sync.OnceValue(func() *otr.Parameters {
	p, err := otr.GenerateParameters(rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	return p
})

func account(name string) otr.Account { return otr.Account{Name: name, Protocol: "xmpp"} }

func newUser(name string) *otr.UserState {
	user := otr.NewUserState()
	key, err := otr.GenerateKeyWithParameters(parameters(), rand.Reader)
	if err == nil {
		err = user.SetKey(account(name), key)
	}
	if err != nil {
		log.Fatal(err)
	}
	return user
}

func conversation(user *otr.UserState, peer otr.Peer, config otr.Config) *otr.Conversation {
	c, err := user.NewConversation(peer, config)
	if err != nil {
		log.Fatal(err)
	}
	return c
}

// converse makes both ends of a conversation between two new users.
func converse(alices, bobs otr.Config) (alice, bob *otr.Conversation) {
	return conversation(newUser("alice"), otr.Peer{Account: account("alice"), Name: "bob"}, alices),
		conversation(newUser("bob"), otr.Peer{Account: account("bob"), Name: "alice"}, bobs)
}

func start(c *otr.Conversation) otr.Result {
	r, err := c.Start()
	if err != nil {
		log.Fatal(err)
	}
	return r
}

// deliver carries a result's messages to the other end, and the replies back, until nobody has more to say. It
// returns the texts that were delivered, each with the name of who read it.
func deliver(from, to *otr.Conversation, r otr.Result) (texts []string) {
	for len(r.Send) > 0 {
		var reply otr.Result
		for _, message := range r.Send {
			answer := to.Receive(message)
			reply.Send = append(reply.Send, answer.Send...)
			for _, event := range answer.Events {
				switch e := event.(type) {
				case otr.Received:
					texts = append(texts, to.Peer().Account.Name+": "+e.Text)
				case otr.ReceivedInClear:
					texts = append(texts, to.Peer().Account.Name+": "+e.Text)
				}
			}
		}
		from, to, r = to, from, reply
	}
	return texts
}
