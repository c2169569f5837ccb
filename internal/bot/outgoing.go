package bot

import (
	"context"
	"errors"
	"sync"
	"time"

	"otrbot/internal/xmpp"
	"otrbot/internal/xmpp/stanza"
)

// outgoing hands stanzas to the client: those for one address in order, addresses in turn, and never many at once. So
// behind a server that slows us down, somebody who asks for much waits longer, and nobody else does.
type outgoing struct {
	client sender
	drop   func(ref int64, err error) // a stanza that can never be sent
	wake   chan struct{}              // the client may have room
	idle   chan struct{}              // nothing waits any more

	mu     sync.Mutex
	queues map[string][]waiting
	turns  []string // addresses that something waits for, in the order in which they are served
}

type sender interface {
	Send(e *stanza.Element, ref int64) error
	// Backlog is how many stanzas wait inside the client.
	Backlog() (stanzas int, oldest time.Duration)
}

type waiting struct {
	e   *stanza.Element
	ref int64
}

const (
	backlogLimit = 32 // stanzas inside the client
	crowd        = 64 // stanzas for one address, from which on its wishes are not heard
)

func newOutgoing(c sender, drop func(ref int64, err error)) *outgoing {
	return &outgoing{client: c, drop: drop, wake: make(chan struct{}, 1), idle: make(chan struct{}, 1), queues: make(map[string][]waiting)}
}

// send sends a stanza, after those for the same address: now, if there is room.
func (o *outgoing) send(jid string, e *stanza.Element, ref int64) {
	o.mu.Lock()
	queue := o.queues[jid]
	if len(queue) == 0 {
		o.turns = append(o.turns, jid)
	}
	o.queues[jid] = append(queue, waiting{e, ref})
	o.mu.Unlock()
	o.flush()
}

// flush hands out what there is room for.
func (o *outgoing) flush() {
	for o.one() {
	}
}

// stir has run look whether the client has room.
func (o *outgoing) stir() { signal(o.wake) }

// signal leaves word in a channel with room for one.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// crowded reports whether so much waits for an address that no more should be made for it.
func (o *outgoing) crowded(jid string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.queues[jid]) >= crowd
}

// drain waits until everything is handed out, or ctx ends.
func (o *outgoing) drain(ctx context.Context) {
	for {
		o.mu.Lock()
		left := len(o.turns)
		o.mu.Unlock()
		if left == 0 {
			return
		}
		select {
		case <-o.idle:
		case <-ctx.Done():
			return
		}
	}
}

// run hands stanzas out until ctx ends.
func (o *outgoing) run(ctx context.Context) {
	for {
		o.flush()
		select {
		case <-ctx.Done():
			return
		case <-o.wake:
		}
	}
}

// one hands out one stanza; false when nothing waits, or the client has no room.
func (o *outgoing) one() bool {
	o.mu.Lock()
	if backlog, _ := o.client.Backlog(); len(o.turns) == 0 || backlog >= backlogLimit {
		o.mu.Unlock()
		return false
	}
	jid := o.turns[0]
	first := o.queues[jid][0]
	err := o.client.Send(first.e, first.ref)
	if errors.Is(err, xmpp.ErrQueueFull) || errors.Is(err, xmpp.ErrClosed) {
		o.mu.Unlock()
		return false
	}
	o.served(jid)
	o.mu.Unlock()
	if err != nil {
		o.drop(first.ref, err)
	}
	return true
}

// served takes away the first stanza for the address whose turn it was; the next address is next.
func (o *outgoing) served(jid string) {
	o.turns = o.turns[1:]
	queue := o.queues[jid]
	queue[0] = waiting{}
	if len(queue) == 1 {
		delete(o.queues, jid)
		if len(o.turns) == 0 {
			signal(o.idle)
		}
		return
	}
	o.queues[jid] = queue[1:]
	o.turns = append(o.turns, jid)
}
