package otr_test

import (
	"fmt"
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// A moment is a point in a conversation of Alice and Bob, kept as two snapshots: a test goes on from there as often as
// it likes, without the work that led there.
type moment struct {
	name       string
	version    int
	alice, bob end
	due        []string // what Bob has said and Alice has not heard yet
	heard      []string // what Alice has heard so far
}

// end is one side of a moment.
type end struct {
	client   *testkit.Client
	peer     string
	snapshot []byte
	restored *int
}

// The instance tags have no byte that a test of every byte would find unchanged.
const (
	aliceTag = otr.InstanceTag(0xa11ce0a1)
	bobTag   = otr.InstanceTag(0xb0b1b2b3)
	otherTag = otr.InstanceTag(0xb0b5b6b7)
)

// tagged is a client whose instance tag is known beforehand.
func tagged(t testing.TB, tag otr.InstanceTag, name, peer, seed string, clock *testkit.Clock, options ...testkit.Option) *testkit.Client {
	t.Helper()
	user := testkit.User(t, name)
	if err := user.SetInstanceTag(otr.Account{Name: name, Protocol: testkit.Protocol}, tag); err != nil {
		t.Fatal(err)
	}
	return testkit.NewClientOf(t, user, name, peer, seed, clock, options...)
}

// taggedPair is Alice, who speaks both versions, and Bob, who speaks one.
func taggedPair(t testing.TB, version int, seed string, flags otr.Policy) *testkit.Pair {
	t.Helper()
	clock := testkit.NewClock()
	busy := func(c *otr.Config) { c.Limits.AnswersPerMinute = 1 << 30 }
	return testkit.NewPairOf(t,
		tagged(t, aliceTag, testkit.Alice, testkit.Bob, seed+" alice", clock, policy(flags), busy),
		tagged(t, bobTag, testkit.Bob, testkit.Alice, seed+" bob", clock, onlyPolicy(version, 0)))
}

// ways are the states of a conversation and how Alice gets there. What Bob then has to say is due.
var ways = []struct {
	name   string
	only   int // version; 0 both
	flags  otr.Policy
	arrive func(t testing.TB, p *testkit.Pair)
}{
	{name: "plaintext", arrive: func(t testing.TB, p *testkit.Pair) {
		p.Bob.Do(p.Bob.Start())
	}},
	{name: "committed", arrive: func(t testing.TB, p *testkit.Pair) {
		p.Bob.Do(p.Bob.Start())
		carry(p, p.Bob, p.Alice)
	}},
	{name: "awaiting reveal signature", arrive: func(t testing.TB, p *testkit.Pair) {
		p.Alice.Do(p.Alice.Start())
		carry(p, p.Alice, p.Bob, p.Alice)
	}},
	{name: "awaiting signature", arrive: func(t testing.TB, p *testkit.Pair) {
		p.Bob.Do(p.Bob.Start())
		carry(p, p.Bob, p.Alice, p.Bob, p.Alice)
	}},
	{name: "yielded", only: 2, arrive: func(t testing.TB, p *testkit.Pair) { cross(t, p) }},
	{name: "text held", flags: otr.RequireEncryption, arrive: func(t testing.TB, p *testkit.Pair) {
		p.Alice.Say("held until it is private")
		carry(p, p.Alice)
	}},
	{name: "encrypted", arrive: func(t testing.TB, p *testkit.Pair) {
		p.Secure(t)
		p.Bob.Say("a first text")
	}},
	{name: "encrypted for long", arrive: func(t testing.TB, p *testkit.Pair) {
		chatAtLength(t, p)
		p.Bob.Say("one more text")
		p.Bob.Say("and another")
	}},
	{name: "refreshing, committed", arrive: func(t testing.TB, p *testkit.Pair) {
		chatAtLength(t, p)
		p.Alice.Do(p.Alice.Refresh())
		carry(p, p.Alice)
	}},
	{name: "refreshing, awaiting reveal signature", arrive: func(t testing.TB, p *testkit.Pair) {
		chatAtLength(t, p)
		p.Bob.Do(p.Bob.Refresh())
		carry(p, p.Bob, p.Alice)
	}},
	{name: "refreshing, awaiting signature", arrive: func(t testing.TB, p *testkit.Pair) {
		chatAtLength(t, p)
		p.Alice.Do(p.Alice.Refresh())
		carry(p, p.Alice, p.Bob, p.Alice)
	}},
	{name: "asked for a secret", arrive: func(t testing.TB, p *testkit.Pair) {
		p.Secure(t)
		p.Bob.Do(p.Bob.AskSMP("Which one?", []byte("this")))
		carry(p, p.Bob)
		p.Bob.Do(p.Bob.AbortSMP())
	}},
	{name: "SMP, awaiting message 2", arrive: func(t testing.TB, p *testkit.Pair) {
		p.Secure(t)
		p.Alice.Do(p.Alice.StartSMP([]byte("this")))
		carry(p, p.Alice)
		p.Bob.Do(p.Bob.AnswerSMP([]byte("this")))
	}},
	{name: "SMP, awaiting message 3", arrive: func(t testing.TB, p *testkit.Pair) {
		p.Secure(t)
		p.Bob.Do(p.Bob.StartSMP([]byte("this")))
		carry(p, p.Bob)
		p.Alice.Do(p.Alice.AnswerSMP([]byte("this")))
		carry(p, p.Alice)
	}},
	{name: "SMP, awaiting message 4", arrive: func(t testing.TB, p *testkit.Pair) {
		p.Secure(t)
		p.Alice.Do(p.Alice.StartSMP([]byte("this")))
		carry(p, p.Alice)
		p.Bob.Do(p.Bob.AnswerSMP([]byte("this")))
		carry(p, p.Bob, p.Alice)
	}},
	{name: "half a message", arrive: func(t testing.TB, p *testkit.Pair) {
		p.Secure(t)
		p.Bob.Say("a text in pieces")
		p.Bob.Out = inPieces(t, p.Bob.Take(), 200)
		p.Deliver(p.Bob)
	}},
	{name: "extra key announced", arrive: func(t testing.TB, p *testkit.Pair) {
		chatAtLength(t, p)
		_, r, err := p.Bob.ExtraKey(7, []byte("file.txt"))
		p.Bob.Do(r, err)
	}},
	{name: "about to be finished", arrive: func(t testing.TB, p *testkit.Pair) {
		chatAtLength(t, p)
		p.Bob.Do(p.Bob.End())
	}},
	{name: "finished", arrive: func(t testing.TB, p *testkit.Pair) {
		chatAtLength(t, p)
		p.Bob.Do(p.Bob.End())
		carry(p, p.Bob)
		p.Bob.Do(p.Bob.Start())
	}},
	{name: "several instances", only: 3, arrive: func(t testing.TB, p *testkit.Pair) {
		other := tagged(t, otherTag, testkit.Bob, testkit.Alice, t.Name()+" other", p.Clock, onlyPolicy(3, 0))
		both := testkit.NewPairOf(t, p.Alice, other)
		both.Secure(t)
		other.Do(other.End())
		both.Flow()
		p.Secure(t)
		p.Bob.Say("from one of two")
	}},
}

// moments are all the ways for one version; the same seed makes the same ones.
func moments(t testing.TB, version int, seed string) []*moment {
	t.Helper()
	var all []*moment
	for _, way := range ways {
		if way.only != 0 && way.only != version {
			continue
		}
		p := taggedPair(t, version, fmt.Sprintf("%s %s v%d", seed, way.name, version), way.flags)
		way.arrive(t, p)
		if n := len(p.Alice.Out); n != 0 {
			t.Fatalf("%s: %d messages of Alice are on their way", way.name, n)
		}
		m := &moment{
			name: way.name, version: version, alice: endOf(t, p.Alice, testkit.Bob), bob: endOf(t, p.Bob, testkit.Alice),
			due: p.Bob.Out,
		}
		for _, d := range p.Transcript {
			if d.From != p.Alice {
				m.heard = append(m.heard, d.Message)
			}
		}
		all = append(all, m)
	}
	return all
}

// carry delivers all that waits of one side after the other.
func carry(p *testkit.Pair, from ...*testkit.Client) {
	for _, c := range from {
		for len(c.Out) > 0 {
			p.Deliver(c)
		}
	}
}

// chatAtLength is a private conversation whose keys have rotated and with MAC keys to reveal.
func chatAtLength(t testing.TB, p *testkit.Pair) {
	t.Helper()
	p.Secure(t)
	for _, text := range []string{"How are you?", "What is new?", "Who was it?"} {
		p.Say(p.Alice, text)
		p.Say(p.Bob, "Let me see.")
	}
	p.Say(p.Alice, "Take your time.")
	p.Alice.Events, p.Bob.Events = nil, nil
}

// cross has both sides commit at once; Alice's hash is the lower one and she makes way. Whose is higher is a matter of
// chance, so they try until it is so.
func cross(t testing.TB, p *testkit.Pair) {
	t.Helper()
	const query = "?OTRv2?"
	for range 100 {
		p.Alice.Get(query)
		p.Bob.Get(query)
		carry(p, p.Bob)
		if p.Alice.AuthState() == otr.AuthAwaitingRevealSig {
			carry(p, p.Alice)
			return
		}
		p.Alice.Out, p.Bob.Out = nil, nil
	}
	t.Fatal("Alice never makes way")
}

func endOf(t testing.TB, c *testkit.Client, peer string) end {
	t.Helper()
	snapshot, err := c.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	return end{client: c, peer: peer, snapshot: snapshot, restored: new(int)}
}

// restore is a new client that goes on from the snapshot, with randomness of its own.
func (e *end) restore(t testing.TB) *testkit.Client {
	t.Helper()
	*e.restored++
	c := *e.client
	c.Config.Rand = testkit.Rand(fmt.Sprint(c.Name, *e.restored))
	c.Out, c.Sent, c.Events = nil, nil, nil
	var err error
	c.Conversation, err = c.User.RestoreConversation(testkit.PeerOf(c.Name, e.peer), c.Config, e.snapshot)
	if err != nil {
		t.Fatalf("restoring %s: %v", c.Name, err)
	}
	return &c
}

// goesOn checks that Alice accepts what was due and that afterwards, at the latest after a new key exchange, texts pass
// both ways.
func (m *moment) goesOn(t testing.TB, alice *testkit.Client) {
	t.Helper()
	bob := m.bob.restore(t)
	defer bob.Close()
	p := testkit.NewPairOf(t, alice, bob)
	bob.Out = append([]string(nil), m.due...)
	alice.Events = nil
	for len(bob.Out) > 0 {
		p.Deliver(bob)
	}
	testkit.ExpectNo[otr.Rejected](t, alice)
	if len(m.due) > 0 && len(alice.Events) == 0 && len(alice.Out) == 0 {
		t.Fatalf("%s: what was due led to nothing", m.name)
	}
	talkAgain(t, p)
}

// talkAgain has texts pass both ways, after a new key exchange if the conversation is not private.
func talkAgain(t testing.TB, p *testkit.Pair) {
	t.Helper()
	p.Flow()
	if p.Alice.State() != otr.Encrypted || p.Bob.State() != otr.Encrypted {
		p.Alice.Do(p.Alice.Start())
		p.Flow()
	}
	p.Alice.Events, p.Bob.Events = nil, nil
	p.Say(p.Alice, "Still here?")
	p.Say(p.Bob, "Still here.")
}

// inPieces cuts a message of Bob into fragments.
func inPieces(t testing.TB, message string, size int) []string {
	t.Helper()
	m := parse(t, message)
	pieces, err := wire.AppendSplit(nil, message, size, m.Head())
	if err != nil {
		t.Fatal(err)
	}
	return pieces
}

// protected is what an unauthenticated message must leave alone.
func protected(t testing.TB, c *otr.Conversation, exchange bool) string {
	t.Helper()
	b, err := c.Authenticated(exchange)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
