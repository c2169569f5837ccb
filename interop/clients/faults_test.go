package clients

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"otrbot/internal/xmpp/stanza"
	"otrbot/interop/servers"
)

// The situations in which something breaks. Nothing may get lost or be said
// twice.

// killedInAKE kills the bot after it has sent its first message of the key
// exchange, before it has the answer.
func killedInAKE(c *cell) {
	c.meets()
	c.link.StallDown()
	c.client.StartOTR()
	c.awaitHeld(600)
	c.bot.Kill()
	c.bot.Start()
	c.link.Resume()
	c.isEncrypted()
	c.verifies()
	c.passes()
	c.heardOnce()
}

func killedInSMP(c *cell) {
	c.meets()
	c.encrypts()
	c.link.StallDown()
	c.client.VerifySecret(sharedSecret)
	c.awaitHeld(2000)
	c.bot.Kill()
	c.bot.Start()
	c.link.Resume()
	c.client.Expect(Verified)
	c.hears("both_verified")
	c.passes()
	c.heardOnce()
}

// killedInLesson kills the bot while it is silent; the learner writes while it
// is away. In the end nothing of the lesson is left on the disk.
func killedInLesson(c *cell) {
	const confidence = "my cat is called Wolfgang"
	c.meets()
	c.encrypts()
	c.bot.Kill()
	c.client.Say(confidence)
	c.bot.Start()
	c.hears("heard")
	c.verifies()
	code := c.code()
	c.client.Say(code)
	c.hears("congratulations")
	c.heardOnce()
	c.leaves()
	await(c.t, "the session ends", func() bool { return strings.Contains(c.bot.log(), "a session ends") })
	c.bot.Kill()
	c.bot.holdsNone(c.login.JID, confidence, sharedSecret, code, strings.ToUpper(code))
}

// killedAtEveryStep kills the bot at another moment after each thing that the
// learner does.
func killedAtEveryStep(c *cell) {
	c.meets()
	c.bot.Kill()
	c.client.StartOTR() // waits at the server, which marks it as delayed
	c.bot.Start()
	c.isEncrypted()
	c.client.EndOTR()
	c.dies(5 * time.Millisecond)
	c.hears("otr_ended")
	c.client.StartOTR()
	c.dies(5 * time.Millisecond)
	c.isEncrypted()
	answer := c.book.text(c.t, "why_verify")
	for n, moment := range []time.Duration{0, 2, 5, 10, 20, 50, 100} {
		c.client.Say("why")
		c.dies(moment * time.Millisecond)
		c.client.WaitFor(answer)
		if said := len(answer.FindAllString(strings.Join(c.client.Heard(), "\n"), -1)); said != n+1 {
			c.t.Errorf("%d answers to %d questions:\n%s", said, n+1, c.client.Screen())
		}
	}
	c.client.VerifySecret(sharedSecret)
	c.dies(20 * time.Millisecond)
	c.client.Expect(Verified)
	c.hears("both_verified")
	c.client.Say(c.code())
	c.dies(5 * time.Millisecond)
	c.hears("congratulations")
}

// dies kills the bot after a moment, and starts it again.
func (c *cell) dies(after time.Duration) {
	c.t.Helper()
	<-time.After(after)
	c.bot.Kill()
	c.bot.Start()
}

// heardOnce checks that the bot has said nothing twice.
func (c *cell) heardOnce() {
	c.t.Helper()
	heard := map[string]bool{}
	for _, line := range c.client.Heard() {
		if heard[line] {
			c.t.Errorf("said twice: %q\n%s", line, c.client.Screen())
		}
		heard[line] = true
	}
}

func cut(c *cell) {
	c.meets()
	c.encrypts()
	for range 3 {
		c.wire.Cut()
		c.client.Say("fast")
		c.hears("fast_on")
	}
	c.wire.Cut()
	c.verifies()
	c.wire.Cut()
	c.passes()
}

// stalled: nothing passes for a while, then the connection breaks.
func stalled(c *cell) {
	c.meets()
	c.encrypts()
	c.wire.Stall()
	c.client.Say("why")
	c.wire.Cut()
	c.wire.Resume()
	c.hears("why_verify")
	c.wire.Stall()
	c.client.VerifySecret(sharedSecret)
	c.wire.Resume()
	c.client.Expect(Verified)
	c.hears("both_verified")
	c.passes()
	c.heardOnce()
}

// serverRestarted: the server says goodbye, sessions are gone; the learner logs
// in again and goes on.
func serverRestarted(c *cell) { c.losesServer(c.server.Restart) }

// serverKilled: the same, without a goodbye.
func serverKilled(c *cell) {
	c.losesServer(func() {
		c.server.Kill()
		c.server.Start()
	})
}

// settles waits until ejabberd has written down who has accounts, and until a
// text in the clear cannot have been on its way any more when OTR came on.
func (c *cell) settles() { <-time.After(6 * time.Second) }

func (c *cell) losesServer(lose func()) {
	c.t.Helper()
	c.meets()
	c.encrypts()
	c.settles()
	before := len(c.bot.log())
	lose()
	c.client.Restart()
	c.bot.awaitOnline(before)
	c.client.Say("hello again")
	c.hears("leak", "heard_in_clear", "hello_again")
	c.encrypts()
	c.verifies()
	c.passes()
}

// holdsNone checks that none of the words stands in what the bot has written,
// its settings apart.
func (b *bot) holdsNone(words ...string) {
	b.t.Helper()
	files, err := filepath.Glob(filepath.Join(b.dir, "*"))
	if err != nil {
		b.t.Fatal(err)
	}
	for _, file := range files {
		if filepath.Ext(file) == ".toml" {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			b.t.Fatal(err)
		}
		for _, word := range words {
			if strings.Contains(string(text), word) {
				b.t.Errorf("%s holds %q", filepath.Base(file), word)
			}
		}
	}
}

var otrQuery = regexp.MustCompile(`^\?OTRv?[0-9]*\?`)

// checkHints looks at the stanzas of the bot's OTR messages: no copies and no
// archive (XEP-0334, XEP-0280), and which encryption it is (XEP-0380). A query is
// not marked as encrypted, so that people without OTR can read it. Prosody obeys
// the mark "private" and takes it away.
func checkHints(t *testing.T, h *Helper, k servers.Kind) {
	t.Helper()
	for _, e := range h.Stanzas() {
		body := childText(e, "body")
		if e.Local != "message" || e.Attr("type") == "error" || !strings.HasPrefix(body, "?OTR") {
			continue
		}
		stored := e.Child(stanza.NSHints, "no-store") == nil && e.Child(stanza.NSHints, "no-permanent-store") == nil
		copied := e.Child(stanza.NSHints, "no-copy") == nil || k != servers.KindProsody && e.Child(stanza.NSCarbons, "private") == nil
		if copied || stored {
			t.Errorf("hints are missing beside %.40q", body)
		}
		if marked := e.Child(stanza.NSEME, "encryption") != nil; marked == otrQuery.MatchString(body) {
			t.Errorf("marked as encrypted: %v, with %.40q", marked, body)
		}
	}
}
