package libotr

import "testing"

// A client of ours stops before every single message and goes on from its
// snapshot: in the middle of handshakes, of SMP and of fragmented messages.
func TestRestartBeforeEachMessage(t *testing.T) {
	for _, p := range []pairing{weStart, theyStart} {
		for _, c := range cells(p) {
			if c.size != 0 && c.size != 140 {
				continue
			}
			t.Run(c.String(), func(t *testing.T) {
				t.Parallel()
				policy := PolicyOpportunistic
				if c.version == 2 {
					policy &^= PolicyAllowV3
				}
				first, other := p.make(t, setup{"alice", "bob", policy, c.size}, setup{"bob", "alice", PolicyOpportunistic, c.size})
				r := between(t, first, other)
				r.tap = func(_ bool, message string) string {
					restart(first, other)
					return message
				}
				c.opening.open(r, first, other)
				r.settle()
				r.expectSeen(first, c.opening.first)
				r.expectSeen(other, c.opening.other)
				r.expectPrivate(first, other, c.version)
				messagesBothWays(r, first, other)
				smpRun(r, first, other, "secret", "secret", "smp succeeded")
				smpRun(r, other, first, "secret", "secret", "smp succeeded")
			})
		}
	}
}
