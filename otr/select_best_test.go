package otr_test

import (
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
)

// Bob is at two computers; he ends the private conversation at one of them. What Alice types goes to the other, whichever
// of the two she had met first.
func TestBestPrefersPrivateToEnded(t *testing.T) {
	for name, ends := range map[string]int{"the first ends": 0, "the second ends": 1} {
		t.Run(name, func(t *testing.T) {
			clock := testkit.NewClock()
			alice := testkit.NewClient(t, testkit.Alice, testkit.Bob, "alice", clock)
			bobs := []*testkit.Client{
				testkit.NewClient(t, testkit.Bob, testkit.Alice, "office", clock),
				testkit.NewClient(t, testkit.Bob, testkit.Alice, "home", clock),
			}
			for _, bob := range bobs {
				alice.Do(alice.Start())
				flow(alice, bob)
			}
			bobs[ends].Do(bobs[ends].End())
			flow(alice, bobs[ends])

			if state := alice.State(); state != otr.Encrypted {
				t.Fatalf("the best instance is %v", state)
			}
			other := bobs[1-ends]
			other.Events = nil
			alice.Say("still there?")
			flow(alice, other)
			testkit.ExpectText(t, other, "still there?")
		})
	}
}

// flow carries messages between two clients until none waits.
func flow(a, b *testkit.Client) {
	for len(a.Out)+len(b.Out) > 0 {
		for _, m := range a.TakeAll() {
			b.Get(m)
		}
		for _, m := range b.TakeAll() {
			a.Get(m)
		}
	}
}
