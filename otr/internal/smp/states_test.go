package smp

import (
	"errors"
	"strings"
	"testing"

	"otrbot/otr/internal/wire"
)

var states = []State{Expect1, Asked, Expect2, Expect3, Expect4}

// TestTable is Protocol v3, "State Transitions": every state and every message.
func TestTable(t *testing.T) {
	type cell struct {
		event Event
		next  State
	}
	refused := cell{Unexpected, Expect1}
	aborted := cell{PeerAborted, Expect1}
	table := []struct {
		message uint16
		cells   [5]cell // Expect1, Asked, Expect2, Expect3, Expect4
	}{
		{wire.TLVSMP1, [5]cell{{AskedForSecret, Asked}, refused, refused, refused, refused}},
		{wire.TLVSMP1Q, [5]cell{{AskedWithQuestion, Asked}, refused, refused, refused, refused}},
		{wire.TLVSMP2, [5]cell{refused, refused, {Advanced, Expect4}, refused, refused}},
		{wire.TLVSMP3, [5]cell{refused, refused, refused, {Succeeded, Expect1}, refused}},
		{wire.TLVSMP4, [5]cell{refused, refused, refused, refused, {Succeeded, Expect1}}},
		{wire.TLVSMPAbort, [5]cell{{None, Expect1}, aborted, aborted, aborted, aborted}},
		{wire.TLVPadding, [5]cell{{None, Expect1}, {None, Asked}, {None, Expect2}, {None, Expect3}, {None, Expect4}}},
		{0x1234, [5]cell{{None, Expect1}, {None, Asked}, {None, Expect2}, {None, Expect3}, {None, Expect4}}},
	}
	for _, row := range table {
		for i, want := range row.cells {
			message, ok := record().messages[row.message]
			if !ok {
				message = wire.TLV{Type: row.message, Value: []byte("anything")}
			}
			t.Run(states[i].String()+" gets "+name(row.message), func(t *testing.T) {
				m := machineIn(t, states[i])
				o := receive(t, m, message)
				if want.event == Unexpected {
					wantRefused(t, m, o, Unexpected)
					return
				}
				if o.Event != want.event {
					t.Errorf("event %d, want %d", o.Event, want.event)
				}
				wantState(t, m, want.next)
			})
		}
	}
}

func name(t uint16) string {
	return map[uint16]string{wire.TLVSMP1: "message 1", wire.TLVSMP1Q: "message 1Q", wire.TLVSMP2: "message 2",
		wire.TLVSMP3: "message 3", wire.TLVSMP4: "message 4", wire.TLVSMPAbort: "abort",
		wire.TLVPadding: "padding", 0x1234: "something else"}[t]
}

// TestUser is every state and every action of the user.
func TestUser(t *testing.T) {
	for _, s := range states {
		underWay := s != Expect1
		for _, q := range []*string{nil, question("why?")} {
			t.Run(s.String()+" and the user begins", func(t *testing.T) {
				m := machineIn(t, s)
				m1, abortFirst, err := m.Start(dice(1), aliceID, []byte("again"), q)
				if err != nil {
					t.Fatal(err)
				}
				if abortFirst != underWay {
					t.Errorf("abort first %v, want %v", abortFirst, underWay)
				}
				wantState(t, m, Expect2)
				if o := receive(t, new(Machine), m1); o.Progress != 25 {
					t.Errorf("the peer says %+v", o)
				}
			})
		}
		t.Run(s.String()+" and the user answers", func(t *testing.T) {
			m, before := machineIn(t, s), machineIn(t, s)
			_, err := m.Answer(dice(1), bobID, []byte("answer"))
			if s == Asked {
				if err != nil {
					t.Fatal(err)
				}
				wantState(t, m, Expect3)
				return
			}
			if !errors.Is(err, ErrNotAsked) || !same(m, before) {
				t.Errorf("error %v, want ErrNotAsked and no change", err)
			}
		})
		t.Run(s.String()+" and the user aborts", func(t *testing.T) {
			m := machineIn(t, s)
			m.Abort()
			wantState(t, m, Expect1)
		})
	}
}

