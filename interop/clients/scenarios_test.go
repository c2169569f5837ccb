package clients

import (
	"regexp"
	"strings"
	"time"

	"otrbot/interop/libotr"
)

// rows are the situations that every client is brought into. Each is a lesson
// of its own.
var rows = []row{
	{name: "learner starts OTR", play: learnerStarts},
	{name: "bot offers OTR", play: botOffers},
	{name: "bot's tag starts OTR", own: true, tags: true, bot: botOptions{settings: "offer_otr = true"}, play: botsTag},
	{name: "client's tag starts OTR", own: true, tags: true, bot: botOptions{settings: "take_offers = true"}, play: clientsTag},
	{name: "client's tag is left alone", tags: true, play: tagLeftAlone},
	{name: "secret right", play: secretRight},
	{name: "secret wrong, then right", play: secretWrong},
	{name: "question, both ways", needs: []Skill{AskQuestion}, play: question},
	{name: "bot asks", play: botAsks},
	{name: "abort and retry", needs: []Skill{AbortSMP}, play: abortAndRetry},
	{name: "end and restart", play: endAndRestart},
	{name: "plaintext leak", play: leak},
	{name: "refresh", needs: []Skill{RefreshInside}, play: refresh},
	{name: "two resources", play: twoResources},
	{name: "silence until expiry", own: true, bot: botOptions{warning: 7 * time.Second, session: 14 * time.Second}, play: silence},
	{name: "bot killed in the AKE", own: true, play: killedInAKE},
	{name: "bot killed in SMP", own: true, play: killedInSMP},
	{name: "bot killed in the lesson", own: true, play: killedInLesson},
	{name: "bot killed at every step", own: true, play: killedAtEveryStep},
	{name: "connection cut", own: true, play: cut},
	{name: "connection stalled", own: true, play: stalled},
	{name: "server restarted", alone: true, play: serverRestarted},
	{name: "server killed", alone: true, play: serverKilled},
}

// hears waits for one of the texts.
func (c *cell) hears(names ...string) string {
	c.t.Helper()
	return c.client.WaitFor(c.book.text(c.t, names...))
}

// meets makes learner and bot contacts; the bot greets.
func (c *cell) meets() {
	c.t.Helper()
	c.client.Add(c.bot.jid)
	c.client.Allow(c.bot.jid)
	c.hears("greeting")
	c.hears("first_step")
}

func (c *cell) encrypts() {
	c.t.Helper()
	c.client.StartOTR()
	c.isEncrypted()
}

func (c *cell) isEncrypted() {
	c.t.Helper()
	c.client.Expect(Encrypted)
	c.hears("otr_on", "otr_on_again", "otr_on_unknown")
	c.hears("verify_now")
	if h, ok := c.client.(*Helper); ok && h.Version() != c.column.version {
		c.t.Errorf("OTR version %d", h.Version())
	}
}

func (c *cell) verifies() {
	c.t.Helper()
	c.client.VerifySecret(sharedSecret)
	c.client.Expect(Verified)
	c.hears("both_verified")
}

