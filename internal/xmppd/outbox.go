package xmppd

import (
	"slices"
	"sync"

	"otrbot/internal/xmpp/stanza"
)

// outbox is what a client still has to get. It outlives a connection when stream management is on: then it also keeps
// what has been written until the client has acknowledged it (XEP-0198, 4 "Acks").
type outbox struct {
	most int
	wake chan struct{} // of the writer; holds one

	mu      sync.Mutex
	waiting []letter
	sent    []letter // written and not acknowledged; without management always empty
	managed bool
	acked   uint32 // stanzas that the client has acknowledged
	asked   bool   // an <r/> waits for its <a/>
	bytes   int    // of waiting and sent
	writer  *conn  // the connection that takes
	last    []byte // what ends the stream, when all else is written
	ending  bool
}

// letter is what is written at once. The stanza is nil for what belongs to one connection only.
type letter struct {
	xml     []byte
	stanza  *stanza.Element
	counted bool // by stream management: a stanza that was queued after <enabled/>
}

const (
	mostBatch = 64 << 10
	mostSent  = 16 << 20 // bytes that wait for one client
)

func newOutbox(most int) *outbox { return &outbox{most: most, wake: make(chan struct{}, 1)} }

// put queues a letter; false if the client has let too many wait.
func (o *outbox) put(l letter) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ending {
		return true
	}
	if len(o.waiting)+len(o.sent) >= o.most || o.bytes >= mostSent {
		return false
	}
	l.counted = o.managed && l.stanza != nil
	o.waiting = append(o.waiting, l)
	o.bytes += len(l.xml)
	o.ring()
	return true
}

// ring wakes the writer.
func (o *outbox) ring() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// manage begins to keep and to count.
func (o *outbox) manage(answer letter) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.managed = true
	o.waiting = append(o.waiting, answer)
	o.bytes += len(answer.xml)
	o.ring()
}

// acknowledge forgets what the client has got, up to its count h; false if it never got so many.
func (o *outbox) acknowledge(h uint32) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := h - o.acked // modulo 2^32
	if uint64(n) > uint64(len(o.sent)) {
		return false
	}
	for _, l := range o.sent[:n] {
		o.bytes -= len(l.xml)
	}
	o.sent = slices.Delete(o.sent, 0, int(n))
	o.acked = h
	o.asked = false
	return true
}

// resume hands the outbox to another connection: first the answer, then again what was not acknowledged.
func (o *outbox) resume(c *conn, answer letter) {
	o.mu.Lock()
	defer o.mu.Unlock()
	again := append([]letter{answer}, o.sent...)
	for _, l := range o.waiting {
		if l.counted {
			again = append(again, l)
		}
	}
	o.waiting, o.sent, o.asked, o.writer = again, nil, false, c
	o.bytes = 0
	for _, l := range again {
		o.bytes += len(l.xml)
	}
}

// attach and detach say which connection takes, if any.
func (o *outbox) attach(c *conn) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.writer = c
}

func (o *outbox) detach() {
	o.attach(nil)
	o.ring()
}

// finish ends the stream of the connection after all that waits.
func (o *outbox) finish(last []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.ending {
		o.last, o.ending = last, true
	}
	o.ring()
}

// rest empties the outbox and returns the stanzas that nobody knows to have arrived.
func (o *outbox) rest() []*stanza.Element {
	o.mu.Lock()
	defer o.mu.Unlock()
	var list []*stanza.Element
	for _, l := range slices.Concat(o.sent, o.waiting) {
		if l.stanza != nil {
			list = append(list, l.stanza)
		}
	}
	o.sent, o.waiting, o.ending = nil, nil, true
	return list
}

// take gives c the next bytes to write; over is true if there will be no more after them.
func (o *outbox) take(c *conn) (batch []byte, over bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.writer != c {
		return nil, true
	}
	n := 0
	for ; n < len(o.waiting) && len(batch) < mostBatch; n++ {
		l := o.waiting[n]
		batch = append(batch, l.xml...)
		if l.counted {
			o.sent = append(o.sent, l)
		} else {
			o.bytes -= len(l.xml)
		}
	}
	o.waiting = slices.Delete(o.waiting, 0, n)
	switch {
	case len(o.waiting) > 0:
	case o.ending:
		return append(batch, o.last...), true
	case len(o.sent) > 0 && !o.asked:
		o.asked = true
		batch = append(batch, "<r xmlns='"+stanza.NSSM+"'/>"...)
	}
	return batch, false
}

// write is the goroutine that writes to a connection, until the outbox ends or is no longer this connection's.
func (o *outbox) write(c *conn) {
	defer c.raw.Close() // which ends the reader
	for {
		batch, over := o.take(c)
		if len(batch) > 0 {
			c.writeDeadline()
			if _, err := c.net.Write(batch); err != nil {
				return
			}
		}
		switch {
		case over && len(batch) > 0:
			c.linger()
			return
		case over:
			return
		case len(batch) == 0:
			<-o.wake
		}
	}
}
