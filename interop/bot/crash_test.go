package bot_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"otrbot/internal/bot"
	"otrbot/internal/record"
	"otrbot/internal/testkit/learner"
	"otrbot/interop/servers"
	"otrbot/otrxmpp"
)

var errCrash = errors.New("the store is gone")

// mortal is a store that fails for good at its n-th change: before the change is made, or just after.
type mortal struct {
	bot.Store
	mu    sync.Mutex
	left  int
	after bool
}

// change makes a change unless the end has come.
func (m *mortal) change(f func() error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.left--; m.left > 0 {
		return f()
	}
	if m.left == 0 && m.after {
		if err := f(); err != nil {
			return err
		}
	}
	return errCrash
}

func (m *mortal) Commit(ctx context.Context, c record.Change) (ids []int64, err error) {
	return ids, m.change(func() error { ids, err = m.Store.Commit(ctx, c); return err })
}

func (m *mortal) DropIn(ctx context.Context, id int64) error {
	return m.change(func() error { return m.Store.DropIn(ctx, id) })
}

func (m *mortal) StreamReceived(ctx context.Context, account string, h uint32, stanza []byte) (in int64, err error) {
	return in, m.change(func() error { in, err = m.Store.StreamReceived(ctx, account, h, stanza); return err })
}

func (m *mortal) StreamSent(ctx context.Context, account string, q record.Queued) error {
	return m.change(func() error { return m.Store.StreamSent(ctx, account, q) })
}

func (m *mortal) StreamAcked(ctx context.Context, account string, seq uint64) error {
	return m.change(func() error { return m.Store.StreamAcked(ctx, account, seq) })
}

var codeForm = regexp.MustCompile(`[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}`)

// startMortal runs the bot on a store that dies, and the next one on what is left of it. The result tells, when the
// test is over, whether it has died.
func (h *house) startMortal(left int, after bool) (died func() bool) {
	h.t.Helper()
	whole := h.config.Store
	h.config.Store = &mortal{Store: whole, left: left, after: after}
	h.start()
	var crashed atomic.Bool
	first, second := h.finished, make(chan error, 1)
	h.finished = second
	mortalStop := h.stop
	next := h.config
	next.Store = whole
	ctx, cancel := context.WithCancelCause(context.Background())
	h.stop = func(cause error) { cancel(cause); mortalStop(cause) }
	go func() {
		err := <-first
		if !errors.Is(err, errCrash) {
			second <- err
			return
		}
		crashed.Store(true)
		b, err := bot.New(next)
		if err == nil {
			err = b.Run(ctx)
		}
		second <- err
	}()
	return crashed.Load
}

// whole plays the lesson to its end and returns what the learner was told, without the code.
func (h *house) whole(t *testing.T, name string) []string {
	t.Helper()
	s := h.encrypted(t, name)
	s.must(s.Verify(shared))
	s.wait(learner.Is[otrxmpp.CorrectSecretReceived])
	s.wait(says(t, "code"))
	text, _ := s.Seen()[s.n-1].Text()
	code := codeForm.FindString(text.Text)
	s.must(s.Say(code))
	s.wait(says(t, "congratulations"))
	s.must(s.Say("stop"))
	s.wait(learner.Shows("unavailable"))
	var told []string
	for _, seen := range s.Seen() {
		if m, ok := seen.Text(); ok {
			told = append(told, strings.ReplaceAll(m.Text, code, "CODE"))
		}
	}
	return told
}

// The store dies at one change after the other of a lesson, and with it the bot; the next bot goes on. Whichever change
// it was, the learner is told the same: nothing is lost and nothing comes twice.
func TestCrashAnywhere(t *testing.T) {
	server := shop[servers.KindProsody]
	plain := newHouse(t, server, options)
	plain.start()
	want := plain.whole(t, "gina")
	plain.stopped(nil)

	for _, after := range []bool{false, true} {
		crashed := true
		for n := 1; crashed; n += 3 {
			t.Run(fmt.Sprintf("change %d, after %t", n, after), func(t *testing.T) {
				h := newHouse(t, server, options)
				died := h.startMortal(n, after)
				got := h.whole(t, "gina")
				if fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("the learner was told\n%s\nwithout a crash\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
				crashed = died()
			})
			if t.Failed() {
				return
			}
		}
	}
}
