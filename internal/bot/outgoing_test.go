package bot

import (
	"errors"
	"slices"
	"testing"

	"otrbot/internal/xmpp"
	"otrbot/internal/xmpp/stanza"
)

// narrow is a client with room for a few stanzas, that refuses some of them.
type narrow struct {
	room int
	got  []int64
	full error
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

// While the client has no room, or is closed, stanzas wait, and those that come later wait behind them.
func TestOutgoingKeepsTheOrder(t *testing.T) {
	for _, full := range []error{xmpp.ErrQueueFull, xmpp.ErrClosed} {
		n := &narrow{room: 2, full: full}
		o := newOutgoing(n)
		send := func(from, to int64) {
			t.Helper()
			for ref := from; ref <= to; ref++ {
				if err := o.send(stanza.New(stanza.NSClient, "message"), ref); err != nil {
					t.Fatalf("%v: %d: %v", full, ref, err)
				}
			}
		}
		wants := func(refs ...int64) {
			t.Helper()
			if !slices.Equal(n.got, refs) {
				t.Fatalf("%v: sent %v, want %v", full, n.got, refs)
			}
		}
		send(1, 5)
		wants(1, 2)
		n.room = 1
		send(6, 6)
		wants(1, 2, 3)
		n.room = 100
		if err := o.retry(); err != nil {
			t.Fatal(err)
		}
		wants(1, 2, 3, 4, 5, 6)
		send(7, 7)
		wants(1, 2, 3, 4, 5, 6, 7)
	}
}

// A stanza that cannot be sent at all is reported, and holds up no other.
func TestOutgoingDropsWhatIsRefused(t *testing.T) {
	n := &narrow{room: 100}
	o := newOutgoing(n)
	if err := o.send(stanza.New(stanza.NSClient, "ugly"), 1); !errors.Is(err, errUgly) {
		t.Errorf("the error is %v", err)
	}
	if err := o.send(stanza.New(stanza.NSClient, "message"), 2); err != nil || !slices.Equal(n.got, []int64{2}) {
		t.Errorf("%v, sent %v", err, n.got)
	}
}
