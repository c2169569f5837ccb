package otr_test

import (
	"fmt"
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
)

// A text held under RequireEncryption is delivered once when two clients of
// Bob answer Alice's query, whole or in fragments.
func TestHeldTextGoesToOneOfTwoClients(t *testing.T) {
	for _, max := range []int{0, 200} {
		t.Run(fmt.Sprint("at most ", max), func(t *testing.T) {
			clock := testkit.NewClock()
			alice := testkit.NewClient(t, testkit.Alice, testkit.Bob, "alice", clock, policy(otr.RequireEncryption), testkit.MaxSize(max))
			bobs := []*testkit.Client{
				testkit.NewClient(t, testkit.Bob, testkit.Alice, "at home", clock, testkit.MaxSize(max)),
				testkit.NewClient(t, testkit.Bob, testkit.Alice, "at work", clock, testkit.MaxSize(max)),
			}
			alice.Say("for one pair of eyes")
			broadcast(alice, bobs)

			read := 0
			for _, bob := range bobs {
				for _, e := range bob.Events {
					if e, ok := e.(otr.Received); ok && e.Text == "for one pair of eyes" {
						read++
					}
				}
				if bob.State() != otr.Encrypted {
					t.Errorf("a client of Bob is in state %v", bob.State())
				}
			}
			if read != 1 {
				t.Errorf("the text was read %d times", read)
			}
		})
	}
}

// broadcast carries messages between Alice and all clients of Bob, as networks
// do that relay everything to every client, until all are silent.
func broadcast(alice *testkit.Client, bobs []*testkit.Client) {
	for quiet := false; !quiet; {
		quiet = true
		for _, message := range alice.TakeAll() {
			quiet = false
			for _, bob := range bobs {
				bob.Get(message)
			}
		}
		for _, bob := range bobs {
			for _, message := range bob.TakeAll() {
				quiet = false
				alice.Get(message)
			}
		}
	}
}

// Every selector means something with no, one and many instances, in every
// message state.
func TestSelectorsAlwaysMeanSomething(t *testing.T) {
	for clients := range 4 {
		for _, selector := range []otr.InstanceTag{otr.Best, otr.Recent, otr.RecentReceived, otr.RecentSent} {
			t.Run(fmt.Sprintf("%d clients, selector %d", clients, selector), func(t *testing.T) {
				s := newScene(t, 3)
				for i := range clients {
					s.bob = newHandmade(t, 3, testkit.Bob, fmt.Sprint("client ", i))
					s.bob.tag = 0x1000 * uint32(i+1)
					s.private()
				}
				if err := s.alice.Select(selector); err != nil {
					t.Fatal(err)
				}
				useEverything(s)
			})
		}
	}
}

// useEverything does all that a user can do; only errors are allowed to come of it.
func useEverything(s *scene) {
	s.alice.State()
	s.alice.Session()
	s.alice.AuthState()
	s.alice.SMPState()
	s.alice.Send("x")
	s.alice.StartSMP([]byte("x"))
	s.alice.AnswerSMP([]byte("x"))
	s.alice.AbortSMP()
	s.alice.ExtraKey(1, nil)
	s.alice.Refresh()
	s.alice.Start()
	s.alice.End()
	s.alice.Send("x")
	s.alice.EndAll()
	s.alice.Tick()
}

// A network that plays back what Alice sends cannot make her talk to herself.
func TestReflectedMessagesChangeNothing(t *testing.T) {
	for _, version := range []int{2, 3} {
		for _, state := range []otr.AuthState{otr.AuthAwaitingDHKey, otr.AuthAwaitingRevealSig, otr.AuthAwaitingSig} {
			h := halfway(t, version, state)
			switch state {
			case otr.AuthAwaitingDHKey:
				h.ignores(encode(h.commit))
			case otr.AuthAwaitingRevealSig:
				h.ignores(encode(h.key))
			case otr.AuthAwaitingSig:
				h.ignores(encode(h.reveal))
			}
			h.goesOn()
			own := h.says("an echo")
			none[otr.Received](t, h.get(encode(own)))
			h.bob.read(own)
			h.talks()
		}
	}
}
