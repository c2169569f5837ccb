package otr_test

import (
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// allMoments are conversations in every state and both versions.
func allMoments(t testing.TB, seed string) []*moment {
	return slices.Concat(moments(t, 2, seed), moments(t, 3, seed))
}

// FuzzReceive has conversations in every state hear anything, several messages if there are line ends, as text or as the
// binary form of messages. The seeds are what the same clients said in another conversation: nobody who makes messages of
// them knows a key of this one.
func FuzzReceive(f *testing.F) {
	all := allMoments(f, "fuzzed")
	for n, m := range allMoments(f, "for seeds") {
		for _, message := range append(m.due, m.heard...) {
			f.Add(uint8(n), false, []byte(message))
			if raw, err := wire.Decode(message); err == nil {
				f.Add(uint8(n), true, raw)
			}
		}
		f.Add(uint8(n), false, []byte(strings.Join(inAnyPieces(m), "\n")))
	}
	for n, message := range clearTexts {
		f.Add(uint8(n), false, []byte(message))
	}
	f.Fuzz(func(t *testing.T, at uint8, binary bool, input []byte) {
		m := all[int(at)%len(all)]
		alice := m.alice.restore(t)
		defer alice.Close()
		state, smp := alice.State(), alice.SMPState()
		session, _ := alice.Session()
		before := protected(t, alice.Conversation, false)
		messages := strings.Split(string(input), "\n")
		if binary {
			messages = []string{wire.Encode(input)}
		}
		for _, message := range messages {
			r := alice.Receive(message)
			const mostSent, mostBytes = 2, 4096
			if len(r.Send) > mostSent || len(strings.Join(r.Send, "")) > mostBytes {
				t.Fatalf("%d messages answer one: %.200q", len(r.Send), r.Send)
			}
		}
		now, _ := alice.Session()
		if alice.State() != state || alice.SMPState() != smp || now != session || protected(t, alice.Conversation, false) != before {
			t.Fatalf("%s, v%d: %v became %v, %+v became %+v, SMP %v became %v", m.name, m.version, state, alice.State(), session, now, smp, alice.SMPState())
		}
		const typed = "what a person types"
		r, err := alice.Send(typed)
		if state == otr.Finished && err == nil {
			t.Fatalf("%s: sent in a conversation that the peer has ended", m.name)
		}
		if (state != otr.Plaintext || alice.Policy().Has(otr.RequireEncryption)) && strings.Contains(strings.Join(r.Send, ""), typed) {
			t.Fatalf("%s: in clear: %q", m.name, r.Send)
		}
	})
}

// inAnyPieces is the first message that Alice waits for, cut up.
func inAnyPieces(m *moment) []string {
	if len(m.due) == 0 {
		return nil
	}
	h := wire.Header{Version: wire.V2}
	if m.version == 3 {
		h = wire.Header{Version: wire.V3, Sender: uint32(bobTag), Receiver: uint32(aliceTag)}
	}
	pieces, err := wire.AppendSplit(nil, m.due[0], 300, h)
	if err != nil {
		return nil
	}
	return pieces
}

// FuzzSnapshot restores conversations from anything. What is accepted is in its only form, costs no more than its length
// allows, and goes on without harm.
func FuzzSnapshot(f *testing.F) {
	all := allMoments(f, "snapshots")
	user := testkit.User(f, testkit.Alice)
	epoch := func() time.Time { return time.Unix(0, 0) } // so that counters stay as they are
	config := otr.Config{Policy: otr.Manual, Rand: testkit.Rand("snapshots"), Time: epoch}
	for _, m := range all {
		f.Add(m.alice.snapshot)
		f.Add(m.alice.snapshot[:len(m.alice.snapshot)/2])
	}
	peer := testkit.PeerOf(testkit.Alice, testkit.Bob)
	f.Fuzz(func(t *testing.T, snapshot []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		c, err := user.RestoreConversation(peer, config, snapshot)
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<18+64*uint64(len(snapshot)) {
			t.Fatalf("%d bytes of memory for a snapshot of %d", grown, len(snapshot))
		}
		if err != nil {
			return
		}
		defer c.Close()
		if again, err := c.Snapshot(); err != nil || string(again) != string(snapshot) {
			t.Fatalf("%v, or another snapshot:\n%x\n%x", err, snapshot, again)
		}
		for _, m := range all {
			c.Receive(m.due[0])
		}
		c.Send("a text")
		c.EndAll()
	})
}

// FuzzSend has private conversations send anything, which Bob must read as it was, and nobody else.
func FuzzSend(f *testing.F) {
	var all []*moment
	for _, m := range allMoments(f, "sending") {
		if strings.HasPrefix(m.name, "encrypted") {
			all = append(all, m)
		}
	}
	for _, text := range []string{"", "a text", "é", "?OTR?", "?OTR:AAMD.", "two\nlines", "a NUL\x00in it", "\xff\xfe", strings.Repeat("long ", 1000)} {
		for n := range all {
			f.Add(uint8(n), text, uint16(0))
			f.Add(uint8(n), text, uint16(200))
		}
	}
	f.Fuzz(func(t *testing.T, at uint8, text string, size uint16) {
		m := all[int(at)%len(all)]
		alice := m.alice
		sending := *alice.client
		sending.Config.MaxMessageSize = max(40, int(size)) // the least that a fragment needs
		alice.client = &sending
		from, to := alice.restore(t), m.bob.restore(t)
		defer from.Close()
		defer to.Close()
		r, err := from.Send(text)
		if err != nil {
			if len(r.Send) > 0 || !strings.Contains(text, "\x00") {
				t.Fatalf("%v, %d messages", err, len(r.Send))
			}
			return
		}
		for _, message := range r.Send {
			if len(message) > sending.Config.MaxMessageSize {
				t.Fatalf("a message of %d bytes", len(message))
			}
			if len(text) > 20 && strings.Contains(message, text) {
				t.Fatalf("in clear: %q", message)
			}
		}
		for _, message := range r.Send {
			to.Get(message)
		}
		if text == "" {
			testkit.Expect[otr.Heartbeat](t, to)
			return
		}
		testkit.ExpectText(t, to, text)
	})
}
