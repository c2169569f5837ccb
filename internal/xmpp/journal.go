package xmpp

import (
	"time"

	"otrbot/internal/xmpp/stanza"
)

// A Journal keeps stream management's state (XEP-0198) so that another process can go on. Its methods are called
// one after the other. Their errors end [Client.Run]: what cannot be kept must not be sent.
type Journal interface {
	// Saved is what an earlier process left; false: nothing.
	Saved() (Saved, bool, error)
	// Enabled begins a new session: counters at 0, nothing in the queue. Without an SMID it cannot be resumed.
	Enabled(s Saved) error
	// Received keeps a stanza before the server is told that it arrived. h includes it. e is nil for one that only
	// counts: dropped, or answered by the client itself. The result is handed to [Handler.Stanza].
	Received(h uint32, e *stanza.Element) (in int64, err error)
	// Sent keeps a stanza before its bytes are on the socket.
	Sent(s Sent) error
	// Acked says that all stanzas up to seq have arrived.
	Acked(seq uint64) error
	// Ended says that the session cannot be resumed any more. What was in doubt has been told to the handler.
	Ended() error
}

// Sent is a stanza on its way out.
type Sent struct {
	Seq uint64 // from 1 since Enabled; on the wire modulo 2^32
	Ref int64  // the caller's own number, 0: none
	XML []byte // as it goes over the wire; not to be changed
}

// Saved is stream management's state.
type Saved struct {
	SMID  string        // the server's name for the session; empty: it cannot be resumed
	JID   string        // the full JID bound to it
	Max   time.Duration // how long the server keeps it after a cut; 0: it did not say
	Since time.Time     // when it began
	H     uint32        // stanzas received
	Acked uint64        // stanzas that arrived at the server
	Queue []Sent        // those that may have or not, in order: the first has Seq Acked+1
}

// memory is the journal of a client that will not outlive its process: the client itself keeps everything.
type memory struct{ in int64 }

func (*memory) Saved() (Saved, bool, error) { return Saved{}, false, nil }
func (*memory) Enabled(Saved) error         { return nil }
func (*memory) Sent(Sent) error             { return nil }
func (*memory) Acked(uint64) error          { return nil }
func (*memory) Ended() error                { return nil }

func (m *memory) Received(uint32, *stanza.Element) (int64, error) {
	m.in++
	return m.in, nil
}
