package otr_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// eachMoment runs a subtest for conversations in every state and both versions.
func eachMoment(t *testing.T, test func(t *testing.T, m *moment)) {
	t.Helper()
	for _, version := range []int{2, 3} {
		for _, m := range moments(t, version, t.Name()) {
			t.Run(fmt.Sprintf("%s/v%d", m.name, version), func(t *testing.T) { test(t, m) })
		}
	}
}

// After a restart the next message from the peer is accepted, and the conversation goes on.
func TestSnapshotGoesOn(t *testing.T) {
	eachMoment(t, func(t *testing.T, m *moment) { m.goesOn(t, m.alice.restore(t)) })
}

// A restart after every single message loses nothing and accepts nothing twice.
func TestSnapshotAfterEachMessage(t *testing.T) {
	eachMoment(t, func(t *testing.T, m *moment) {
		p := testkit.NewPairOf(t, m.alice.restore(t), m.bob.restore(t))
		p.Bob.Out = append(p.Bob.Out, m.due...)
		p.Edit = func(from *testkit.Client, message string) []string {
			p.Clock.Advance(time.Millisecond)
			p.Other(from).Restart(from.Name)
			return []string{message}
		}
		p.Flow()
		p.Alice.Do(p.Alice.Start())
		p.Flow()
		p.Alice.Events, p.Bob.Events = nil, nil
		p.Say(p.Alice, "Are you there?")
		p.Say(p.Bob, "Here I am.")
		p.Verify(t, "Who?", "me", "me")
		testkit.Expect[otr.SMPSucceeded](t, p.Alice)
		testkit.Expect[otr.SMPSucceeded](t, p.Bob)
	})
}

// What was accepted before a snapshot is refused after it, and so is what was accepted after the restart.
func TestSnapshotRefusesRepetitions(t *testing.T) {
	eachMoment(t, func(t *testing.T, m *moment) {
		alice := m.alice.restore(t)
		for _, message := range append(m.heard, m.due...) {
			alice.Get(message)
		}
		alice.Restart(testkit.Bob)
		before := protected(t, alice.Conversation, false)
		alice.Events = nil
		for _, message := range append(m.heard, m.due...) {
			if strings.HasPrefix(message, "?OTR,") || strings.HasPrefix(message, "?OTR|") {
				continue // complete, it is a message that stands there too
			}
			alice.Get(message)
		}
		testkit.ExpectNo[otr.Received](t, alice)
		testkit.ExpectNo[otr.Secured](t, alice)
		if protected(t, alice.Conversation, false) != before {
			t.Fatal("the state has changed")
		}
	})
}

// A snapshot that is damaged, cut off or of another version is refused.
func TestSnapshotRefused(t *testing.T) {
	eachMoment(t, func(t *testing.T, m *moment) {
		restore := func(snapshot []byte) error {
			c, err := m.alice.client.User.RestoreConversation(testkit.PeerOf(testkit.Alice, testkit.Bob), m.alice.client.Config, snapshot)
			if err == nil {
				c.Close()
			}
			return err
		}
		good := m.alice.snapshot
		if err := restore(good); err != nil {
			t.Fatal(err)
		}
		// Every length near the ends, and the others in steps, as each may cost a key.
		for n := 0; n < len(good); n++ {
			if err := restore(good[:n]); !errors.Is(err, otr.ErrSnapshot) {
				t.Fatalf("cut off after %d of %d bytes: %v", n, len(good), err)
			}
			if n > 200 && n < len(good)-50 {
				n += 6
			}
		}
		if err := restore(append(bytes.Clone(good), 0)); !errors.Is(err, otr.ErrSnapshot) {
			t.Fatalf("with a byte more: %v", err)
		}
		version := len("otr conversation")
		for _, n := range []int{0, version, version + 4} {
			changed := bytes.Clone(good)
			changed[n]++
			if err := restore(changed); !errors.Is(err, otr.ErrSnapshot) {
				t.Fatalf("byte %d changed: %v", n, err)
			}
		}
	})
}

func TestSnapshotOfAnother(t *testing.T) {
	m := moments(t, 3, t.Name())[0]
	everybody := testkit.User(t, testkit.Alice, testkit.Bob, testkit.Carol)
	for _, peer := range []otr.Peer{
		testkit.PeerOf(testkit.Alice, testkit.Carol),
		testkit.PeerOf(testkit.Carol, testkit.Bob),
		{Account: otr.Account{Name: testkit.Alice, Protocol: "another"}, Name: testkit.Bob},
	} {
		if key, ok := everybody.Key(otr.Account{Name: testkit.Alice, Protocol: testkit.Protocol}); ok && peer.Account.Protocol == "another" {
			if err := everybody.SetKey(peer.Account, key); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := everybody.RestoreConversation(peer, m.alice.client.Config, m.alice.snapshot); !errors.Is(err, otr.ErrSnapshot) {
			t.Errorf("restored as the conversation of %v: %v", peer, err)
		}
	}
}

// However often one snapshot is restored, no two messages are encrypted with the same key and counter, as long as the
// clock goes forward.
func TestSnapshotNeverRepeatsACounter(t *testing.T) {
	eachMoment(t, func(t *testing.T, m *moment) {
		used := map[string]bool{}
		for range 3 {
			alice := m.alice.restore(t)
			if alice.State() != otr.Encrypted {
				return
			}
			for n := range 5 {
				alice.Say(fmt.Sprint("text ", n))
				d := parse(t, alice.Take()).(*wire.Data)
				counter := fmt.Sprint(d.SenderKeyID, d.RecipientKeyID, d.Counter)
				if used[counter] {
					t.Fatalf("counter %s is used twice", counter)
				}
				used[counter] = true
			}
			alice.Clock.Advance(time.Second)
		}
	})
}

// Nothing that a program may print shows a secret of the conversation.
func TestConversationDoesNotPrint(t *testing.T) {
	eachMoment(t, func(t *testing.T, m *moment) {
		alice := m.alice.restore(t)
		const name = "otr.Conversation(test, alice@example.org with bob@example.org)"
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			if printed := fmt.Sprintf(verb, alice.Conversation); printed != name {
				t.Fatalf("%s shows %.200s", verb, printed)
			}
		}
	})
}
