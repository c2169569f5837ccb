package logging

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync/atomic"
	"syscall"
	"time"
)

// How long a remote waits for what.
const (
	dialTime  = 10 * time.Second
	writeTime = 5 * time.Second
	pauseMin  = time.Second // between two attempts to connect; doubled each time
	pauseMax  = 30 * time.Second
	tellEvery = time.Minute // how often trouble is told
)

const standardQueue = 1000

// A remote sends messages to somebody who may be away or slow. Nobody waits
// for it: messages queue, those that find the queue full are dropped and
// counted, and the count is told when the other is back, to them and to us.
//
// A message whose write failed is sent again. What the other had accepted but
// not read when the connection broke is lost: syslog has no receipts.
type remote struct {
	dial   func(context.Context) (net.Conn, error)
	encode func(entry) []byte
	stream bool // somebody has to notice when the other hangs up
	tell   *slog.Logger

	queue   chan []byte
	dropped atomic.Uint64
	closing chan struct{} // closed when no more comes
	done    chan struct{} // closed when the sender has ended
	give    context.Context
	giveUp  context.CancelFunc

	// The sender's own.
	conn   net.Conn
	pause  time.Duration
	away   bool   // has been told
	told   uint64 // drops that have been told to us
	sent   uint64 // drops that have been told to the other
	toldAt time.Time
}

func newRemote(dial func(context.Context) (net.Conn, error), encode func(entry) []byte, queue int, stream bool) *remote {
	if queue == 0 {
		queue = standardQueue
	}
	give, giveUp := context.WithCancel(context.Background())
	return &remote{dial: dial, encode: encode, stream: stream, tell: slog.New(slog.DiscardHandler), queue: make(chan []byte, queue),
		closing: make(chan struct{}), done: make(chan struct{}), give: give, giveUp: giveUp}
}

// send queues an entry.
func (r *remote) send(e entry) error {
	select {
	case <-r.closing:
		r.dropped.Add(1)
		return nil
	default:
	}
	select {
	case r.queue <- r.encode(e):
	default:
		r.dropped.Add(1)
	}
	return nil
}

// run sends until close, and then what is left.
func (r *remote) run() {
	defer close(r.done)
	defer r.hangUp()
	for {
		select {
		case message := <-r.queue:
			r.deliver(message)
		case <-r.closing:
			for len(r.queue) > 0 {
				r.deliver(<-r.queue)
			}
			return
		}
	}
}

// close sends what waits until ctx ends. It is called once, after run has begun.
func (r *remote) close(ctx context.Context) {
	close(r.closing)
	select {
	case <-r.done:
	case <-ctx.Done():
	}
	r.giveUp()
	<-r.done
	for len(r.queue) > 0 { // came between the last look and closing
		<-r.queue
		r.dropped.Add(1)
	}
	if lost := r.dropped.Load() - r.told; lost > 0 {
		r.tell.Warn("log messages were dropped", "dropped", lost)
	}
}

// deliver sends one message, however long that takes; while closing, there is
// one attempt to connect for all.
func (r *remote) deliver(message []byte) {
	for r.give.Err() == nil {
		err := r.try(message)
		if err == nil {
			return
		}
		r.hangUp()
		if errors.Is(err, syscall.EMSGSIZE) { // it will not do better next time
			break
		}
		r.trouble(err)
		if !r.wait() {
			r.giveUp()
		}
	}
	r.dropped.Add(1)
}

func (r *remote) try(message []byte) error {
	if r.conn == nil {
		ctx, cancel := context.WithTimeout(r.give, dialTime)
		defer cancel()
		conn, err := r.dial(ctx)
		if err != nil {
			return err
		}
		r.conn = conn
		if r.stream {
			go watch(conn)
		}
	}
	if err := r.write(message); err != nil {
		return err
	}
	r.pause = 0
	r.back()
	return nil
}

func (r *remote) write(message []byte) error {
	deadline := time.Now().Add(writeTime)
	if err := r.conn.SetWriteDeadline(deadline); err != nil {
		return err
	}
	stop := context.AfterFunc(r.give, func() { r.conn.SetWriteDeadline(time.Now()) })
	defer stop()
	_, err := r.conn.Write(message)
	return err
}

// watch closes a stream when the other has hung up, so that the next write
// fails at once and nothing is written to nobody.
func watch(conn net.Conn) {
	_, _ = io.Copy(io.Discard, conn) // however it ends, it has ended
	conn.Close()
}

func (r *remote) hangUp() {
	if r.conn != nil {
		r.conn.Close()
		r.conn = nil
	}
}

// wait pauses before the next attempt. False: there is none, we are closing.
func (r *remote) wait() bool {
	if r.pause == 0 { // a connection that broke is made anew at once
		r.pause = pauseMin
		return true
	}
	timer := time.NewTimer(r.pause)
	defer timer.Stop()
	r.pause = min(2*r.pause, pauseMax)
	select {
	case <-timer.C:
		return true
	case <-r.closing:
		return false
	case <-r.give.Done():
		return false
	}
}

// trouble tells that the other is away, now and then.
func (r *remote) trouble(err error) {
	if r.pause == 0 || !r.toldAt.IsZero() && time.Since(r.toldAt) < tellEvery {
		return
	}
	r.away, r.toldAt = true, time.Now()
	lost := r.dropped.Load()
	r.tell.Warn("the log cannot be sent: messages wait, and are dropped when too many do", "err", err, "dropped", lost-r.told)
	r.told = lost
}

// back tells that the other is back, and what was lost meanwhile.
func (r *remote) back() {
	lost := r.dropped.Load()
	if lost > r.sent {
		note := entry{time: time.Now(), level: slog.LevelWarn, message: "log messages were dropped",
			fields: []field{{"dropped", slog.Uint64Value(lost - r.sent).String()}}}
		if r.write(r.encode(note)) != nil {
			return // the next message finds the connection broken
		}
		r.sent = lost
	}
	if r.away || lost > r.told {
		r.away, r.toldAt = false, time.Now()
		r.tell.Warn("the log is sent again", "dropped", lost-r.told)
		r.told = lost
	}
}
