// Package otr speaks Off-the-Record messaging, versions 2 and 3.
//
// It turns the texts a person types into messages for an untrusted network, and messages from that network back into
// texts and events. It opens no file and no socket, starts no goroutine and never calls back to send or to tell: every
// method returns a [Result] with the messages to put on the wire, in order, and the events to show.
//
//	user := otr.NewUserState()
//	account := otr.Account{Name: "alice@example.org", Protocol: "xmpp"}
//	key, err := otr.GenerateKey(nil)                       // once; keep it with WriteKeys
//	err = user.SetKey(account, key)
//
//	conv, err := user.NewConversation(otr.Peer{Account: account, Name: "bob@example.org"}, otr.Config{Policy: otr.Manual})
//	r, err := conv.Start()                                 // asks Bob for a private conversation
//	r = conv.Receive(messageFromBob)                       // whenever something arrives
//	for _, message := range r.Send {
//		transmit(message)
//	}
//	for _, event := range r.Events {
//		switch e := event.(type) {
//		case otr.Received:
//			trust, _ := user.Trust(conv.Peer(), e.Fingerprint)
//			show(e.Text, trust.Trusted())          // came encrypted, with this key
//		case otr.ReceivedInClear:
//			showWithWarning(e.Text, e.Unexpected)
//		case otr.Secured:
//			showFingerprint(e.Session.Fingerprint, e.Session.Trust)
//		}
//	}
//	r, err = conv.Send("hello")                            // encrypted from now on
//
// # Failure
//
// An error is the caller's or the machine's fault and changes nothing. What a peer did, however strange, is an event:
// [Conversation.Receive] cannot fail. Nothing that an unauthenticated stranger sends alters an established private
// conversation.
//
// # Whom am I talking to
//
// A private conversation protects against listeners at once, but only a verified one protects against a person in the
// middle. [Session.Fingerprint] names the peer's key; compare it over another channel and record the result with
// [UserState.SetTrust], or let both people prove that they know the same secret with [Conversation.StartSMP],
// [Conversation.AskSMP] and [Conversation.AnswerSMP].
//
// # Several clients of one peer
//
// In version 3 each of the peer's clients has an [InstanceTag] and its own private conversation.
// [Conversation.Select] chooses where Send and the other actions go; by default that is the [Best] one.
//
// # What to keep
//
// Private keys, fingerprints with their trust and instance tags are the user's: package otrbot/otr/otrfile keeps them in
// libotr's files, [UserState.WriteKeys] and its like in anything else. A conversation itself survives a restart with
// [Conversation.Snapshot].
//
// # Goroutines
//
// A [UserState] is safe for concurrent use. A [Conversation] belongs to one goroutine at a time.
package otr
