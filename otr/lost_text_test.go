package otr_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// errorPair is Alice and Bob in private, in one version, who answer an error with a new key exchange.
func errorPair(t *testing.T, version int) *testkit.Pair {
	t.Helper()
	p := testkit.NewPair(t, onlyPolicy(version, otr.ErrorStartAKE))
	p.Secure(t)
	return p
}

// bothVersions runs a test in each version.
func bothVersions(t *testing.T, test func(t *testing.T, version int)) {
	t.Helper()
	for _, version := range []int{2, 3} {
		t.Run(fmt.Sprintf("v%d", version), func(t *testing.T) { test(t, version) })
	}
}

// damaged is a Data Message whose MAC is wrong.
func damaged(t *testing.T, message string) string {
	t.Helper()
	d := parse(t, message).(*wire.Data)
	d.MAC[0] ^= 1
	return encode(d)
}

// loses lets Alice say a text that arrives damaged, and hear the error; nothing more is under way then.
func loses(t *testing.T, p *testkit.Pair, text string) {
	t.Helper()
	p.Alice.Say(text)
	p.Bob.Get(damaged(t, p.Alice.Take()))
	p.Deliver(p.Bob)
	testkit.Expect[otr.PeerError](t, p.Alice)
	p.Alice.Out = nil // her query
}

// resent checks that Alice has sent a text again, once, and that Bob has got it.
func resentOnce(t *testing.T, p *testkit.Pair, text string) {
	t.Helper()
	testkit.ExpectNo[otr.NotSent](t, p.Alice)
	if e := testkit.Expect[otr.Resent](t, p.Alice); e.Text != text || e.First {
		t.Errorf("%+v, want %q again", e, text)
	}
	testkit.ExpectNo[otr.Resent](t, p.Alice)
	if got := receivedBy(p.Bob); got[len(got)-1] != "[resent] "+text {
		t.Errorf("Bob received %q", got)
	}
}

// givenBack checks that Alice has a text back, once, and has not sent it again.
func givenBack(t *testing.T, alice *testkit.Client, text string) {
	t.Helper()
	testkit.ExpectNo[otr.Resent](t, alice)
	if e := testkit.Expect[otr.NotSent](t, alice); e.Text != text || e.Detail == "" {
		t.Errorf("%+v, want %q back", e, text)
	}
	testkit.ExpectNo[otr.NotSent](t, alice)
}

// typedInRefresh has Alice type a text after her Reveal Signature Message, which makes Bob leave the keys of the text. Bob's
// Signature Message and his error are under way.
func typedInRefresh(t *testing.T, p *testkit.Pair) {
	t.Helper()
	p.Alice.Do(p.Alice.Refresh())
	p.Deliver(p.Alice)
	p.Deliver(p.Bob)
	p.Alice.Say("typed")
	carry(p, p.Alice, p.Alice)
	testkit.Expect[otr.Rejected](t, p.Bob)
	testkit.ExpectNo[otr.Received](t, p.Bob)
}

// A text that meets a key exchange on its way, so that the peer cannot read it, is not lost.
func TestTextTypedDuringRefresh(t *testing.T) {
	bothVersions(t, func(t *testing.T, version int) {
		for name, meanwhile := range map[string]func(p *testkit.Pair){
			"nothing else": func(*testkit.Pair) {},
			"a restart":    func(p *testkit.Pair) { p.Alice.Restart(testkit.Bob) },
			// Bob answers with the new keys before Alice's query reaches him; the answer does not acknowledge the text.
			"a verification": func(p *testkit.Pair) {
				p.Deliver(p.Bob)
				p.Alice.Do(p.Alice.StartSMP([]byte("x")))
				carry(p, p.Bob, p.Alice)
				p.Bob.Do(p.Bob.AnswerSMP([]byte("x")))
			},
		} {
			t.Run(name, func(t *testing.T) {
				p := errorPair(t, version)
				typedInRefresh(t, p)
				meanwhile(p)
				p.Flow()
				resentOnce(t, p, "typed")
			})
		}
		t.Run("no exchange after the error", func(t *testing.T) {
			p := testkit.NewPair(t, onlyPolicy(version, 0))
			p.Secure(t)
			typedInRefresh(t, p)
			p.Flow()
			p.Bob.Do(p.Bob.End())
			p.Flow()
			givenBack(t, p.Alice, "typed")
		})
	})
}

