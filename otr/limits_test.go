package otr_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// strangers is how many instance tags of nobody a client hears from.
const strangers = 1_000_000

// mostGrowth is how much memory they may cost.
const mostGrowth = 1 << 20

// heap is the memory in use once all garbage is gone.
func heap() int64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// A stranger can write to us under any number of instance tags, in whole messages or in pieces. It costs no memory, and
// the conversation that is private stays so.
func TestStrangersCostNoMemory(t *testing.T) {
	commit := wire.DHCommit{EncryptedGX: make([]byte, 196)}
	piece := strings.Repeat("x", 100)
	for name, message := range map[string]func(h wire.Header) string{
		"D-H Commit Messages": func(h wire.Header) string {
			commit.Header = h
			return wire.Encode(commit.Append(nil))
		},
		"first fragments": func(h wire.Header) string {
			return fmt.Sprintf("?OTR|%08x|%08x,00001,00009,%s,", h.Sender, h.Receiver, piece)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := taggedPair(t, 3, t.Name(), 0)
			p.Alice = tagged(t, aliceTag, testkit.Alice, testkit.Bob, t.Name(), p.Clock)
			p = testkit.NewPairOf(t, p.Alice, p.Bob)
			p.Secure(t)
			session, _ := p.Alice.Session()
			before, sent := heap(), 0
			for n := range uint32(strangers) {
				r := p.Alice.Receive(message(wire.Header{Version: wire.V3, Sender: 0x1000 + n, Receiver: uint32(aliceTag)}))
				sent += len(r.Send)
			}
			if grown := heap() - before; grown > mostGrowth {
				t.Errorf("the heap has grown by %d bytes", grown)
			}
			if sent > 60 {
				t.Errorf("%d answers in a minute; the limit is 60", sent)
			}
			instances, partials, bytes := p.Alice.Sizes()
			if instances > 64 || partials > 16 || bytes > 1<<20 {
				t.Errorf("%d instances, %d partial messages of %d bytes", instances, partials, bytes)
			}
			if now, ok := p.Alice.Session(); !ok || now != session {
				t.Fatalf("the session became %+v", now)
			}
			p.Clock.Advance(time.Minute)
			p.Alice.Events = nil
			p.Say(p.Alice, "Are you there?")
			p.Say(p.Bob, "Here I am.")
			p.Alice.Do(p.Alice.Refresh())
			p.Flow()
			testkit.Expect[otr.Secured](t, p.Alice)
		})
	}
}

// Each limit that a message crosses is an event that says so.
func TestLimitsAreReported(t *testing.T) {
	commit := func(n uint32) string {
		m := wire.DHCommit{Header: wire.Header{Version: wire.V3, Sender: 0x1000 + n, Receiver: uint32(aliceTag)}, EncryptedGX: make([]byte, 196)}
		return wire.Encode(m.Append(nil))
	}
	fragment := func(sender uint32, k, n, size int) string {
		return fmt.Sprintf("?OTR|%x|%x,%d,%d,%s,", sender, uint32(aliceTag), k, n, strings.Repeat("x", size))
	}
	for _, test := range []struct {
		name   string
		limits otr.Limits
		within []string // no event reports a limit
		beyond string
		reason otr.Reason
	}{
		{"MessageBytes, whole", otr.Limits{MessageBytes: 1000}, []string{strings.Repeat("x", 1000)}, strings.Repeat("x", 1001), otr.TooLarge},
		{"MessageBytes, in pieces", otr.Limits{MessageBytes: 1000}, []string{fragment(0x5000, 1, 4, 500), fragment(0x5000, 2, 4, 500)}, fragment(0x5000, 3, 4, 1), otr.TooLarge},
		{"FragmentBytes", otr.Limits{FragmentBytes: 1000}, []string{fragment(0x5000, 1, 4, 500), fragment(0x5000, 2, 4, 500)}, fragment(0x5000, 3, 4, 1), otr.TooLarge},
		{"AnswersPerMinute", otr.Limits{AnswersPerMinute: 2}, []string{commit(1), commit(2)}, commit(3), otr.TooMany},
		{"AnswersPerMinute, queries", otr.Limits{AnswersPerMinute: 2}, []string{"?OTRv3?", "?OTRv3?"}, "?OTRv3?", otr.TooMany},
	} {
		t.Run(test.name, func(t *testing.T) {
			limits := func(c *otr.Config) { c.Limits = test.limits }
			alice := tagged(t, aliceTag, testkit.Alice, testkit.Bob, t.Name(), testkit.NewClock(), limits)
			for _, message := range test.within {
				alice.Get(message)
				testkit.ExpectNo[otr.Rejected](t, alice)
			}
			alice.Events, alice.Out = nil, nil
			r := alice.Receive(test.beyond)
			wantRejected(t, r, test.reason)
			silent(t, r)
		})
	}
	t.Run("Instances", func(t *testing.T) {
		p := taggedPair(t, 3, t.Name(), 0)
		p.Alice = tagged(t, aliceTag, testkit.Alice, testkit.Bob, t.Name(), p.Clock, func(c *otr.Config) { c.Limits.Instances = 1 })
		p = testkit.NewPairOf(t, p.Alice, p.Bob)
		p.Secure(t)
		r := p.Alice.Receive(commit(1))
		wantRejected(t, r, otr.TooMany)
		silent(t, r)
	})
	t.Run("HeldTexts", func(t *testing.T) {
		s := newScene(t, 3, policy(otr.RequireEncryption), func(c *otr.Config) { c.Limits.HeldTexts = 2 })
		for range 2 {
			s.must(s.alice.Send("held"))
		}
		if r, err := s.alice.Send("too many"); err != otr.ErrTooManyHeld || len(r.Send) > 0 {
			t.Fatalf("%v, %q", err, r.Send)
		}
	})
}

