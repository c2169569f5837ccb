package otr_test

import (
	"math/big"
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// What does not verify.
func smpFalseCells() cells {
	// cheated changes one number of one message of Bob after the other, and
	// sends it when it is due.
	cheated := func(kind uint16, places []int, changes ...func(n *big.Int) *big.Int) func(*testing.T, int) {
		return func(t *testing.T, version int) {
			s := smpAt(t, version, expect1)
			for _, place := range places {
				for _, change := range changes {
					s.aborts(s.tellFalse(kind, func(sent uint16, numbers []*big.Int) {
						if sent == kind {
							numbers[place] = change(numbers[place])
						}
					}), otr.AbortedCheated)
					if trust, _ := s.trust(); trust.Trusted() {
						t.Fatal("Bob is trusted")
					}
				}
			}
			s.completes(expect1)
		}
	}
	var outside []func(*big.Int) *big.Int
	for _, n := range outOfRange() {
		outside = append(outside, func(*big.Int) *big.Int { return n })
	}
	other := func(n *big.Int) *big.Int { return new(big.Int).Xor(n, one) }
	zero := func(*big.Int) *big.Int { return new(big.Int) }
	second := func(n *big.Int) *big.Int { return new(big.Int).Add(n, groupOrder) }
	return cells{
		"S-50": cheated(wire.TLVSMP1, []int{0, 3}, outside...),
		"S-51": cheated(wire.TLVSMP1, []int{1, 2, 4, 5}, other),
		"S-52": cheated(wire.TLVSMP2, []int{0, 3, 6, 7}, outside...),
		"S-53": cheated(wire.TLVSMP2, []int{1, 2, 4, 5, 8, 9, 10}, other),
		"S-54": cheated(wire.TLVSMP3, []int{0, 1, 5}, outside...),
		"S-55": cheated(wire.TLVSMP3, []int{2, 3, 4, 6, 7}, other),
		"S-56": cheated(wire.TLVSMP4, []int{0}, outside...),
		"S-57": cheated(wire.TLVSMP4, []int{1, 2}, other),
		"S-58": func(t *testing.T, version int) {
			s := smpAt(t, version, expect1)
			for _, kind := range []uint16{wire.TLVSMP1, wire.TLVSMP2, wire.TLVSMP3, wire.TLVSMP4} {
				for _, damage := range []func([]byte) []byte{
					func(v []byte) []byte { v[3]++; return v },
					func(v []byte) []byte { v[3]--; return v },
					func(v []byte) []byte { v[0] = 1; return v },
					func(v []byte) []byte { return v[:len(v)-1] },
					func(v []byte) []byte { return append(v, 0) },
					func(v []byte) []byte { return v[:2] },
					func([]byte) []byte { return nil },
				} {
					tlv := s.due(kind, nil)
					tlv.Value = damage(tlv.Value)
					s.aborts(s.tell(tlv), otr.AbortedCheated)
				}
			}
			s.completes(expect1)
		},
		"S-59": func(t *testing.T, version int) {
			cheated(wire.TLVSMP1, []int{2, 5}, zero, second)(t, version)
			cheated(wire.TLVSMP2, []int{2, 5, 9, 10}, zero, second)(t, version)
			cheated(wire.TLVSMP3, []int{3, 4, 7}, zero, second)(t, version)
			cheated(wire.TLVSMP4, []int{2}, zero, second)(t, version)
		},
	}
}

// due brings Alice from EXPECT1 to where a message of Bob is due, and makes it.
func (s *smpScene) due(kind uint16, change func(uint16, []*big.Int)) wire.TLV {
	s.t.Helper()
	switch kind {
	case wire.TLVSMP1:
		s.run = s.bob.smpStart(true, keyOf(s.t, testkit.Alice).fingerprint(), sharedSecret)
		s.run.change, s.run.trusting = change, true
		return s.run.message1()
	case wire.TLVSMP2:
		s.enter(expect2)
		s.run.change, s.run.trusting = change, true
		return s.run.message2(s.last)
	case wire.TLVSMP3:
		s.enter(expect3)
		s.run.change, s.run.trusting = change, true
		return s.run.message3(s.last)
	}
	s.enter(expect4)
	s.run.change, s.run.trusting = change, true
	m4, _ := s.run.message4(s.last)
	return m4
}

func (s *smpScene) tellFalse(kind uint16, change func(uint16, []*big.Int)) otr.Result {
	s.t.Helper()
	return s.tell(s.due(kind, change))
}

// trust is Alice's trust in Bob's key.
func (s *scene) trust() (otr.Trust, bool) {
	return s.alice.User.Trust(testkit.PeerOf(testkit.Alice, testkit.Bob), s.bob.key.fingerprint())
}

func (s *scene) setTrust(trust otr.Trust) {
	s.t.Helper()
	if err := s.alice.User.SetTrust(testkit.PeerOf(testkit.Alice, testkit.Bob), s.bob.key.fingerprint(), trust); err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) wantTrust(want otr.Trust) {
	s.t.Helper()
	if got, _ := s.trust(); got != want {
		s.t.Errorf("trust is %q, want %q", got, want)
	}
}
