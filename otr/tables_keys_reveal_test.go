package otr_test

import (
	"crypto/sha1"
	"fmt"
	"strings"
	"testing"

	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// "Revealing MAC keys".
func revealCells() cells {
	return cells{
		"K-25": inState(otr.Encrypted, 0, func(s *scene) {
			used := map[string]bool{}
			revealed := map[string]int{}
			for range 30 {
				k := s.bob.keys(s.bob.ourID-1, s.bob.theirID)
				wantText(s.t, s.get(s.bob.data("x", nil)), "x")
				used[string(k.sendMAC)] = true
				m := s.says("y")
				s.bob.read(m)
				for _, key := range keysOf(m) {
					revealed[key]++
				}
			}
			for key, n := range revealed {
				if n != 1 || !used[key] {
					s.t.Errorf("key %x, used %v, revealed %d times", key, used[key], n)
				}
			}
			if missing := len(used) - len(revealed); missing > 2 {
				s.t.Errorf("%d of %d used keys were not revealed", missing, len(used))
			}
		}),
		"K-26": inState(otr.Encrypted, 0, func(s *scene) {
			// Bob's forged messages make Alice compute keys that verify nothing.
			for range 10 {
				s.get(s.forged())
				if m := s.says("x"); len(m.OldMACKeys) != 0 {
					s.t.Errorf("revealed %x", m.OldMACKeys)
				}
			}
		}),
		"K-27": inState(otr.Encrypted, 0, func(s *scene) {
			for range 20 {
				current := string(s.bob.keys(s.bob.ourID-1, s.bob.theirID).sendMAC)
				s.get(s.bob.data("x", nil))
				m := s.says("y")
				for _, key := range keysOf(m) {
					if key == current {
						s.t.Fatal("the key that verifies the current messages was revealed")
					}
				}
				wantText(s.t, s.get(s.bob.data("again under the same keys", nil)), "again under the same keys")
				s.bob.read(m)
			}
		}),
		"K-28": inState(otr.Encrypted, 0, func(s *scene) {
			sending := map[string]bool{}
			for range 20 {
				s.get(s.bob.data("x", nil))
				m := s.says("y")
				sending[string(s.bob.keys(m.RecipientKeyID, m.SenderKeyID).receiveMAC)] = true
				for _, key := range keysOf(m) {
					if sending[key] {
						s.t.Fatal("a sending key was revealed")
					}
				}
				s.bob.read(m)
			}
		}),
		"K-29": inState(otr.Encrypted, 0, func(s *scene) {
			used := string(s.bob.keys(1, 1).sendMAC)
			s.get(s.bob.data("x", nil))
			s.bob = s.again()
			s.bob.akeID = 9
			s.exchange()
			if keys := keysOf(s.says("y")); len(keys) != 1 || keys[0] != used {
				s.t.Errorf("revealed %x, want %x", keys, used)
			}
			if keys := keysOf(s.says("z")); len(keys) != 0 {
				s.t.Errorf("revealed %x a second time", keys)
			}
		}),
	}
}

// keysOf are the keys that a message reveals.
func keysOf(m *wire.Data) (all []string) {
	for rest := m.OldMACKeys; len(rest) >= sha1.Size; rest = rest[sha1.Size:] {
		all = append(all, string(rest[:sha1.Size]))
	}
	return all
}

// "Computing AES keys, MAC keys, and the secure session id" and "Extra symmetric key".
func deriveCells() cells {
	return cells{
		"K-30": func(t *testing.T, version int) {
			var high, low bool
			s := newScene(t, version).private()
			for range 20 {
				our, their := s.bob.ours[s.bob.ourID-1].gx, s.bob.theirs[s.bob.theirID]
				high, low = high || our.Cmp(their) > 0, low || our.Cmp(their) < 0
				s.talks()
			}
			if !high || !low {
				t.Error("Bob was never at one of the ends")
			}
		},
		"K-31": func(t *testing.T, version int) {
			s := newScene(t, version)
			e := s.exchange()
			now, ok := s.alice.Session()
			if !ok || e.Session.SSID != s.bob.ssid() || now.SSID != s.bob.ssid() {
				t.Errorf("session ids %x and %x, want %x", e.Session.SSID, now.SSID, s.bob.ssid())
			}
		},
		"K-32": func(t *testing.T, version int) {
			s := newScene(t, version)
			if s.exchange().Session.FirstHalfBold {
				t.Error("the first half is bold for the sender of Signature")
			}
			h := halfway(t, version, otr.AuthAwaitingSig)
			if e := event[otr.Secured](t, h.get(h.bob.signature(h.commit, h.reveal))); !e.Session.FirstHalfBold {
				t.Error("the second half is bold for the sender of Reveal Signature")
			}
		},
		"K-33": func(t *testing.T, version int) {
			for _, turns := range []int{0, 1, 5} {
				s := newScene(t, version).private()
				for range turns {
					s.talks()
				}
				checkExtraKey(s)
			}
		},
		"K-34": inState(otr.Encrypted, 0, func(s *scene) {
			s.talks()
			late := s.bob.data("late", nil)
			s.must(s.alice.End())
			none[otr.Received](s.t, s.get(late))
			s.bob = s.again()
			s.exchange()
			s.refuses(late)

			late = s.bob.data("late again", nil)
			s.get(s.bob.data("", disconnected))
			none[otr.Received](s.t, s.get(late))
			s.bob = s.again()
			s.exchange()
			s.refuses(late)
		}),
	}
}

// checkExtraKey lets each side ask for the extra key and compares.
func checkExtraKey(s *scene) {
	s.t.Helper()
	key, r, err := s.alice.ExtraKey(0x11223344, []byte("file"))
	m := only[*wire.Data](s.t, s.must(r, err))
	want := s.bob.keys(m.RecipientKeyID, m.SenderKeyID).extra
	_, tlvs := s.bob.read(m)
	if len(tlvs) != 1 || tlvs[0].Type != wire.TLVExtraKey || string(tlvs[0].Value) != "\x11\x22\x33\x44file" {
		s.t.Errorf("TLVs %v", tlvs)
	}
	if [32]byte(key) != want {
		s.t.Error("Alice has another extra key than Bob")
	}
	mine := s.bob.keys(s.bob.ourID-1, s.bob.theirID).extra
	e := event[otr.ExtraKeyOffered](s.t, s.get(s.bob.data("", []wire.TLV{{Type: wire.TLVExtraKey, Value: []byte("\x00\x00\x00\x07call")}})))
	if e.Use != 7 || string(e.Data) != "call" || [32]byte(e.Key) != mine {
		s.t.Errorf("offered use %d, data %q, same key %v", e.Use, e.Data, [32]byte(e.Key) == mine)
	}
	for _, printed := range []string{fmt.Sprint(key), fmt.Sprintf("%x", key), fmt.Sprintf("%#v", key)} {
		if strings.Contains(printed, fmt.Sprintf("%x", want[:4])) {
			s.t.Error("the key prints")
		}
	}
}
