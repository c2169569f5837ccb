package chat

import (
	"fmt"
	"time"

	"otrbot/otr"
	"otrbot/otrxmpp"
)

// tell puts an event of OTR into words.
func (s *Session) tell(c *contact, event otrxmpp.Event) {
	name, jid := event.Name(), c.jid
	switch e := event.(type) {
	case otrxmpp.MessageReceived:
		s.received(c, e)
	case otrxmpp.OTREnabled:
		c.started = time.Time{}
		s.line(Note, name, jid, "Private conversation with %s started. %s", jid, s.howSure(c))
		s.warnOfKey(c, e.Session.Fingerprint)
	case otrxmpp.OTRAlreadySetup:
		c.started = time.Time{}
		if e.Resumed {
			s.line(Note, name, jid, "The private conversation with %s goes on: the program is back.", jid)
			return
		}
		s.line(Note, name, jid, "The private conversation with %s has new keys. %s", jid, s.howSure(c))
		if e.KeyChanged {
			s.warnOfKey(c, e.Session.Fingerprint)
		}
	case otrxmpp.OTRDisabled:
		c.asks = nil
		s.ended(c, e)
	case otrxmpp.NewKey:
		s.keep()
	case otrxmpp.TrustChanged:
		s.keep()
	case otrxmpp.SMPStarted:
		c.asks = &question{}
		s.line(Ask, name, jid, "%s asks you to verify: to show that both of you know the same secret. /answer SECRET, or /abort", jid)
	case otrxmpp.SMPQuestionUsed:
		c.asks = &question{cleanLine(e.Question), true}
		s.line(Ask, name, jid, "%s asks you to verify, with the question: \"%s\" /answer ANSWER, or /abort", jid, c.asks.text)
	case otrxmpp.SMPAborted:
		c.asks = nil
		s.line(Note, name, jid, "The verification with %s %s.", jid, whyAborted(e.Reason))
	case otrxmpp.CorrectSecretReceived:
		c.asks = nil
		s.verified(c, e)
	case otrxmpp.IncorrectSecretReceived:
		c.asks = nil
		s.line(Warning, name, jid, "The secrets differ: %s is not verified. Somebody may have mistyped (capital letters and spaces count), or it is not who you think. Try again with a secret that only the two of you know.", jid)
	default:
		s.tellOfMessage(c, event)
	}
}

// tellOfMessage puts an event about a message into words.
func (s *Session) tellOfMessage(c *contact, event otrxmpp.Event) {
	name, jid := event.Name(), c.jid
	switch e := event.(type) {
	case otrxmpp.Requested:
		s.line(Note, name, jid, "%s asks for a private conversation.", jid)
	case otrxmpp.Unreadable:
		s.line(Warning, name, jid, "A message from %s cannot be read (%s). Perhaps it was meant for keys that are gone: /start makes new ones.", jid, e.Reason)
	case otrxmpp.PeerError:
		s.line(Warning, name, jid, "The program of %s reports a fault: \"%s\" If texts do not arrive, /start again.", jid, cleanLine(e.Text))
	case otrxmpp.OtherEncryption:
		s.line(Warning, name, jid, "%s wrote with another encryption (%s) that this program cannot read. Ask for OTR, or for a text in clear.", jid, encryptionName(e.Namespace))
	case otrxmpp.Refused:
		s.line(Note, name, jid, "Something from %s was ignored: this program does not take part in rooms.", cleanLine(jid))
	case otrxmpp.Bounced:
		s.line(Warning, name, jid, "A message to %s did not arrive: %s.", jid, whyBounced(e.Condition))
	case otrxmpp.OtherDevice:
		if e.Moved {
			s.line(Note, name, jid, "%s goes on at another device, %s. This conversation is %s.", jid, cleanLine(e.Resource), c.trust())
			return
		}
		s.line(Note, name, jid, "Another device of %s, %s, has written too. You go on with the first.", jid, cleanLine(e.Resource))
	case otrxmpp.Held:
		s.line(Note, name, jid, "Kept until the conversation with %s is private: %s", jid, Clean(e.Text))
	case otrxmpp.Resent:
		s.own(c, e.Text)
	case otrxmpp.NotSent:
		s.line(Warning, name, jid, "Not sent to %s: %s", jid, Clean(e.Text))
	}
}