// An answer acknowledges the last text only if no other message can have called for it.
func TestAnswerToAnotherMessage(t *testing.T) {
	for _, c := range []struct {
		name string
		say  func(t *testing.T, p *testkit.Pair) // "one" has arrived, "two" damaged, and Bob has answered
	}{
		{"to the text before", func(t *testing.T, p *testkit.Pair) {
			p.Alice.Say("one")
			p.Alice.Say("two")
			p.Deliver(p.Alice)
			p.Bob.Say("answer")
			p.Bob.Get(damaged(t, p.Alice.Take()))
		}},
		{"to the text before another key of the peer", func(t *testing.T, p *testkit.Pair) {
			p.Bob.Say("crosses")
			p.Alice.Say("one")
			p.Deliver(p.Bob)
			p.Alice.Say("two")
			p.Deliver(p.Alice)
			p.Bob.Say("answer")
			p.Bob.Get(damaged(t, p.Alice.Take()))
		}},
		{"to the verification behind", func(t *testing.T, p *testkit.Pair) {
			p.Alice.Say("two")
			p.Alice.Do(p.Alice.StartSMP([]byte("x")))
			late := damaged(t, p.Alice.Take())
			p.Deliver(p.Alice)
			p.Bob.Do(p.Bob.AnswerSMP([]byte("x")))
			p.Bob.Get(late)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			bothVersions(t, func(t *testing.T, version int) {
				p := errorPair(t, version)
				c.say(t, p)
				p.Clock.Advance(59 * time.Second)
				p.Flow()
				resentOnce(t, p, "two")
			})
		})
	}
}

// What has certainly arrived is not repeated.
func TestAnsweredTextIsNotSentAgain(t *testing.T) {
	bothVersions(t, func(t *testing.T, version int) {
		p := errorPair(t, version)
		p.Say(p.Alice, "one")
		p.Say(p.Bob, "answer")
		p.Alice.Get("?OTR Error: what?")
		p.Flow()
		testkit.Expect[otr.Secured](t, p.Alice)
		testkit.ExpectNo[otr.Resent](t, p.Alice)
		testkit.ExpectNo[otr.NotSent](t, p.Alice)
		if got := receivedBy(p.Bob); len(got) > 0 {
			t.Errorf("Bob received %q", got)
		}
	})
}

// A text that the peer has missed and that must not, or need not, be repeated is given back, once.
func TestLostTextIsGivenBack(t *testing.T) {
	for _, c := range []struct {
		name string
		then func(t *testing.T, p *testkit.Pair)
	}{
		{"the key has changed", func(t *testing.T, p *testkit.Pair) {
			mallory := poser(t, p)
			mallory.Do(mallory.Start())
			link := testkit.NewPairOf(t, p.Alice, mallory)
			link.Flow()
			testkit.Expect[otr.NewFingerprint](t, p.Alice)
			if got := receivedBy(mallory); len(got) > 0 {
				t.Errorf("the other key was sent %q", got)
			}
		}},
		{"older than a minute", func(t *testing.T, p *testkit.Pair) {
			p.Clock.Advance(time.Minute + 1)
			p.Alice.Do(p.Alice.Refresh())
			p.Flow()
		}},
		{"the peer ends", func(_ *testing.T, p *testkit.Pair) {
			p.Bob.Do(p.Bob.End())
			p.Flow()
		}},
		{"we end", func(_ *testing.T, p *testkit.Pair) {
			p.Alice.Do(p.Alice.End())
			p.Flow()
		}},
		{"another text", func(_ *testing.T, p *testkit.Pair) {
			p.Alice.Say("another")
			p.Flow()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			bothVersions(t, func(t *testing.T, version int) {
				p := errorPair(t, version)
				loses(t, p, "lost")
				c.then(t, p)
				if got := receivedBy(p.Bob); slices.Contains(got, "[resent] lost") {
					t.Errorf("Bob received %q", got)
				}
				givenBack(t, p.Alice, "lost")
				p.Alice.Do(p.Alice.End())
				testkit.ExpectNo[otr.NotSent](t, p.Alice)
			})
		})
	}
}

// poser is somebody with another key and Bob's name and instance tag.
func poser(t *testing.T, p *testkit.Pair) *testkit.Client {
	t.Helper()
	user := otr.NewUserState()
	setKey(t, user, testkit.Bob, testkit.Mallory)
	if err := user.SetInstanceTag(otr.Account{Name: testkit.Bob, Protocol: testkit.Protocol}, p.Bob.OurInstance()); err != nil {
		t.Fatal(err)
	}
	return testkit.NewClientOf(t, user, testkit.Bob, testkit.Alice, "poser", p.Clock, testkit.Policy(p.Bob.Policy()))
}

// setKey gives an account the key of somebody else.
func setKey(t *testing.T, user *otr.UserState, name, owner string) {
	t.Helper()
	key, ok := testkit.User(t, owner).Key(otr.Account{Name: owner, Protocol: testkit.Protocol})
	if !ok {
		t.Fatalf("no key of %s", owner)
	}
	if err := user.SetKey(otr.Account{Name: name, Protocol: testkit.Protocol}, key); err != nil {
		t.Fatal(err)
	}
}
