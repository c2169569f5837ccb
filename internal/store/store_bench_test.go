package store_test

import (
	"bytes"
	"fmt"
	"testing"

	"otrbot/internal/record"
	"otrbot/internal/store"
)

// message is a stanza of a usual length.
var message = []byte(`<message type="chat" from="ann@example.org/phone" to="bot@example.org/otrbot" id="a1b2c3"><body>?OTR:` +
	string(bytes.Repeat([]byte("AAMD"), 150)) + `.</body></message>`)

const bot = "bot@example.org"

// benchStore is a store on the disk with an open stream.
func benchStore(b *testing.B) *store.DB {
	d := openAt(b, b.TempDir(), key(1))
	must(b, d.StreamEnabled(b.Context(), bot, record.Stream{SMID: "s1", JID: bot + "/otrbot"}))
	b.ReportAllocs()
	b.ResetTimer()
	return d
}

func BenchmarkStreamReceived(b *testing.B) {
	d := benchStore(b)
	for i := range b.N {
		in, err := d.StreamReceived(b.Context(), bot, uint32(i+1), message)
		must(b, err)
		if i%16 == 15 { // an inbox is short
			b.StopTimer()
			for id := in - 15; id <= in; id++ {
				must(b, d.DropIn(b.Context(), id))
			}
			b.StartTimer()
		}
	}
}

func BenchmarkStreamSent(b *testing.B) {
	d := benchStore(b)
	for i := range b.N {
		must(b, d.StreamSent(b.Context(), bot, record.Queued{Seq: uint64(i + 1), Stanza: message}))
		if i%16 == 15 {
			b.StopTimer()
			must(b, d.StreamAcked(b.Context(), bot, uint64(i+1)))
			b.StartTimer()
		}
	}
}

func BenchmarkStreamAcked(b *testing.B) {
	d := benchStore(b)
	for i := range b.N {
		b.StopTimer()
		must(b, d.StreamSent(b.Context(), bot, record.Queued{Seq: uint64(i + 1), Stanza: message}))
		b.StartTimer()
		must(b, d.StreamAcked(b.Context(), bot, uint64(i+1)))
	}
}

// BenchmarkStanza is all that one received and answered stanza costs: received, committed with a session of 4 KiB and
// an answer, sent, acknowledged. Each comes from another of many learners.
func BenchmarkStanza(b *testing.B) {
	for _, learners := range []int{1, 5000} {
		b.Run(fmt.Sprint(learners, " learners"), func(b *testing.B) { benchStanza(b, learners) })
	}
}

func benchStanza(b *testing.B, learners int) {
	d := benchStore(b)
	session := bytes.Repeat([]byte("s"), 4096)
	jids := make([]string, learners)
	for i := range jids {
		jids[i] = fmt.Sprintf("learner%d@example.org", i)
		_, err := d.Commit(b.Context(), record.Change{JID: jids[i], Session: session})
		must(b, err)
	}
	b.ResetTimer()
	for i := range b.N {
		jid := jids[i%len(jids)]
		in, err := d.StreamReceived(b.Context(), bot, uint32(i+1), message)
		must(b, err)
		ids, err := d.Commit(b.Context(), record.Change{
			JID: jid, Session: session, Handled: in, Out: []record.Out{{JID: jid, Stanza: message}},
		})
		must(b, err)
		must(b, d.StreamSent(b.Context(), bot, record.Queued{Seq: uint64(i + 1), Out: ids[0]}))
		must(b, d.StreamAcked(b.Context(), bot, uint64(i+1)))
	}
}

// BenchmarkErase is the end of a session, with the emptying of the log that many endings share.
func BenchmarkErase(b *testing.B) {
	d := benchStore(b)
	for range b.N {
		_, err := d.Commit(b.Context(), record.Change{JID: "ann@example.org", Session: message})
		must(b, err)
		_, err = d.Commit(b.Context(), record.Change{JID: "ann@example.org"})
		must(b, err)
	}
}

func BenchmarkChanged(b *testing.B) {
	d := benchStore(b)
	for b.Loop() {
		_, err := d.Changed(b.Context())
		must(b, err)
	}
}
