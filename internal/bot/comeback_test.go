package bot

import (
	"slices"
	"strings"
	"testing"
	"time"

	"otrbot/internal/record"
	"otrbot/internal/xmpp/stanza"
)

// How sessions end before the lesson is passed.
var endings = map[string]struct {
	end     func(c *class)
	text    string // of the goodbye
	trouble record.Trouble
}{
	"silence": {func(c *class) { c.passes(2 * time.Hour) }, "sign_out", record.TroubleExpired},
	"stop":    {func(c *class) { c.says("stop") }, "goodbye", record.NoTrouble},
	"SIGTERM": {func(c *class) {
		done := false
		c.bot.do(ana, closing{func() { done = true }})
		if c.deliver(); !done {
			c.Error("nobody hears that goodbye was said")
		}
	}, "closing", record.NoTrouble},
}

// status is the bot's status for the learner, as it was sent last.
func (c *class) status() (text string) {
	for _, e := range c.shownPresence {
		if s := e.Child(stanza.NSClient, "status"); s != nil {
			text = s.Text()
		}
	}
	return text
}

// The session of a learner of a course ends before the lesson is passed. What the bot and the page say then is enough to
// come to a grade: "write to the bot".
func TestHelloIsEnoughToComeBack(t *testing.T) {
	for name, ending := range endings {
		for _, anew := range []bool{false, true} {
			c := verified(t)
			ending.end(c)
			if got := c.shown(); !c.saw(got, ending.text) || !slices.ContainsFunc(got, func(r reading) bool { return contains(r.text, "write hello") }) {
				t.Errorf("%s: the learner sees %+v", name, got)
			}
			if s := c.status(); contains(s, "course") {
				t.Errorf("%s: the bot's status is %q", name, s)
			}
			c.shows(name, record.StepChatting, record.StepCode, ending.trouble)
			if kept, err := c.store.HasSecret(t.Context(), c.page); !kept || err != nil {
				t.Errorf("%s: the secret is kept: %t, %v", name, kept, err)
			}
			if gone := c.bot.learners.dismissed(); !c.progress().Ended || len(gone) > 0 || c.bot.lives.of(ana) != nil {
				t.Errorf("%s: ended %t, to leave the roster are %d", name, c.progress().Ended, len(gone))
			}
			if anew { // another process
				c.again()
				c.notes()
			}
			c.does(c.learner.EndAll(c.now))
			c.says("hello")
			if got := c.shown(); !c.saw(got, "greeting") {
				t.Errorf("%s: to hello the bot says %+v", name, got)
			}
			c.shows("hello", record.StepChatting, record.StepCode, record.NoTrouble)
			c.encrypts()
			c.verifies()
			c.types(record.NoteCode, c.code())
			c.passed(true, 1)

			c.says("stop")
			if got := c.shown(); slices.ContainsFunc(got, func(r reading) bool { return strings.HasSuffix(r.text, "write hello.") }) || !contains(c.status(), "go back to your course page") {
				t.Errorf("%s, after the lesson: the learner sees %+v, the bot's status is %q", name, got, c.status())
			}
			if _, listed := c.bot.learners.of(ana); listed {
				t.Errorf("%s, after the lesson: the learner is on the list", name)
			}
			if all, err := c.store.Learners(t.Context()); err != nil || len(all) > 0 {
				t.Errorf("%s, after the lesson: %d learners are in the store, %v", name, len(all), err)
			}
			if kept, err := c.store.HasSecret(t.Context(), c.page); kept || err != nil {
				t.Errorf("%s, after the lesson: the secret is kept: %t, %v", name, kept, err)
			}
		}
	}
}

// Somebody who comes back may as well be invited again, or set another secret first.
func TestOtherWaysToComeBack(t *testing.T) {
	for name, ending := range endings {
		c := verified(t)
		ending.end(c)
		c.does(c.learner.EndAll(c.now))
		const another = "window harvest pencil orbit"
		c.sets(another, true)
		c.claims()
		c.shows(name, record.StepInvited, record.StepCode, record.NoTrouble)
		c.accepts()
		c.encrypts()
		c.does(c.learner.StartSMP([]byte(another), c.now))
		c.types(record.NoteCode, c.code())
		c.passed(true, 1)
	}
}

// Who has passed and does the lesson once more, from the page, is on the list again.
func TestOnceMore(t *testing.T) {
	c := verified(t)
	c.types(record.NoteCode, c.code())
	c.says("stop")
	c.does(c.learner.EndAll(c.now))
	c.claims()
	c.bot.do(ana, accepted{})
	c.shows("once more", record.StepChatting, record.StepDone, record.NoTrouble)
	if _, listed := c.bot.learners.of(ana); !listed {
		t.Error("the learner is not on the list")
	}
}
