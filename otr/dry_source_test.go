package otr_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
)

// A well is randomness that dries up after so many bytes.
type well struct {
	io.Reader
	left int // negative: it never does
}

func (w *well) Read(b []byte) (int, error) {
	if w.left < 0 {
		return w.Reader.Read(b)
	}
	if w.left == 0 {
		return 0, errDry
	}
	n, err := w.Reader.Read(b[:min(len(b), w.left)])
	w.left -= n
	return n, err
}

// action is something Alice does that draws randomness.
type action struct {
	name    string
	prepare func(p *testkit.Pair) // from a private conversation
	do      func(c *testkit.Client) (otr.Result, error)
	outcome func(t *testing.T, p *testkit.Pair) // of a success, once all is delivered
}

func nothingMore(*testkit.Pair) {}

var actions = []action{
	{"Send", nothingMore, func(c *testkit.Client) (otr.Result, error) { return c.Send("a text") },
		func(t *testing.T, p *testkit.Pair) { testkit.ExpectText(t, p.Bob, "a text") }},
	{"StartSMP", nothingMore, func(c *testkit.Client) (otr.Result, error) { return c.StartSMP([]byte(sharedSecret)) }, bobAnswers},
	{"StartSMP during another", func(p *testkit.Pair) { p.Alice.Do(p.Alice.StartSMP([]byte("old"))) },
		func(c *testkit.Client) (otr.Result, error) { return c.StartSMP([]byte(sharedSecret)) }, bobAnswers},
	{"AskSMP", nothingMore, func(c *testkit.Client) (otr.Result, error) { return c.AskSMP("which?", []byte(sharedSecret)) }, bobAnswers},
	{"AnswerSMP", func(p *testkit.Pair) { p.Bob.Do(p.Bob.StartSMP([]byte(sharedSecret))) },
		func(c *testkit.Client) (otr.Result, error) { return c.AnswerSMP([]byte(sharedSecret)) },
		func(t *testing.T, p *testkit.Pair) { testkit.Expect[otr.SMPSucceeded](t, p.Alice) }},
	{"AbortSMP", func(p *testkit.Pair) { p.Bob.Do(p.Bob.StartSMP([]byte(sharedSecret))) },
		func(c *testkit.Client) (otr.Result, error) { return c.AbortSMP() },
		func(t *testing.T, p *testkit.Pair) { testkit.Expect[otr.SMPAborted](t, p.Bob) }},
	{"ExtraKey", nothingMore, func(c *testkit.Client) (otr.Result, error) {
		_, r, err := c.ExtraKey(7, nil)
		return r, err
	}, func(t *testing.T, p *testkit.Pair) { testkit.Expect[otr.ExtraKeyOffered](t, p.Bob) }},
	{"Refresh", nothingMore, func(c *testkit.Client) (otr.Result, error) { return c.Refresh() },
		func(t *testing.T, p *testkit.Pair) { testkit.Expect[otr.Secured](t, p.Alice) }},
	{"End", func(p *testkit.Pair) { p.Bob.Do(p.Bob.StartSMP([]byte(sharedSecret))) }, func(c *testkit.Client) (otr.Result, error) { return c.End() },
		func(t *testing.T, p *testkit.Pair) { testkit.Expect[otr.Ended](t, p.Bob) }},
}

// bobAnswers ends the verification that Alice began.
func bobAnswers(t *testing.T, p *testkit.Pair) {
	t.Helper()
	testkit.Expect[otr.SMPAsked](t, p.Bob)
	p.Bob.Do(p.Bob.AnswerSMP([]byte(sharedSecret)))
	p.Flow()
	testkit.Expect[otr.SMPSucceeded](t, p.Alice)
	testkit.Expect[otr.SMPSucceeded](t, p.Bob)
}

// dryPair is a private conversation whose Alice draws from the well.
func dryPair(t *testing.T, version int, w *well) *testkit.Pair {
	t.Helper()
	clock := testkit.NewClock()
	p := testkit.NewPairOf(t,
		testkit.NewClient(t, testkit.Alice, testkit.Bob, "", clock, onlyPolicy(version, 0), func(c *otr.Config) { c.Rand = w }),
		testkit.NewClient(t, testkit.Bob, testkit.Alice, "bob", clock, onlyPolicy(version, 0)))
	p.Secure(t)
	return p
}

// Wherever the randomness of an action dries up, the error has changed nothing and nothing was sent. A retry with good
// randomness does all that the action should.
func TestDryRandomnessChangesNothing(t *testing.T) {
	for _, a := range actions {
		// Alice's next D-H key is made when it is first advertised, and may be kept although the message failed.
		for version, advertised := range map[int]bool{2: false, 3: true} {
			t.Run(fmt.Sprintf("%s/v%d", a.name, version), func(t *testing.T) {
				w := &well{testkit.Rand(t.Name()), -1}
				p := dryPair(t, version, w)
				a.prepare(p)
				p.Flow()
				if advertised {
					p.Alice.Say("here is my key")
					p.Flow()
				}
				p.Alice.Events, p.Bob.Events = nil, nil
				driesUp(t, p.Alice, w, a.do, !advertised)
				p.Flow()
				a.outcome(t, p)
			})
		}
	}
}

// driesUp tries an action with 0, 1, 2 and more random bytes, until they are enough.
func driesUp(t *testing.T, alice *testkit.Client, w *well, do func(*testkit.Client) (otr.Result, error), mayMakeKey bool) {
	t.Helper()
	const plenty = 4000
	before, is := snapshotOf(t, alice), stateOf(alice)
	for n := range plenty {
		w.left = n
		r, err := do(alice)
		w.left = -1
		if err == nil {
			if n == 0 && mayMakeKey {
				t.Error("no randomness was needed")
			}
			alice.Note(r)
			return
		}
		if !errors.Is(err, errDry) || len(r.Send) > 0 || len(r.Events) > 0 {
			t.Fatalf("%d bytes: error %v, sent %.80q, events %+v", n, err, r.Send, r.Events)
		}
		if now := stateOf(alice); now != is {
			t.Fatalf("%d bytes: was in state %+v, is in %+v", n, is, now)
		}
		if now := snapshotOf(t, alice); !bytes.Equal(now, before) {
			if !mayMakeKey {
				t.Fatalf("%d bytes: the error changed the conversation", n)
			}
			mayMakeKey, before = false, now
		}
	}
	t.Fatalf("%d bytes were not enough", plenty)
}

// state is what a program can ask a conversation.
type state struct {
	message otr.MessageState
	auth    otr.AuthState
	smp     otr.SMPState
	session otr.Session
}

func stateOf(c *testkit.Client) state {
	session, _ := c.Session()
	return state{c.State(), c.AuthState(), c.SMPState(), session}
}

func snapshotOf(t *testing.T, c *testkit.Client) []byte {
	t.Helper()
	snapshot, err := c.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}
