package smp

import (
	"math/big"
	"testing"

	"otrbot/otr/internal/wire"
)

// TestRun has two machines compare secrets.
func TestRun(t *testing.T) {
	tests := []struct {
		name       string
		x, y       string
		question   *string
		bob        Identity
		asked, end Event
	}{
		{"equal", "love", "love", nil, bobID, AskedForSecret, Succeeded},
		{"equal, with question", "love", "love", question("war or peace?"), bobID, AskedWithQuestion, Succeeded},
		{"empty question", "love", "love", question(""), bobID, AskedWithQuestion, Succeeded},
		{"empty secrets", "", "", nil, bobID, AskedForSecret, Succeeded},
		{"different", "love", "hate", nil, bobID, AskedForSecret, Failed},
		{"different, with question", "love", "hate", question("war?"), bobID, AskedWithQuestion, Failed},
		{"another key in the middle", "love", "love", nil,
			Identity{Ours: bobID.Ours, Theirs: [20]byte{0xee}, SSID: bobID.SSID}, AskedForSecret, Failed},
		{"another session", "love", "love", nil,
			Identity{Ours: bobID.Ours, Theirs: bobID.Theirs, SSID: [8]byte{9}}, AskedForSecret, Failed},
		{"both claim to have begun", "love", "love", nil, aliceID, AskedForSecret, Failed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var alice, bob Machine
			m1, abortFirst, err := alice.Start(dice(1), aliceID, []byte(tt.x), tt.question)
			if err != nil || abortFirst {
				t.Fatal(abortFirst, err)
			}
			wantState(t, &alice, Expect2)

			o := receive(t, &bob, m1)
			if o.Event != tt.asked || o.Progress != 25 || o.Reply != nil {
				t.Fatalf("message 1: %+v", o)
			}
			if (o.Question == nil) != (tt.question == nil) || o.Question != nil && *o.Question != *tt.question {
				t.Fatalf("question %v, want %v", o.Question, tt.question)
			}
			wantState(t, &bob, Asked)

			m2, err := bob.Answer(dice(2), tt.bob, []byte(tt.y))
			if err != nil {
				t.Fatal(err)
			}
			wantState(t, &bob, Expect3)

			o = receive(t, &alice, m2)
			if o.Event != Advanced || o.Progress != 60 || o.Reply.Type != wire.TLVSMP3 {
				t.Fatalf("message 2: %+v", o)
			}
			wantState(t, &alice, Expect4)

			o = receive(t, &bob, *o.Reply)
			if o.Event != tt.end || o.Progress != 100 || o.Reply == nil || o.Reply.Type != wire.TLVSMP4 {
				t.Fatalf("message 3: %+v", o)
			}
			wantState(t, &bob, Expect1)

			o = receive(t, &alice, *o.Reply)
			if o.Event != tt.end || o.Progress != 100 || o.Reply != nil {
				t.Fatalf("message 4: %+v", o)
			}
			wantState(t, &alice, Expect1)

			if alice.ReceivedQuestion() || bob.ReceivedQuestion() != (tt.question != nil) {
				t.Error("who received the question is wrong")
			}
		})
	}
}

func wantState(t *testing.T, m *Machine, s State) {
	t.Helper()
	if m.State() != s {
		t.Fatalf("state %v, want %v", m.State(), s)
	}
}

// TestAgainstSpecification plays both roles against the reference.
func TestAgainstSpecification(t *testing.T) {
	for _, words := range []string{"love", "hate"} {
		want := Failed
		if words == "love" {
			want = Succeeded
		}
		t.Run("machine begins, "+words, func(t *testing.T) {
			var alice Machine
			bob := newParty(t, dice(2), aliceID.Ours, aliceID.Theirs, aliceID.SSID, "love")
			playAlice(t, &alice, bob, words, want)
		})
		t.Run("machine answers, "+words, func(t *testing.T) {
			var bob Machine
			alice := newParty(t, dice(2), aliceID.Ours, aliceID.Theirs, aliceID.SSID, "love")
			playBob(t, &bob, alice, words, want)
		})
	}
}

func playAlice(t *testing.T, alice *Machine, bob *party, words string, want Event) {
	t.Helper()
	m1, _, err := alice.Start(dice(1), aliceID, []byte(words), nil)
	if err != nil {
		t.Fatal(err)
	}
	o := receive(t, alice, wire.TLV{Type: wire.TLVSMP2, Value: bob.message2(m1.Value)})
	if o.Event != Advanced {
		t.Fatalf("message 2: %+v", o)
	}
	m4, equal := bob.message4(o.Reply.Value)
	if equal != (want == Succeeded) {
		t.Fatalf("the reference says %v", equal)
	}
	if o = receive(t, alice, wire.TLV{Type: wire.TLVSMP4, Value: m4}); o.Event != want {
		t.Fatalf("message 4: %+v", o)
	}
}

func playBob(t *testing.T, bob *Machine, alice *party, words string, want Event) {
	t.Helper()
	if o := receive(t, bob, wire.TLV{Type: wire.TLVSMP1, Value: alice.message1()}); o.Event != AskedForSecret {
		t.Fatalf("message 1: %+v", o)
	}
	m2, err := bob.Answer(dice(3), bobID, []byte(words))
	if err != nil {
		t.Fatal(err)
	}
	o := receive(t, bob, wire.TLV{Type: wire.TLVSMP3, Value: alice.message3(m2.Value)})
	if o.Event != want {
		t.Fatalf("message 3: %+v", o)
	}
	if equal := alice.finish(o.Reply.Value); equal != (want == Succeeded) {
		t.Fatalf("the reference says %v", equal)
	}
}

// TestShortNumbers: c and D are integers, not byte strings. All eight proofs
// of a run have a c, then a D, that begins with a zero byte.
func TestShortNumbers(t *testing.T) {
	shorter := func(v *big.Int, size int) bool { return len(v.Bytes()) < size }
	tests := map[string]func(c, d *big.Int) bool{
		"c": func(c, _ *big.Int) bool { return shorter(c, 32) },
		"D": func(_, d *big.Int) bool { return shorter(d, 192) },
	}
	for name, accept := range tests {
		t.Run(name+" of Bob", func(t *testing.T) {
			bob := newParty(t, dice(4), aliceID.Ours, aliceID.Theirs, aliceID.SSID, "love")
			bob.accept = accept
			playAlice(t, new(Machine), bob, "love", Succeeded)
		})
		t.Run(name+" of Alice", func(t *testing.T) {
			alice := newParty(t, dice(4), aliceID.Ours, aliceID.Theirs, aliceID.SSID, "love")
			alice.accept = accept
			playBob(t, new(Machine), alice, "love", Succeeded)
		})
	}
}

// TestShortHashSent draws messages until the machine itself makes a short c,
// and has the reference read it.
func TestShortHashSent(t *testing.T) {
	random := dice(6)
	for range 5000 {
		var alice Machine
		m1, _, err := alice.Start(random, aliceID, []byte("love"), nil)
		if err != nil {
			t.Fatal(err)
		}
		v := decode(m1.Value)
		if len(v[1].Bytes()) == 32 && len(v[4].Bytes()) == 32 {
			continue
		}
		if string(encode(v...)) != string(m1.Value) {
			t.Fatalf("not minimal: %x", m1.Value)
		}
		newParty(t, dice(7), aliceID.Ours, aliceID.Theirs, aliceID.SSID, "").message2(m1.Value)
		var bob Machine
		if o := receive(t, &bob, m1); o.Event != AskedForSecret {
			t.Fatalf("%+v", o)
		}
		return
	}
	t.Fatal("no short hash in 5000 messages")
}
