package smp

import (
	"bytes"
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"otrbot/otr/internal/wire"
)

var (
	aliceID = Identity{Ours: [20]byte{0xa1, 1}, Theirs: [20]byte{0xb0, 2}, SSID: [8]byte{7: 3}}
	bobID   = Identity{Ours: aliceID.Theirs, Theirs: aliceID.Ours, SSID: aliceID.SSID}
)

// dice is a random source that throws the same every time.
func dice(seed byte) io.Reader { return rand.NewChaCha8([32]byte{seed}) }

func question(s string) *string { return &s }

// recording is a run of two machines with equal secrets: for every state a
// snapshot, and for every message its TLV.
type recording struct {
	snapshots map[State][]byte
	messages  map[uint16]wire.TLV
}

var record = sync.OnceValue(func() recording {
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	var alice, bob Machine
	r := recording{map[State][]byte{Expect1: bob.Append(nil)}, map[uint16]wire.TLV{}}

	m1, _, err := alice.Start(dice(1), aliceID, []byte("secret"), nil)
	must(err)
	r.snapshots[Expect2] = alice.Append(nil)
	_, err = bob.Receive(dice(2), m1)
	must(err)
	r.snapshots[Asked] = bob.Append(nil)
	m2, err := bob.Answer(dice(3), bobID, []byte("secret"))
	must(err)
	r.snapshots[Expect3] = bob.Append(nil)
	o3, err := alice.Receive(dice(4), m2)
	must(err)
	r.snapshots[Expect4] = alice.Append(nil)
	o4, err := bob.Receive(dice(5), *o3.Reply)
	must(err)

	for _, m := range []wire.TLV{m1, m2, *o3.Reply, *o4.Reply} {
		r.messages[m.Type] = m
	}
	r.messages[wire.TLVSMP1Q] = wire.TLV{Type: wire.TLVSMP1Q, Value: withQuestion("why?", m1.Value)}
	r.messages[wire.TLVSMPAbort] = wire.TLV{Type: wire.TLVSMPAbort}
	return r
})

// machineIn returns a machine in the state s of the recording.
func machineIn(t *testing.T, s State) *Machine {
	t.Helper()
	m, err := Parse(record().snapshots[s])
	if err != nil {
		t.Fatalf("snapshot of %v: %v", s, err)
	}
	if m.State() != s {
		t.Fatalf("snapshot of %v restores %v", s, m.State())
	}
	return &m
}

// receive fails the test when the random source does.
func receive(t *testing.T, m *Machine, v wire.TLV) Outcome {
	t.Helper()
	o, err := m.Receive(dice(9), v)
	if err != nil {
		t.Fatalf("Receive(%d): %v", v.Type, err)
	}
	return o
}

// wantRefused checks that the run is over and the peer is told.
func wantRefused(t *testing.T, m *Machine, o Outcome, e Event) {
	t.Helper()
	if o.Event != e || o.Progress != 0 || o.Question != nil {
		t.Errorf("outcome %+v, want event %d", o, e)
	}
	if o.Reply == nil || o.Reply.Type != wire.TLVSMPAbort || len(o.Reply.Value) != 0 {
		t.Errorf("reply %v, want an empty abort", o.Reply)
	}
	if m.State() != Expect1 {
		t.Errorf("state %v, want EXPECT1", m.State())
	}
}

func same(a, b *Machine) bool { return bytes.Equal(a.Append(nil), b.Append(nil)) }
