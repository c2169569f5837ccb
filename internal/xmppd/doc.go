// Package xmppd is a small XMPP server on the loopback interface, for trying the bot out and for tests: a handful of
// accounts, rosters, presence, messages, stream management, all in memory and gone when it ends.
//
// It follows RFC 6120 and RFC 6121 as far as one server without others goes, and XEP-0198. It never takes an
// identity from what a client says of itself: the name is the one that has authenticated, "from" is stamped. What it
// does not know it answers with service-unavailable.
package xmppd
