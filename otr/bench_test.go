package otr_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
)

// The benchmarks do the work units of interop/bench, which compares them with
// libotr and checks more: both sides of a conversation, results checked.

// talk is Alice and Bob without a link that remembers.
type talk struct{ alice, bob *otr.Conversation }

// newTalk begins a conversation of two users in the clear.
func newTalk(t testing.TB, alice, bob *otr.UserState, c otr.Config) talk {
	t.Helper()
	a, err := alice.NewConversation(testkit.PeerOf(testkit.Alice, testkit.Bob), c)
	if err != nil {
		t.Fatal(err)
	}
	b, err := bob.NewConversation(testkit.PeerOf(testkit.Bob, testkit.Alice), c)
	if err != nil {
		t.Fatal(err)
	}
	return talk{a, b}
}

// newPrivateTalk is newTalk and a key exchange.
func newPrivateTalk(t testing.TB, c otr.Config) talk {
	t.Helper()
	c.Policy = otr.Manual
	k := newTalk(t, testkit.User(t, testkit.Alice), testkit.User(t, testkit.Bob), c)
	k.secure(t, "?OTRv3?")
	return k
}

func (k talk) secure(t testing.TB, query string) {
	t.Helper()
	k.flow(k.alice.Receive(query))
	if k.alice.State() != otr.Encrypted || k.bob.State() != otr.Encrypted {
		t.Fatal("not private")
	}
}

// flow delivers what Alice sends, and every reply, and returns the events.
func (k talk) flow(r otr.Result) (events []otr.Event) {
	from, to := k.alice, k.bob
	for len(r.Send) > 0 {
		var replies otr.Result
		for _, m := range r.Send {
			reply := to.Receive(m)
			replies.Send = append(replies.Send, reply.Send...)
			events = append(events, reply.Events...)
		}
		from, to = to, from
		r = replies
	}
	return events
}

// say sends a text that must arrive.
func say(t testing.TB, from, to *otr.Conversation, text string) {
	r, err := from.Send(text)
	if err != nil {
		t.Fatal(err)
	}
	var last otr.Result
	for _, m := range r.Send {
		last = to.Receive(m)
	}
	if e, ok := last.Events[0].(otr.Received); !ok || e.Text != text {
		t.Fatalf("received %+v", last.Events)
	}
}

func BenchmarkGenerateKey(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := otr.GenerateKey(rand.Reader); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAKE(b *testing.B) {
	for _, query := range []string{"?OTRv2?", "?OTRv3?"} {
		b.Run(strings.Trim(query, "?"), func(b *testing.B) {
			alice, bob := testkit.User(b, testkit.Alice), testkit.User(b, testkit.Bob)
			b.ReportAllocs()
			for b.Loop() {
				k := newTalk(b, alice, bob, otr.Config{Policy: otr.Manual})
				k.secure(b, query)
				k.alice.Close()
				k.bob.Close()
			}
		})
	}
}

func BenchmarkSMP(b *testing.B) {
	k := newPrivateTalk(b, otr.Config{})
	secret := []byte("a secret that both know")
	b.ReportAllocs()
	for b.Loop() {
		r, err := k.alice.StartSMP(secret)
		if err != nil {
			b.Fatal(err)
		}
		k.flow(r)
		if r, err = k.bob.AnswerSMP(secret); err != nil {
			b.Fatal(err)
		}
		succeeded := 0
		for _, event := range (talk{k.bob, k.alice}).flow(r) {
			if _, ok := event.(otr.SMPSucceeded); ok {
				succeeded++
			}
		}
		if succeeded != 2 {
			b.Fatalf("%d of 2 succeeded", succeeded)
		}
	}
}

func BenchmarkPingPong(b *testing.B) {
	k := newPrivateTalk(b, otr.Config{HeartbeatAfter: -1})
	text := strings.Repeat("x", 100)
	b.ReportAllocs()
	for b.Loop() {
		say(b, k.alice, k.bob, text)
		say(b, k.bob, k.alice, text)
	}
}

func BenchmarkOneWay(b *testing.B) {
	for name, text := range map[string]string{"100": strings.Repeat("x", 100), "10k": strings.Repeat("x", 10_000)} {
		b.Run(name, func(b *testing.B) {
			k := newPrivateTalk(b, otr.Config{HeartbeatAfter: -1})
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				say(b, k.alice, k.bob, text)
			}
		})
	}
}

func BenchmarkFragments(b *testing.B) {
	k := newPrivateTalk(b, otr.Config{HeartbeatAfter: -1, MaxMessageSize: 1000})
	text := strings.Repeat("x", 100_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		say(b, k.alice, k.bob, text)
	}
}

// TestAllocs bounds what a message costs the garbage collector.
func TestAllocs(t *testing.T) {
	k := newPrivateTalk(t, otr.Config{HeartbeatAfter: -1})
	text := strings.Repeat("x", 100)
	say(t, k.alice, k.bob, text)
	if n := testing.AllocsPerRun(200, func() { say(t, k.alice, k.bob, text) }); n > 15 {
		t.Errorf("%.0f allocations to encrypt and decrypt 100 bytes, want at most 15", n)
	}
}
