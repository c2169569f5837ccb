package xmppd

import (
	"slices"
	"time"

	"otrbot/internal/xmpp/stanza"
)

// message routes a message. RFC 6121, 8.5.
func (s *Server) message(one *session, e *stanza.Element) {
	to := e.Attr("to")
	if to == "" { // to the sender's own account: RFC 6120, 10.3.1
		to = one.account.jid
		e.Set("to", to)
	}
	local, domain, resource := stanza.SplitJID(to)
	a := s.account(to)
	switch {
	case !s.isDomain(domain):
		s.bounce(e, "remote-server-not-found")
	case local == "": // the server reads nothing
		s.bounce(e, "service-unavailable")
	case a == nil:
		s.bounce(e, "service-unavailable")
	case resource != "" && a.sessions[resource] != nil:
		s.deliver(a.sessions[resource], e)
	case resource != "" && e.Attr("type") == "headline": // RFC 6121, 8.5.3.2.1
	default:
		s.toAccount(a, e)
	}
}

// toAccount delivers a message to the bare address: to the devices with the highest priority. RFC 6121, 8.5.2.
func (s *Server) toAccount(a *account, e *stanza.Element) {
	typ := e.Attr("type")
	devices := reachable(a)
	if typ != "headline" {
		devices = slices.DeleteFunc(devices, func(d *session) bool { return d.priority < devices[0].priority })
	}
	switch {
	case typ == "error":
	case typ == "groupchat":
		s.bounce(e, "service-unavailable")
	case len(devices) > 0:
		for _, d := range devices {
			s.deliver(d, e)
		}
	case typ == "headline":
	default:
		s.keep(a, e)
	}
}

// reachable are the available devices that take messages to the bare address, the highest priority first.
func reachable(a *account) []*session {
	list := slices.DeleteFunc(sessionsOf(a), func(d *session) bool { return d.presence == nil || d.priority < 0 })
	slices.SortStableFunc(list, func(x, y *session) int { return y.priority - x.priority })
	return list
}

// keep stores a message until the account has a device. Messages that ask not to be stored, and those without text,
// come back (XEP-0160, 3; XEP-0334, 4.2).
func (s *Server) keep(a *account, e *stanza.Element) {
	noStore := e.Child(stanza.NSHints, "no-store") != nil || e.Child(stanza.NSHints, "no-permanent-store") != nil
	switch {
	case e.Child(stanza.NSClient, "body") == nil:
	case noStore || len(a.offline) >= s.config.Offline:
		s.bounce(e, "service-unavailable")
	default:
		kept := stamp(e, e.Attr("from"), e.Attr("to"))
		if e.Child(stanza.NSDelay, "delay") == nil {
			kept.Add(stanza.New(stanza.NSDelay, "delay", "from", s.config.Domain, "stamp", time.Now().UTC().Format(time.RFC3339)))
		}
		a.offline = append(a.offline, kept)
	}
}

// bounce returns a message to its sender as an error, without what it said.
func (s *Server) bounce(e *stanza.Element, condition string) {
	if e.Attr("type") != "error" {
		s.toSender(e, stanza.ErrorReply(e, "cancel", condition).Set("from", e.Attr("to")))
	}
}

// toSender delivers an answer to the device that sent e, if it is still there.
func (s *Server) toSender(e, answer *stanza.Element) {
	if one := s.device(e.Attr("from")); one != nil {
		s.deliver(one, answer)
	}
}

// device is the session of a full address, nil if there is none.
func (s *Server) device(jid string) *session {
	if a := s.account(jid); a != nil {
		_, _, resource := stanza.SplitJID(jid)
		return a.sessions[resource]
	}
	return nil
}

// stamp is e with another sender and addressee. Its content is shared: a stanza that has been delivered is not
// changed.
func stamp(e *stanza.Element, from, to string) *stanza.Element {
	c := &stanza.Element{Space: e.Space, Local: e.Local, Attrs: slices.Clone(e.Attrs), Nodes: slices.Clip(e.Nodes)}
	return c.Set("from", from).Set("to", to)
}
