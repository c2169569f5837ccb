package otr_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
)

// Two conversations take random steps over a link that drops, duplicates,
// reorders and corrupts. No text typed outside of PLAINTEXT is ever seen in
// clear, none arrives twice, and when the link heals both understand each other.
func TestRandomWalks(t *testing.T) {
	for _, version := range []int{2, 3} {
		for _, flags := range []otr.Policy{0, otr.ErrorStartAKE | otr.WhitespaceStartAKE | otr.SendWhitespaceTag, otr.RequireEncryption | otr.ErrorStartAKE} {
			read := 0
			for seed := range uint64(15) {
				t.Run(fmt.Sprintf("v%d/policy %#x/seed %d", version, int(flags), seed), func(t *testing.T) {
					w := newWalk(t, version, flags, seed)
					for range 400 {
						w.step()
					}
					w.heals()
					read += len(w.read)
				})
			}
			if read < 100 {
				t.Errorf("version %d, policy %#x: only %d texts were read privately: the walks lead nowhere", version, int(flags), read)
			}
		}
	}
}

// A walk is a pair and what has been seen of its texts.
type walk struct {
	*testkit.Pair
	t      *testing.T
	random *rand.Rand
	texts  int
	clear  map[string]bool // texts that were typed in PLAINTEXT
	read   map[string]int  // how often a text was read
}

func newWalk(t *testing.T, version int, flags otr.Policy, seed uint64) *walk {
	w := &walk{
		Pair: testkit.NewPair(t, onlyPolicy(version, flags)), t: t,
		random: rand.New(rand.NewPCG(seed, uint64(flags))),
		clear:  map[string]bool{}, read: map[string]int{},
	}
	if seed%3 > 0 {
		w.Secure(t)
	}
	w.Edit = func(_ *testkit.Client, message string) []string {
		if w.random.IntN(24) == 0 {
			message = mutated(w.random, message)
		}
		return []string{message}
	}
	return w
}

// step does one thing at one end, and carries messages.
func (w *walk) step() {
	w.t.Helper()
	c := []*testkit.Client{w.Alice, w.Bob}[w.random.IntN(2)]
	switch w.random.IntN(40) {
	case 0:
		c.Do(c.Start())
	case 1:
		w.mayFail(c)(c.Refresh())
	case 2:
		w.mayFail(c)(c.End())
	case 3:
		w.mayFail(c)(c.StartSMP([]byte(sharedSecret)))
	case 4, 5:
		w.mayFail(c)(c.AnswerSMP([]byte(sharedSecret)))
	case 6:
		w.mayFail(c)(c.AbortSMP())
	case 7:
		c.Note(c.Tick())
	case 8:
		w.Clock.Advance(time.Duration(w.random.IntN(50)) * time.Second)
	case 9:
		w.Reverse(c)
	case 10:
		c.Restart(w.Other(c).Name)
	case 11, 12, 13, 14:
		w.says(c)
	default:
		if len(c.Out) > 0 {
			w.carries(c)
		}
	}
}

// carries takes the next message of c some way.
func (w *walk) carries(c *testkit.Client) {
	w.t.Helper()
	switch w.random.IntN(24) {
	case 0:
		w.Drop(c)
		return
	case 1:
		w.Duplicate(c)
	}
	w.Deliver(c)
	w.look(w.Other(c))
}

// mayFail notes a result unless the action was refused.
func (w *walk) mayFail(c *testkit.Client) func(otr.Result, error) {
	return func(r otr.Result, err error) {
		w.t.Helper()
		if err == nil {
			c.Note(r)
		} else if len(r.Send) != 0 {
			w.t.Fatalf("error %v, and %q was sent", err, r.Send)
		}
	}
}

func (w *walk) says(c *testkit.Client) {
	w.t.Helper()
	w.texts++
	text := fmt.Sprintf("<text %d>", w.texts)
	w.clear[text] = c.State() == otr.Plaintext && !c.Policy().Has(otr.RequireEncryption)
	w.mayFail(c)(c.Send(text))
}

// look checks what has arrived at c and what it sent by itself.
func (w *walk) look(c *testkit.Client) {
	w.t.Helper()
	for _, e := range c.Events {
		if e, ok := e.(otr.Received); ok {
			if w.read[e.Text]++; w.read[e.Text] > 1 {
				w.t.Fatalf("%q was read twice", e.Text)
			}
		}
	}
	c.Events = nil
	for _, side := range []*testkit.Client{w.Alice, w.Bob} {
		for _, message := range side.Out {
			if at := strings.Index(message, "<text"); at >= 0 {
				text := message[at : at+strings.IndexByte(message[at:], '>')+1]
				if !w.clear[text] {
					w.t.Fatalf("sent in clear: %q", message)
				}
			}
		}
	}
}

// heals mends the link: both ends become private again and talk.
func (w *walk) heals() {
	w.t.Helper()
	w.Edit = nil
	w.Flow()
	w.look(w.Alice)
	w.look(w.Bob)
	w.Clock.Advance(2 * time.Minute)
	w.Alice.Note(w.Alice.Tick())
	w.Bob.Note(w.Bob.Tick())
	w.Flow()
	w.Secure(w.t)
	w.Say(w.Alice, "do you hear me?")
	w.Say(w.Bob, "I do")
	w.Verify(w.t, "", sharedSecret, sharedSecret)
	testkit.Expect[otr.SMPSucceeded](w.t, w.Alice)
	testkit.Expect[otr.SMPSucceeded](w.t, w.Bob)
}
