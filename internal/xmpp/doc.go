// Package xmpp is a client's side of an XMPP stream: it finds the server, logs in
// over TLS, counts and acknowledges stanzas, and goes on where a cut connection or
// a killed process left off.
//
// A [Client] is driven by [Client.Run], which tells a [Handler] what arrives.
// [Client.Send] queues and never waits for the network. A [Journal] keeps what
// another process needs to resume the stream (XEP-0198).
//
// Nothing that a stranger sends ends the session. Errors of [Client.Run] are those
// that another try cannot mend.
package xmpp
