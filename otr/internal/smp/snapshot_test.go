package smp

import (
	"bytes"
	"testing"

	"otrbot/otr/internal/wire"
)

// TestSnapshotContinues restarts both sides before every step of a run.
func TestSnapshotContinues(t *testing.T) {
	restart := func(m *Machine) {
		t.Helper()
		restored, err := Parse(m.Append(nil))
		if err != nil {
			t.Fatal(err)
		}
		*m = restored
	}
	var alice, bob Machine
	m1, _, err := alice.Start(dice(1), aliceID, []byte("love"), question("who?"))
	if err != nil {
		t.Fatal(err)
	}
	restart(&bob)
	receive(t, &bob, m1)
	restart(&bob)
	m2, err := bob.Answer(dice(2), bobID, []byte("love"))
	if err != nil {
		t.Fatal(err)
	}
	restart(&alice)
	m3 := receive(t, &alice, m2).Reply
	restart(&bob)
	o := receive(t, &bob, *m3)
	restart(&alice)
	if o.Event != Succeeded || receive(t, &alice, *o.Reply).Event != Succeeded {
		t.Error("no success")
	}
	restart(&bob)
	if !bob.ReceivedQuestion() {
		t.Error("the question was forgotten")
	}
}

// TestSnapshotStrict: what Append did not write is no snapshot.
func TestSnapshotStrict(t *testing.T) {
	for _, s := range states {
		good := record().snapshots[s]
		bad := map[string][]byte{
			"one byte more":    append(bytes.Clone(good), 0),
			"unknown state":    append([]byte{5}, good[1:]...),
			"unknown flag":     append([]byte{good[0], 2}, good[2:]...),
			"nothing":          nil,
			"state alone":      good[:1],
			"one byte short":   good[:len(good)-1],
			"zeros":            append([]byte{good[0], 0}, make([]byte, len(good)-1)...),
			"another's fields": append([]byte{(good[0] + 1) % 5}, good[1:]...),
		}
		if s == Expect2 || s == Expect4 {
			bad["our run with the peer's question"] = append([]byte{good[0], 1}, good[2:]...)
		}
		for label, b := range bad {
			t.Run(s.String()+", "+label, func(t *testing.T) {
				if m, err := Parse(b); err == nil {
					t.Errorf("accepted as %v", m.State())
				}
			})
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range states {
		f.Add(record().snapshots[s])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Parse(b)
		if err != nil {
			return
		}
		if again := m.Append(nil); !bytes.Equal(again, b) {
			t.Errorf("%x is written as %x", b, again)
		}
	})
}

// FuzzReceive sends anything to a machine in any state.
func FuzzReceive(f *testing.F) {
	for _, s := range states {
		for _, m := range record().messages {
			f.Add(int(s), m.Type, m.Value)
		}
	}
	f.Fuzz(func(t *testing.T, state int, kind uint16, value []byte) {
		if state < 0 || state >= len(states) {
			return
		}
		before := states[state]
		m := machineIn(t, before)
		o := receive(t, m, wire.TLV{Type: kind, Value: value})
		if again, err := Parse(m.Append(nil)); err != nil || !same(&again, m) {
			t.Errorf("state %v after %v does not survive a snapshot: %v", m.State(), before, err)
		}
		switch o.Event {
		case Cheated, Unexpected:
			wantRefused(t, m, o, o.Event)
		case Succeeded, Failed:
			if !bytes.Equal(value, record().messages[kind].Value) {
				t.Errorf("%v decided by %x", before, value)
			}
			wantState(t, m, Expect1)
		case None:
			if !same(m, machineIn(t, before)) {
				t.Errorf("%v changed without an event", before)
			}
		}
	})
}
