package smp

import (
	"fmt"
	"math/big"
	"testing"

	"otrbot/otr/internal/wire"
)

// accepts tells for each message the state that takes it, and what its MPIs are.
var accepts = []struct {
	message uint16
	state   State
	layout  string // e: group element, c: hash, D: scalar
}{
	{wire.TLVSMP1, Expect1, "ecDecD"},
	{wire.TLVSMP2, Expect2, "ecDecDeecDD"},
	{wire.TLVSMP3, Expect3, "eecDDecD"},
	{wire.TLVSMP4, Expect4, "ecD"},
}

func plus(v *big.Int, n int64) *big.Int { return new(big.Int).Add(v, big.NewInt(n)) }

// TestOutOfRange puts every forbidden value in every place of every message.
func TestOutOfRange(t *testing.T) {
	sum := func(a, b *big.Int) *big.Int { return new(big.Int).Add(a, b) }
	zero, huge := new(big.Int), new(big.Int).Lsh(one, 8*4000)
	forbidden := map[rune]map[string]func(v *big.Int) *big.Int{
		'e': {
			"0":          func(*big.Int) *big.Int { return zero },
			"1":          func(*big.Int) *big.Int { return one },
			"p-1":        func(*big.Int) *big.Int { return plus(prime, -1) },
			"p":          func(*big.Int) *big.Int { return prime },
			"p+1":        func(*big.Int) *big.Int { return plus(prime, 1) },
			"itself + p": func(v *big.Int) *big.Int { return sum(v, prime) }, // the proofs hold
			"another":    func(v *big.Int) *big.Int { return times(v, g1) },
			"inverse":    func(v *big.Int) *big.Int { return over(one, v) },
			"huge":       func(*big.Int) *big.Int { return huge },
		},
		'D': {
			"0":          func(*big.Int) *big.Int { return zero },
			"q":          func(*big.Int) *big.Int { return order },
			"itself + q": func(v *big.Int) *big.Int { return sum(v, order) }, // the proofs hold
			"another":    func(v *big.Int) *big.Int { return plus(v, 1) },
			"huge":       func(*big.Int) *big.Int { return huge },
		},
		'c': {
			"0":       func(*big.Int) *big.Int { return zero },
			"another": func(v *big.Int) *big.Int { return plus(v, 1) },
			"longer":  func(v *big.Int) *big.Int { return sum(v, new(big.Int).Lsh(one, 256)) },
			"huge":    func(*big.Int) *big.Int { return huge },
		},
	}
	for _, a := range accepts {
		for i, kind := range a.layout {
			for label, change := range forbidden[kind] {
				t.Run(fmt.Sprintf("%s, number %d (%c), %s", name(a.message), i+1, kind, label), func(t *testing.T) {
					message := record().messages[a.message]
					values := decode(message.Value)
					values[i] = change(values[i])
					message.Value = encode(values...)
					m := machineIn(t, a.state)
					wantRefused(t, m, receive(t, m, message), Cheated)
				})
			}
		}
	}
}

// TestTrivialGenerators: with g2a = g3a = 1 any two secrets would be equal. The
// proofs of a cheater who does that are right; the range is not.
func TestTrivialGenerators(t *testing.T) {
	for label, exponent := range map[string]*big.Int{"0": new(big.Int), "q": order} {
		t.Run("Alice, exponent "+label, func(t *testing.T) {
			alice := newParty(t, dice(1), aliceID.Ours, aliceID.Theirs, aliceID.SSID, "guess")
			alice.e2, alice.e3 = exponent, exponent
			var bob Machine
			o := receive(t, &bob, wire.TLV{Type: wire.TLVSMP1, Value: alice.message1()})
			wantRefused(t, &bob, o, Cheated)
		})
		t.Run("Bob, exponent "+label, func(t *testing.T) {
			bob := newParty(t, dice(1), aliceID.Ours, aliceID.Theirs, aliceID.SSID, "guess")
			bob.e2, bob.e3 = exponent, exponent
			alice := machineIn(t, Expect2)
			m2 := bob.message2(record().messages[wire.TLVSMP1].Value)
			wantRefused(t, alice, receive(t, alice, wire.TLV{Type: wire.TLVSMP2, Value: m2}), Cheated)
		})
	}
}

// TestReflected: Alice's own words are no answer to her.
func TestReflected(t *testing.T) {
	alice := machineIn(t, Expect2)
	v := decode(record().messages[wire.TLVSMP1].Value)
	other := decode(record().messages[wire.TLVSMP2].Value)
	m2 := encode(append(v, other[6:]...)...)
	wantRefused(t, alice, receive(t, alice, wire.TLV{Type: wire.TLVSMP2, Value: m2}), Cheated)

	t.Run("Bob's coordinates sent back to him", func(t *testing.T) {
		bob := machineIn(t, Expect3)
		v := decode(record().messages[wire.TLVSMP3].Value)
		copy(v, other[6:11])
		m3 := wire.TLV{Type: wire.TLVSMP3, Value: encode(v...)}
		wantRefused(t, bob, receive(t, bob, m3), Cheated)
	})
}

// TestMangled cuts, stretches and miscounts every message.
func TestMangled(t *testing.T) {
	for _, a := range accepts {
		whole := record().messages[a.message].Value
		mangled := map[string][]byte{
			"one byte more": append(append([]byte{}, whole...), 0),
			"one MPI less":  encode(decode(whole)[1:]...),
			"one MPI more":  encode(append(decode(whole), one)...),
			"one counted less than there are": append([]byte{0, 0, 0, byte(len(a.layout) - 1)},
				whole[4:]...),
			"count of millions": append([]byte{0xff, 0xff, 0xff, 0xff}, whole[4:]...),
			"leading zero": append(append(append([]byte{}, whole[:4]...), 0, 0, 0, whole[7]+1, 0),
				whole[8:]...),
		}
		for n := range len(whole) {
			if n < 16 || n%97 == 0 || n == len(whole)-1 {
				mangled[fmt.Sprintf("first %d bytes", n)] = whole[:n]
			}
		}
		for label, value := range mangled {
			t.Run(name(a.message)+", "+label, func(t *testing.T) {
				m := machineIn(t, a.state)
				wantRefused(t, m, receive(t, m, wire.TLV{Type: a.message, Value: value}), Cheated)
			})
		}
	}
	t.Run("message 1Q, no NUL", func(t *testing.T) {
		var m Machine
		wantRefused(t, &m, receive(t, &m, wire.TLV{Type: wire.TLVSMP1Q, Value: []byte("why?")}), Cheated)
	})
	t.Run("message 1Q, nothing after the question", func(t *testing.T) {
		var m Machine
		wantRefused(t, &m, receive(t, &m, wire.TLV{Type: wire.TLVSMP1Q, Value: []byte("why?\x00")}), Cheated)
	})
}
