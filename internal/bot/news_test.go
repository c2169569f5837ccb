package bot

import (
	"maps"
	"testing"

	"otrbot/internal/record"
)

// A note that finds no room is tried again, and later notes of the same learner do not overtake it. What is done is
// forgotten.
func TestNoteThatFindsNoRoom(t *testing.T) {
	c := newClass(t)
	ctx := t.Context()
	c.bot.workers = startWorkers(0, c.bot.do) // nobody works
	for c.bot.post(ana, woken{}) == nil {
	}
	c.must(c.store.ClaimAddress(ctx, c.page, ana, c.now))
	taken := make(map[int64]bool)
	if more, err := c.bot.takeNotes(ctx, taken); !more || err != nil || len(taken) > 0 {
		t.Errorf("without room: more is %t, %v, %d are taken", more, err, len(taken))
	}
	c.bot.workers = startWorkers(0, c.bot.do)
	if more, err := c.bot.takeNotes(ctx, taken); more || err != nil || len(taken) != 2 {
		t.Errorf("with room: more is %t, %v, %d are taken", more, err, len(taken))
	}
	before := maps.Clone(taken)
	if _, err := c.bot.takeNotes(ctx, taken); err != nil || len(taken) > len(before) {
		t.Errorf("once more: %d are taken, %v", len(taken), err)
	}
	c.notes()
	c.shows("claimed", record.StepInvited, record.StepInvited, record.NoTrouble)
	if more, err := c.bot.takeNotes(ctx, taken); more || err != nil || len(taken) > 0 {
		t.Errorf("at the end: more is %t, %v, %d are taken", more, err, len(taken))
	}
}

// quick has somebody who is encrypted and sets a secret of which the bot does not read yet.
func quick(t *testing.T, first, then string) *class {
	t.Helper()
	c := newClass(t)
	c.claims()
	c.accepts()
	if first != "" {
		c.sets(first, true)
	}
	c.encrypts()
	c.shown()
	c.must(c.store.OfferSecret(t.Context(), c.page, []byte(then), true, c.now))
	return c
}

// Who verifies at once after the secret was set, or set anew, is not told that it differs; and hears of it once.
func TestVerifiesBeforeTheNoteIsRead(t *testing.T) {
	for _, first := range []string{"", "window harvest pencil orbit"} {
		for name, verify := range map[string]func(c *class){
			"by secret":   func(c *class) { c.verifies() },
			"by question": func(c *class) { c.does(c.learner.AskSMP("Who?", []byte(own), c.now)) },
			"asks": func(c *class) {
				c.says("ask")
				c.does(c.learner.AnswerSMP([]byte(own), c.now))
			},
		} {
			c := quick(t, first, own)
			verify(c)
			if s := c.bot.lives.of(ana).session; !s.LearnerTrusts {
				t.Errorf("%s, after %q: the learner sees %+v", name, first, c.read)
			}
			c.notes()
			n := 0
			for _, one := range c.shown() {
				if contains(one.text, c.text("secret_kept")) {
					n++
				}
				if contains(one.text, c.text("no_secret")) || contains(one.text, c.text("secrets_differ")) {
					t.Errorf("%s, after %q: the learner reads %q", name, first, one.text)
				}
			}
			if n != 1 {
				t.Errorf("%s, after %q: the learner hears %d times that the secret is there", name, first, n)
			}
		}
	}
}

// The same secret, set once more, is told of once more.
func TestSameSecretOnceMore(t *testing.T) {
	c := quick(t, "", own)
	c.says("help")
	for _, when := range []string{"at first", "then"} {
		if got := c.shown(); !c.saw(got, "secret_kept") {
			t.Errorf("%s the learner sees %+v", when, got)
		}
		c.notes()
		if got := c.shown(); len(got) > 0 {
			t.Errorf("%s the note says once more %+v", when, got)
		}
		c.sets(own, true)
	}
}

// The secret stands in the chat before the note about it is read: it is burnt for good.
func TestBurntBeforeTheNoteIsRead(t *testing.T) {
	c := quick(t, "", own)
	c.says(own)
	c.shows("burnt", record.StepEncrypted, record.StepEncrypted, record.TroubleBurnt)
	c.notes()
	c.shows("after the note", record.StepEncrypted, record.StepEncrypted, record.TroubleBurnt)
	if kept, err := c.store.HasSecret(t.Context(), c.page); kept || err != nil {
		t.Errorf("the secret is kept: %t, %v", kept, err)
	}
	if s := c.bot.lives.of(ana).session.Secret; !s.IsZero() {
		t.Error("the lesson has the secret")
	}
	c.sets("window harvest pencil orbit", true)
	if s := c.bot.lives.of(ana).session.Secret; s.Reveal() != "window harvest pencil orbit" {
		t.Error("the lesson has not got another one")
	}
}