// received shows a text.
func (s *Session) received(c *contact, m otrxmpp.MessageReceived) {
	trust := NotPrivate
	if m.Encrypted {
		trust = Unverified
	}
	if m.Verified {
		trust = Verified
	}
	s.Show(Line{Kind: Text, Event: m.Name(), Peer: c.jid, Trust: trust, Words: Clean(m.Text), Late: m.Delayed, At: s.now})
	if m.Leak {
		s.line(Warning, "leak", c.jid, "That text came in clear, though the conversation is private. Others may have read or changed it; perhaps %s has ended the private conversation without a word.", c.jid)
	}
	if s.current == nil {
		s.current = c
		s.line(Note, "peer_chosen", c.jid, "You are talking with %s now: what you write goes there. /to ADDRESS changes that.", c.jid)
	}
}

// own shows a text of the user's that has gone out.
func (s *Session) own(c *contact, text string) {
	s.Show(Line{Kind: Own, Event: "message_sent", Peer: c.jid, Trust: c.trust(), Words: Clean(text), At: s.now})
}

func (s *Session) howSure(c *contact) string {
	if c.trust() == Verified {
		return "It is verified."
	}
	return "It is unverified: who answers may still be somebody else. To be sure: /verify SECRET, or /ask \"QUESTION\" ANSWER, or compare the /fingerprint."
}

// ended tells how a private conversation ended, and what happens to texts now.
func (s *Session) ended(c *contact, e otrxmpp.OTRDisabled) {
	const next = "Nothing is sent until you /start again, or /end it too and write in clear."
	switch {
	case s.over:
		s.line(Note, e.Name(), c.jid, "The private conversation with %s is over.", c.jid)
	case e.Lost:
		s.line(Warning, e.Name(), c.jid, "The private conversation with %s is lost: that program went away. %s", c.jid, next)
	case e.ByPeer:
		s.line(Warning, e.Name(), c.jid, "%s has ended the private conversation. %s", c.jid, next)
	default:
		s.line(Note, e.Name(), c.jid, "The private conversation with %s is over: what you write now is not private.", c.jid)
	}
}

// verified tells who knows what after the same secret was given.
func (s *Session) verified(c *contact, e otrxmpp.CorrectSecretReceived) {
	if !e.Asked && e.Question {
		s.line(Note, e.Name(), c.jid, "Your answer was right: %s has verified you. You have not verified %[1]s by that; ask back with /ask \"QUESTION\" ANSWER or /verify SECRET. This conversation is %s.", c.jid, c.trust())
		return
	}
	s.line(Note, e.Name(), c.jid, "Verified: %s knows the same secret. It is who you think, unless somebody else knows the secret too. This conversation is %s.", c.jid, c.trust())
}

// warnOfKey warns if somebody whose key is known shows another one, and that is not verified.
func (s *Session) warnOfKey(c *contact, shown otr.Fingerprint) {
	if trust, _ := s.Files.User().Trust(c.peer, shown); trust.Trusted() {
		return
	}
	before := ""
	for peer, f := range s.Files.User().Fingerprints() {
		if peer == c.peer && f != shown {
			before += fmt.Sprintf(" Known before: %s%s.", f, s.trustWord(c, f))
		}
	}
	if before != "" {
		s.line(Warning, "key_changed", c.jid, "%s shows a key that you have not verified, %s, and you know another one.%s It is a new device or program, or somebody in between: verify before you write anything private.", c.jid, shown, before)
	}
}

func (s *Session) trustWord(c *contact, f otr.Fingerprint) string {
	if t, _ := s.Files.User().Trust(c.peer, f); t.Trusted() {
		return " (verified)"
	}
	return " (not verified)"
}

// keep saves what is known about keys.
func (s *Session) keep() {
	if err := s.Files.SaveFingerprints(); err != nil {
		s.line(Warning, "not_kept", "", "Whom you trust could not be kept for the next time: %v", err)
	}
}
