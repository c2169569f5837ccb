// Package otrxmpp carries OTR over XMPP: it knows which conversation a message
// belongs to, where an answer goes, what servers and other devices must be told
// about it, and what the many clients do to a text on its way.
//
// An [Endpoint] is one account's end of what it and one peer, a bare JID, say to
// each other. Messages and presence go in as plain data, and so do the person's
// wishes; every call returns a [Result] with the stanzas to send and the events
// to show. There is no socket, no XML, no goroutine and no clock in it.
//
// Its rules, and what each event means, stand in docs/spec/otr-over-xmpp.md.
//
// # Which device
//
// A peer may have several clients, each with a private conversation of its own.
// The Endpoint keeps them all and speaks with one, that at which the person last
// did something in private; the event [OtherDevice] tells when that changes.
//
// # What a server cannot do
//
// Nothing that arrives unprotected makes texts go out in clear: when the private
// conversation ends in whatever way, Send refuses texts until the program calls
// End.
package otrxmpp
