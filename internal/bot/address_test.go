package bot

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"otrbot/internal/record"
	"otrbot/internal/tutor"
)

func contains(text, words string) bool { return strings.Contains(text, words) }

// A list that was read before somebody left it does not bring them back.
func TestListFromBeforeTheEnd(t *testing.T) {
	c := verified(t)
	c.types(record.NoteCode, c.code())
	c.reading = func() { c.passes(2 * time.Hour) }
	c.must(c.bot.readLearners(t.Context()))
	if _, listed := c.bot.learners.of(ana); listed || c.bot.lives.of(ana) != nil {
		t.Error("the learner is on the list")
	}
}

// Whoever claims the address again while the session is about to end stays on the list.
func TestClaimWinsOverTheEnd(t *testing.T) {
	c := verified(t)
	c.types(record.NoteCode, c.code())
	c.must(c.store.ClaimAddress(t.Context(), c.page, ana, c.now))
	c.passes(2 * time.Hour) // before the bot hears of it
	if c.bot.lives.of(ana) != nil {
		t.Fatal("the session is not over")
	}
	c.notes()
	if _, listed := c.bot.learners.of(ana); !listed {
		t.Error("the learner is not on the list")
	}
	c.shows("claimed", record.StepInvited, record.StepDone, record.NoTrouble)
	c.bot.do(ana, accepted{})
	c.shows("greeted", record.StepChatting, record.StepDone, record.NoTrouble)
}

// A session belongs to the page that it began with. With the next one the lesson begins anew, and nothing of the first
// counts there: neither steps nor codes.
func TestAnotherPageOfTheSameLearner(t *testing.T) {
	c := verified(t, func(config *Config) { config.PartialCredit = true })
	code, first := c.code(), c.page
	c.page = c.launches("7", "another link")
	c.grades = nil
	c.claims()
	if got := c.shown(); !c.saw(got, "reset") {
		t.Errorf("the learner sees %+v", got)
	}
	c.shows("at first", record.StepInvited, record.StepInvited, record.NoTrouble)
	if c.progress().Ended {
		t.Error("the page shows the end of the other session")
	}
	if _, listed := c.bot.learners.of(ana); !listed {
		t.Error("the learner is not on the list")
	}
	c.bot.do(ana, accepted{})
	if got := c.types(record.NoteCode, code); got.Verdict != record.VerdictNone {
		t.Errorf("the code of the other page: %+v", got)
	}
	c.passed(false, .25)
	c.page = first
	if p := c.progress(); p.Best != record.StepCode {
		t.Errorf("the other page has lost %+v", p)
	}
}

// A code from a page that has lost the address is nobody's.
func TestCodeOfALostAddress(t *testing.T) {
	c := verified(t)
	of := func(page int64) record.Note {
		data, err := json.Marshal(record.Submission{Enrolment: page, Text: c.code()})
		c.must(err)
		return record.Note{ID: 1 << 40, JID: ana, Kind: record.NoteCode, Data: data}
	}
	for name, n := range map[string]record.Note{"of another page": of(c.page + 1), "that is damaged": {ID: 1 << 40, JID: ana, Kind: record.NoteCode, Data: []byte("{")}} {
		c.bot.do(ana, noted{n})
		c.passed(false)
		if got := c.progress(); got.Answer != (record.Answer{}) || got.Step != record.StepCode {
			t.Errorf("a code %s leads to %+v", name, got)
		}
	}
	note, err := c.store.Submit(t.Context(), c.page, record.NoteCode, c.code(), c.now)
	c.must(err)
	c.must(c.store.ClaimAddress(t.Context(), c.launches("7", "another link"), ana, c.now))
	c.notes()
	c.passed(false)
	if got := c.progress().Answer; got.Note == note {
		t.Errorf("the page hears %+v", got)
	}
}

// listed has a learner of the settings, with a session.
func listed(t *testing.T) *class {
	t.Helper()
	c := newClass(t, func(config *Config) {
		l, err := basic()
		if err != nil {
			t.Fatal(err)
		}
		config.Tutor = tutor.New(l, tutor.Options{DefaultSecret: tutor.NewSecret(own)})
		config.Learners = []record.Learner{{JID: ana, Source: record.FromSettings}}
	})
	c.says("hello")
	c.encrypts()
	c.verifies()
	return c
}

