package xmppd

import (
	"strconv"
	"time"

	"otrbot/internal/xmpp/stanza"
)

// manage is XEP-0198 within a session.
func (s *Server) manage(one *session, e *stanza.Element) error {
	switch e.Local {
	case "r":
		s.post(one, nonza(stanza.New(stanza.NSSM, "a", "h", counter(one.received))))
	case "a":
		h, err := strconv.ParseUint(e.Attr("h"), 10, 32)
		if err != nil || !one.managed || !one.out.acknowledge(uint32(h)) {
			return streamError("undefined-condition") // XEP-0198, 6: a count of what was never sent
		}
	case "enable":
		s.enable(one, e)
	case "resume":
		s.post(one, nonza(smFailed("unexpected-request")))
	default:
		return streamError("unsupported-stanza-type")
	}
	return nil
}

func (s *Server) enable(one *session, e *stanza.Element) {
	if one.managed {
		s.post(one, nonza(smFailed("unexpected-request")))
		return
	}
	one.managed, one.received = true, 0
	enabled := stanza.New(stanza.NSSM, "enabled")
	if wish := e.Attr("resume"); (wish == "true" || wish == "1") && s.config.Hold > 0 {
		one.id = s.random(16)
		s.resumable[one.id] = one
		enabled.Set("id", one.id).Set("resume", "true").Set("max", strconv.Itoa(int(s.config.Hold/time.Second)))
	}
	one.out.manage(nonza(enabled))
}

// resume takes up a session of the same account on another connection. No session and no error mean that the client
// has been refused and may bind.
func (s *Server) resume(c *conn, name string, e *stanza.Element) (*session, error) {
	h, err := strconv.ParseUint(e.Attr("h"), 10, 32)
	if one := s.release(name, e.Attr("previd")); err == nil && one != nil {
		switch ok, err := s.takeUp(c, one, uint32(h)); {
		case err != nil:
			return nil, err
		case ok:
			return one, nil
		}
	}
	return nil, c.send(smFailed("item-not-found"))
}

func (s *Server) takeUp(c *conn, one *session, h uint32) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return false, streamError("system-shutdown")
	case one.ended || one.conn != nil:
		return false, nil
	case !one.out.acknowledge(h):
		s.drop(one)
		return false, streamError("undefined-condition")
	}
	one.hold.Stop()
	one.hold = nil
	one.out.resume(c, nonza(stanza.New(stanza.NSSM, "resumed", "previd", one.id, "h", counter(one.received))))
	s.attach(one, c)
	c.log.Info("client took up its session")
	return true, nil
}

// release takes a session from its old connection, which may not know yet that it is gone, and waits until nothing
// is written there any more. It is nil if there is none that name may resume.
func (s *Server) release(name, id string) *session {
	s.mu.Lock()
	one := s.resumable[id]
	if id == "" || one == nil || one.account.name != name {
		s.mu.Unlock()
		return nil
	}
	old := one.conn
	one.conn = nil
	one.out.detach()
	if old != nil {
		s.wait(one)
		old.raw.Close()
	}
	s.mu.Unlock()
	if old != nil {
		<-old.written
	}
	return one
}

func smFailed(condition string) *stanza.Element {
	return stanza.New(stanza.NSSM, "failed").Add(stanza.New(stanza.NSStanzas, condition))
}

// nonza is something beside the stanzas.
func nonza(e *stanza.Element) letter {
	xml, _ := e.Append(nil, stanza.NSClient) // made here, of digits and names
	return letter{xml: xml}
}

func counter(h uint32) string { return strconv.FormatUint(uint64(h), 10) }
