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
			s.words(c.standing(), peer, e.Text)
		}
	case otr.ReceivedInClear:
		s.words("in clear", peer, e.Text)
		if e.Unexpected {
			s.notice("The line above was NOT encrypted: anybody can have read or written it.")
		}
	case otr.Held:
		s.notice("Kept until the conversation is private: %s", e.Text)
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
		s.notice("The fingerprint %s of %s is now %s.", e.Fingerprint, peer, describe(e.Trust))
		return c.home.files.Fingerprints.Save()

	case otr.SMPAsked:
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
		if session, ok := c.conv.Session(); ok && !session.Trust.Trusted() { // the answer to a question proves only who answers
			s.notice("%s knows now that it is you. Whether it is %s you do not know yet: /ask in turn.", peer, peer)
		}
	case otr.SMPFailed:
		s.notice("Verification FAILED: the answers differ. A mistake, or somebody in the middle.")
	case otr.SMPAborted:
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
	}
}

// standing says how far the peer's words can be relied on.
func (c *chat) standing() string {
	if session, ok := c.conv.Session(); ok && session.Trust.Trusted() {
		return "private"
	}
	return "unverified"
}

func describe(t otr.Trust) string {
	if !t.Trusted() {
		return "not verified"
	}
	return fmt.Sprintf("verified (%s)", t)
}

// A screen is where lines appear.
type screen struct{ out io.Writer }

func (s *screen) notice(format string, args ...any) {
	fmt.Fprintln(s.out, "*", printable(fmt.Sprintf(format, args...)))
}

func (s *screen) words(standing, who, text string) {
	fmt.Fprintf(s.out, "[%s] %s: %s\n", standing, who, printable(text))
}

// printable leaves out what would move the cursor or colour the terminal: text of a peer is not to be trusted with that.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
