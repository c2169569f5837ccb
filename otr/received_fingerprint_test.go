package otr_test

import (
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// wantFrom checks a text and whose key it came with.
func wantFrom(t *testing.T, e otr.Received, key otr.Fingerprint, text string) {
	t.Helper()
	if e.Fingerprint != key || e.Text != text {
		t.Errorf("received %q with %s, want %q with %s", e.Text, e.Fingerprint, text, key)
	}
}

// A text names the key that it came with, also when there is no session any more by the time the program sees the event.
func TestReceivedNamesTheKey(t *testing.T) {
	bothVersions(t, func(t *testing.T, version int) {
		s := newScene(t, version).private()
		key := s.bob.key.fingerprint()
		wantFrom(t, event[otr.Received](t, s.get(s.bob.data("hello", nil))), key, "hello")
		alone := s.get(s.bob.data("", []wire.TLV{{Type: 0x1001, Value: []byte("x")}}))
		wantFrom(t, event[otr.Received](t, alone), key, "")
		goodbye := s.get(s.bob.data("goodbye", disconnected))
		event[otr.Ended](t, goodbye)
		wantFrom(t, event[otr.Received](t, goodbye), key, "goodbye")
	})
	t.Run("goodbye in the same batch", func(t *testing.T) {
		p := testkit.NewPair(t)
		p.Secure(t)
		session, _ := p.Alice.Session()
		p.Bob.Say("one")
		p.Bob.Do(p.Bob.End())
		p.Flow()
		if _, ok := p.Alice.Session(); ok {
			t.Error("there still is a session")
		}
		wantFrom(t, testkit.Expect[otr.Received](t, p.Alice), session.Fingerprint, "one")
	})
	t.Run("another key in the same batch", func(t *testing.T) {
		p := testkit.NewPair(t)
		p.Secure(t)
		before, _ := p.Alice.Session()
		p.Bob.Say("with the first key")
		p.Flow()
		mallory := poser(t, p)
		mallory.Do(mallory.Start())
		link := testkit.NewPairOf(t, p.Alice, mallory)
		link.Flow()
		mallory.Say("with the second key")
		link.Flow()
		after, _ := p.Alice.Session()
		if before.Fingerprint == after.Fingerprint {
			t.Fatal("the key is the same")
		}
		wantFrom(t, testkit.Expect[otr.Received](t, p.Alice), before.Fingerprint, "with the first key")
		wantFrom(t, testkit.Expect[otr.Received](t, p.Alice), after.Fingerprint, "with the second key")
	})
}

// Each of two clients under one name speaks with its own key, whichever is selected.
func TestReceivedNamesTheKeyOfTheInstance(t *testing.T) {
	bob := newScene(t, 3).private()
	bob.chosen()
	posing := *bob
	mallory := &posing
	mallory.bob = newHandmade(t, 3, testkit.Mallory, "mallory")
	mallory.bob.tag = 0xbad00bad
	mallory.private()
	for range 2 {
		for _, who := range []*scene{mallory, bob} {
			r := who.get(who.bob.data("Send the money.", nil))
			wantFrom(t, event[otr.Received](t, r), who.bob.key.fingerprint(), "Send the money.")
		}
	}
	wantFrom(t, event[otr.Received](t, mallory.get(mallory.bob.data("bye", disconnected))), mallory.bob.key.fingerprint(), "bye")
	wantFrom(t, event[otr.Received](t, bob.get(bob.bob.data("still here", nil))), bob.bob.key.fingerprint(), "still here")
}
