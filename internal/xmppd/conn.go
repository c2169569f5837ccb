package xmppd

import (
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"time"

	"otrbot/internal/xmpp/stanza"
)

// conn is one connection. Its own goroutine reads; it also writes until there is a session, and the session's writer
// from then on.
type conn struct {
	server  *Server
	raw     net.Conn // closing it ends all waiting
	net     net.Conn // raw, or TLS above it
	log     *slog.Logger
	reader  *stanza.Reader
	opened  bool          // our stream header has been sent
	session *session      // guarded by the server's lock
	written chan struct{} // closed when the session's writer has left the connection
}

// streamError ends a stream; it is the name of a condition of RFC 6120, 4.9.3.
type streamError string

func (e streamError) Error() string { return "xmppd: stream error " + string(e) }

// condition is the stream error that tells the other side why its stream ends; "" if there is nobody to tell.
func condition(err error) string {
	var own streamError
	var syntax *stanza.SyntaxError
	var large *stanza.TooLarge
	switch {
	case errors.As(err, &own):
		return string(own)
	case errors.As(err, &syntax):
		return syntax.Condition
	case errors.Is(err, stanza.ErrRestrictedXML):
		return "restricted-xml"
	case errors.Is(err, stanza.ErrTooMuch), errors.As(err, &large):
		return "policy-violation"
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "connection-timeout"
	}
	return ""
}

const (
	streamClose = "</stream:stream>"
	streamOpen  = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' xml:lang='en' from='"
)

// streamEnd is the last a client hears. The prefix is the one that every client knows.
func streamEnd(condition string) []byte {
	if condition == "" {
		return []byte(streamClose)
	}
	return []byte("<stream:error><" + condition + " xmlns='" + stanza.NSStreams + "'/></stream:error>" + streamClose)
}

// serve is the life of a connection.
func (c *conn) serve() {
	defer c.raw.Close()
	c.raw.SetDeadline(time.Now().Add(loginTime))
	s, err := c.login()
	if err == nil {
		c.raw.SetReadDeadline(time.Time{}) // the writer sets its own
		c.log.Info("client has a session")
		err = c.run(s)
	}
	c.log.Info("client left", "reason", condition(err))
	if s == nil { // there is no writer
		c.refuse(err)
	}
}

// refuse ends a stream that has no session yet.
func (c *conn) refuse(err error) {
	why := condition(err)
	if why == "" && !errors.Is(err, io.EOF) {
		return
	}
	c.raw.SetWriteDeadline(time.Now().Add(shutTime))
	var last []byte
	if !c.opened {
		last = c.header()
	}
	if _, err := c.net.Write(append(last, streamEnd(why)...)); err == nil {
		c.linger()
	}
}

// writeDeadline bounds the next write.
func (c *conn) writeDeadline() {
	c.raw.SetWriteDeadline(time.Now().Add(writeTime))
	if c.server.stopping.Load() {
		c.raw.SetWriteDeadline(time.Now().Add(shutTime))
	}
}

// linger lets the other side read our last words: a connection that is closed while input waits is reset, and they
// may be lost.
func (c *conn) linger() {
	c.raw.SetDeadline(time.Now().Add(shutTime))
	if t, ok := c.net.(*tls.Conn); ok {
		t.CloseWrite()
	}
	if half, ok := c.raw.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
		io.Copy(io.Discard, c.raw)
	}
}

func (c *conn) header() []byte {
	return []byte(streamOpen + c.server.config.Domain + "' id='" + c.server.random(8) + "'>")
}

// open starts a stream, also anew, and says what can be done in it.
func (c *conn) open(most int, features ...*stanza.Element) error {
	if c.reader != nil && c.reader.Buffered() > 0 {
		return streamError("policy-violation") // sent before it could be protected, or before the answer was known
	}
	c.opened = false
	c.reader = stanza.NewReader(c.net, stanza.Limits{Bytes: most, Depth: 50, Children: 5 * mostContacts, Past: -1})
	h, err := c.reader.Header()
	if err != nil {
		return err
	}
	out := c.header()
	c.opened = true
	if !c.server.isDomain(h.To) {
		features = nil
		err = streamError("host-unknown")
	}
	switch {
	case h.Space != stanza.NSClient:
		err = streamError("invalid-namespace")
	case h.Version != "1.0":
		err = streamError("unsupported-version")
	}
	if err == nil {
		out = append(out, "<stream:features>"...)
		for _, f := range features {
			if out, err = f.Append(out, stanza.NSClient); err != nil {
				return err
			}
		}
		out = append(out, "</stream:features>"...)
	}
	if _, writeErr := c.net.Write(out); writeErr != nil {
		return writeErr
	}
	return err
}

// send writes before there is a session.
func (c *conn) send(e *stanza.Element) error {
	out, err := e.Append(nil, stanza.NSClient)
	if err != nil {
		return err
	}
	_, err = c.net.Write(out)
	return err
}

// login makes a session of a fresh connection, or takes up an old one.
func (c *conn) login() (*session, error) {
	if err := c.startTLS(); err != nil {
		return nil, err
	}
	name, err := c.authenticate()
	if err != nil {
		return nil, err
	}
	return c.bind(name)
}

func (c *conn) startTLS() error {
	offer := stanza.New(stanza.NSTLS, "starttls").Add(stanza.New(stanza.NSTLS, "required"))
	if err := c.open(bytesBeforeLogin, offer); err != nil {
		return err
	}
	e, err := c.reader.Next()
	switch {
	case err != nil:
		return err
	case e.Space != stanza.NSTLS || e.Local != "starttls":
		return streamError("policy-violation")
	case c.reader.Buffered() > 0:
		return streamError("policy-violation")
	}
	if err := c.send(stanza.New(stanza.NSTLS, "proceed")); err != nil {
		return err
	}
	t := tls.Server(c.raw, &tls.Config{Certificates: []tls.Certificate{c.server.certificate}, MinVersion: tls.VersionTLS12})
	if err := t.Handshake(); err != nil {
		return err
	}
	c.net, c.reader, c.opened = t, nil, false
	return nil
}
