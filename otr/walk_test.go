package otr_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// TestWalks lets two people do anything, over a link that loses, repeats, mixes up and damages messages, and checks at
// every step what must hold whatever happens. The soak walks on with other seeds.
func TestWalks(t *testing.T) {
	seeds, steps := uint64(150), 60
	if *soak {
		seeds, steps = 100_000, 200
	}
	seen := map[string]int{}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { walkAlong(t, seed, steps, seen) })
	}
	for _, event := range []string{
		"Received", "ReceivedInClear", "Held", "Resent", "Secured", "Ended", "SMPAsked", "SMPSucceeded", "SMPFailed", "SMPAborted", "PeerError", "Rejected",
	} {
		if seen["otr."+event] == 0 {
			t.Errorf("no %s on all walks", event)
		}
	}
}

var soak = flag.Bool("soak", false, "walk for hours")

// A walker is two clients on a bad link, and what is known of the texts they typed.
type walker struct {
	*testkit.Pair
	t     *testing.T
	dice  *rand.Rand
	log   strings.Builder
	typed map[string]*typedText
	count int
	asked *testkit.Client // who has been asked for the secret
	seen  map[string]int  // events of all walks
}

// typedText is a text that a person typed.
type typedText struct {
	by       *testkit.Client
	clear    bool // it may be on the wire in clear
	held     bool // it waits for a private conversation
	received int  // how often it arrived privately, but for repetitions marked as such
}

const (
	resentMark = "[again] "
	// mostReplies is how many messages a received one may lead to beside the texts that were held: a reply, an error
	// message, a heartbeat.
	mostReplies = 3
	// mostToSilence is how many messages may be delivered, for each that is under way, until two conversations that
	// nobody types in fall silent: each may be a query or a D-H Commit Message that leads to a key exchange.
	mostToSilence = 12
)

func walkAlong(t *testing.T, seed uint64, steps int, seen map[string]int) {
	w := newWalker(t, seed)
	w.seen = seen
	defer func() {
		if t.Failed() {
			t.Logf("seed %d:\n%s", seed, w.log.String())
		}
	}()
	for range steps {
		w.step()
	}
	w.heal()
}

// newWalker makes each seed another setting: the versions, the policies, the length of messages.
func newWalker(t *testing.T, seed uint64) *walker {
	w := &walker{t: t, dice: rand.New(rand.NewPCG(seed, 0)), typed: map[string]*typedText{}}
	versions := []otr.Policy{otr.AllowV2, otr.AllowV3, otr.AllowV2 | otr.AllowV3}[seed%3]
	size := []int{0, 0, 0, 200, 1000}[w.dice.IntN(5)]
	clock := testkit.NewClock()
	client := func(name, peer string) *testkit.Client {
		flags := w.flags()
		fmt.Fprintf(&w.log, "%s: policy %#x, messages of %d bytes\n", name, int(versions|flags), size)
		mark := func(c *otr.Config) { c.ResendPrefix = resentMark }
		return testkit.NewClient(t, name, peer, fmt.Sprint(name, seed), clock, testkit.Policy(versions|flags), testkit.MaxSize(size), mark)
	}
	w.Pair = testkit.NewPairOf(t, client(testkit.Alice, testkit.Bob), client(testkit.Bob, testkit.Alice))
	return w
}

// flags is a policy but for the versions.
func (w *walker) flags() (flags otr.Policy) {
	for _, f := range []otr.Policy{otr.RequireEncryption, otr.SendWhitespaceTag, otr.WhitespaceStartAKE, otr.ErrorStartAKE} {
		if w.dice.IntN(2) == 0 {
			flags |= f
		}
	}
	return flags
}

// somebody is Alice or Bob.
func (w *walker) somebody() *testkit.Client {
	if w.dice.IntN(2) == 0 {
		return w.Alice
	}
	return w.Bob
}

