package otr_test

import (
	"strings"
	"testing"

	"otrbot/otr"
)

// Fragments that bring no message forward drive out no partial message of another sender, however full the memory is.
func TestStrayFragmentsEvictNobody(t *testing.T) {
	const most = 3 // partial messages
	begins := func(s *scene, sender uint32) { s.get(s.pieceFor(sender, s.ourTag(), 1, 9, "short")) }
	for name, stray := range map[string]func(s *scene){
		"without a first piece": func(s *scene) {
			begins(s, 0x200)
			begins(s, 0x300)
			for sender := range uint32(10) {
				s.get(s.pieceFor(0x400+sender, s.ourTag(), 2, 9, "short"))
				s.get(s.pieceFor(0x400+sender, s.ourTag(), 9, 9, strings.Repeat("x", fragmentBytes)))
			}
		},
		"out of order": func(s *scene) {
			for _, k := range []int{3, 1, 2, 4} {
				begins(s, 0x200)
				s.get(s.pieceFor(0x200, s.ourTag(), k, 9, strings.Repeat("x", fragmentBytes/2)))
				s.get(s.pieceFor(0x200, s.ourTag(), k+2, 9, strings.Repeat("x", fragmentBytes/2)))
			}
		},
		"of another total": func(s *scene) {
			begins(s, 0x200)
			s.get(s.pieceFor(0x200, s.ourTag(), 2, 8, strings.Repeat("x", fragmentBytes-1)))
		},
		"a first piece that is too large": func(s *scene) {
			begins(s, 0x200)
			begins(s, 0x300)
			wantRejected(s.t, s.get(s.pieceFor(0x400, s.ourTag(), 1, 9, strings.Repeat("x", fragmentBytes+1))), otr.TooLarge)
			wantRejected(s.t, s.get(s.pieceFor(0x300, s.ourTag(), 1, 9, strings.Repeat("x", fragmentBytes+1))), otr.TooLarge)
		},
		"a later piece that is too large": func(s *scene) {
			begins(s, 0x200)
			begins(s, 0x300)
			wantRejected(s.t, s.get(s.pieceFor(0x300, s.ourTag(), 2, 9, strings.Repeat("x", fragmentBytes+1))), otr.TooLarge)
			begins(s, 0x300)
			wantRejected(s.t, s.get(s.pieceFor(0x300, s.ourTag(), 2, 9, strings.Repeat("x", fragmentBytes-2))), otr.TooLarge)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, 3, func(c *otr.Config) {
				c.Limits.FragmentBytes, c.Limits.PartialMessages = fragmentBytes, most
			}).private()
			pieces := s.pieces(s.bob.data("genuine", nil), 3)
			s.nothing(pieces[0])
			stray(s)
			s.nothing(pieces[1])
			stray(s)
			wantText(t, s.get(pieces[2]), "genuine")
		})
	}
}

// A fragment that leads nowhere leaves nothing of its sender either.
func TestStrayFragmentLeavesNothing(t *testing.T) {
	alice := gathering(t)
	for _, stray := range []string{
		sized(0x100, 2, 9, 10),
		sized(0x100, 1, 9, fragmentBytes+1),
	} {
		alice.Get(stray)
		if _, partials, held := alice.Sizes(); partials != 0 || held != 0 {
			t.Errorf("%d bytes of %d partial messages are held after %.40q", held, partials, stray)
		}
	}
	for _, stray := range []string{sized(0x100, 3, 9, 10), sized(0x100, 2, 8, 10), sized(0x100, 2, 9, fragmentBytes)} {
		alice.Get(sized(0x100, 1, 9, 10))
		alice.Get(stray)
		if _, partials, held := alice.Sizes(); partials != 0 || held != 0 {
			t.Errorf("%d bytes of %d partial messages are held after %.40q", held, partials, stray)
		}
	}
}
