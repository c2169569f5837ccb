package chat

import (
	"errors"
	"fmt"
	"strings"

	"otrbot/internal/xmpp"
)

// state says how things stand with the current contact.
func (s *Session) state(c *contact, _ string) error {
	words := s.Status().String() + "."
	if c != nil && c.endpoint != nil {
		if session, ok := c.endpoint.Session(); ok {
			words += fmt.Sprintf(" OTR version %d, fingerprint %s%s.", session.Version, session.Fingerprint, s.trustWord(c, session.Fingerprint))
		}
	}
	if !s.keyed {
		words += " Your key is being made."
	}
	s.line(Note, "state", "", "%s", words)
	return nil
}

// to chooses the current contact.
func (s *Session) to(_ *contact, rest string) error {
	c, err := s.find(rest)
	if err != nil {
		return err
	}
	s.current = c
	s.line(Note, "peer_chosen", c.jid, "You are talking with %s now. This conversation is %s.", c.jid, c.trust())
	return nil
}

// find is a contact by its address, the beginning of it, or somebody new by a whole address.
func (s *Session) find(name string) (*contact, error) {
	if name == "" {
		return nil, errors.New("an address is missing, such as ana@example.org")
	}
	if c := s.contacts[name]; c != nil {
		return c, nil
	}
	var found []string
	for _, c := range s.sorted() {
		if strings.HasPrefix(c.jid, strings.ToLower(name)) {
			found = append(found, c.jid)
		}
	}
	switch {
	case len(found) == 1:
		return s.contacts[found[0]], nil
	case len(found) > 1:
		return nil, fmt.Errorf("%s may be %s: write more of the address", cleanLine(name), strings.Join(found, " or "))
	}
	jid, err := s.ParseJID(name)
	if err != nil {
		return nil, err
	}
	if jid == s.Account {
		return nil, errors.New("that is your own address")
	}
	return s.contact(jid), nil
}

// who is the contact that a command names, or the current one.
func (s *Session) who(c *contact, rest string) (*contact, error) {
	if rest == "" && c != nil {
		return c, nil
	}
	return s.find(rest)
}

func (s *Session) list(*contact, string) error {
	if len(s.contacts) == 0 {
		s.line(Note, "contact", "", "You have no contacts yet. /add ADDRESS asks for one; /to ADDRESS writes to anybody.")
	}
	for _, c := range s.sorted() {
		words := c.jid + ": " + string(c.trust())
		if c.presence() != "" {
			words += ", " + c.presence()
		}
		switch {
		case c.wantsIn:
			words += ", wants to see when you are there: /accept " + c.jid
		case c.listed.Asked && !(c.listed.Subscription == "to" || c.listed.Subscription == "both"):
			words += ", has not answered your /add yet"
		}
		if c == s.current {
			words += ", you are talking with this one"
		}
		s.line(Note, "contact", "", "%s", cleanLine(words))
	}
	return nil
}

func (s *Session) add(c *contact, rest string) error {
	c, err := s.who(c, rest)
	if err != nil {
		return err
	}
	if c.wantsIn {
		return s.accept(c, c.jid)
	}
	c.listed.Asked = true
	s.send(xmpp.Presence(c.jid, "subscribe", ""))
	s.line(Note, "contact_asked", c.jid, "Asked %s to let you see when they are there.", c.jid)
	return nil
}

// accept lets somebody see when we are there, and asks for the same.
func (s *Session) accept(c *contact, rest string) error {
	c, err := s.who(c, rest)
	if err != nil {
		return err
	}
	if !c.wantsIn {
		return fmt.Errorf("%s has not asked; /add %[1]s asks them", c.jid)
	}
	c.wantsIn = false
	c.listed.Subscription = with(c.listed.Subscription, "from")
	s.send(xmpp.Presence(c.jid, "subscribed", ""))
	if !c.sees() {
		c.listed.Asked = true
		s.send(xmpp.Presence(c.jid, "subscribe", ""))
	}
	s.line(Note, "contact_added", c.jid, "%s can see when you are there, and was asked for the same.", c.jid)
	return nil
}

func (s *Session) refuse(c *contact, rest string) error {
	c, err := s.who(c, rest)
	if err != nil {
		return err
	}
	if !c.wantsIn {
		return fmt.Errorf("%s has not asked", c.jid)
	}
	c.wantsIn = false
	s.send(xmpp.Presence(c.jid, "unsubscribed", ""))
	s.line(Note, "contact_refused", c.jid, "%s cannot see when you are there.", c.jid)
	return nil
}

func (s *Session) help(_ *contact, rest string) error {
	rest = strings.TrimPrefix(strings.ToLower(rest), "/")
	shown := false
	for _, c := range commands() {
		if rest == "" || c.name == rest {
			s.line(Note, "help", "", "%s", c)
			shown = true
		}
	}
	if !shown {
		return fmt.Errorf("there is no command /%s", cleanLine(rest))
	}
	if rest == "" {
		s.line(Note, "help", "", "Everything else that you type is sent as a text.")
	}
	return nil
}

// quit leaves, at the second time even if texts are lost by that.
func (s *Session) quit(*contact, string) error {
	if s.keeps() && !s.warned {
		s.warned = true
		return errors.New("texts that wait would never be sent. /quit again leaves all the same")
	}
	s.over = true
	return nil
}
