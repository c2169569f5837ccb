package xmppd

import (
	"strconv"
	"strings"

	"otrbot/internal/xmpp/stanza"
)

// presence handles a presence stanza of a client. RFC 6121, 4.
func (s *Server) presence(one *session, e *stanza.Element) {
	typ, to := e.Attr("type"), e.Attr("to")
	switch {
	case typ == "subscribe" || typ == "subscribed" || typ == "unsubscribe" || typ == "unsubscribed":
		s.subscription(one, e)
	case typ == "probe":
		s.probe(one, to)
	case to != "":
		s.directed(one, e)
	case typ == "unavailable":
		s.unavailable(one, e)
	case typ == "":
		s.available(one, e)
	}
}

// available broadcasts presence, and gives a client that has just come what waits for it. 4.2, 4.4.
func (s *Server) available(one *session, e *stanza.Element) {
	first := one.presence == nil
	one.presence, one.priority = e, 0
	if p := e.Child(stanza.NSClient, "priority"); p != nil {
		if n, err := strconv.ParseInt(strings.TrimSpace(p.Text()), 10, 8); err == nil {
			one.priority = int(n)
		}
	}
	s.broadcast(one, e)
	if first {
		s.welcome(one)
	}
	if one.priority >= 0 {
		waiting := one.account.offline
		one.account.offline = nil
		for _, m := range waiting {
			s.deliver(one, m)
		}
	}
}

// broadcast sends presence to the contacts that may have it, and to the account's own devices.
func (s *Server) broadcast(one *session, e *stanza.Element) {
	for _, c := range one.account.roster {
		if other := s.account(c.jid); c.from && other != nil {
			s.toAvailable(other, stamp(e, one.jid, other.jid))
		}
	}
	s.toAvailable(one.account, stamp(e, one.jid, one.account.jid))
}

// welcome tells who is there, and who has asked for a subscription in the meantime. 3.1.3, 4.3.
func (s *Server) welcome(one *session) {
	for _, d := range sessionsOf(one.account) {
		if d != one && d.presence != nil {
			s.deliver(one, stamp(d.presence, d.jid, one.jid))
		}
	}
	for _, c := range one.account.roster {
		if c.to {
			s.probe(one, c.jid)
		}
		if c.request != nil {
			s.deliver(one, c.request)
		}
	}
}

// probe tells a client the presence of a contact, if it may have it.
func (s *Server) probe(one *session, to string) {
	a := s.account(to)
	if a == nil || a != one.account && (a.roster[one.account.jid] == nil || !a.roster[one.account.jid].from) {
		return
	}
	for _, d := range sessionsOf(a) {
		if d.presence != nil {
			s.deliver(one, stamp(d.presence, d.jid, one.jid))
		}
	}
}

// directed sends presence to one address. 4.6.
func (s *Server) directed(one *session, e *stanza.Element) {
	to := e.Attr("to")
	a := s.account(to)
	if a == nil {
		return
	}
	switch e.Attr("type") {
	case "":
		if len(one.directed) < mostContacts {
			one.directed[to] = true
		}
	case "unavailable":
		delete(one.directed, to)
	}
	if _, _, resource := stanza.SplitJID(to); resource == "" {
		s.toAvailable(a, e)
	} else if d := a.sessions[resource]; d != nil {
		s.deliver(d, e)
	}
}

// unavailable tells everybody who knew that a device was there. 4.5.
func (s *Server) unavailable(one *session, e *stanza.Element) {
	e = stamp(e, one.jid, "")
	was := one.presence != nil
	one.presence = nil
	for to := range one.directed {
		if a := s.account(to); a != nil && !(was && a.roster[one.account.jid] != nil && a.roster[one.account.jid].to) {
			s.directed(one, stamp(e, one.jid, to))
		}
	}
	clear(one.directed)
	if was {
		s.broadcast(one, e)
	}
}
