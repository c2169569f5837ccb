package servers

import (
	"net"
	"sync"
	"testing"
)

// A Link is a way to a server that a test can cut and stall. It is safe for
// concurrent use.
type Link struct {
	target   string
	listener net.Listener

	mu      sync.Mutex
	changed sync.Cond // of everything below
	conns   map[net.Conn]bool
	stalled map[direction]bool
	held    map[direction]int // bytes that have come and not gone on
}

// A direction is the way of bytes through a link.
type direction bool

const (
	up   direction = true  // to the server
	down direction = false // from it
)

// Proxy listens on a free loopback port and joins each connection to one of its
// own to target, until the test ends.
func Proxy(t testing.TB, target string) *Link {
	t.Helper()
	listener, err := net.Listen("tcp", loopback(0))
	if err != nil {
		t.Fatal(err)
	}
	l := &Link{target: target, listener: listener,
		conns: map[net.Conn]bool{}, stalled: map[direction]bool{}, held: map[direction]int{}}
	l.changed.L = &l.mu
	var running sync.WaitGroup
	running.Go(func() { l.accept(&running) })
	t.Cleanup(func() {
		if err := listener.Close(); err != nil {
			t.Error(err)
		}
		l.Cut()
		running.Wait()
	})
	return l
}

// Addr is where the link listens.
func (l *Link) Addr() string { return l.listener.Addr().String() }

// Cut breaks all connections: both ends see a reset, and what was held back is
// lost. New connections are made as before.
func (l *Link) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.conns {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // a reset, no orderly end
		}
		_ = c.Close()
	}
	clear(l.conns)
	l.changed.Broadcast()
}

// Stall holds back every byte, on connections to come too: they are accepted
// and nothing is answered.
func (l *Link) Stall() { l.stall(true, true) }

// StallDown holds back only what the server sends.
func (l *Link) StallDown() { l.stall(false, true) }

// Resume lets what was held back pass, in order.
func (l *Link) Resume() { l.stall(false, false) }

func (l *Link) stall(upwards, downwards bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stalled[up], l.stalled[down] = upwards, downwards
	l.changed.Broadcast()
}

// HeldDown is how many bytes of the server are held back.
func (l *Link) HeldDown() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.held[down]
}

func (l *Link) accept(running *sync.WaitGroup) {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		running.Go(func() { l.join(near) })
	}
}

// join passes bytes on until one end closes or the link is cut.
func (l *Link) join(near net.Conn) {
	far, err := net.Dial("tcp", l.target)
	if err != nil {
		_ = near.Close()
		return
	}
	l.mu.Lock()
	l.conns[near], l.conns[far] = true, true
	l.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { l.pass(near, far, up) })
	both.Go(func() { l.pass(far, near, down) })
	both.Wait()
}

// pass ends both directions when this one ends: XMPP has no use for half a
// connection. It reads on while the link is stalled, to know how much is held.
func (l *Link) pass(from, to net.Conn, d direction) {
	var waiting []byte
	var ended bool // from
	var reader sync.WaitGroup
	reader.Go(func() {
		buffer := make([]byte, 16<<10)
		for {
			n, err := from.Read(buffer)
			l.mu.Lock()
			waiting = append(waiting, buffer[:n]...)
			l.held[d] += n
			ended = err != nil
			l.changed.Broadcast()
			l.mu.Unlock()
			if err != nil {
				return
			}
		}
	})
	l.mu.Lock()
	for {
		for l.conns[to] && (len(waiting) == 0 && !ended || len(waiting) > 0 && l.stalled[d]) {
			l.changed.Wait()
		}
		next := waiting
		waiting = nil
		l.held[d] -= len(next)
		if len(next) == 0 || !l.conns[to] {
			break
		}
		l.mu.Unlock()
		_, err := to.Write(next)
		l.mu.Lock()
		if err != nil {
			break
		}
	}
	delete(l.conns, from)
	delete(l.conns, to)
	l.changed.Broadcast()
	l.mu.Unlock()
	_ = from.Close() // closed already after a cut
	_ = to.Close()
	reader.Wait()
}
