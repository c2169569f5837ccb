package xmpp

import (
	"context"
	"crypto/tls"
	"encoding/xml"
	"io"
	"net"
	"strings"
	"time"

	"otrbot/internal/xmpp/stanza"
)

// A link is one connection.
type link struct {
	raw      net.Conn // closing it ends everything at once
	conn     net.Conn // raw, or TLS over it
	r        *stanza.Reader
	features *stanza.Element
	session  Session
	early    []*stanza.Element // arrived before counting began

	readLimit, writeLimit time.Duration // 0: one deadline for all, set on raw

	// For the writer; guarded by Client.mu.
	managed   bool     // by XEP-0198
	again     [][]byte // to be written again after a resumption
	ackDue    bool     // the server asked
	askDue    bool     // time to ask the server
	asked     time.Time
	askedAt   uint64 // last Seq sent when asked
	pingID    string
	unasked   int // stanzas and their bytes written since
	unaskedB  int
	finishing bool // everything, then the end of the stream

	complained time.Time // of slowness; only the writer's
}

// Read reads with the link's limit of silence.
func (l *link) Read(p []byte) (int, error) {
	if l.readLimit > 0 {
		if err := l.raw.SetReadDeadline(time.Now().Add(l.readLimit)); err != nil {
			return 0, err
		}
	}
	return l.conn.Read(p)
}

// Write writes one whole stanza within the link's time limit. After an error the connection is of no use: a torn
// stanza cannot be continued.
func (l *link) Write(p []byte) (int, error) {
	if l.writeLimit > 0 {
		if err := l.raw.SetWriteDeadline(time.Now().Add(l.writeLimit)); err != nil {
			return 0, err
		}
	}
	return l.conn.Write(p)
}

// open starts a stream and reads the server's features: RFC 6120, 4.2 and 4.3.
func (l *link) open(domain string, limits stanza.Limits) error {
	var to strings.Builder
	if err := xml.EscapeText(&to, []byte(domain)); err != nil {
		return err
	}
	_, err := io.WriteString(l, `<?xml version='1.0'?><stream:stream xmlns='jabber:client' `+
		`xmlns:stream='http://etherx.jabber.org/streams' version='1.0' xml:lang='en' to='`+to.String()+`'>`)
	if err != nil {
		return err
	}
	l.r = stanza.NewReader(l, limits)
	if _, err := l.r.Header(); err != nil {
		return err
	}
	l.features, err = l.next()
	if err == nil && (l.features.Space != stanza.NSStream || l.features.Local != "features") {
		return &SetupError{Problem: "the server does not say its features"}
	}
	return err
}

// next is the next element; a stream error is an error.
func (l *link) next() (*stanza.Element, error) {
	e, err := l.r.Next()
	if err == nil && e.Space == stanza.NSStream && e.Local == "error" {
		return nil, streamError(e)
	}
	return e, err
}

func streamError(e *stanza.Element) error {
	s := &StreamError{Condition: condition(e, stanza.NSStreams)}
	if host := e.Child(stanza.NSStreams, "see-other-host"); host != nil {
		s.Host = host.Text()
	}
	return s
}

// send writes an element during login.
func (l *link) send(e *stanza.Element) error {
	b, err := e.Append(nil, stanza.NSClient)
	if err == nil {
		_, err = l.Write(b)
	}
	return err
}

// startTLS is RFC 6120, 5.4. The server need not offer it: without it there is no login.
func (c *Client) startTLS(ctx context.Context, l *link) error {
	if err := l.send(stanza.New(stanza.NSTLS, "starttls")); err != nil {
		return err
	}
	e, err := l.next()
	switch {
	case err != nil:
		return err
	case e.Space != stanza.NSTLS || e.Local != "proceed":
		return &SetupError{Problem: "the server has no TLS, and nothing is sent without"}
	case l.r.Buffered() > 0:
		return &SetupError{Problem: "somebody put words before the start of TLS"}
	}
	return c.overTLS(ctx, l, false)
}

func (c *Client) overTLS(ctx context.Context, l *link, direct bool) error {
	t, err := c.secure(ctx, l.raw, direct)
	if err != nil {
		return err
	}
	l.session.TLSVersion = tls.VersionName(t.ConnectionState().Version)
	l.conn = t
	return nil
}
