package otr_test

import (
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
)

// refreshing is Alice and Bob in private, and so many messages of a key exchange that Alice has begun have arrived.
func refreshing(t *testing.T, version, arrived int) *testkit.Pair {
	t.Helper()
	p := testkit.NewPair(t, onlyPolicy(version, 0))
	p.Secure(t)
	p.Alice.Do(p.Alice.Refresh())
	carry(p, []*testkit.Client{p.Alice, p.Bob, p.Alice}[:arrived]...)
	return p
}

func wantAuth(t *testing.T, c *testkit.Client, want otr.AuthState) {
	t.Helper()
	if got := c.AuthState(); got != want {
		t.Fatalf("the authentication state of %s is %v, want %v", c.Name, got, want)
	}
}

// Tick wipes the commit of a Refresh that was not answered within a minute: an answer that comes later leads nowhere.
func TestTickForgetsUnansweredRefresh(t *testing.T) {
	bothVersions(t, func(t *testing.T, version int) {
		for name, restart := range map[string]bool{"running": false, "restarted": true} {
			t.Run(name, func(t *testing.T) {
				p := refreshing(t, version, 1)
				if restart {
					p.Alice.Restart(testkit.Bob)
				}
				p.Clock.Advance(time.Minute - 1)
				p.Alice.Tick()
				wantAuth(t, p.Alice, otr.AuthAwaitingDHKey)
				p.Clock.Advance(1)
				p.Alice.Tick()
				wantAuth(t, p.Alice, otr.AuthNone)
				p.Deliver(p.Bob)
				wantAuth(t, p.Alice, otr.AuthNone)
				if len(p.Alice.Out) > 0 {
					t.Errorf("the late D-H Key Message is answered: %.80q", p.Alice.Out)
				}
				p.Say(p.Alice, "with the keys of before")
			})
		}
	})
}

// Tick leaves an exchange alone in which both sides have sent their D-H keys.
func TestTickKeepsExchanges(t *testing.T) {
	bothVersions(t, func(t *testing.T, version int) {
		p := refreshing(t, version, 2)
		p.Clock.Advance(time.Hour)
		p.Alice.Tick()
		p.Bob.Tick()
		wantAuth(t, p.Alice, otr.AuthAwaitingSig)
		wantAuth(t, p.Bob, otr.AuthAwaitingRevealSig)
		p.Flow()
		for _, c := range []*testkit.Client{p.Alice, p.Bob} {
			if e := testkit.Expect[otr.Secured](t, c); !e.Refreshed {
				t.Errorf("%s: %+v", c.Name, e)
			}
		}
		p.Say(p.Alice, "with the new keys")
	})
}

// Whoever ends the private conversation while it gets new keys has ended it: what is still under way does not make it
// private again.
func TestEndDuringKeyExchange(t *testing.T) {
	begun := map[string]func(t *testing.T, version, arrived int) *testkit.Pair{
		"refresh": refreshing,
		"query": func(t *testing.T, version, arrived int) *testkit.Pair { // Alice commits to whoever answers
			p := testkit.NewPair(t, onlyPolicy(version, 0))
			p.Secure(t)
			p.Bob.Do(p.Bob.Start())
			p.Deliver(p.Bob)
			carry(p, []*testkit.Client{p.Alice, p.Bob, p.Alice}[:arrived]...)
			return p
		},
	}
	for name, begin := range begun {
		for name, end := range map[string]func(c *testkit.Client) (otr.Result, error){
			name + ", End":    func(c *testkit.Client) (otr.Result, error) { return c.End() },
			name + ", EndAll": func(c *testkit.Client) (otr.Result, error) { return c.EndAll() },
		} {
			t.Run(name, func(t *testing.T) {
				bothVersions(t, func(t *testing.T, version int) {
					for arrived := range 4 {
						for _, who := range []string{testkit.Alice, testkit.Bob} {
							p := begin(t, version, arrived)
							c := p.Alice
							if who == testkit.Bob {
								c = p.Bob
							}
							if arrived == 0 && c == p.Bob {
								continue // he has not heard of the exchange
							}
							c.Events = nil
							c.Do(end(c))
							p.Flow()
							testkit.Expect[otr.Ended](t, c)
							testkit.ExpectNo[otr.Secured](t, c)
							if c.State() != otr.Plaintext {
								t.Errorf("%s is in state %v, ended after %d messages", who, c.State(), arrived)
							}
							wantAuth(t, c, otr.AuthNone)
						}
					}
				})
			})
		}
	}
}

// A verification is about the key that signed the exchange, whatever the account's key has become since.
func TestKeyIsSetDuringKeyExchange(t *testing.T) {
	bothVersions(t, func(t *testing.T, version int) {
		for name, between := range map[string]func(p *testkit.Pair){
			"running":   func(*testkit.Pair) {},
			"restarted": func(p *testkit.Pair) { p.Alice.Restart(testkit.Bob) },
		} {
			t.Run(name, func(t *testing.T) {
				p := refreshing(t, version, 2) // Alice has signed
				setKey(t, p.Alice.User, testkit.Alice, testkit.Mallory)
				between(p)
				p.Flow()
				testkit.Expect[otr.Secured](t, p.Alice)
				p.Verify(t, "", "the same", "the same")
				testkit.Expect[otr.SMPSucceeded](t, p.Alice)
				testkit.Expect[otr.SMPSucceeded](t, p.Bob)
			})
		}
	})
}
