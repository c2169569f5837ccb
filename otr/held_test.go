package otr_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// spoiling is a conversion that puts a NUL into one text.
func spoiling(bad string) testkit.Option {
	return func(c *otr.Config) {
		c.Convert = func(d otr.Direction, text string) string {
			if d == otr.Sending && text == bad {
				return "\x00" + text
			}
			return text
		}
	}
}

// receivedBy is what a client has received privately, in order.
func receivedBy(c *testkit.Client) (texts []string) {
	for _, e := range c.Events {
		if e, ok := e.(otr.Received); ok {
			texts = append(texts, e.Text)
		}
	}
	return texts
}

// A held text that cannot be carried once the conversation is private is given back. It does not stop those behind it,
// which arrive in order, before all that is typed later.
func TestHeldTextIsGivenBack(t *testing.T) {
	for _, test := range []struct {
		name   string
		option testkit.Option
		bad    string
	}{
		{"too long", testkit.MaxSize(40), strings.Repeat("x", 200_000)},
		{"spoilt by Convert", spoiling("bad"), "bad"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := testkit.NewPair(t, policy(otr.RequireEncryption), test.option)
			for _, text := range []string{test.bad, "first", test.bad, "second", test.bad} {
				p.Alice.Say(text)
			}
			p.Flow()
			session, ok := p.Alice.Session()
			if !ok {
				t.Fatal("the conversation is not private")
			}
			var sent []string
			back := 0
			for _, e := range p.Alice.Events {
				switch e := e.(type) {
				case otr.Resent:
					if !e.First || e.Instance != session.Instance {
						t.Errorf("%+v, want a first sending to %x", e, session.Instance)
					}
					sent = append(sent, e.Text)
				case otr.NotSent:
					if e.Text != test.bad || e.Instance != session.Instance || e.Detail == "" {
						t.Errorf("given back %+v", e.Detail)
					}
					back++
				}
			}
			if !slices.Equal(sent, []string{"first", "second"}) || back != 3 {
				t.Errorf("sent %.100q, %d texts given back", sent, back)
			}
			p.Alice.Events = nil
			p.Alice.Say("later")
			p.Flow()
			testkit.ExpectNo[otr.NotSent](t, p.Alice)
			testkit.ExpectNo[otr.Resent](t, p.Alice)
			if got := receivedBy(p.Bob); !slices.Equal(got, []string{"first", "second", "later"}) {
				t.Errorf("Bob received %.100q", got)
			}
		})
	}
}

// securedDry is Alice with two held texts, whose randomness dried up just as the conversation became private.
func securedDry(t *testing.T, version int, options ...testkit.Option) (*testkit.Pair, *well) {
	t.Helper()
	w := &well{testkit.Rand(t.Name()), -1}
	clock := testkit.NewClock()
	options = append(options, onlyPolicy(version, otr.RequireEncryption), func(c *otr.Config) { c.Rand = w })
	p := testkit.NewPairOf(t,
		testkit.NewClient(t, testkit.Alice, testkit.Bob, "", clock, options...),
		testkit.NewClient(t, testkit.Bob, testkit.Alice, "bob", clock, onlyPolicy(version, 0)))
	p.Alice.Say("one")
	p.Alice.Say("two")
	p.Alice.Out = nil // Bob does not see the queries; he asks himself
	p.Bob.Do(p.Bob.Start())
	carry(p, p.Bob, p.Alice, p.Bob, p.Alice)
	w.left = 0
	carry(p, p.Bob) // his Signature Message
	testkit.Expect[otr.Secured](t, p.Alice)
	testkit.ExpectNo[otr.Resent](t, p.Alice)
	testkit.ExpectNo[otr.NotSent](t, p.Alice)
	if len(p.Alice.Out) > 0 {
		t.Fatalf("sent %.80q without randomness", p.Alice.Out)
	}
	return p, w
}

func sendThree(c *testkit.Client) (otr.Result, error) { return c.Send("three") }

// allArrive checks that Alice, who has typed a third text, has sent the held ones before it.
func allArrive(t *testing.T, p *testkit.Pair) {
	t.Helper()
	for _, text := range []string{"one", "two"} {
		if e := testkit.Expect[otr.Resent](t, p.Alice); e.Text != text || !e.First {
			t.Errorf("%+v, want the first sending of %q", e, text)
		}
	}
	testkit.ExpectNo[otr.Resent](t, p.Alice)
	p.Flow()
	if got := receivedBy(p.Bob); !slices.Equal(got, []string{"one", "two", "three"}) {
		t.Errorf("Bob received %q", got)
	}
	p.Bob.Events = nil
	p.Say(p.Alice, "and no more")
}

// Held texts that could not be sent for want of randomness wait, through a restart too, and go out before the next text.
func TestHeldTextsWaitForRandomness(t *testing.T) {
	for _, version := range []int{2, 3} {
		p, w := securedDry(t, version)
		driesUp(t, p.Alice, w, sendThree, true)
		allArrive(t, p)

		p, w = securedDry(t, version)
		p.Alice.Restart(testkit.Bob)
		driesUp(t, p.Alice, w, sendThree, true)
		allArrive(t, p)
	}
}

// A hiccup is randomness that fails once.
type hiccup struct {
	io.Reader
	had bool
}

func (h *hiccup) Read(b []byte) (int, error) {
	if !h.had {
		h.had = true
		return 0, errDry
	}
	return h.Reader.Read(b)
}

// Randomness that fails for the first of the held texts and is good for the next one lets no text overtake another.
func TestHeldTextsAreNotOvertaken(t *testing.T) {
	p, w := securedDry(t, 3)
	w.Reader, w.left = &hiccup{Reader: w.Reader}, -1
	r, err := sendThree(p.Alice)
	if !errors.Is(err, errDry) || len(r.Send) > 0 {
		t.Errorf("error %v, sent %.80q; want that of the random source and nothing", err, r.Send)
	}
	p.Alice.Do(sendThree(p.Alice))
	allArrive(t, p)
}

// A text that cannot be sent takes nothing with it. The error says that nothing was sent: the held texts still wait.
func TestErrorKeepsHeldTexts(t *testing.T) {
	for _, test := range []struct {
		name   string
		option testkit.Option
		text   string
		tlvs   []otr.TLV
	}{
		{"NUL", testkit.MaxSize(0), "a\x00b", nil},
		{"spoilt by Convert", spoiling("bad"), "bad", nil},
		{"too long", testkit.MaxSize(40), strings.Repeat("x", 200_000), nil},
		{"a record of ours", testkit.MaxSize(0), "text", []otr.TLV{{Type: wire.TLVSMP1}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, w := securedDry(t, 3, test.option)
			w.left = -1
			r, err := p.Alice.Send(test.text, test.tlvs...)
			if !errors.Is(err, otr.ErrText) || len(r.Send) > 0 || len(r.Events) > 0 {
				t.Errorf("error %v, %d messages, events %+v; want ErrText and no more", err, len(r.Send), r.Events)
			}
			p.Alice.Do(sendThree(p.Alice))
			allArrive(t, p)
		})
	}
}
