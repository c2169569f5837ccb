package chat

import (
	"fmt"
	"slices"
	"time"

	"otrbot/internal/chatxml"
	"otrbot/internal/xmpp"
	"otrbot/internal/xmpp/stanza"
	"otrbot/otrxmpp"
)

// Online says that there is a connection. The caller fetches the roster of a session that was not resumed.
func (s *Session) Online(x xmpp.Session, now time.Time) {
	s.now, s.online, s.told = now, true, ""
	s.kept, s.warned = nil, false
	if x.Resumed {
		s.line(Note, "connected", "", "Connected again; nothing was lost.")
		s.allGoOn()
		return
	}
	for _, c := range s.contacts {
		clear(c.here)
	}
	s.send(xmpp.Presence("", "", ""))
	s.line(Note, "connected", "", "Connected as %s.", s.Account)
	s.allGoOn()
}

// Offline says that there is none, and why. The transport tries again.
func (s *Session) Offline(err error, now time.Time) {
	s.now, s.online = now, false
	why := "the connection has ended"
	if err != nil {
		why = cleanLine(err.Error())
	}
	if s.told == why {
		return
	}
	s.told = why
	s.line(Warning, "disconnected", "", "Not connected: %s. Trying again; what you write meanwhile is kept.", why)
}

// InDoubt names texts that may have arrived or not.
func (s *Session) InDoubt(refs []int64, now time.Time) {
	s.now = now
	for _, ref := range slices.Compact(refs) {
		if r, ok := s.recent[ref]; ok {
			s.line(Warning, "message_in_doubt", r.peer, "The connection broke, and this may not have reached %s: %s", r.peer, r.text)
		}
	}
}

// Roster is the contact list as the server has it.
func (s *Session) Roster(list []xmpp.Contact, now time.Time) {
	s.now = now
	for _, l := range list {
		if bare := stanza.Bare(l.JID); bare != "" {
			s.contact(bare).listed = l
		}
	}
	c := s.current
	if c != nil && !c.known() && !c.wantsIn {
		s.line(Note, "not_a_contact", c.jid, "%s is not among your contacts: you cannot see whether anybody is there. /add asks for it; you can write all the same.", c.jid)
	}
}

// known reports whether the user has let this person in, or has asked to be let in.
func (c *contact) known() bool {
	return c.listed.Asked || c.listed.Subscription != "" && c.listed.Subscription != "none"
}

// Stanza takes what has arrived.
func (s *Session) Stanza(e *stanza.Element, now time.Time) {
	s.now = now
	from := stanza.Bare(e.Attr("from"))
	if from == "" || from == s.Account {
		return
	}
	if e.Local == "presence" {
		s.presence(from, e)
		return
	}
	m, ok := chatxml.Read(e)
	if !ok || s.contacts[from] == nil && s.strangers() >= maxStrangers {
		return
	}
	if !s.whenKeyed(now, func(now time.Time) { s.message(from, m, now) }) {
		s.line(Warning, "message_refused", from, "A message from %s was dropped: too much waits for your key.", cleanLine(from))
	}
}

func (s *Session) strangers() (n int) {
	for _, c := range s.contacts {
		if !c.known() && c != s.current {
			n++
		}
	}
	return n
}

func (s *Session) message(from string, m otrxmpp.Message, now time.Time) {
	c := s.contact(from)
	if err := s.open(c); err != nil {
		s.line(Warning, "not_possible", "", "No conversation is possible with %s: %v", cleanLine(from), err)
		return
	}
	s.take(c, c.endpoint.Receive(m, now), 0)
}

// presence: RFC 6121, 3 and 4.
func (s *Session) presence(from string, e *stanza.Element) {
	switch typ := e.Attr("type"); typ {
	case "subscribe":
		s.asked(from)
	case "subscribed":
		if c := s.contacts[from]; c != nil {
			c.listed.Subscription = with(c.listed.Subscription, "to")
			s.line(Note, "accepted", from, "%s lets you see when they are there.", from)
		}
	case "unsubscribed":
		if c := s.contacts[from]; c != nil && c.known() {
			s.line(Note, "declined", from, "%s does not let you see when they are there.", from)
		}
	case "", "unavailable":
		if c := s.contacts[from]; c != nil {
			s.whenKeyed(s.now, func(now time.Time) { s.arrives(c, e, typ == "") })
		}
	}
}

// with adds a direction to a subscription: RFC 6121, A.1.
func with(subscription, direction string) string {
	if subscription == "" || subscription == "none" || subscription == direction {
		return direction
	}
	return "both"
}

// asked: somebody wants to see when we are there. Whom the user wants to see is let in without asking.
func (s *Session) asked(from string) {
	c := s.contacts[from]
	switch {
	case c == nil && s.strangers() >= maxStrangers:
		return
	case c != nil && (from == s.Peer || c.known()):
		c.listed.Subscription = with(c.listed.Subscription, "from")
		s.send(xmpp.Presence(from, "subscribed", ""))
		if !c.sees() {
			c.listed.Asked = true
			s.send(xmpp.Presence(from, "subscribe", ""))
		}
		s.line(Note, "contact_added", from, "%s can see when you are there, as you named or added them yourself.", from)
		return
	}
	s.contact(from).wantsIn = true
	s.line(Ask, "contact_request", from, "%s wants to see when you are there. /accept %[1]s or /refuse %[1]s", cleanLine(from))
}

func (c *contact) sees() bool { return c.listed.Asked || c.shows() }

// shows reports whether this person lets the user see when they are there.
func (c *contact) shows() bool {
	return c.listed.Subscription == "to" || c.listed.Subscription == "both"
}

// arrives takes the presence of one of somebody's clients.
func (s *Session) arrives(c *contact, e *stanza.Element, available bool) {
	_, _, resource := stanza.SplitJID(e.Attr("from"))
	words := ""
	if status := e.Child(stanza.NSClient, "status"); status != nil {
		words = cleanLine(status.Text())
	}
	if !available && resource == "" && !c.shows() {
		return // what a server answers to a request for a subscription: nobody left
	}
	before, was := len(c.here), c.here[resource]
	if available {
		if len(c.here) < 50 {
			c.here[resource] = words
		}
	} else if resource == "" {
		clear(c.here)
	} else {
		delete(c.here, resource)
	}
	said := "."
	if words != "" {
		said = fmt.Sprintf(", with the words: \"%s\"", words)
	}
	switch {
	case available && before == 0:
		s.line(Note, "here", c.jid, "%s is here%s", c.jid, said)
	case available && words != "" && words != was:
		s.line(Note, "status", c.jid, "%s says of itself: \"%s\"", c.jid, words)
	case !available && before > 0 && len(c.here) == 0:
		s.line(Note, "left", c.jid, "%s has left%s", c.jid, said)
	}
	if c.endpoint == nil {
		return
	}
	was0 := c.endpoint.Away()
	s.take(c, c.endpoint.Presence(e.Attr("from"), available, s.now), 0)
	if !was0 && c.endpoint.Away() {
		s.line(Note, "peer_away", c.jid, "The private conversation with %s waits until the same program is back; /end gives it up.", c.jid)
	}
}