// step is one thing that happens: mostly a message arrives, or fails to.
func (w *walker) step() {
	c := w.somebody()
	if w.asked != nil && w.dice.IntN(3) == 0 {
		c, w.asked = w.asked, nil
		w.act(c, "tells the secret", func() (otr.Result, error) { return c.AnswerSMP(secretOf(w.dice)) })
		return
	}
	switch n := w.dice.IntN(100); {
	case n < 50:
		w.link(c)
	case n < 65:
		w.say(c)
	case n < 72:
		w.act(c, "starts", c.Start)
	case n < 75:
		w.act(c, "refreshes", c.Refresh)
	case n < 77:
		w.act(c, "ends", c.End)
	case n < 78:
		w.act(c, "ends all", c.EndAll)
	case n < 82:
		w.act(c, "asks for the secret", func() (otr.Result, error) { return c.StartSMP(secretOf(w.dice)) })
	case n < 84:
		w.act(c, "tells the secret", func() (otr.Result, error) { return c.AnswerSMP(secretOf(w.dice)) })
	case n < 85:
		w.act(c, "aborts SMP", c.AbortSMP)
	case n < 87:
		w.act(c, "ticks", func() (otr.Result, error) { return c.Tick(), nil })
	case n < 91:
		d := []time.Duration{time.Second, 20 * time.Second, 2 * time.Minute}[w.dice.IntN(3)]
		fmt.Fprintf(&w.log, "%v pass\n", d)
		w.Clock.Advance(d)
	case n < 94:
		fmt.Fprintf(&w.log, "%s is restarted\n", c.Name)
		w.Clock.Advance(time.Millisecond)
		c.Restart(w.Other(c).Name)
	default:
		w.link(c)
	}
}

func secretOf(dice *rand.Rand) []byte { return []byte{byte(dice.IntN(4) / 3)} }

// act is an action of a person; that it is refused is nothing special.
func (w *walker) act(c *testkit.Client, does string, action func() (otr.Result, error)) {
	r, err := action()
	fmt.Fprintf(&w.log, "%s %s: %v\n", c.Name, does, err)
	w.note(c, r, 3)
}

// say sends a text that was never sent before.
func (w *walker) say(c *testkit.Client) {
	w.count++
	text := fmt.Sprintf("text %d.", w.count)
	state := c.State()
	r, err := c.Send(text)
	fmt.Fprintf(&w.log, "%s in %v says %q: %v\n", c.Name, state, text, err)
	if err == nil {
		inClear := state == otr.Plaintext && !c.Policy().Has(otr.RequireEncryption)
		w.typed[text] = &typedText{by: c, clear: inClear, held: state == otr.Plaintext && !inClear}
	}
	w.note(c, r, 1)
}

// link is what the link does with the next message of c.
func (w *walker) link(c *testkit.Client) {
	if len(c.Out) == 0 {
		return
	}
	switch n := w.dice.IntN(100); {
	case n < 70:
		w.arrive(c, c.Take())
	case n < 78:
		fmt.Fprintf(&w.log, "lost, of %s: %s\n", c.Name, brief(c.Take()))
	case n < 84:
		fmt.Fprintf(&w.log, "twice, of %s: %s\n", c.Name, brief(c.Out[0]))
		w.Duplicate(c)
	case n < 92:
		fmt.Fprintf(&w.log, "mixed up: %d of %s\n", len(c.Out), c.Name)
		w.dice.Shuffle(len(c.Out), func(i, j int) { c.Out[i], c.Out[j] = c.Out[j], c.Out[i] })
	default:
		w.arrive(c, w.damage(c.Take()))
	}
}

// damage changes, removes or adds a byte, or cuts the message off.
func (w *walker) damage(message string) string {
	b := []byte(message)
	n := w.dice.IntN(len(b))
	switch w.dice.IntN(4) {
	case 0:
		b[n] ^= 1 << w.dice.IntN(7)
	case 1:
		b = append(b[:n], b[n+1:]...)
	case 2:
		b = append(b[:n], append([]byte{byte(w.dice.IntN(128))}, b[n:]...)...)
	default:
		b = b[:n]
	}
	fmt.Fprintf(&w.log, "damaged at byte %d: ", n)
	return string(b)
}

// arrive brings a message from c to the other side.
func (w *walker) arrive(c *testkit.Client, message string) {
	to := w.Other(c)
	before := to.State()
	r := to.Receive(message)
	fmt.Fprintf(&w.log, "%s (%v) gets %s\n", to.Name, before, brief(message))
	if before != otr.Plaintext && to.State() == otr.Plaintext {
		w.t.Fatal("a received message led to the state plaintext")
	}
	w.note(to, r, mostReplies)
}

