package xmppd

import (
	"otrbot/internal/xmpp/stanza"
)

// iq routes a query or answers it. RFC 6120, 8.2.3; RFC 6121, 8.5.
func (s *Server) iq(one *session, e *stanza.Element) {
	typ, to := e.Attr("type"), e.Attr("to")
	local, domain, resource := stanza.SplitJID(to)
	asks := typ == "get" || typ == "set"
	switch target := s.device(to); {
	case !asks && typ != "result" && typ != "error":
		s.answer(e, stanza.ErrorReply(e, "modify", "bad-request"))
	case target != nil && resource != "":
		s.deliver(target, e)
	case !asks: // an answer that nobody waits for
	case to == "", s.isDomain(domain) && local == "", s.account(to) == one.account && resource == "":
		s.answer(e, s.service(one, e))
	case !s.isDomain(domain):
		s.answer(e, stanza.ErrorReply(e, "cancel", "remote-server-not-found"))
	case resource == "" && typ == "get" && e.Child(stanza.NSVCard, "vCard") != nil && s.account(to) != nil:
		s.answer(e, vcard(e, s.account(to)))
	default:
		s.answer(e, stanza.ErrorReply(e, "cancel", "service-unavailable"))
	}
}

// answer sends a reply from where the query went.
func (s *Server) answer(e, reply *stanza.Element) { s.toSender(e, reply.Set("from", e.Attr("to"))) }

// service answers what is asked of the server, or of the sender's own account.
func (s *Server) service(one *session, e *stanza.Element) *stanza.Element {
	query := e.Child("", "")
	if query == nil {
		return stanza.ErrorReply(e, "modify", "bad-request")
	}
	get := e.Attr("type") == "get"
	switch {
	case query.Space == stanza.NSRoster && get:
		return s.rosterOf(one, e)
	case query.Space == stanza.NSRoster:
		return s.setRoster(one.account, e, query)
	case query.Space == stanza.NSPing && get, query.Space == stanza.NSSession && !get:
		return stanza.Reply(e, "result")
	case query.Space == stanza.NSDiscoInfo && get:
		return info(e, query)
	case query.Space == stanza.NSDiscoItems && get:
		return stanza.Reply(e, "result").Add(stanza.New(stanza.NSDiscoItems, "query", "node", query.Attr("node")))
	case query.Space == stanza.NSPrivate:
		return private(one.account, e, query)
	case query.Space == stanza.NSVCard && get:
		return vcard(e, one.account)
	case query.Space == stanza.NSVCard:
		one.account.vcard = query
		return stanza.Reply(e, "result")
	}
	return stanza.ErrorReply(e, "cancel", "service-unavailable")
}

// info is XEP-0030 for the server and for accounts.
func info(e, query *stanza.Element) *stanza.Element {
	if query.Attr("node") != "" {
		return stanza.ErrorReply(e, "cancel", "item-not-found")
	}
	category, typ := "server", "im"
	if local, _, _ := stanza.SplitJID(e.Attr("to")); local != "" || e.Attr("to") == "" {
		category, typ = "account", "registered"
	}
	answer := stanza.New(stanza.NSDiscoInfo, "query").Add(stanza.New(stanza.NSDiscoInfo, "identity", "category", category, "type", typ))
	for _, feature := range []string{
		stanza.NSDiscoInfo, stanza.NSDiscoItems, stanza.NSPing, stanza.NSRoster, stanza.NSPrivate, stanza.NSVCard, "msgoffline",
	} {
		answer.Add(stanza.New(stanza.NSDiscoInfo, "feature", "var", feature))
	}
	return stanza.Reply(e, "result").Add(answer)
}

// private is XEP-0049: what a client has stored, or else what it asked for, which is empty.
func private(a *account, e, query *stanza.Element) *stanza.Element {
	what := query.Child("", "")
	if what == nil {
		return stanza.ErrorReply(e, "modify", "bad-request")
	}
	name := what.Space + " " + what.Local
	stored := a.private[name]
	if e.Attr("type") == "get" {
		if stored == nil {
			stored = stanza.New(what.Space, what.Local)
		}
		return stanza.Reply(e, "result").Add(stanza.New(stanza.NSPrivate, "query").Add(stored))
	}
	if stored == nil && len(a.private) >= mostPrivate {
		return stanza.ErrorReply(e, "wait", "resource-constraint")
	}
	a.private[name] = what
	return stanza.Reply(e, "result")
}

// vcard is XEP-0054; an account without one has an empty one.
func vcard(e *stanza.Element, a *account) *stanza.Element {
	card := a.vcard
	if card == nil {
		card = stanza.New(stanza.NSVCard, "vCard")
	}
	return stanza.Reply(e, "result").Add(card)
}
