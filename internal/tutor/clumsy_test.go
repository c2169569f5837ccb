package tutor

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"otrbot/fsm"
	"otrbot/internal/record"
)

// A thousand learners who do things in the wrong order, write the wrong words
// and fall silent. Half of them come to their senses: they must be able to make
// it. The others go away: their sessions must end.
func TestClumsyLearners(t *testing.T) {
	l := basic(t)
	made, gone := 0, 0
	for seed := range uint64(1000) {
		c := &clumsy{dice: newDice(seed)}
		o := rehearsalOptions()
		if c.dice.IntN(3) == 0 {
			o.DefaultSecret = Secret{}
		}
		o.MayStartSMP = c.dice.IntN(4) == 0
		c.Rehearsal = New(l, o).Rehearse(record.Learner{JID: "ada@example.org", Enrolment: int64(seed / 2 % 2)}, start)
		c.atOnce()
		for n := 5 + c.dice.IntN(60); n > 0 && !c.Session.Over && len(c.faults) == 0; n-- {
			c.do(pick(c.dice, clumsyLines))
		}
		if seed%2 == 0 && len(c.faults) == 0 {
			c.comeToSenses()
			made++
		}
		c.do("/wait 2h")
		gone++
		if !c.Session.Over || c.retired != 1 {
			c.fault("session over: %t, retired %d times", c.Session.Over, c.retired)
		}
		if len(c.faults) > 0 {
			t.Errorf("learner %d:\n%s\n%s", seed, strings.Join(c.story, "\n"), strings.Join(c.faults, "\n"))
			return
		}
	}
	t.Logf("%d learners made it after all, %d sessions ended", made, gone)
}

// clumsyLines are what clumsy learners type and click.
var clumsyLines = []string{
	"hello", "hi", "help", "help", "?", "again", "fast", "slow", "yes", "no", "thanks", "ok", "why", "done", "start", "ask", "secret",
	"question", "fingerprint", "cancel", "end", "what do i do now", "language", "language tlh", "language en", "I use Pidgin", "gajim", "bla", "where is the button???", "...", "👍",
	"<b>bold</b> & {curly} ?OTR:AAMD", "my password is hunter2", "seven brass lanterns", "is it SEVEN BRASS LANTERNS", "{code}", "AAAA-BBBB-CCCC",
	"0F1E2D3C 4B5A6978 8796A5B4 C3D2E1F0 01234567", "0F1E2D3C 4B5A6978 8796A5B4 C3D2E1F0 01234568", "89ABCDEF 01234567 89ABCDEF 01234567 89ABCDEF",
	"/start", "/start", "/start", "/start", "/end", "/refresh", "/key", "/verify seven brass lanterns", "/verify Seven Brass Lanterns", "/verify x", "/verify",
	"/ask Who am I? = seven brass lanterns", "/ask What? = 42", "/ask = ", "/ask Please enter the PIN that I shared with you. = 123456",
	"/answer seven brass lanterns", "/answer no idea", "/answer", "/abort", "/abort", "/secret hello", "/secret copper violin thursday moss", "/weak password", "/weak copper violin thursday moss", "/code x", "/code", "/code AAAA-BBBB-CCCC", "/code {code}", "/digits 0F1E", "/digits 0F1E2D3C4B5A69788796A5B4C3D2E1F001234567", "/digits 89ABCDEF 01234567 89ABCDEF 01234567 89ABCDEF", "/page", "/lost", "/plain oops", "/plain seven brass lanterns", "/plain {code}",
	"/client Pidgin", "/client Profanity", "/client Conversations", "/client Gajim", "/client ?", "/wait 1s", "/wait 9s", "/wait 21s", "/wait 61s", "/wait 5m", "/wait 26m",
	"/event contact_accepted", "/event learner_left", "/event learner_returned", "/event otr_requested", "/event unreadable", "/event error_received",
	"/event other_encryption", "/event other_device", "/event refused", "/event bounced", "/event new_key", "/event smp_aborted",
}

