package xmppd

import (
	"maps"
	"slices"
	"strings"

	"otrbot/internal/xmpp/stanza"
)

// contact is an entry of a roster. RFC 6121, 2.1.2; A "Subscription States".
type contact struct {
	jid      string // bare, in lower case
	name     string
	groups   []string
	to, from bool            // who gets whose presence
	ask      bool            // we have asked and wait
	approved bool            // may have our presence when it asks
	request  *stanza.Element // it has asked and waits
	listed   bool            // in the roster that clients see; a mere request is not
}

func (c *contact) subscription() string {
	switch {
	case c.to && c.from:
		return "both"
	case c.to:
		return "to"
	case c.from:
		return "from"
	}
	return "none"
}

func (c *contact) item() *stanza.Element {
	item := stanza.New(stanza.NSRoster, "item", "jid", c.jid, "name", c.name, "subscription", c.subscription())
	if c.ask {
		item.Set("ask", "subscribe")
	}
	if c.approved {
		item.Set("approved", "true")
	}
	for _, g := range c.groups {
		item.Add(stanza.New(stanza.NSRoster, "group").AddText(g))
	}
	return item
}

// removed is what clients are told of a contact that is gone.
func (c *contact) removed() *stanza.Element {
	return stanza.New(stanza.NSRoster, "item", "jid", c.jid, "subscription", "remove")
}

// canonical is a bare address as a key.
func canonical(jid string) string { return strings.ToLower(stanza.Bare(jid)) }

// contact is the entry of jid, made if need be; nil if the roster is full.
func (a *account) contact(jid string) *contact {
	jid = canonical(jid)
	c := a.roster[jid]
	if c == nil && len(a.roster) < mostContacts {
		c = &contact{jid: jid}
		a.roster[jid] = c
	}
	return c
}

func (s *Server) rosterOf(one *session, e *stanza.Element) *stanza.Element {
	one.interested = true
	query := stanza.New(stanza.NSRoster, "query")
	for _, jid := range slices.Sorted(maps.Keys(one.account.roster)) {
		if c := one.account.roster[jid]; c.listed {
			query.Add(c.item())
		}
	}
	return stanza.Reply(e, "result").Add(query)
}

const longestName = 1023

// setRoster adds, changes or removes one contact. RFC 6121, 2.3 to 2.5.
func (s *Server) setRoster(a *account, e, query *stanza.Element) *stanza.Element {
	items := slices.Collect(query.Children())
	if len(items) != 1 || items[0].Local != "item" {
		return stanza.ErrorReply(e, "modify", "bad-request")
	}
	item := items[0]
	jid := canonical(item.Attr("jid"))
	if _, domain, _ := stanza.SplitJID(jid); domain == "" || len(jid) > 2*longestName || jid == a.jid {
		return stanza.ErrorReply(e, "modify", "bad-request")
	}
	if item.Attr("subscription") == "remove" {
		c := a.roster[jid]
		if c == nil || !c.listed {
			return stanza.ErrorReply(e, "cancel", "item-not-found")
		}
		s.forget(a, c)
		return stanza.Reply(e, "result")
	}
	var groups []string
	for g := range item.Children() {
		if name := g.Text(); name == "" || len(name) > longestName || slices.Contains(groups, name) || len(groups) == 20 {
			return stanza.ErrorReply(e, "modify", "not-acceptable")
		}
		groups = append(groups, g.Text())
	}
	c := a.contact(jid)
	if c == nil || len(item.Attr("name")) > longestName {
		return stanza.ErrorReply(e, "modify", "not-acceptable")
	}
	c.name, c.groups, c.listed = item.Attr("name"), groups, true
	s.pushRoster(a, c.item())
	return stanza.Reply(e, "result")
}

// forget removes a contact with all subscriptions. RFC 6121, 2.5.2.
func (s *Server) forget(a *account, c *contact) {
	if c.to || c.ask {
		s.unsubscribe(a, c)
	}
	if c.from || c.request != nil {
		s.cancel(a, c)
	}
	delete(a.roster, c.jid)
	s.pushRoster(a, c.removed())
}

// changed pushes an entry as it is now.
func (s *Server) changed(a *account, c *contact) {
	if c.listed {
		s.pushRoster(a, c.item())
	}
}

// pushRoster tells an account's clients of a change. RFC 6121, 2.1.6.
func (s *Server) pushRoster(a *account, item *stanza.Element) {
	for _, one := range sessionsOf(a) {
		if one.interested {
			s.deliver(one, stanza.New(stanza.NSClient, "iq", "type", "set", "id", "push-"+s.random(4), "to", one.jid).
				Add(stanza.New(stanza.NSRoster, "query").Add(item)))
		}
	}
}
