package xmppd

import (
	"otrbot/internal/xmpp/stanza"
)

// subscription handles presence of the types that change who gets whose presence. Both sides live on this server, and
// change together. RFC 6121, 3.
func (s *Server) subscription(one *session, e *stanza.Element) {
	to := canonical(e.Attr("to"))
	if local, domain, _ := stanza.SplitJID(to); local == "" || !s.isDomain(domain) || to == one.account.jid {
		if typ := e.Attr("type"); typ == "subscribe" {
			s.toSender(e, stanza.ErrorReply(e, "cancel", "remote-server-not-found").Set("from", to))
		}
		return
	}
	e = stamp(e, one.account.jid, to)
	switch a := one.account; e.Attr("type") {
	case "subscribe":
		s.subscribe(a, e)
	case "subscribed":
		s.approve(a, e)
	case "unsubscribe":
		if c := a.roster[to]; c != nil {
			s.unsubscribe(a, c)
			s.changed(a, c)
		}
	case "unsubscribed":
		if c := a.roster[to]; c != nil {
			s.cancel(a, c)
			s.changed(a, c)
		}
	}
}

// subscribe is 3.1: a asks for the presence of another account. One that does not exist does not answer.
func (s *Server) subscribe(a *account, e *stanza.Element) {
	c := a.contact(e.Attr("to"))
	if c == nil {
		return
	}
	c.listed = true
	if !c.to {
		c.ask = true
	}
	s.changed(a, c)
	other := s.account(c.jid)
	if other == nil {
		return
	}
	back := other.contact(a.jid)
	switch {
	case back == nil:
	case back.from: // 3.1.3: the server answers for a contact that has said yes
		s.grant(other, back, subscribed(other.jid, a.jid))
	case back.approved: // 3.4
		back.from = true
		s.changed(other, back)
		s.grant(other, back, subscribed(other.jid, a.jid))
	default:
		back.request = e
		for _, d := range sessionsOf(other) {
			if d.presence != nil {
				s.deliver(d, e)
			}
		}
	}
}

func subscribed(from, to string) *stanza.Element {
	return stanza.New(stanza.NSClient, "presence", "type", "subscribed", "from", from, "to", to)
}

// approve is 3.1.4, or 3.4 if nobody has asked yet.
func (s *Server) approve(a *account, e *stanza.Element) {
	c := a.contact(e.Attr("to"))
	if c == nil {
		return
	}
	c.listed = true
	if c.request == nil {
		c.approved = true
		s.changed(a, c)
		return
	}
	c.request, c.from = nil, true
	s.changed(a, c)
	s.grant(a, c, e)
}

// grant tells the other side that it gets a's presence from now on, and what that is.
func (s *Server) grant(a *account, c *contact, e *stanza.Element) {
	other := s.account(c.jid)
	if other == nil || other.roster[a.jid] == nil || !other.roster[a.jid].ask {
		return // 3.1.6: an answer to what was not asked
	}
	back := other.roster[a.jid]
	back.ask, back.to = false, true
	s.toInterested(other, e)
	s.changed(other, back)
	for _, d := range sessionsOf(a) {
		if d.presence != nil {
			s.toAvailable(other, stamp(d.presence, d.jid, other.jid))
		}
	}
}

// unsubscribe is 3.3: a does not want the presence of c any more.
func (s *Server) unsubscribe(a *account, c *contact) {
	c.to, c.ask = false, false
	other := s.account(c.jid)
	if other == nil || other.roster[a.jid] == nil {
		return
	}
	back := other.roster[a.jid]
	asked := back.request != nil
	back.request = nil
	if back.from {
		back.from = false
		s.toInterested(other, stanza.New(stanza.NSClient, "presence", "type", "unsubscribe", "from", a.jid, "to", other.jid))
		s.changed(other, back)
		s.gone(other, a)
	} else if asked && !back.listed {
		delete(other.roster, back.jid)
	}
}

// cancel is 3.2: a does not give its presence to c any more, or refuses to.
func (s *Server) cancel(a *account, c *contact) {
	had := c.from || c.request != nil
	c.from, c.approved, c.request = false, false, nil
	other := s.account(c.jid)
	if !had || other == nil || other.roster[a.jid] == nil {
		return
	}
	back := other.roster[a.jid]
	wasTo := back.to
	back.to, back.ask = false, false
	s.toInterested(other, stanza.New(stanza.NSClient, "presence", "type", "unsubscribed", "from", a.jid, "to", other.jid))
	s.changed(other, back)
	if wasTo {
		s.gone(a, other)
	}
}

// gone tells an account that the devices of another are no longer available to it.
func (s *Server) gone(from, to *account) {
	for _, d := range sessionsOf(from) {
		if d.presence != nil {
			s.toAvailable(to, stanza.New(stanza.NSClient, "presence", "type", "unavailable", "from", d.jid, "to", to.jid))
		}
	}
}

// toInterested delivers to the devices that have asked for the roster, toAvailable to those that are available.
func (s *Server) toInterested(a *account, e *stanza.Element) {
	for _, d := range sessionsOf(a) {
		if d.interested {
			s.deliver(d, e)
		}
	}
}

func (s *Server) toAvailable(a *account, e *stanza.Element) {
	for _, d := range sessionsOf(a) {
		if d.presence != nil {
			s.deliver(d, e)
		}
	}
}