// Anybody may enter the address of a learner who has no page. Then the lesson begins anew, for the page, and so it does
// without the page: neither sees or takes over what the other has begun.
func TestLearnerOfTheSettingsOpensAPage(t *testing.T) {
	for name, before := range map[string]func(c *class){
		"verified": func(*class) {},
		"passed":   func(c *class) { c.says(c.code()) },
	} {
		c := listed(t)
		before(c)
		c.shown()
		c.claims()
		if got := c.shown(); !c.saw(got, "reset") || c.bot.lives.of(ana) != nil {
			t.Errorf("%s: the learner sees %+v", name, got)
		}
		c.shows("opened", record.StepInvited, record.StepInvited, record.NoTrouble)
		if p := c.progress(); p.Client != "" || p.Fingerprint != "" {
			t.Errorf("%s: the page shows %+v", name, p)
		}
		c.passed(false)
		c.does(c.learner.EndAll(c.now))
		c.bot.do(ana, accepted{})
		c.encrypts()
		c.verifies()
		code := c.code()
		c.shown()
		c.says(code)
		if got := c.shown(); !c.saw(got, "code_to_page") {
			t.Errorf("%s: the learner sees %+v", name, got)
		}
		c.must(c.store.ReleaseAddress(t.Context(), c.page))
		c.notes()
		if got := c.shown(); !c.saw(got, "reset") {
			t.Errorf("%s: without the page the learner sees %+v", name, got)
		}
		c.does(c.learner.EndAll(c.now))
		c.says("hello")
		c.encrypts()
		c.verifies()
		c.says(c.code())
		if got := c.shown(); !c.saw(got, "congratulations") {
			t.Errorf("%s: at the end the learner sees %+v", name, got)
		}
		c.passed(false)
	}
}

// A learner of a command stays on the list when the page lets the address go, and begins anew without it.
func TestPageLetsALearnerOfACommandGo(t *testing.T) {
	c := newClass(t)
	c.must(c.store.PutLearner(t.Context(), record.Learner{JID: ana, Source: record.FromCommand}))
	c.claims()
	c.accepts()
	c.encrypts()
	c.shown()
	c.must(c.store.ReleaseAddress(t.Context(), c.page))
	c.notes()
	if got := c.shown(); !c.saw(got, "reset") || c.bot.lives.of(ana) != nil {
		t.Errorf("the learner sees %+v", got)
	}
	c.does(c.learner.EndAll(c.now))
	c.says("hello")
	if got := c.shown(); !c.saw(got, "greeting") || c.bot.lives.of(ana).session.Page {
		t.Errorf("the learner sees %+v", got)
	}
}

// The address is changed on the page, and changed back.
func TestAddressChangedAndBack(t *testing.T) {
	c := verified(t)
	c.must(c.store.ReleaseAddress(t.Context(), c.page))
	c.claims()
	if got := c.shown(); !c.saw(got, "reset") {
		t.Errorf("the learner sees %+v", got)
	}
	if c.bot.lives.of(ana) != nil {
		t.Error("the session goes on")
	}
	c.shows("back", record.StepInvited, record.StepCode, record.NoTrouble)
}

// What a page knows is the same after another process has taken up the session, and nothing is told twice.
func TestProgressAcrossProcesses(t *testing.T) {
	c := verified(t)
	before := c.progress()
	_, version, err := c.store.EnrolmentsChanged(t.Context(), 0)
	c.must(err)
	c.again()
	c.passes(time.Minute)
	if got := c.progress(); got != before {
		t.Errorf("the page shows %+v, before it was %+v", got, before)
	}
	if news, _, err := c.store.EnrolmentsChanged(t.Context(), version); err != nil || len(news) > 0 {
		t.Errorf("%d pages were told again, %v", len(news), err)
	}
	if got := c.types(record.NoteCode, c.code()); got.Verdict != record.VerdictRight {
		t.Errorf("the code: %+v", got)
	}
	c.passed(true, 1)
}
