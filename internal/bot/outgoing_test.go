package bot

import (
	"errors"
	"slices"
	"testing"
	"time"

	"otrbot/internal/xmpp"
	"otrbot/internal/xmpp/stanza"
)

// narrow is a client with room for a few stanzas, that refuses some of them.
type narrow struct {
	room    int
	backlog int
	got     []int64
	full    error
}

var errUgly = errors.New("ugly")

func (n *narrow) Send(e *stanza.Element, ref int64) error {
	switch {
	case e.Local == "ugly":
		return errUgly
	case n.room == 0:
		return n.full
	}
	n.room--
	n.got = append(n.got, ref)
	return nil
}

func (n *narrow) Backlog() (int, time.Duration) { return n.backlog, 0 }

func (n *narrow) wants(t *testing.T, refs ...int64) {
	t.Helper()
	if !slices.Equal(n.got, refs) {
		t.Fatalf("sent %v, want %v", n.got, refs)
	}
}

func nobodyDrops(t *testing.T) func(int64, error) {
	return func(ref int64, err error) { t.Errorf("%d is dropped: %v", ref, err) }
}

func message() *stanza.Element { return stanza.New(stanza.NSClient, "message") }

// While the client has no room, or is closed, stanzas wait, and those that come later for the same address wait behind
// them.
func TestOutgoingKeepsTheOrder(t *testing.T) {
	for _, full := range []error{xmpp.ErrQueueFull, xmpp.ErrClosed} {
		n := &narrow{room: 2, full: full}
		o := newOutgoing(n, nobodyDrops(t))
		for ref := range int64(5) {
			o.send(ana, message(), ref+1)
		}
		n.wants(t, 1, 2)
		n.room = 1
		o.send(ana, message(), 6)
		n.wants(t, 1, 2, 3)
		n.room = 100
		o.flush()
		n.wants(t, 1, 2, 3, 4, 5, 6)
	}
}

// Behind a slow server addresses take turns: who asks for much waits, and nobody else.
func TestOutgoingTakesTurns(t *testing.T) {
	n := &narrow{room: 100, backlog: backlogLimit}
	o := newOutgoing(n, nobodyDrops(t))
	for ref := range int64(crowd) {
		o.send("flood@example.org", message(), 1000+ref)
	}
	o.send("bea@example.org", message(), 1)
	o.send("bea@example.org", message(), 2)
	n.wants(t)
	if !o.crowded("flood@example.org") || o.crowded("bea@example.org") {
		t.Error("only the flood is crowded")
	}
	n.backlog = backlogLimit - 1
	n.room = 4
	n.full = xmpp.ErrQueueFull
	o.flush()
	n.wants(t, 1000, 1, 1001, 2)
}

// A stanza that cannot be sent at all is dropped, that one and no other.
func TestOutgoingDropsWhatIsRefused(t *testing.T) {
	n := &narrow{full: xmpp.ErrQueueFull}
	var dropped []int64
	o := newOutgoing(n, func(ref int64, err error) {
		if !errors.Is(err, errUgly) {
			t.Errorf("%d: %v", ref, err)
		}
		dropped = append(dropped, ref)
	})
	o.send(ana, message(), 1)
	o.send(ana, stanza.New(stanza.NSClient, "ugly"), 2)
	n.room = 100
	o.send(ana, message(), 3)
	n.wants(t, 1, 3)
	if !slices.Equal(dropped, []int64{2}) {
		t.Errorf("dropped %v", dropped)
	}
}

// Draining ends when everything is handed out.
func TestOutgoingDrains(t *testing.T) {
	n := &narrow{room: 100, backlog: backlogLimit}
	o := newOutgoing(n, nobodyDrops(t))
	o.send(ana, message(), 1)
	drained := make(chan struct{})
	go func() { defer close(drained); o.drain(t.Context()) }()
	o.mu.Lock()
	n.backlog = 0
	o.mu.Unlock()
	o.flush()
	<-drained
	n.wants(t, 1)
}
