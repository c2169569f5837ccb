package otr_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

const secretText = "the secret that must never be seen in clear"

// sendsNothingInClear lets Alice send the secret text; what goes out is a Data
// Message that does not show it, or nothing and an error.
func (s *scene) sendsNothingInClear() {
	s.t.Helper()
	r, err := s.alice.Send(secretText)
	if err != nil && len(r.Send) != 0 {
		s.t.Fatalf("error %v, and %q was sent", err, r.Send)
	}
	for _, message := range r.Send {
		if strings.Contains(message, "secret") || wire.Classify(message).Kind == wire.KindPlain {
			s.t.Fatalf("sent %.200q", message)
		}
	}
}

// Only the user leads back to plaintext: nothing received makes Send show a
// text, in ENCRYPTED or in FINISHED, with every policy flag set.
func TestNothingReceivedLeadsToPlaintext(t *testing.T) {
	for _, version := range []int{2, 3} {
		for _, state := range []otr.MessageState{otr.Encrypted, otr.Finished} {
			t.Run(fmt.Sprintf("v%d/state %d", version, state), func(t *testing.T) {
				s := newScene(t, version, policy(otr.SendWhitespaceTag|otr.WhitespaceStartAKE|otr.ErrorStartAKE)).in(state)
				random := rand.New(rand.NewPCG(43, uint64(version)))
				corpus := s.anything()
				for range 3000 {
					s.get(mutated(random, corpus[random.IntN(len(corpus))]))
					if s.alice.State() == otr.Plaintext {
						t.Fatal("the message state is PLAINTEXT")
					}
					s.sendsNothingInClear()
					s.clock.Advance(time.Second)
				}
			})
		}
	}
}

// anything is messages of every kind, in and out of place.
func (s *scene) anything() []string {
	h := halfway(s.t, s.version, otr.AuthNone)
	h.alice, h.bob = s.alice, s.again()
	messages := []string{
		"hello", "hello" + whitespaceTag(2, 3), "?OTRv23?", "?OTR?", "?OTRv2?", "?OTR Error: x", "?OTR:", "?OTR:AAM=.", "?OTR:===.", "",
		s.bob.commit(), s.bob.commitAgain(),
		h.foreign(wire.TypeDHKey), h.foreign(wire.TypeRevealSignature), h.foreign(wire.TypeSignature),
		s.bob.data("x", nil), s.bob.data("", nil, unreadableIgnored), s.forged(), s.forged(unreadableIgnored),
		s.bob.data("bye", disconnected), s.bob.data("", []wire.TLV{wellFormed(wire.TLVSMP1), wellFormed(wire.TLVSMPAbort)}),
		strings.Repeat("?OTR", 50), strings.Repeat("\x20\x09", 40),
	}
	for _, m := range slices.Clone(messages[10:16]) {
		messages = append(messages, s.pieces(m, 3)...)
	}
	return messages
}

// mutated is a message, more often damaged than not.
func mutated(random *rand.Rand, message string) string {
	b := []byte(message)
	if len(b) == 0 {
		return message
	}
	switch random.IntN(5) {
	case 0:
		b[random.IntN(len(b))] ^= 1 << random.IntN(8)
	case 1:
		b = b[:random.IntN(len(b))]
	case 2:
		at := random.IntN(len(b))
		b = slices.Concat(b[:at], b[at/2:])
	case 3:
		b = b[random.IntN(len(b)):]
	}
	return string(b)
}

// The peer ends the conversation while the user presses Enter.
func TestTextTypedWhileThePeerEnds(t *testing.T) {
	for _, version := range []int{2, 3} {
		p := testkit.NewPair(t, onlyPolicy(version, otr.SendWhitespaceTag))
		p.Secure(t)
		p.Bob.Do(p.Bob.End())
		p.Flow()
		testkit.Expect[otr.Ended](t, p.Alice)
		r, err := p.Alice.Send(secretText)
		if !errors.Is(err, otr.ErrFinished) || len(r.Send) != 0 {
			t.Errorf("error %v, sent %q", err, r.Send)
		}
		p.Bob.Say("a plain word")
		p.Flow()
		if e := testkit.Expect[otr.ReceivedInClear](t, p.Alice); !e.Unexpected {
			t.Error("a plain word of the peer came without a warning")
		}
		if r, err := p.Alice.Send(secretText); !errors.Is(err, otr.ErrFinished) || len(r.Send) != 0 {
			t.Errorf("error %v, sent %q", err, r.Send)
		}
	}
}

// A tap is randomness that can be turned off.
type tap struct {
	io.Reader
	dry bool
}

var errDry = errors.New("no randomness")

func (t *tap) Read(b []byte) (int, error) {
	if t.dry {
		return 0, errDry
	}
	return t.Reader.Read(b)
}

