package xmppd

import (
	"errors"
	"io"
	"maps"
	"slices"
	"time"

	"otrbot/internal/xmpp/stanza"
)

// session is a bound resource. The server's lock guards it, but for the outbox, which has its own.
type session struct {
	account *account
	jid     string // full
	conn    *conn  // nil while it waits for its client to come back
	out     *outbox
	ended   bool
	full    bool // the client let too much wait: nothing more can be delivered

	presence   *stanza.Element // as last broadcast; nil: unavailable
	priority   int
	directed   map[string]bool // to whom presence was sent besides
	interested bool            // has asked for the roster: gets its changes

	managed  bool   // XEP-0198
	id       string // to resume with; "" if it cannot be resumed
	received uint32
	hold     *time.Timer
}

const longestResource = 200

// bind waits until the client asks for a resource or for its old session.
func (c *conn) bind(name string) (*session, error) {
	err := c.open(bytesAfterLogin,
		stanza.New(stanza.NSBind, "bind"),
		stanza.New(stanza.NSSession, "session").Add(stanza.New(stanza.NSSession, "optional")),
		stanza.New(stanza.NSSM, "sm"), stanza.New(stanza.NSPreApproval, "sub"))
	for err == nil {
		var e *stanza.Element
		var s *session
		if e, err = c.reader.Next(); err != nil {
			break
		}
		switch {
		case e.Space == stanza.NSSM && e.Local == "resume":
			s, err = c.server.resume(c, name, e)
		case e.Space == stanza.NSSM && e.Local == "enable":
			err = c.send(smFailed("unexpected-request"))
		case e.Space != stanza.NSClient || e.Local != "iq":
			err = streamError("not-authorized")
		case e.Attr("type") == "set" && e.Child(stanza.NSBind, "bind") != nil:
			s, err = c.server.start(c, name, e)
		default:
			err = c.send(stanza.ErrorReply(e, "auth", "not-authorized"))
		}
		if s != nil {
			return s, err
		}
	}
	return nil, err
}

// start makes a session of the name that has authenticated. Of two with the same resource the newer wins.
func (s *Server) start(c *conn, name string, iq *stanza.Element) (*session, error) {
	resource := ""
	if asked := iq.Child(stanza.NSBind, "bind").Child(stanza.NSBind, "resource"); asked != nil {
		resource = asked.Text()
	}
	switch {
	case len(resource) > longestResource:
		return nil, c.send(stanza.ErrorReply(iq, "modify", "bad-request"))
	case resource == "":
		resource = s.random(8)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.accounts[name]
	switch {
	case s.closed:
		return nil, streamError("system-shutdown")
	case a.sessions[resource] != nil:
		s.end(a.sessions[resource], "conflict")
	case len(a.sessions) >= mostSessions:
		return nil, streamError("resource-constraint")
	}
	one := &session{account: a, jid: a.jid + "/" + resource, out: newOutbox(s.config.Queue), directed: map[string]bool{}}
	a.sessions[resource] = one
	s.attach(one, c)
	s.deliver(one, stanza.Reply(iq, "result").Add(
		stanza.New(stanza.NSBind, "bind").Add(stanza.New(stanza.NSBind, "jid").AddText(one.jid))))
	return one, nil
}

// attach gives a session a connection to write to.
func (s *Server) attach(one *session, c *conn) {
	one.conn, c.session = c, one
	one.out.attach(c)
	c.written = make(chan struct{})
	s.running.Go(func() {
		defer close(c.written)
		one.out.write(c)
	})
}

// run reads stanzas until the connection or the session ends.
func (c *conn) run(one *session) error {
	s := c.server
	for {
		e, err := c.reader.Next()
		s.mu.Lock()
		mine := one.conn == c
		if mine && err == nil {
			err = s.handle(one, e)
		}
		if mine && err != nil {
			s.leave(one, err)
		}
		s.mu.Unlock()
		if !mine || err != nil {
			<-c.written
			return err
		}
	}
}

// leave ends a session whose connection gave that error, or lets it wait to be resumed. A client that sent what it
// must not send cannot resume: it would send it again.
func (s *Server) leave(one *session, err error) {
	why := condition(err)
	switch {
	case one.full:
		s.drop(one)
	case errors.Is(err, io.EOF), why != "":
		s.end(one, why)
	case one.id == "" || one.ended:
		s.drop(one)
	default:
		one.conn.raw.Close()
		one.conn = nil
		one.out.detach()
		s.wait(one)
	}
}

// wait drops the session if it is not resumed in time.
func (s *Server) wait(one *session) {
	var hold *time.Timer
	hold = time.AfterFunc(s.config.Hold, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if one.hold == hold && one.conn == nil {
			s.drop(one)
		}
	})
	one.hold = hold
}

// end takes leave of a client in words: a stream error, or only the end of the stream if why is "".
func (s *Server) end(one *session, why string) {
	if !s.remove(one) {
		return
	}
	one.out.finish(streamEnd(why))
	one.conn = nil
}

// drop ends a session whose client does not listen, and sends what it did not get where a message to the bare
// address goes.
func (s *Server) drop(one *session) {
	c := one.conn
	if !s.remove(one) {
		return
	}
	one.conn = nil
	lost := one.out.rest()
	one.out.detach()
	if c != nil {
		c.raw.Close()
	}
	for _, e := range lost {
		if e.Local == "message" {
			s.toAccount(one.account, e)
		}
	}
}

// remove takes a session out of the server and tells its contacts; false if that has been done.
func (s *Server) remove(one *session) bool {
	if one.ended {
		return false
	}
	one.ended = true
	if one.hold != nil {
		one.hold.Stop()
	}
	delete(s.resumable, one.id)
	maps.DeleteFunc(one.account.sessions, func(_ string, o *session) bool { return o == one })
	if one.presence != nil || len(one.directed) > 0 {
		s.unavailable(one, stanza.New(stanza.NSClient, "presence", "type", "unavailable"))
	}
	return true
}

// deliver queues a stanza for a client. It never waits: a client that lets too much wait loses its session.
func (s *Server) deliver(one *session, e *stanza.Element) {
	xml, err := e.Append(nil, stanza.NSClient)
	if err != nil {
		s.log.Debug("a stanza that cannot be written", "err", err)
		return
	}
	s.post(one, letter{xml: xml, stanza: e})
}

func (s *Server) post(one *session, l letter) {
	if one.full || one.ended || one.out.put(l) {
		return
	}
	one.full = true
	s.log.Warn("a client reads too slowly: its session ends")
	if one.conn != nil {
		one.conn.raw.Close() // its reader will drop the session
		return
	}
	one.hold.Reset(0)
}

// handle does what a client sent.
func (s *Server) handle(one *session, e *stanza.Element) error {
	if e.Space == stanza.NSSM {
		return s.manage(one, e)
	}
	if e.Space != stanza.NSClient || !slices.Contains([]string{"message", "presence", "iq"}, e.Local) {
		return streamError("unsupported-stanza-type")
	}
	e.Set("from", one.jid) // whatever the client says
	switch e.Local {
	case "message":
		s.message(one, e)
	case "presence":
		s.presence(one, e)
	case "iq":
		s.iq(one, e)
	}
	one.received++
	return nil
}
