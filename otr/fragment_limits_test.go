package otr_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
)

const fragmentBytes = 1000

// gathering is Alice who keeps few bytes of partial messages; MessageBytes does not matter.
func gathering(t *testing.T) *testkit.Client {
	t.Helper()
	return tagged(t, aliceTag, testkit.Alice, testkit.Bob, t.Name(), testkit.NewClock(), func(c *otr.Config) {
		c.Limits.FragmentBytes, c.Limits.MessageBytes = fragmentBytes, 100*fragmentBytes
	})
}

// sized is a fragment of a sender with a piece of so many bytes.
func sized(sender uint32, k, n, size int) string {
	return fmt.Sprintf("?OTR|%x|%x,%d,%d,%s,", sender, uint32(aliceTag), k, n, strings.Repeat("x", size))
}

// keepsTheLimit checks what is held after a fragment.
func keepsTheLimit(t *testing.T, alice *testkit.Client) {
	t.Helper()
	if _, partials, held := alice.Sizes(); held > fragmentBytes {
		t.Fatalf("%d bytes of %d partial messages are held; the limit is %d", held, partials, fragmentBytes)
	}
}

// FragmentBytes bounds all partial messages together, whichever of them grows.
func TestFragmentBytesIsNeverExceeded(t *testing.T) {
	for name, fragments := range map[string][]string{
		"a new one":             {sized(0x100, 1, 9, 600), sized(0x200, 1, 9, 600)},
		"the oldest grows":      {sized(0x100, 1, 9, 1), sized(0x200, 1, 9, 999), sized(0x100, 2, 9, 999)},
		"the newest grows":      {sized(0x100, 1, 9, 999), sized(0x200, 1, 9, 1), sized(0x200, 2, 9, 999)},
		"one in the middle":     {sized(0x100, 1, 9, 500), sized(0x200, 1, 9, 1), sized(0x300, 1, 9, 499), sized(0x200, 2, 9, 999)},
		"one begins anew":       {sized(0x100, 1, 9, 600), sized(0x200, 1, 9, 400), sized(0x100, 1, 9, 999)},
		"one alone":             {sized(0x100, 1, 9, 600), sized(0x100, 2, 9, 600)},
		"one piece":             {sized(0x100, 1, 9, 1001)},
		"one piece that is all": {sized(0x100, 1, 9, 1000), sized(0x100, 2, 9, 1)},
		"many small ones":       {sized(0x100, 1, 9, 300), sized(0x200, 1, 9, 300), sized(0x300, 1, 9, 300), sized(0x400, 1, 9, 300)},
	} {
		t.Run(name, func(t *testing.T) {
			alice := gathering(t)
			for _, fragment := range fragments {
				alice.Get(fragment)
				keepsTheLimit(t, alice)
			}
		})
	}
}

// Whatever order the fragments of some senders come in, the limit holds.
func TestFragmentBytesInAnyOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 14))
	alice := gathering(t)
	const senders, total = 5, 40
	var due [senders]int // the number of the sender's last piece
	for range 20_000 {
		sender := random.IntN(senders)
		due[sender]++
		if due[sender] > total || random.IntN(8) == 0 {
			due[sender] = 1
		}
		alice.Get(sized(0x100+uint32(sender), due[sender], total, 1+random.IntN(fragmentBytes>>random.IntN(7))))
		keepsTheLimit(t, alice)
		alice.Events = nil
	}
}

// The pieces of others do not spoil a message, as long as all fit within the limit; and when strangers have filled it, a
// genuine message in pieces still gets through.
func TestGenuineFragmentsGetThrough(t *testing.T) {
	small := func(c *otr.Config) { c.Limits.FragmentBytes = fragmentBytes }
	t.Run("between those of a stranger", func(t *testing.T) {
		s := newScene(t, 3, small).private()
		pieces := s.pieces(s.bob.data("genuine", nil), 5)
		var r otr.Result
		for k, piece := range pieces {
			s.get(s.pieceFor(0x200, s.ourTag(), k+1, 9, "short"))
			r = s.get(piece)
		}
		wantText(t, r, "genuine")
	})
	t.Run("after those of strangers", func(t *testing.T) {
		s := newScene(t, 3, small).private()
		for sender := range uint32(100) {
			s.get(s.pieceFor(0x200+sender, s.ourTag(), 1, 9, strings.Repeat("x", 400)))
		}
		var r otr.Result
		for _, piece := range s.pieces(s.bob.data("genuine", nil), 5) {
			r = s.get(piece)
		}
		wantText(t, r, "genuine")
	})
	t.Run("begun before the others", func(t *testing.T) {
		s := newScene(t, 3, small).private()
		pieces := s.pieces(s.bob.data("genuine", nil), 2)
		s.get(pieces[0])
		for sender := range uint32(3) {
			s.get(s.pieceFor(0x200+sender, s.ourTag(), 1, 9, strings.Repeat("x", 100)))
		}
		wantText(t, s.get(pieces[1]), "genuine")
	})
}
