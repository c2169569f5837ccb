package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
)

// The network is a line of text lines, like that of many old chat networks: one message is one line, and lines have
// a greatest length, above which otr cuts its messages into fragments.

// longestLine bounds what one line from the network or the keyboard may take of our memory.
const longestLine = 1 << 20

// checkLoopback refuses addresses that other computers reach: this program has no logins and no contact list.
func checkLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("-addr: %w", err)
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("-addr %s: only this computer, 127.0.0.1, [::1] or localhost", address)
}

// meet listens or connects. next waits for a connection, stop ends the waiting.
func meet(o options, screen *screen) (next func() (net.Conn, error), stop func() error, err error) {
	if !o.listen {
		dial := func() (net.Conn, error) {
			conn, err := net.Dial("tcp", o.address)
			if err != nil {
				return nil, fmt.Errorf("%w; run 'localchat listen' in another terminal first", err)
			}
			return conn, nil
		}
		return dial, func() error { return nil }, nil
	}
	listener, err := net.Listen("tcp", o.address)
	if err != nil {
		return nil, nil, fmt.Errorf("%w; choose another port with -addr, in both terminals", err)
	}
	screen.notice("Waiting at %s. In another terminal: localchat connect", listener.Addr())
	return listener.Accept, listener.Close, nil
}

// await waits for a connection, or for the user to lose patience.
func await(next func() (net.Conn, error), typed <-chan string, screen *screen) (conn net.Conn, quit bool, err error) {
	type outcome struct {
		conn net.Conn
		err  error
	}
	met := make(chan outcome, 1)
	go func() {
		conn, err := next()
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
			return err
		}
	}
	return nil
}