// note checks a result and puts its messages on the link.
func (w *walker) note(c *testkit.Client, r otr.Result, most int) {
	w.t.Helper()
	for _, e := range r.Events {
		fmt.Fprintf(&w.log, "    %T%+v\n", e, e)
		w.seen[fmt.Sprintf("%T", e)]++
		switch e := e.(type) {
		case otr.Received:
			w.received(c, e.Text)
		case otr.SMPAsked:
			w.asked = c
		case otr.Resent:
			w.resent(e)
			most++
		}
	}
	whole := 0
	for _, message := range r.Send {
		fmt.Fprintf(&w.log, "    sends %s\n", brief(message))
		w.wire(message)
		if startsMessage(message) {
			whole++
		}
	}
	if whole > most {
		w.t.Fatalf("%d messages where %d are due", whole, most)
	}
	c.Note(r)
	c.Events = nil
}

// startsMessage is false for the second and later fragments.
func startsMessage(message string) bool {
	t := wire.Classify(message)
	return t.Kind != wire.KindFragment || t.Fragment.K == 1
}

// wire checks what anybody can read.
func (w *walker) wire(message string) {
	w.t.Helper()
	for text, typed := range w.typed {
		if !typed.clear && strings.Contains(message, text) {
			w.t.Fatalf("%q is on the wire in clear: %q", text, message)
		}
	}
}

// received checks a text that arrived privately.
func (w *walker) received(by *testkit.Client, text string) {
	w.t.Helper()
	text, again := strings.CutPrefix(text, resentMark)
	typed := w.typed[text]
	if typed == nil || typed.by == by {
		w.t.Fatalf("%s received %q, which the other never typed", by.Name, text)
	}
	if again {
		return
	}
	if typed.received++; typed.received > 1 {
		w.t.Fatalf("%q was received twice", text)
	}
}

// resent checks that a text that was held goes out once.
func (w *walker) resent(e otr.Resent) {
	w.t.Helper()
	typed := w.typed[e.Text]
	if typed == nil || typed.held != e.First {
		w.t.Fatalf("%+v of %+v", e, typed)
	}
	typed.held = false
}

// heal makes the link reliable. The conversation must fall silent, and when somebody starts it again, all must work.
func (w *walker) heal() {
	w.log.WriteString("the link heals\n")
	w.settle()
	w.Clock.Advance(2 * time.Minute)
	c := w.somebody()
	w.act(c, "starts", c.Start)
	w.settle()
	for _, c := range []*testkit.Client{w.Alice, w.Bob} {
		if c.State() != otr.Encrypted {
			w.t.Fatalf("%s is %v after the link has healed", c.Name, c.State())
		}
	}
	for text, typed := range w.typed {
		if typed.held {
			w.t.Fatalf("%q waits on, although the conversation is private", text)
		}
	}
	for _, c := range []*testkit.Client{w.Alice, w.Bob, w.Alice} {
		w.say(c)
		w.settle()
		if text := fmt.Sprintf("text %d.", w.count); w.typed[text].received != 1 {
			w.t.Fatalf("%q did not arrive", text)
		}
	}
	if w.dice.IntN(3) == 0 {
		w.verify(c)
	}
}

// settle delivers everything.
func (w *walker) settle() {
	w.t.Helper()
	most := mostToSilence * (len(w.Alice.Out) + len(w.Bob.Out))
	for _, typed := range w.typed {
		if typed.held {
			most++
		}
	}
	for whole := 0; whole <= most; {
		c := w.Alice
		if len(c.Out) == 0 {
			c = w.Bob
		}
		if len(c.Out) == 0 {
			return
		}
		message := c.Take()
		if startsMessage(message) {
			whole++
		}
		w.arrive(c, message)
	}
	w.t.Fatalf("still talking after %d messages", most)
}

// verify runs SMP to its end, with the same secret or another one.
func (w *walker) verify(c *testkit.Client) {
	other, outcome, answer := w.Other(c), "otr.SMPSucceeded", "the same"
	if w.dice.IntN(2) == 0 {
		outcome, answer = "otr.SMPFailed", "another"
	}
	before := w.log.Len()
	w.act(c, "asks for the secret", func() (otr.Result, error) { return c.StartSMP([]byte("the same")) })
	w.settle()
	w.act(other, "tells the secret", func() (otr.Result, error) { return other.AnswerSMP([]byte(answer)) })
	w.settle()
	if n := strings.Count(w.log.String()[before:], outcome); n != 2 {
		w.t.Fatalf("%s on %d sides", outcome, n)
	}
}

// brief is a message as a log shows it.
func brief(message string) string {
	const enough = 60
	if len(message) > enough {
		return fmt.Sprintf("%q… (%d bytes)", message[:enough], len(message))
	}
	return fmt.Sprintf("%q", message)
}