var code = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`)

// passes types the code that the bot tells the verified learner.
func (c *cell) passes() {
	c.t.Helper()
	c.client.Say(c.code())
	c.hears("congratulations")
}

func (c *cell) code() string {
	c.t.Helper()
	c.hears("code")
	return strings.ToLower(code.FindString(c.client.WaitFor(code)))
}

// leaves says goodbye; the bot ends OTR.
func (c *cell) leaves() {
	c.t.Helper()
	c.client.Say("stop")
	c.hears("goodbye", "goodbye_done")
	c.client.Expect(Ended)
}

func learnerStarts(c *cell) {
	c.meets()
	c.encrypts()
	c.client.Expect(SaidEncrypted)
	c.leaves()
}

func botOffers(c *cell) {
	c.meets()
	c.client.Say("start")
	c.hears("i_offer_otr")
	c.client.Expect(Encrypted)
	c.hears("otr_on")
	c.verifies()
	c.passes()
}

// botsTag: the bot's first words make the learner's program begin.
func botsTag(c *cell) {
	c.client.Add(c.bot.jid)
	c.client.Allow(c.bot.jid)
	c.hears("greeting")
	c.isEncrypted()
	c.verifies()
	c.passes()
}

// clientsTag: the learner's first words make the bot begin.
func clientsTag(c *cell) {
	c.meets()
	c.client.Say("hello")
	c.isEncrypted()
	c.verifies()
	c.passes()
}

// tagLeftAlone: the tag at the end of a text is not part of a word, and the bot
// leaves it to the learner to switch OTR on.
func tagLeftAlone(c *cell) {
	c.meets()
	c.client.Say("help")
	c.hears("start_1")
	c.client.Expect(SaidInClear)
	c.encrypts()
}

func secretRight(c *cell) {
	c.meets()
	c.encrypts()
	c.verifies()
	c.passes()
	c.leaves()
}

func secretWrong(c *cell) {
	c.meets()
	c.encrypts()
	c.client.VerifySecret("violet harbour lantern")
	c.client.Expect(NotVerified)
	c.hears("secrets_differ")
	c.verifies()
	c.passes()
}

func question(c *cell) {
	c.meets()
	c.encrypts()
	c.client.VerifyQuestion("What did your trainer give you?", sharedSecret)
	c.client.Expect(Verified)
	c.hears("you_verified_me")
	c.client.Expect(QuestionAsked)
	c.client.Answer(sharedSecret)
	c.client.Expect(Verified)
	c.hears("both_verified")
	c.passes()
}

func botAsks(c *cell) {
	c.meets()
	c.encrypts()
	c.client.Say("ask me")
	c.hears("i_ask")
	c.client.Expect(SecretAsked)
	c.client.Answer(sharedSecret)
	c.client.Expect(Verified)
	c.hears("both_verified")
	c.passes()
}

// abortAndRetry holds the bot's answer back until the learner has given up.
func abortAndRetry(c *cell) {
	c.meets()
	c.encrypts()
	c.link.StallDown()
	c.client.VerifySecret(sharedSecret)
	c.awaitHeld(1000)
	c.client.Abort()
	c.link.Resume()
	c.hears("aborted")
	c.verifies()
	c.passes()
}

func endAndRestart(c *cell) {
	c.meets()
	c.encrypts()
	c.client.EndOTR()
	c.hears("otr_ended")
	c.client.Expect(SaidInClear)
	c.client.Say("what now, in the open?")
	c.hears("heard_in_clear")
	c.encrypts()
	c.verifies()
	c.client.EndOTR()
	c.hears("otr_ended")
	c.client.StartOTR()
	c.client.Expect(Encrypted)
}

// leak: the learner's program forgets the session and goes on in the clear.
func leak(c *cell) {
	c.meets()
	c.encrypts()
	c.client.Restart()
	c.client.Say("is anybody there?")
	c.hears("leak")
	c.client.Expect(SaidInClear)
	c.encrypts()
	c.verifies()
	c.passes()
}

func refresh(c *cell) {
	c.meets()
	c.encrypts()
	c.client.Refresh()
	c.client.Expect(Encrypted)
	c.hears("refreshed", "otr_on_again")
	c.verifies()
	c.passes()
}

// twoResources: a second device of the learner says something too.
func twoResources(c *cell) {
	c.meets()
	c.encrypts()
	second := c.login
	second.Resource = "second"
	other := LibOTR(c.t, helper, second, libotr.PolicyManual)
	other.Talk(c.bot.jid)
	other.Say("hello from the other device")
	c.hears("other_device")
	c.verifies()
	c.passes()
}

func silence(c *cell) {
	c.meets()
	c.encrypts()
	c.hears("session_warning")
	c.client.Say("yes, I am here")
	c.hears("session_refreshed")
	c.hears("session_warning")
	c.hears("sign_out")
	c.client.Expect(Ended)
	if c.client.Can(StayFinished) {
		c.client.EndOTR()
	}
	c.client.Say("hello")
	c.hears("greeting")
}

func (c *cell) awaitHeld(bytes int) {
	c.t.Helper()
	await(c.t, "the bot's answer", func() bool { return c.link.HeldDown() > bytes })
}
