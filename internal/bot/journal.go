package bot

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"otrbot/internal/record"
	"otrbot/internal/xmpp"
	"otrbot/internal/xmpp/stanza"
)

// journal keeps the stream's counters in the store, and with them each stanza that somebody has to answer: from the
// moment the server is told of its arrival, it is ours to lose.
type journal struct {
	ctx     context.Context
	store   Store
	account string
	spared  func(error) error
	sent    func()                     // a stanza has left the client's queue
	wanted  func(*stanza.Element) bool // whether the stanza is for a learner's session
	hello   int64                      // our presence for a new stream, as the store knows it
	since   atomic.Pointer[time.Time]  // when the stream began
}

// timely reports whether a message that a server has kept meanwhile is as good as one that came at once: it was sent
// while our stream was only cut, to somebody who never left. Older ones waited for us to come online, and who wrote
// them may be gone.
func (j *journal) timely(sent time.Time) bool {
	since := j.since.Load()
	return since != nil && !sent.Before(since.Truncate(time.Second)) // servers tell whole seconds
}

var _ xmpp.Journal = (*journal)(nil)

func (j *journal) Saved() (xmpp.Saved, bool, error) {
	s, ok, err := j.store.Stream(j.ctx, j.account)
	if err = j.spared(err); err != nil || !ok {
		return xmpp.Saved{}, false, err
	}
	j.since.Store(&s.Since)
	saved := xmpp.Saved{SMID: s.SMID, JID: s.JID, Max: s.Max, Since: s.Since, H: s.H, Acked: s.Acked}
	for _, q := range s.Queue {
		saved.Queue = append(saved.Queue, xmpp.Sent{Seq: q.Seq, Ref: q.Out, XML: q.Stanza})
	}
	return saved, true, nil
}

// Enabled begins a stream. Our presence is kept first: a process that is killed right after this leaves a stream that
// the next one resumes, and nobody would ever see us there.
func (j *journal) Enabled(s xmpp.Saved) error {
	hello, err := xmpp.Presence("", "", "").Append(nil, "")
	if err != nil {
		return err
	}
	ids, err := j.store.Commit(j.ctx, record.Change{JID: j.account, Out: []record.Out{{JID: j.account, Stanza: hello}}})
	if err != nil {
		return err
	}
	j.hello = ids[0]
	j.since.Store(&s.Since)
	return j.store.StreamEnabled(j.ctx, j.account, record.Stream{SMID: s.SMID, JID: s.JID, Max: s.Max, Since: s.Since})
}

func (j *journal) Received(h uint32, e *stanza.Element) (int64, error) {
	var kept []byte
	if e != nil && j.wanted(e) {
		var err error
		if kept, err = e.Append(nil, ""); err != nil {
			return 0, fmt.Errorf("keep a stanza: %w", err)
		}
	}
	return j.store.StreamReceived(j.ctx, j.account, h, kept)
}

func (j *journal) Sent(s xmpp.Sent) error {
	j.sent()
	return j.store.StreamSent(j.ctx, j.account, record.Queued{Seq: s.Seq, Out: s.Ref, Stanza: s.XML})
}

func (j *journal) Acked(seq uint64) error { return j.store.StreamAcked(j.ctx, j.account, seq) }

func (j *journal) Ended() error {
	_, err := j.store.StreamEnded(j.ctx, j.account)
	return j.spared(err)
}