// PartialMessages: the message that waits longest gives way, and the others are still put together.
func TestPartialMessagesGiveWay(t *testing.T) {
	alice := tagged(t, aliceTag, testkit.Alice, testkit.Bob, t.Name(), testkit.NewClock(), func(c *otr.Config) { c.Limits.PartialMessages = 2 })
	piece := func(sender uint32, k int) string {
		return fmt.Sprintf("?OTR|%x|%x,%d,2,%s,", sender, uint32(aliceTag), k, []string{"?OTR Err", "or: heard"}[k-1])
	}
	for _, sender := range []uint32{0x1000, 0x2000, 0x3000} {
		alice.Get(piece(sender, 1))
	}
	for sender, want := range map[uint32]int{0x1000: 0, 0x2000: 1, 0x3000: 1} {
		if r := alice.Receive(piece(sender, 2)); len(r.Events) != want {
			t.Errorf("the message of %x: %+v", sender, r.Events)
		}
		alice.Get(piece(0x2000, 1))
		alice.Get(piece(0x3000, 1))
	}
}

// A D-H Commit Message of every size, a Reveal Signature Message with a key of 20 kB, 256 KiB of nonsense of many kinds:
// all is refused, at once and without a large memory.
func TestNonsenseIsCheap(t *testing.T) {
	const long = 256 << 10
	nonsense := map[string]string{
		"zeros":           strings.Repeat("\x00", long),
		"?OTR":            strings.Repeat("?OTR", long/4),
		"?OTR:":           strings.Repeat("?OTR:", long/5),
		"?OTRv":           strings.Repeat("?OTRv", long/5),
		"?OTRv2":          "?OTRv" + strings.Repeat("2", long),
		"?OTR:AAAA":       "?OTR:" + strings.Repeat("AAAA", long/4) + ".",
		"?OTR:====":       "?OTR:" + strings.Repeat("=", long) + ".",
		"blanks":          "?OTR:" + strings.Repeat(" ", long) + ".",
		"white space":     strings.Repeat(" \t", long/2),
		"tags":            strings.Repeat(whitespaceTag(1, 2, 3), long/40),
		"commas":          "?OTR," + strings.Repeat(",", long),
		"bars":            "?OTR|" + strings.Repeat("|", long),
		"a long fragment": "?OTR,1,2," + strings.Repeat("x", long) + ",",
		"a long commit":   encode(&wire.DHCommit{Header: wire.Header{Version: wire.V2}, EncryptedGX: make([]byte, long*3/4)}),
		"a long g^y":      encode(&wire.DHKey{Header: wire.Header{Version: wire.V2}, GY: []byte(strings.Repeat("x", long*3/4))}),
		"a long reveal":   encode(&wire.RevealSignature{Header: wire.Header{Version: wire.V2}, EncryptedSignature: make([]byte, long*3/4)}),
		"a long text": encode(&wire.Data{
			Header: wire.Header{Version: wire.V2}, SenderKeyID: 1, RecipientKeyID: 1, NextDH: []byte{2}, Counter: 1, Encrypted: make([]byte, long*3/4),
		}),
		"many MAC keys": encode(&wire.Data{
			Header: wire.Header{Version: wire.V2}, SenderKeyID: 1, RecipientKeyID: 1, NextDH: []byte{2}, Counter: 1, OldMACKeys: make([]byte, long*3/80*20),
		}),
	}
	const mostAllocated = 4 << 20
	eachMoment(t, func(t *testing.T, m *moment) {
		for name, message := range nonsense {
			alice := m.alice.restore(t)
			before := protected(t, alice.Conversation, false)
			var start, end runtime.MemStats
			runtime.ReadMemStats(&start)
			r := alice.Receive(message)
			runtime.ReadMemStats(&end)
			if n := end.TotalAlloc - start.TotalAlloc; n > mostAllocated {
				t.Errorf("%s: %d bytes of memory", name, n)
			}
			if len(r.Send) > 1 {
				t.Errorf("%s: %d answers", name, len(r.Send))
			}
			if protected(t, alice.Conversation, false) != before {
				t.Errorf("%s changed the state", name)
			}
			alice.Close()
		}
	})
}