// Without randomness every action works privately or fails; nothing is sent
// in clear and nothing is lost: the conversation goes on when it is back.
func TestWithoutRandomness(t *testing.T) {
	for _, version := range []int{2, 3} {
		tap := &tap{Reader: testkit.Rand("tap")}
		s := newScene(t, version, func(c *otr.Config) { c.Rand = tap }).private()
		s.talks()
		tap.dry = true
		s.sendsNothingInClear()
		for name, action := range map[string]func() (otr.Result, error){
			"StartSMP": func() (otr.Result, error) { return s.alice.StartSMP([]byte("x")) },
			"Refresh":  s.alice.Refresh,
		} {
			r, err := action()
			if !errors.Is(err, errDry) || len(r.Send) != 0 {
				t.Errorf("version %d, %s: error %v, sent %.80q", version, name, err, r.Send)
			}
		}
		s.get(s.query())
		s.get(s.again().commit())
		s.is(otr.Encrypted)
		s.sendsNothingInClear()
		tap.dry = false
		s.is(otr.Encrypted)
		s.reads(s.must(s.alice.Send("again")), "again")
		s.talks()
	}
	tap := &tap{Reader: testkit.Rand("tap")}
	held := newScene(t, 2, policy(otr.RequireEncryption), func(c *otr.Config) { c.Rand = tap })
	tap.dry = true
	held.sendsNothingInClear()
	silent(t, held.get(held.bob.commit()))
	tap.dry = false
	held.bob = held.again()
	if sends := held.exchangeSends(); len(sends) != 1 {
		t.Errorf("%d held texts sent, want 1", len(sends))
	}
}

// A text is sent again to the client it was meant for, once, and never
// because of an error alone.
func TestResendGoesToTheSameClient(t *testing.T) {
	one := newScene(t, 3, policy(otr.ErrorStartAKE)).private()
	one.says("an older text")
	one.says("for one alone")
	r := one.get("?OTR Error: what?")
	wantQuery(t, r)

	two := one.beside()
	for _, message := range two.exchangeSends() {
		text, _ := two.bob.read(parse(t, message).(*wire.Data))
		t.Errorf("the other client was sent %q", text)
	}
	one.bob = one.again()
	sends := one.exchangeSends()
	if len(sends) != 1 {
		t.Fatalf("%d messages sent again, want 1", len(sends))
	}
	if text, _ := one.bob.read(parse(t, sends[0]).(*wire.Data)); text != "[resent] for one alone" {
		t.Errorf("sent again %q", text)
	}
	one.bob = one.again()
	if more := one.exchangeSends(); len(more) != 0 {
		t.Errorf("%d messages sent once more", len(more))
	}
}

// A key exchange that nobody asked for with an error sends nothing again.
func TestNoResendWithoutAnError(t *testing.T) {
	for _, version := range []int{2, 3} {
		s := newScene(t, version).private()
		s.says("has arrived for all we know")
		s.bob = s.again()
		if sends := s.exchangeSends(); len(sends) != 0 {
			t.Errorf("version %d: %d messages sent again", version, len(sends))
		}
	}
}

// Two clients that answer everything they can, over a link that damages every
// message: the storm ends, and what a minute of it can bring is bounded.
func TestNoStormOverABadLink(t *testing.T) {
	for _, version := range []int{2, 3} {
		p := testkit.NewPair(t, testkit.Policy(testkit.VersionPolicy(version)|otr.WhitespaceStartAKE|otr.ErrorStartAKE))
		p.Secure(t)
		random := rand.New(rand.NewPCG(47, uint64(version)))
		p.Edit = func(_ *testkit.Client, message string) []string {
			if !strings.HasPrefix(message, "?OTR:") {
				return []string{message}
			}
			b := []byte(message)
			b[5+random.IntN(len(b)-6)] = 'A'
			return []string{string(b)}
		}
		const minutes, texts = 5, 20
		before := len(p.Alice.Sent) + len(p.Bob.Sent)
		for range minutes {
			for range texts {
				p.Alice.Say("hello?")
				p.Flow()
				p.Bob.Say("hello?")
				p.Flow()
				p.Clock.Advance(time.Minute / texts)
			}
		}
		automatic := len(p.Alice.Sent) + len(p.Bob.Sent) - before - 2*minutes*texts
		if limit := 2 * (minutes + 1) * 10; automatic > limit {
			t.Errorf("version %d: %d automatic messages in %d minutes, want at most %d", version, automatic, minutes, limit)
		}
		p.Edit = nil
		p.Clock.Advance(2 * time.Minute)
		p.Secure(t)
		p.Say(p.Alice, "here we are")
	}
}

// Texts held until the conversation is private are all sent or refused.
func TestHeldTextsAreKeptOrRefused(t *testing.T) {
	for _, version := range []int{2, 3} {
		s := newScene(t, version, policy(otr.RequireEncryption), func(c *otr.Config) { c.Limits.HeldTexts = 3 })
		for i := range 5 {
			r, err := s.alice.Send(fmt.Sprint("text ", i))
			if refused := errors.Is(err, otr.ErrTooManyHeld); refused != (i >= 3) {
				t.Errorf("text %d: error %v", i, err)
			}
			for _, message := range r.Send {
				if strings.Contains(message, "text") {
					t.Errorf("sent %q", message)
				}
			}
		}
		sends := s.exchangeSends()
		if len(sends) != 3 {
			t.Fatalf("%d texts sent, want 3", len(sends))
		}
		for i, message := range sends {
			if text, _ := s.bob.read(parse(t, message).(*wire.Data)); text != fmt.Sprint("text ", i) {
				t.Errorf("text %d is %q", i, text)
			}
		}
	}
}
