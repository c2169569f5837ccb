package bot

import (
	"errors"
	"sync"

	"otrbot/internal/xmpp"
	"otrbot/internal/xmpp/stanza"
)

// outgoing hands stanzas to the client in order, and holds them while it has no room.
type outgoing struct {
	mu      sync.Mutex
	client  sender
	waiting []waiting
}

type sender interface {
	Send(e *stanza.Element, ref int64) error
}

type waiting struct {
	e   *stanza.Element
	ref int64
}

func newOutgoing(c sender) *outgoing { return &outgoing{client: c} }

// send sends a stanza, after those that wait. Errors are those of the stanza itself; it is lost then.
func (o *outgoing) send(e *stanza.Element, ref int64) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.waiting = append(o.waiting, waiting{e, ref})
	return o.flush()
}

// retry sends what waits, as far as there is room now.
func (o *outgoing) retry() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.flush()
}

func (o *outgoing) flush() error {
	var faults error
	for len(o.waiting) > 0 {
		w := o.waiting[0]
		err := o.client.Send(w.e, w.ref)
		if errors.Is(err, xmpp.ErrQueueFull) || errors.Is(err, xmpp.ErrClosed) {
			return faults
		}
		faults = errors.Join(faults, err)
		o.waiting[0] = waiting{}
		o.waiting = o.waiting[1:]
	}
	o.waiting = nil
	return faults
}
