package main

import (
	"fmt"
	"strings"
	"time"

	"otrbot/otr"
)

// A command is something to type after a slash.
type command struct {
	name, argument string
	help           string
	do             func(c *chat, argument string) error
}

// commands lists them in the order of the help.
func commands() []command {
	return []command{
		{"otr", "", "begin a private conversation, or take new keys for one", (*chat).startOTR},
		{"end", "", "end the private conversation; words go in clear from then on, unless the policy is always", (*chat).endOTR},
		{"who", "", "what is known about the conversation", (*chat).who},
		{"fingerprint", "", "show both fingerprints, to compare them over another channel", (*chat).showFingerprints},
		{"trust", "[yes|no]", "say whether the other's fingerprint was right when you compared it", (*chat).trust},
		{"ask", "QUESTION | ANSWER", "verify the other: who knows the answer?", (*chat).ask},
		{"smp", "SECRET", "verify each other: both know the same secret", (*chat).startSMP},
		{"answer", "ANSWER", "reply when the other wants to verify you", (*chat).answer},
		{"abort", "", "break off a verification", (*chat).abort},
		{"extrakey", "[WHAT FOR]", "take the extra key of this conversation and tell the other", (*chat).extraKey},
		{"help", "", "this list", (*chat).help},
		{"quit", "", "end the private conversation and leave", nil}, // the loop sees to it
	}
}

func isQuit(text string) bool { return strings.TrimSpace(text) == "/quit" }

// command carries out a line that begins with a slash.
func (c *chat) command(line string) error {
	name, argument, _ := strings.Cut(strings.TrimPrefix(line, "/"), " ")
	for _, known := range commands() {
		if name == known.name && known.do != nil {
			return known.do(c, strings.TrimSpace(argument))
		}
	}
	c.screen.notice("There is no /%s. /help lists what there is.", name)
	return nil
}

func (c *chat) help(string) error {
	for _, known := range commands() {
		c.screen.notice("%-26s %s", strings.TrimSpace("/"+known.name+" "+known.argument), known.help)
	}
	return nil
}

// startOTR sends a query, or begins a new key exchange where there are keys already.
func (c *chat) startOTR(string) error {
	if c.conv.State() == otr.Encrypted {
		return c.act(c.conv.Refresh())
	}
	r, err := c.conv.Start()
	return c.announce(r, err, "Asked %s for a private conversation.", c.peer.Name)
}

func (c *chat) endOTR(string) error {
	if c.conv.State() == otr.Plaintext {
		c.screen.notice("There is no private conversation. %s", c.outlook())
		return nil
	}
	r, err := c.conv.End()
	if err := c.act(r, err); err != nil {
		return err
	}
	c.screen.notice("%s", c.outlook())
	return nil
}

func (c *chat) who(string) error {
	c.screen.notice("You are %s, instance %08x; policy %s. %s", c.home.account.Name, uint32(c.conv.OurInstance()), c.policy, c.outlook())
	for _, i := range c.conv.Instances() {
		session, ok := c.conv.SessionOf(i.Tag)
		if !ok {
			continue
		}
		c.screen.notice("Private with %s, instance %08x, %s, version %d since %s.",
			c.peer.Name, uint32(i.Tag), describe(session.Trust), session.Version, session.Since.Format(time.TimeOnly))
		c.screen.notice("Session id (each reads out the half in brackets): %s", halves(session))
	}
	return nil
}

// halves shows the session id. Protocol v3, "Secure session id": one side shows the first half in bold, the other
// side the second.
func halves(s otr.Session) string {
	first, second := fmt.Sprintf("%x", s.SSID[:4]), fmt.Sprintf("%x", s.SSID[4:])
	if s.FirstHalfBold {
		return "[" + first + "] " + second
	}
	return first + " [" + second + "]"
}

func (c *chat) showFingerprints(string) error {
	c.screen.notice("Yours:  %s", c.home.fingerprint())
	session, private := c.conv.Session()
	if private {
		c.screen.notice("Theirs: %s, %s", session.Fingerprint, describe(session.Trust))
	}
	for peer, fingerprint := range c.home.user.Fingerprints() {
		if peer == c.peer && (!private || fingerprint != session.Fingerprint) {
			trust, _ := c.home.user.Trust(peer, fingerprint)
			c.screen.notice("Known from before: %s, %s", fingerprint, describe(trust))
		}
	}
	return nil
}

// trust records that the user compared fingerprints, or takes it back.
func (c *chat) trust(argument string) error {
	session, ok := c.conv.Session()
	if !ok {
		return c.act(otr.Result{}, otr.ErrNotEncrypted)
	}
	var trust otr.Trust
	switch argument {
	case "yes":
		trust = otr.TrustVerified
	case "no":
	default:
		c.screen.notice("%s is %s: %s", c.peer.Name, describe(session.Trust), session.Fingerprint)
		c.screen.notice("/trust yes if you compared this fingerprint and it was right, else /trust no.")
		return nil
	}
	if err := c.home.user.SetTrust(c.peer, session.Fingerprint, trust); err != nil {
		return err
	}
	c.screen.notice("%s is now %s: %s", c.peer.Name, describe(trust), session.Fingerprint)
	return c.home.files.Fingerprints.Save()
}

func (c *chat) ask(argument string) error {
	question, answer, ok := strings.Cut(argument, "|")
	if question, answer = strings.TrimSpace(question), strings.TrimSpace(answer); !ok || question == "" || answer == "" {
		c.screen.notice("For example: /ask Where did we meet? | in the library")
		return nil
	}
	r, err := c.conv.AskSMP(question, []byte(answer))
	return c.announce(r, err, "Asked %s; waiting for the answer.", c.peer.Name)
}

// startSMP asks for a secret that both know, or gives it when the other has asked for it first.
func (c *chat) startSMP(secret string) error {
	switch {
	case secret == "":
		c.screen.notice("For example: /smp the name of the cat")
		return nil
	case c.asked != nil && !c.asked.HasQuestion:
		return c.answer(secret)
	}
	r, err := c.conv.StartSMP([]byte(secret))
	return c.announce(r, err, "Asked %s for the same secret; waiting for the answer.", c.peer.Name)
}

func (c *chat) answer(answer string) error {
	if c.asked != nil && answer == "" {
		c.screen.notice("/answer and the answer, letter by letter as you agreed; or /abort.")
		return nil
	}
	r, err := c.conv.AnswerSMP([]byte(answer))
	if err == nil {
		c.asked = nil
	}
	return c.announce(r, err, "Answered; waiting for the outcome.")
}

func (c *chat) abort(string) error {
	if c.conv.State() == otr.Encrypted && c.conv.SMPState() == otr.SMPIdle && c.asked == nil {
		c.screen.notice("Nothing to abort.")
		return nil
	}
	return c.act(c.conv.AbortSMP())
}

// announce carries out an action of the user, and says what was done if it could be.
func (c *chat) announce(r otr.Result, err error, format string, args ...any) error {
	if failed := c.act(r, err); failed != nil || err != nil {
		return failed
	}
	c.screen.notice(format, args...)
	return nil
}

// extraKey shows how a program would get a key for something beside the chat. It does not show the key.
func (c *chat) extraKey(purpose string) error {
	const use = 0x1001 // ours to choose: none is standardised
	_, r, err := c.conv.ExtraKey(use, []byte(purpose))
	if err == nil {
		c.screen.notice("Both sides now hold the same extra key of 256 bits, for use %d.", use)
	}
	return c.act(r, err)
}
