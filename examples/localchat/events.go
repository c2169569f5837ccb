package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"otrbot/otr"
)

// show tells the user about one event, and saves what it asks to save.
func (c *chat) show(event otr.Event) error {
	s, peer := c.screen, c.peer.Name
	switch e := event.(type) {
	case otr.Received:
		if e.Text != "" { // records for applications come without a text
			s.words(c.standing(e.Fingerprint), peer, e.Text)
		}
	case otr.ReceivedInClear:
		s.words("in clear", peer, e.Text)
		if e.Unexpected {
			s.notice("The line above was NOT encrypted: anybody can have read or written it.")
		}
	case otr.Held:
		s.notice("Kept until the conversation is private: %s", e.Text)
	case otr.NotSent:
		s.notice("NOT sent (%s): %s", e.Detail, e.Text)
	case otr.Resent:
		if e.First {
			s.notice("Now sent, in private: %s", e.Text)
		} else {
			s.notice("Sent once more, the other could not read it: %s", e.Text)
		}

	case otr.Requested:
		s.notice("%s asks for a private conversation.", peer)
	case otr.Secured:
		c.showSecured(e)
	case otr.Ended:
		if e.ByPeer {
			s.notice("%s has ended the private conversation. Nothing is sent until you begin a new one (/otr) or end it too (/end).", peer)
		} else {
			s.notice("The private conversation is over.")
		}

	case otr.NewFingerprint:
		s.notice("New fingerprint of %s: %s", peer, e.Fingerprint)
		return c.home.files.Fingerprints.Save()
	case otr.TrustChanged:
		s.notice("%s is now %s: %s", peer, describe(e.Trust), e.Fingerprint)
		return c.home.files.Fingerprints.Save()

	case otr.SMPAsked:
		c.asked = &e
		if e.HasQuestion {
			s.notice("%s wants to verify you and asks: %s", peer, e.Question)
		} else {
			s.notice("%s wants to verify you: both give the same secret.", peer)
		}
		s.notice("Reply with /answer and the answer, letter by letter as you agreed, or /abort.")
	case otr.SMPAdvanced:
		s.notice("Verification: %d %%.", e.Percent)
	case otr.SMPSucceeded:
		s.notice("Verification succeeded: both gave the same answer.")
		if session, ok := c.conv.SessionOf(e.Instance); ok && !session.Trust.Trusted() { // the answer to a question proves only who answers
			s.notice("%s knows now that it is you. Whether it is %s you do not know yet: /ask in turn.", peer, peer)
		}
	case otr.SMPFailed:
		s.notice("Verification FAILED: the answers differ. A mistake, or somebody in the middle.")
	case otr.SMPAborted:
		if c.asked != nil && c.asked.Instance == e.Instance {
			c.asked = nil
		}
		s.notice("Verification aborted: %s.", e.Reason)

	case otr.ExtraKeyOffered:
		s.notice("%s offers the extra key, for use %d: %q. A program would now encrypt a file or a call with it.", peer, e.Use, e.Data)
	case otr.PeerError:
		s.notice("%s reports: %s", peer, e.Text)
	case otr.Rejected:
		s.notice("A message was refused: %s.", e.Reason)
	case otr.Heartbeat: // keys rotate; nothing to see
	}
	return nil
}

func (c *chat) showSecured(e otr.Secured) {
	if e.Refreshed {
		c.screen.notice("The private conversation has new keys.")
		return
	}
	c.screen.notice("Private conversation with %s, version %d, %s.", c.peer.Name, e.Session.Version, describe(e.Session.Trust))
	if !e.Session.Trust.Trusted() {
		c.screen.notice("You do not know yet that it is %s: compare fingerprints (/fingerprint, /trust), or /ask or /smp.", c.peer.Name)
		c.warnOfAnotherKey(e.Session.Fingerprint)
	}
}

// warnOfAnotherKey tells when the peer was verified with a key, but comes with one that was not: with a new device, or
// it is somebody else.
func (c *chat) warnOfAnotherKey(now otr.Fingerprint) {
	for peer, known := range c.home.user.Fingerprints() {
		if trust, _ := c.home.user.Trust(peer, known); peer == c.peer && known != now && trust.Trusted() {
			c.screen.notice("WARNING: %s was verified with ANOTHER key:", peer.Name)
			c.screen.notice("WARNING: %s, %s.", known, describe(trust))
			c.screen.notice("WARNING: a new device, or somebody else. Be careful: verify again.")
		}
	}
}

// standing says how far words can be relied on that came with a key of the peer; each of its clients has one of its own.
func (c *chat) standing(key otr.Fingerprint) string {
	if trust, _ := c.home.user.Trust(c.peer, key); trust.Trusted() {
		return "private"
	}
	return "unverified"
}

func describe(t otr.Trust) string {
	switch {
	case !t.Trusted():
		return "not verified"
	case t == otr.TrustVerified:
		return "verified (by hand)"
	default:
		return fmt.Sprintf("verified (%s)", t)
	}
}

// A screen is where lines appear.
type screen struct{ out io.Writer }

func (s *screen) notice(format string, args ...any) {
	fmt.Fprintln(s.out, "*", printable(fmt.Sprintf(format, args...)))
}

func (s *screen) words(standing, who, text string) {
	fmt.Fprintf(s.out, "[%s] %s: %s\n", standing, who, printable(text))
}

// printable leaves out what would move the cursor, colour the terminal or turn the direction of the line around: text of
// a peer is not to be trusted with that.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) && r != '\t',
			r >= '\u2028' && r <= '\u202e', // line breaks, embeddings and overrides
			r >= '\u2066' && r <= '\u2069': // isolates
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
