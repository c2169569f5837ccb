package chat

import (
	"errors"
	"strings"

	"otrbot/otr"
	"otrbot/otrxmpp"
)

// start asks for a private conversation; in one, for new keys.
func (s *Session) start(c *contact, _ string) error {
	if c.trust() == Unverified || c.trust() == Verified {
		return s.refresh(c, "")
	}
	r, err := c.endpoint.Start(s.now)
	if err != nil {
		return err
	}
	if len(r.Send) == 0 {
		s.line(Note, "otr_starting", c.jid, "A private conversation with %s is being started already; wait a moment.", c.jid)
		return nil
	}
	c.started = s.now
	s.line(Note, "otr_starting", c.jid, "Asking %s for a private conversation.", c.jid)
	s.take(c, r, 0)
	return nil
}

func (s *Session) refresh(c *contact, _ string) error {
	r, err := c.endpoint.Refresh(s.now)
	if err != nil {
		return err
	}
	s.line(Note, "otr_refreshing", c.jid, "Asking %s for new keys.", c.jid)
	s.take(c, r, 0)
	return nil
}

func (s *Session) end(c *contact, _ string) error {
	if c.trust() == NotPrivate {
		return otr.ErrNotEncrypted
	}
	r, err := c.endpoint.End(s.now)
	if err != nil {
		return err
	}
	s.take(c, r, 0)
	if len(r.Events) == 0 {
		s.line(Note, "in_clear", c.jid, "What you write to %s now is not private.", c.jid)
	}
	return nil
}

// verify begins a verification, or answers one that came without a question: both people may have typed /verify.
func (s *Session) verify(c *contact, secret string) error {
	switch {
	case c.asks != nil && c.asks.given:
		return errors.New("you are asked a question first: /answer ANSWER, or /abort")
	case c.trust() != Unverified && c.trust() != Verified:
		return otr.ErrNotEncrypted
	case secret == "":
		return s.askFor(c, "secret", s.verify)
	case c.asks != nil:
		return s.answer(c, secret)
	}
	r, err := c.endpoint.StartSMP([]byte(secret), s.now)
	return s.asking(c, r, err)
}

func (s *Session) ask(c *contact, rest string) error {
	question, answer, ok := splitQuestion(rest)
	switch {
	case !ok:
		return errors.New("the question stands in quotation marks, the answer behind it: /ask \"Where did we meet?\" in Paris")
	case c.trust() != Unverified && c.trust() != Verified:
		return otr.ErrNotEncrypted
	case answer == "":
		return s.askFor(c, "answer", func(c *contact, answer string) error {
			r, err := c.endpoint.AskSMP(question, []byte(answer), s.now)
			return s.asking(c, r, err)
		})
	}
	r, err := c.endpoint.AskSMP(question, []byte(answer), s.now)
	return s.asking(c, r, err)
}

func (s *Session) asking(c *contact, r otrxmpp.Result, err error) error {
	if err != nil {
		return err
	}
	c.asks = nil
	s.line(Note, "smp_asked", c.jid, "Asked %s to verify. The secret itself is not sent.", c.jid)
	s.take(c, r, 0)
	return nil
}

func (s *Session) answer(c *contact, secret string) error {
	switch {
	case c.asks == nil:
		return otr.ErrNoSMPRequest
	case secret == "" && c.asks.given:
		return s.askFor(c, "answer to \""+c.asks.text+"\"", s.answer)
	case secret == "":
		return s.askFor(c, "secret", s.answer)
	}
	r, err := c.endpoint.AnswerSMP([]byte(secret), s.now)
	if err != nil {
		return err
	}
	c.asks = nil
	s.line(Note, "smp_answered", c.jid, "Answered. The secret itself is not sent.")
	s.take(c, r, 0)
	return nil
}

// askFor makes the next line the secret of a command.
func (s *Session) askFor(c *contact, what string, run func(*contact, string) error) error {
	s.secret = &prompt{what, func(secret string) { s.fault(c, run(c, secret)) }}
	s.line(Note, "secret_wanted", c.jid, "Type the %s. It is not shown or kept; an empty line leaves it out.", what)
	return nil
}

func (s *Session) abort(c *contact, _ string) error {
	if c.asks == nil && !c.endpoint.SMPRunning() {
		return errors.New("no verification is under way")
	}
	r, err := c.endpoint.AbortSMP(s.now)
	if err != nil {
		return err
	}
	c.asks = nil
	s.take(c, r, 0)
	return nil
}

// fingerprint shows what two people compare over another way.
func (s *Session) fingerprint(c *contact, _ string) error {
	key, ok := s.Files.User().Key(s.account)
	if !ok {
		return otr.ErrNoKey
	}
	s.line(Note, "own_fingerprint", c.jid, "Your fingerprint: %s", key.Fingerprint())
	session, private := c.endpoint.Session()
	if private {
		s.line(Note, "peer_fingerprint", c.jid, "Fingerprint of %s in this conversation: %s%s", c.jid, session.Fingerprint, s.trustWord(c, session.Fingerprint))
	}
	for peer, f := range s.Files.User().Fingerprints() {
		if peer == c.peer && (!private || f != session.Fingerprint) {
			s.line(Note, "known_fingerprint", c.jid, "Fingerprint of %s known from before: %s%s", c.jid, f, s.trustWord(c, f))
		}
	}
	if private {
		s.line(Note, "how_to_compare", c.jid, "Read them to each other over the telephone or in person, not in this chat. If both are the same on both sides: /trust yes")
	} else {
		s.line(Note, "how_to_compare", c.jid, "%s shows its key when a private conversation starts: /start", c.jid)
	}
	return nil
}

func (s *Session) setTrust(c *contact, rest string) error {
	trust := otr.TrustVerified
	switch strings.ToLower(rest) {
	case "yes":
	case "no":
		trust = ""
	default:
		return errors.New("say /trust yes once you have compared the fingerprints over another way, or /trust no")
	}
	session, private := c.endpoint.Session()
	if !private {
		return otr.ErrNotEncrypted
	}
	if err := s.Files.User().SetTrust(c.peer, session.Fingerprint, trust); err != nil {
		return err
	}
	s.keep()
	if trust == "" {
		s.line(Note, "trust_changed", c.jid, "The key of %s is no longer trusted. This conversation is %s.", c.jid, c.trust())
		return nil
	}
	s.line(Note, "trust_changed", c.jid, "The key of %s is trusted from now on, as you have compared its fingerprint. This conversation is %s.", c.jid, c.trust())
	return nil
}