func newDice(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

func pick(dice *rand.Rand, from []string) string { return from[dice.IntN(len(from))] }

// clumsy is a learner, with what went wrong.
type clumsy struct {
	*Rehearsal
	dice    *rand.Rand
	line    string // what was typed last
	retired int
	story   []string
	faults  []string
}

func (c *clumsy) fault(format string, args ...any) {
	f := fmt.Sprintf(format, args...)
	c.faults, c.story = append(c.faults, f), append(c.story, "FAULT "+f)
}

// do types a line and looks at the answer.
func (c *clumsy) do(line string) {
	over, before := c.Session.Over, c.Now
	line = strings.ReplaceAll(line, "{code}", c.Session.Code.Reveal())
	c.line = line
	effects, err := c.Type(line)
	c.story = append(c.story, "> "+line)
	if err != nil {
		c.story = append(c.story, "! "+err.Error())
	}
	for i, e := range effects {
		c.story = append(c.story, Show(e))
		c.look(e, effects[i+1:])
	}
	c.story = append(c.story, fmt.Sprintf("(%s)", c.Session.State))
	switch said := slices.ContainsFunc(effects, func(e Effect) bool { _, ok := e.(Say); return ok }); {
	case over && len(effects) > 0:
		c.fault("effects after the end")
	case over || err != nil || said:
	case !strings.HasPrefix(line, "/"):
		c.fault("no answer to what the learner wrote")
	case strings.HasPrefix(line, "/verify") || strings.HasPrefix(line, "/ask") || strings.HasPrefix(line, "/answer"):
		c.fault("no answer to a check")
	}
	c.judged(effects, over)
	c.stand()
	if c.Now == before {
		c.Now = c.Now.Add(time.Duration(1+c.dice.IntN(30)) * time.Second)
	}
}

// look checks one effect.
func (c *clumsy) look(e Effect, next []Effect) {
	switch e := e.(type) {
	case Say:
		c.speakable(e.Text)
		if e.Name == "i_ask" {
			if c.asked != "bot" {
				c.fault("said to begin a check, but did not")
			}
		}
	case Status:
		c.speakable(e.Text)
	case AskSMP:
		c.speakable(e.Question)
	case Retire:
		c.retired++
		c.speakable(e.Status)
		if len(next) > 0 {
			c.fault("effects after Retire")
		}
	}
}

func (c *clumsy) speakable(text string) {
	switch {
	case strings.TrimSpace(text) == "" || text != strings.TrimSpace(text):
		c.fault("empty or untrimmed text %q", text)
	case strings.ContainsAny(text, "{}<>&") || strings.Contains(text, "?OTR"):
		c.fault("unfit sign in %q", text)
	case utf8.RuneCountInString(text) > longest:
		c.fault("%d characters in %q", utf8.RuneCountInString(text), text)
	}
}

// longest is what can be read at a glance, in characters.
const longest = 440

// stand checks that the state of the lesson is that of the conversation.
func (c *clumsy) stand() {
	s := c.Session
	truth, known := map[fsm.State]bool{
		"waiting":      !s.Channel.Encrypted,
		"plain":        !s.Channel.Encrypted,
		"ended":        !s.Channel.Encrypted,
		"encrypted":    s.Channel.Encrypted && !s.Secret.IsZero() && !s.SMP,
		"needs_secret": s.Channel.Encrypted && s.Secret.IsZero(),
		"checking":     s.Channel.Encrypted && s.SMP,
		"asking":       s.Channel.Encrypted && s.SMP,
		"half":         s.Channel.Encrypted && s.LearnerTrusts && !s.BotTrusts,
		"asking_back":  s.Channel.Encrypted && s.LearnerTrusts && !s.BotTrusts,
		"verified":     s.Verified() && s.CodeTold,
		"done":         s.Channel.Encrypted,
		"closed":       s.Over,
	}[s.State]
	switch {
	case !known:
		c.fault("no rule for state %s", s.State)
	case !truth:
		c.fault("state %s is not the truth: %+v, SMP %t, trust %t %t", s.State, s.Channel, s.SMP, s.LearnerTrusts, s.BotTrusts)
	case s.Channel.Encrypted != c.channel.Encrypted:
		c.fault("tutor thinks encrypted: %t", s.Channel.Encrypted)
	case s.SMP != (c.asked != ""):
		c.fault("tutor thinks a check runs: %t", s.SMP)
	}
}

// comeToSenses does what each state asks for.
func (c *clumsy) comeToSenses() {
	for range 30 {
		if c.Session.Over || c.Session.State == "done" {
			return
		}
		c.do(c.sensible())
	}
	c.fault("stuck in %s", c.Session.State)
}

func (c *clumsy) sensible() string {
	secret := c.Session.Secret.Reveal()
	switch c.Session.State {
	case "waiting":
		return "hello"
	case "plain", "ended":
		return "/start"
	case "needs_secret":
		return "/secret green bicycle opera yesterday"
	case "encrypted":
		if c.dice.IntN(2) == 0 {
			return "/ask Who? = " + secret
		}
		return "/verify " + secret
	case "asking":
		return "/answer " + secret
	case "half":
		return "/wait 5s"
	case "asking_back":
		if c.asked == "" {
			return "ask"
		}
		return "/answer " + secret
	case "verified":
		if c.Session.Page {
			return "/code " + c.Session.Code.Reveal()
		}
		return c.Session.Code.Reveal()
	case "done":
		return pick(c.dice, []string{"stop", "/end", "/verify x", "/verify " + secret, "/abort", "hm"})
	}
	return "help"
}
