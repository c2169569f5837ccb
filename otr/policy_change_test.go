package otr_test

import (
	"fmt"
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
)

// A private conversation goes on until it is ended, whatever the policy has become; nothing new begins.
func TestPolicyChangesDuringPrivateConversation(t *testing.T) {
	for _, version := range []int{2, 3} {
		for _, size := range []int{0, 100} {
			t.Run(fmt.Sprintf("v%d, messages of %d bytes", version, size), func(t *testing.T) {
				p := testkit.NewPair(t, onlyPolicy(version, 0), testkit.MaxSize(size))
				p.Secure(t)
				for _, c := range []*testkit.Client{p.Alice, p.Bob} {
					c.SetPolicy(otr.Never)
				}
				p.Say(p.Alice, "Are we still private?")
				p.Say(p.Bob, "We are.")
				p.Verify(t, "", "yes", "yes")
				testkit.Expect[otr.SMPSucceeded](t, p.Alice)
				r := p.Alice.Receive("?OTRv23?")
				silent(t, r)
				wantRejected(t, r, otr.UnsupportedVersion)
				p.Alice.Do(p.Alice.Refresh())
				p.Flow()
				testkit.ExpectNo[otr.Secured](t, p.Bob)
				p.Alice.Do(p.Alice.End())
				p.Flow()
				p.Bob.Do(p.Bob.End())
				p.Alice.Say("in clear")
				p.Flow()
				if e := testkit.Expect[otr.ReceivedInClear](t, p.Bob); e.Text != "in clear" || e.Unexpected {
					t.Fatalf("%+v", e)
				}
			})
		}
	}
}
