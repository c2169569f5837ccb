package libotr

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"otrbot/otr"
)

// Texts that wait, get lost or are sent again.

func pairs(t *testing.T, policy int) map[string]func() (*room, *ours, *theirs) {
	t.Helper()
	return map[string]func() (*room, *ours, *theirs){
		"v2": func() (*room, *ours, *theirs) { return ourPair(t, policy|PolicyAllowV2) },
		"v3": func() (*room, *ours, *theirs) { return ourPair(t, policy|PolicyAllowV3) },
	}
}

func ourPair(t *testing.T, policy int) (*room, *ours, *theirs) {
	t.Helper()
	alice := newOurs(t, setup{"alice", "bob", policy, 0})
	bob := newTheirs(t, process(t), "b", setup{"bob", "alice", policy, 0})
	return between(t, alice, bob), alice, bob
}

// Under a policy that requires encryption, texts wait for the private
// conversation that the first of them asks for.
func TestHeldTextsArrive(t *testing.T) {
	for name, make := range pairs(t, PolicyRequireEncryption) {
		t.Run(name+"/ours", func(t *testing.T) {
			r, alice, bob := make()
			for _, text := range []string{"one", "zwei", "三"} {
				alice.say(text)
			}
			r.expect(alice, "held", "held", "held")
			r.settle()
			r.expectSeen(bob, "secured|text: one|text: zwei|text: 三")
			r.expect(alice, "secured")
		})
		t.Run(name+"/libotr's", func(t *testing.T) {
			r, alice, bob := make()
			bob.say("one")
			r.expect(bob, "held")
			r.settle()
			r.expectSeen(alice, "secured|text: one")
		})
	}
}

// A text that the peer could not read is sent again after new keys.
func TestResending(t *testing.T) {
	for name, make := range pairs(t, PolicyErrorStartAKE) {
		t.Run(name+"/ours", func(t *testing.T) {
			r, alice, bob := make()
			lose(r, alice, "lost")
			r.expectSeen(bob, "unreadable|secured|text: [resent] lost")
			if saw := alice.notes(); !slices.Contains(saw, "resent") {
				t.Errorf("we saw %q", saw)
			}
			alice.say("next")
			r.settle()
			r.expect(bob, "text: next")
		})
		t.Run(name+"/libotr's", func(t *testing.T) {
			r, alice, bob := make()
			lose(r, bob, "lost")
			again := []string{"unreadable", "refreshed", "text: [resent] lost"}
			if name == "v3" {
				again = again[:2] // libotr resends in version 2 only
			}
			r.expect(alice, again...)
		})
	}
}

// lose damages the next message that from sends.
func lose(r *room, from party, text string) {
	r.t.Helper()
	private(r, r.left[0])
	from.say(text)
	for _, m := range from.take() {
		kind := m[:len(dataMessage)]
		m = changed(kind, damage)(true, m)
		for _, to := range []party{r.left[0], r.right[0]} {
			if to != from {
				to.receive(m)
			}
		}
	}
	r.settle()
}

// Nothing is sent again to somebody with another key.
func TestNoResendingToAnotherKey(t *testing.T) {
	for name, make := range pairs(t, PolicyErrorStartAKE) {
		t.Run(name, func(t *testing.T) {
			r, alice, bob := make()
			private(r, alice)
			alice.say("for bob's old key")
			alice.take()
			bob.keys = filepath.Join(t.TempDir(), "keys")
			bob.check(bob.user.WriteKeys(bob.keys))
			bob.lose()
			alice.receive("?OTR Error: unreadable")
			r.settle()
			if saw := strings.Join(bob.notes(), "|"); saw != "secured" {
				t.Errorf("the new key saw %q", saw)
			}
			if saw := alice.notes(); slices.Contains(saw, "resent") || !slices.Contains(saw, "secured") {
				t.Errorf("we saw %q, want a conversation with another key and nothing resent", saw)
			}
		})
	}
}

// What the caller may word and convert reaches libotr that way.
func TestOwnWords(t *testing.T) {
	r, alice, bob := ourPair(t, PolicyManual|PolicyErrorStartAKE)
	config := alice.config()
	config.QueryText = "Bitte privat!"
	config.ResendPrefix = "(nochmal) "
	config.ErrorTexts = map[otr.ErrorCode]string{otr.ErrorUnreadable: "unlesbar"}
	config.Convert = func(d otr.Direction, text string) string { return fmt.Sprintf("%s%d", text, d) }
	var err error
	alice.talk, err = alice.user.NewConversation(alice.peer(), config)
	alice.check(err)

	alice.start()
	if query := alice.ready[0]; !strings.HasPrefix(query, "?OTRv23?") || !strings.Contains(query, "Bitte privat!") {
		t.Errorf("our query is %q", query)
	}
	r.settle()
	r.forget()
	alice.say("hin")
	bob.say("her")
	r.settle()
	r.expect(bob, "text: hin0")
	r.expect(alice, "text: her1")

	lose(r, alice, "weg")
	r.expectSeen(bob, "unreadable|secured|text: (nochmal) weg0")
	lose(r, bob, "fort")
	if saw := bob.notes(); !slices.Contains(saw, "error: unlesbar") {
		t.Errorf("libotr saw %q, want our words for the error", saw)
	}
}

// Padding hides the length of a text and is invisible to libotr.
func TestPadding(t *testing.T) {
	r, alice, bob := ourPair(t, PolicyManual)
	config := alice.config()
	config.PadTo = 256
	var err error
	alice.talk, err = alice.user.NewConversation(alice.peer(), config)
	alice.check(err)
	private(r, alice)
	var lengths []int
	for _, text := range []string{"a", "hello", strings.Repeat("x", 200)} {
		alice.say(text)
		for _, m := range alice.ready {
			lengths = append(lengths, len(m))
		}
		r.settle()
		r.expect(bob, "text: "+text)
	}
	if slices.Min(lengths) != slices.Max(lengths) {
		t.Errorf("padded messages have the lengths %d", lengths)
	}
}