// A hostile long-term key is refused for its size, before any arithmetic with it.
func TestHostileDSAKeys(t *testing.T) {
	huge := []byte(strings.Repeat("\xff", 20_000))
	normal := keyOf(t, testkit.Bob)
	for name, key := range map[string][]byte{
		"p of 20 kB":      wire.AppendPublicKey(nil, huge, normal.q.Bytes(), normal.g.Bytes(), normal.y.Bytes()),
		"q of 20 kB":      wire.AppendPublicKey(nil, normal.p.Bytes(), huge, normal.g.Bytes(), normal.y.Bytes()),
		"all of 20 kB":    wire.AppendPublicKey(nil, huge, huge, huge, huge),
		"p of 512 bits":   wire.AppendPublicKey(nil, normal.p.Bytes()[:64], normal.q.Bytes(), []byte{2}, []byte{4}),
		"q of 8 bits":     wire.AppendPublicKey(nil, normal.p.Bytes(), []byte{251}, normal.g.Bytes(), normal.y.Bytes()),
		"an even modulus": wire.AppendPublicKey(nil, append(normal.p.Bytes()[:127:127], 0), normal.q.Bytes(), normal.g.Bytes(), normal.y.Bytes()),
		"nothing":         wire.AppendPublicKey(nil, nil, nil, nil, nil),
		"g is 1":          wire.AppendPublicKey(nil, normal.p.Bytes(), normal.q.Bytes(), []byte{1}, normal.y.Bytes()),
		"y is 1":          wire.AppendPublicKey(nil, normal.p.Bytes(), normal.q.Bytes(), normal.g.Bytes(), []byte{1}),
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, 3)
			s.bob.lie.pubkey = key
			answer := only[*wire.DHKey](t, s.get(s.bob.commit()))
			reveal := s.bob.reveal(answer)
			r := s.get(reveal)
			wantRejected(t, r, otr.HandshakeFailed)
			silent(t, r)
			s.is(otr.Plaintext)
			// What an exponentiation with such numbers would take is minutes; parsing takes microseconds.
			const often, most = 20, time.Second
			began := time.Now()
			for range often {
				s.get(reveal)
			}
			if took := time.Since(began); took > most {
				t.Errorf("%d refusals took %v", often, took)
			}
		})
	}
}

// Errors and queries are answered once in a minute for each cause, whatever comes.
func TestOneAnswerForEachCauseAndMinute(t *testing.T) {
	s := newScene(t, 3, policy(otr.ErrorStartAKE)).private()
	unreadable := func() string {
		m := parse(t, s.bob.data("text", nil)).(*wire.Data)
		m.MAC[0] ^= 1
		return encode(m)
	}
	damaged := func() string {
		raw := parse(t, s.bob.data("text", nil)).Append(nil)
		return wire.Encode(raw[:len(raw)-1])
	}
	for minute := range 3 {
		queries, unreadables, malformed := 0, 0, 0
		for range 50 {
			queries += len(s.get("?OTR Error: what was that?").Send)
			unreadables += len(s.get(unreadable()).Send)
			malformed += len(s.get(damaged()).Send)
		}
		if queries != 1 || unreadables != 1 || malformed != 1 {
			t.Errorf("minute %d: %d queries, %d and %d error messages", minute, queries, unreadables, malformed)
		}
		s.clock.Advance(time.Minute)
	}
	s.talks()
}
