package libotr

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"otrbot/otr"
)

// A walk is a conversation between our library and libotr in which both users
// do what comes to their minds, over a link that loses, repeats, delays and
// damages messages.
type walk struct {
	*room
	random *rand.Rand
	ours   *ours
	theirs *theirs
	late   []delayed
	said   int
	heard  map[string]bool
	calm   int // a message in so many/5 fares badly
}

type delayed struct {
	fromUs  bool
	message string
}

func TestWalks(t *testing.T) { walks(t, 20, 150) }

func walks(t *testing.T, count, steps int) {
	for seed := range count {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			newWalk(t, uint64(seed)).run(steps)
		})
	}
}

func newWalk(t *testing.T, seed uint64) *walk {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 2))
	policy := []int{PolicyAllowV2, PolicyAllowV3, PolicyManual, PolicyOpportunistic}[random.IntN(4)]
	size := []int{0, 0, 140, 400}[random.IntN(4)]
	alice := newOurs(t, setup{"alice", "bob", policy, size})
	bob := newTheirs(t, process(t), "b", setup{"bob", "alice", policy, size})
	calm := 20
	if size > 0 {
		calm = 200 // a message in pieces needs all of them
	}
	return &walk{room: between(t, alice, bob), random: random, ours: alice, theirs: bob, heard: make(map[string]bool), calm: calm}
}

func (w *walk) run(steps int) {
	for range steps {
		w.act()
		w.carry(true)
		w.listen()
	}
	w.heal()
}

// act is a whim of one of the two users.
func (w *walk) act() {
	if w.ours.talk.State() != otr.Encrypted && w.random.IntN(4) == 0 {
		w.try(w.ours.talk.Start())
		return
	}
	switch w.random.IntN(24) {
	case 0:
		w.try(w.ours.talk.Start())
	case 1:
		w.theirs.start()
	case 2:
		w.try(w.ours.talk.Refresh())
	case 3:
		w.try(w.ours.talk.StartSMP([]byte("secret")))
	case 4:
		if w.theirs.session().state == "encrypted" {
			w.theirs.smp("secret")
		}
	case 5:
		w.try(w.ours.talk.AbortSMP())
	case 6:
		w.try(w.ours.talk.End())
	case 7:
		w.theirs.end()
	case 8:
		w.advance(time.Duration(w.random.IntN(90)) * time.Second)
	case 9:
		w.ours.restart()
	default:
		w.speak()
	}
}

// speak has one of the two say something new.
func (w *walk) speak() {
	w.said++
	text := fmt.Sprint("thought number ", w.said, ".")
	if w.random.IntN(2) == 0 {
		w.theirs.say(text)
		return
	}
	before := w.ours.talk.State()
	result, err := w.ours.talk.Send(text)
	if before != otr.Plaintext && strings.Contains(strings.Join(result.Send, "\n"), text) {
		w.t.Errorf("in state %v we sent %q in clear", before, text)
	}
	w.try(result, err)
}

// try takes a result; what is not due in this state is no fault of a walk.
func (w *walk) try(result otr.Result, err error) {
	if err == nil {
		w.ours.did(result, nil)
	}
}

// carry passes on what is on the wire, badly if the link is bad.
func (w *walk) carry(bad bool) {
	for range 200 {
		ready := w.late
		w.late = nil
		for _, m := range w.ours.take() {
			ready = append(ready, delayed{true, m})
		}
		for _, m := range w.theirs.take() {
			ready = append(ready, delayed{false, m})
		}
		if len(ready) == 0 || bad && w.random.IntN(4) == 0 {
			w.late = ready
			return
		}
		for _, m := range ready {
			w.pass(m, bad)
		}
	}
	w.t.Fatal("the two sides never fall silent")
}

func (w *walk) pass(m delayed, bad bool) {
	fate := w.random.IntN(w.calm)
	switch {
	case !bad || fate > 4:
	case fate == 0:
		return // lost
	case fate == 1:
		w.late = append(w.late, m)
		return
	case fate == 2:
		w.late = append(w.late, m) // and again
	case fate == 3 && len(m.message) > 0:
		at := w.random.IntN(len(m.message))
		m.message = m.message[:at] + string("AZaz09+/"[w.random.IntN(8)]) + m.message[at+1:]
	}
	w.deliver([]string{m.message}, m.fromUs)
	w.answer()
}

// answer has the user of libotr answer a question of SMP at once.
func (w *walk) answer() {
	for _, note := range w.theirs.notes() {
		w.note("theirs", note)
		if note == "smp asked" {
			w.theirs.answer("secret")
		}
	}
	w.try(w.ours.talk.AnswerSMP([]byte("secret")))
}

func (w *walk) listen() {
	for _, note := range w.ours.notes() {
		w.note("ours", note)
	}
}

// note checks that an encrypted text comes once, unless it was sent again.
func (w *walk) note(who, note string) {
	text, encrypted := strings.CutPrefix(note, "text: ")
	if !encrypted || strings.HasPrefix(text, "[resent]") {
		return
	}
	if w.heard[who+text] {
		w.t.Errorf("%s accepted %q twice", who, text)
	}
	w.heard[who+text] = true
}

// heal makes the link good and has both start over.
func (w *walk) heal() {
	w.carry(false)
	w.advance(2 * time.Minute)
	w.carry(false)
	w.ours.start()
	w.carry(false)
	w.listen()
	w.answer()
	w.forget()
	w.expectPrivate(w.ours, w.theirs, w.ours.session().version)
	w.ours.say("hello again")
	w.theirs.say("hello again, too")
	w.carry(false)
	w.expectSeen(w.ours, "text: hello again, too")
	if !w.heard["theirs"+"hello again"] {
		w.t.Error("libotr did not hear us after the link healed")
	}
	w.t.Logf("%d of %d texts came encrypted", len(w.heard), w.said+1)
}
