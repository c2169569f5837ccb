package chat

import (
	"errors"
	"slices"

	"otrbot/internal/xmpp/stanza"
	"otrbot/otrxmpp"
)

// write sends a text to the current contact.
func (s *Session) write(text string) {
	if !stanza.Legal(text) {
		s.fault(s.current, errors.New("the text holds a character that cannot be sent"))
		return
	}
	s.act(func(c *contact) error {
		private := c.trust() == Unverified || c.trust() == Verified
		if private && !s.online {
			return s.hold(c, text, "Not connected: this is kept, and goes out in private when the connection is back and %s is there.")
		}
		err := s.post(c, text)
		if errors.Is(err, otrxmpp.ErrAway) {
			return s.hold(c, text, "The program of %s is not there: this is kept, and goes out in private when that program is back.")
		}
		return err
	})
}

// hold keeps a text for a private conversation: no server stores it for somebody who is away (XEP-0334).
func (s *Session) hold(c *contact, text, words string) error {
	if len(c.held) >= maxHeld {
		return errors.New("too many texts wait already")
	}
	c.held = append(c.held, held{text, c.trust()})
	s.line(Note, "message_kept", c.jid, words, c.jid)
	return nil
}

// post sends a text.
func (s *Session) post(c *contact, text string) error {
	r, err := c.endpoint.Send(text, s.now)
	if err != nil {
		return err
	}
	s.ref++
	s.recent[s.ref] = recent{c.jid, Clean(text)}
	delete(s.recent, s.ref-maxRecent)
	if len(r.Send) > 0 && !slices.ContainsFunc(r.Events, isHeld) {
		s.own(c, text)
	}
	if !s.online && len(r.Send) > 0 {
		s.kept = append(s.kept, s.recent[s.ref])
		s.line(Note, "message_kept", c.jid, "Not connected: this is kept, and goes out when the connection is back.")
	}
	s.take(c, r, s.ref)
	return nil
}

func isHeld(e otrxmpp.Event) bool {
	_, held := e.(otrxmpp.Held)
	return held
}

// goOn sends what waited for the connection, or for a client that is back. If the conversation is not trusted as it was, nothing goes out.
func (s *Session) goOn(c *contact) {
	if len(c.held) == 0 || !s.online || c.endpoint.Away() || c.presence() == "not here" {
		return
	}
	now := c.trust()
	if now != Verified && slices.ContainsFunc(c.held, func(h held) bool { return h.trust != now }) {
		s.giveBack(c)
		return
	}
	waiting := c.held
	c.held = nil
	for _, h := range waiting {
		s.fault(c, s.post(c, h.text))
	}
}

func (s *Session) allGoOn() {
	for _, c := range s.sorted() {
		s.goOn(c)
	}
}

// giveBack tells what will not be sent.
func (s *Session) giveBack(c *contact) {
	for _, h := range c.held {
		s.line(Warning, "message_not_sent", c.jid, "Not sent to %s: %s", c.jid, Clean(h.text))
	}
	c.held = nil
}

// keeps reports whether texts wait for a connection, or for somebody to come back.
func (s *Session) keeps() bool {
	return len(s.kept) > 0 || slices.ContainsFunc(s.sorted(), func(c *contact) bool { return len(c.held) > 0 })
}