// TestOneGuess: a run is one guess. After its end, however it ended, the
// messages that it accepted are refused.
func TestOneGuess(t *testing.T) {
	message3, message4 := record().messages[wire.TLVSMP3], record().messages[wire.TLVSMP4]

	t.Run("message 3 again after success", func(t *testing.T) {
		bob := machineIn(t, Expect3)
		receive(t, bob, message3)
		wantRefused(t, bob, receive(t, bob, message3), Unexpected)
	})
	t.Run("message 3 again after failure", func(t *testing.T) {
		alice := newParty(t, dice(4), aliceID.Ours, aliceID.Theirs, aliceID.SSID, "guess")
		var bob Machine
		receive(t, &bob, wire.TLV{Type: wire.TLVSMP1, Value: alice.message1()})
		m2, err := bob.Answer(dice(5), bobID, []byte("love"))
		if err != nil {
			t.Fatal(err)
		}
		m3 := wire.TLV{Type: wire.TLVSMP3, Value: alice.message3(m2.Value)}
		if o := receive(t, &bob, m3); o.Event != Failed {
			t.Fatalf("%+v", o)
		}
		alice.secret = newParty(t, dice(4), aliceID.Ours, aliceID.Theirs, aliceID.SSID, "love").secret
		m3.Value = alice.message3(m2.Value)
		wantRefused(t, &bob, receive(t, &bob, m3), Unexpected)
	})
	t.Run("message 3 after cheating", func(t *testing.T) {
		bob := machineIn(t, Expect3)
		receive(t, bob, wire.TLV{Type: wire.TLVSMP3})
		wantRefused(t, bob, receive(t, bob, message3), Unexpected)
	})
	t.Run("message 4 again", func(t *testing.T) {
		alice := machineIn(t, Expect4)
		receive(t, alice, message4)
		wantRefused(t, alice, receive(t, alice, message4), Unexpected)
	})
}

// TestSimultaneousStart: both send message 1, both refuse the other's, and the
// aborts that cross change nothing more.
func TestSimultaneousStart(t *testing.T) {
	a, b := machineIn(t, Expect2), machineIn(t, Expect2)
	m1 := record().messages[wire.TLVSMP1]
	toB, toA := receive(t, a, m1), receive(t, b, m1)
	for m, o := range map[*Machine]Outcome{a: toA, b: toB} {
		if o := receive(t, m, *o.Reply); o != (Outcome{}) {
			t.Errorf("%+v", o)
		}
		wantState(t, m, Expect1)
	}
}

func TestQuestionRefused(t *testing.T) {
	for name, q := range map[string]string{"NUL": "a\x00b", "too long": strings.Repeat("?", MaxQuestion+1)} {
		t.Run(name, func(t *testing.T) {
			m := machineIn(t, Expect4)
			_, abortFirst, err := m.Start(dice(1), aliceID, []byte("x"), &q)
			if !errors.Is(err, ErrQuestion) || abortFirst || !same(m, machineIn(t, Expect4)) {
				t.Errorf("error %v, want ErrQuestion and no change", err)
			}
		})
	}
	t.Run("longest", func(t *testing.T) {
		q := strings.Repeat("?", MaxQuestion)
		m1, _, err := new(Machine).Start(dice(1), aliceID, []byte("x"), &q)
		if err != nil {
			t.Fatal(err)
		}
		if o := receive(t, new(Machine), m1); o.Question == nil || *o.Question != q {
			t.Error("the question did not arrive")
		}
	})
}

// noDice fails after some bytes.
type noDice struct{ left int }

var errNoDice = errors.New("no randomness")

func (r *noDice) Read(b []byte) (int, error) {
	if len(b) > r.left {
		return 0, errNoDice
	}
	r.left -= len(b)
	clear(b)
	b[len(b)-1] = 7
	return len(b), nil
}

// TestNoRandomness: wherever it runs out, nothing has changed. Every exponent
// takes 1536 bits, as the specification says.
func TestNoRandomness(t *testing.T) {
	for draws := range 8 {
		left := draws * 192
		actions := []struct {
			in    State
			draws int
			do    func(*Machine) error
		}{
			{Expect1, 4, func(m *Machine) error {
				_, _, err := m.Start(&noDice{left}, aliceID, nil, nil)
				return err
			}},
			{Asked, 7, func(m *Machine) error {
				_, err := m.Answer(&noDice{left}, bobID, nil)
				return err
			}},
			{Expect2, 4, func(m *Machine) error {
				_, err := m.Receive(&noDice{left}, record().messages[wire.TLVSMP2])
				return err
			}},
			{Expect3, 1, func(m *Machine) error {
				_, err := m.Receive(&noDice{left}, record().messages[wire.TLVSMP3])
				return err
			}},
		}
		for _, a := range actions {
			m := machineIn(t, a.in)
			switch err := a.do(m); {
			case draws >= a.draws:
				if err != nil {
					t.Errorf("%v: error %v, but %d draws suffice", a.in, err, a.draws)
				}
			case !errors.Is(err, errNoDice) || !same(m, machineIn(t, a.in)):
				t.Errorf("%v, %d draws: error %v, want no change", a.in, draws, err)
			}
		}
	}
}
