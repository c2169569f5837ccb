package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"syscall"
	"time"
)

// The network is a line of text lines, like that of many old chat networks: one message is one line, and lines have
// a greatest length, above which otr cuts its messages into fragments.

const (
	// longestLine bounds what one line from the network or the keyboard may take of our memory.
	longestLine = 1 << 20
	// tryAgain is how often connect tries while nobody listens.
	tryAgain = 200 * time.Millisecond
	// busy is what somebody reads who comes while we talk with another.
	busy = "I am busy with somebody else, please try again later."
)

// errLine means that the connection broke.
var errLine = errors.New("the connection broke")

// A meeting is where connections come from.
type meeting interface {
	// next waits for a connection.
	next(context.Context) (net.Conn, error)
	io.Closer
}

// meet opens the port, or remembers where to call.
func meet(o options, screen *screen) (meeting, error) {
	if !o.listen {
		return caller{o.address, o.patience, screen}, nil
	}
	listener, err := net.Listen("tcp", o.address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%w: is another listen running? Or choose another port with -addr, in both terminals", err)
	}
	if err != nil {
		return nil, fmt.Errorf("%w; choose another port with -addr, in both terminals", err)
	}
	h := &host{listener: listener, seat: make(chan struct{}, 1), guests: make(chan net.Conn, 1)}
	go h.admit()
	return h, nil
}

// checkLoopback refuses addresses that other computers reach: this program has no logins and no contact list.
func checkLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("-addr: %w; for example 127.0.0.1:5223", err)
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("-addr %s: only this computer, 127.0.0.1, [::1] or localhost", address)
}

// A caller connects, and tries for a while if nobody listens yet.
type caller struct {
	address  string
	patience time.Duration
	screen   *screen
}

func (c caller) Close() error { return nil }

func (c caller) next(ctx context.Context) (net.Conn, error) {
	again, end := time.NewTicker(tryAgain), time.NewTimer(c.patience)
	defer again.Stop()
	defer end.Stop()
	var dialer net.Dialer
	for told := false; ; told = true {
		conn, err := dialer.DialContext(ctx, "tcp", c.address)
		if err == nil {
			return conn, nil
		}
		if !told {
			c.screen.notice("Nobody listens at %s yet; trying for %v. In another terminal: localchat listen", c.address, c.patience)
		}
		select {
		case <-again.C:
		case <-end.C:
			return nil, fmt.Errorf("%w; run 'localchat listen' in another terminal first", err)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// A host listens. It has one seat: who comes while it is taken hears so.
type host struct {
	listener net.Listener
	seat     chan struct{} // full while somebody is here
	guests   chan net.Conn
	err      error // why no more guests come, once guests is closed
}

func (h *host) Close() error { return h.listener.Close() }

func (h *host) next(ctx context.Context) (net.Conn, error) {
	select {
	case conn, ok := <-h.guests:
		if !ok {
			return nil, h.err
		}
		return conn, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (h *host) admit() {
	defer close(h.guests)
	for {
		conn, err := h.listener.Accept()
		if err != nil {
			h.err = err
			return
		}
		select {
		case h.seat <- struct{}{}:
			h.guests <- guest{conn, sync.OnceFunc(func() { <-h.seat })}
		default:
			go turnAway(conn)
		}
	}
}

// turnAway reads what the other says until it goes: closing with words unread could cost it our answer.
func turnAway(conn net.Conn) {
	defer conn.Close()
	if conn.SetDeadline(time.Now().Add(time.Second)) == nil && transmit(conn, []string{busy}) == nil {
		io.Copy(io.Discard, conn)
	}
}

// A guest leaves the seat with the connection.
type guest struct {
	net.Conn
	leave func()
}

func (g guest) Close() error {
	defer g.leave()
	return g.Conn.Close()
}

// await waits for a connection, or for the user to lose patience.
func await(place meeting, typed <-chan string, screen *screen) (conn net.Conn, quit bool, err error) {
	type outcome struct {
		conn net.Conn
		err  error
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	met := make(chan outcome, 1)
	go func() {
		conn, err := place.next(ctx)
		met <- outcome{conn, err}
	}()
	for {
		select {
		case o := <-met:
			return o.conn, false, o.err
		case text, ok := <-typed:
			if !ok || isQuit(text) {
				return nil, true, nil
			}
			screen.notice("Nobody is here yet. /quit leaves.")
		}
	}
}

// readLines delivers the lines of r until it ends.
func readLines(r io.Reader) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		scanner := bufio.NewScanner(r)
		scanner.Buffer(nil, longestLine)
		for scanner.Scan() {
			lines <- scanner.Text()
		}
	}()
	return lines
}

// transmit writes messages as lines. Of all messages only a query can hold a line break, before the sentence for
// people without OTR; a space does as well there.
func transmit(w io.Writer, messages []string) error {
	for _, m := range messages {
		if _, err := io.WriteString(w, strings.ReplaceAll(m, "\n", " ")+"\n"); err != nil {
			return fmt.Errorf("%w: %w", errLine, err)
		}
	}
	return nil
}
