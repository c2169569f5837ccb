package bot

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"otrbot/internal/lesson"
	"otrbot/internal/record"
	"otrbot/internal/secret"
	"otrbot/internal/tutor"
	"otrbot/lessons"
)

// settings are those of a room with a few changes.
func (r *room) settings(o tutor.Options, change func(*Config)) Config {
	r.Helper()
	l, err := basic()
	r.must(err)
	o.DefaultSecret = secret.New(shared)
	c := r.bot.config
	c.Tutor = tutor.New(l, o)
	change(&c)
	return c
}

// reloads gives the bot other settings, and lets it do what comes of that.
func (r *room) reloads(c Config) {
	r.Helper()
	r.bot.workers = startWorkers(0, r.bot.do)
	r.must(r.bot.adopt(r.Context(), c))
	for len(r.bot.workers.ready) > 0 {
		d, w, _ := r.bot.workers.take()
		r.bot.do(d.jid, w)
		r.bot.workers.done(d)
	}
	r.bot.workers.stop()
	r.deliver()
}

// other is the basic lesson in which a state has another name.
func other(t *testing.T, state, name string) *lesson.Lesson {
	t.Helper()
	source := regexp.MustCompile(`\b`+state+`\b`).ReplaceAll(lessons.Basic, []byte(name))
	l, err := lesson.Parse(lessons.BasicName, source, tutor.Vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// What is set anew is what learners meet from then on, in the middle of a lesson.
func TestReload(t *testing.T) {
	r := newRoom(t, 0)
	r.says("hello")
	r.shown()
	c := r.settings(tutor.Options{BotTitle: "Otto", BotDescription: "I am Otto and new.", Warning: 2 * time.Minute, Expiry: 3 * time.Minute}, func(c *Config) {
		c.TypingSpeed = 10
	})
	r.reloads(c)
	if got := r.shown(); len(got) > 0 {
		t.Errorf("a reload says %v", got)
	}
	r.says("hello")
	if got := r.shown(); len(got) == 0 || got[0].state != "composing" {
		t.Errorf("typing has no delay: %v", got)
	}
	r.passes(110 * time.Second)
	if got := r.shown(); r.saw(got, "session_warning") {
		t.Errorf("warned too early: %v", got)
	}
	r.passes(30 * time.Second)
	if got := r.shown(); !r.saw(got, "session_warning") {
		t.Errorf("not warned by the new time: %v", got)
	}
	r.passes(2 * time.Minute)
	if r.bot.lives.of(ana) != nil {
		t.Error("the session did not end by the new time")
	}
}

// A session that would have been warned long ago is warned at once, and not ended.
func TestReloadedTimeouts(t *testing.T) {
	r := newRoom(t, 0)
	r.says("hello")
	r.passes(20 * time.Minute)
	r.shown()
	r.reloads(r.settings(tutor.Options{Warning: time.Minute, Expiry: 5 * time.Minute}, func(*Config) {}))
	if got := r.shown(); !r.saw(got, "session_warning") || r.bot.lives.of(ana) == nil {
		t.Errorf("shown %v", got)
	}
	r.passes(3 * time.Minute)
	if r.bot.lives.of(ana) == nil {
		t.Error("the session ended before the time between warning and end")
	}
}

// Another lesson is for those who begin after it came. Whoever is in the old one stays there, with the options as they are
// now, whatever its states are called.
func TestReloadedLesson(t *testing.T) {
	r := newRoom(t, 0, func(c *Config) {
		c.Learners = append(c.Learners, record.Learner{JID: bea, Source: record.FromSettings})
	})
	r.says("hello")
	r.shown()
	c := r.settings(tutor.Options{}, func(c *Config) {
		c.Tutor = tutor.New(other(t, "plain", "unprotected"), tutor.Options{Warning: 2 * time.Minute, Expiry: 3 * time.Minute})
	})
	r.reloads(c)
	if got := r.bot.lives.of(ana).session.State; got != "plain" {
		t.Fatalf("the session is in state %s", got)
	}
	r.says("hello")
	if got := r.shown(); !r.saw(got, "hello_again") {
		t.Errorf("in the old lesson %v", got)
	}
	r.passes(150 * time.Second)
	if got := r.shown(); !r.saw(got, "session_warning") {
		t.Errorf("the old lesson has old times: %v", got)
	}
	r.passes(2 * time.Minute)
	r.shown()
	r.says("hello")
	if l := r.bot.lives.of(ana); l == nil || l.session.State != "unprotected" {
		t.Errorf("the next session is %v", l)
	}
}

// A process that teaches another lesson leaves out who stands where that has no place for them: they begin again.
func TestAnotherLessonAfterARestart(t *testing.T) {
	r := newRoom(t, 0)
	r.says("hello")
	r.shown()
	c := r.settings(tutor.Options{}, func(c *Config) {
		c.Tutor = tutor.New(other(t, "plain", "unprotected"), tutor.Options{DefaultSecret: secret.New(shared)})
	})
	r.open(c)
	if r.bot.lives.of(ana) != nil || !strings.Contains(r.log.String(), "begun with another lesson") {
		t.Errorf("the session is there, or nothing is said:\n%s", r.log.String())
	}
	r.passes(time.Hour)
	r.says("hello")
	if got := r.shown(); !r.saw(got, "greeting") {
		t.Errorf("the learner sees %v", got)
	}
}

// The settings' list of learners: who has gone hears it, who is new is invited, and the languages are the new ones.
func TestReloadedLearners(t *testing.T) {
	r := newRoom(t, 0)
	r.says("hello")
	r.shown()
	r.reloads(r.settings(tutor.Options{}, func(c *Config) {
		c.Learners = []record.Learner{{JID: bea, Locale: "nl", Source: record.FromSettings}}
	}))
	if got := r.shown(); !r.saw(got, "removed") || r.bot.lives.of(ana) != nil {
		t.Errorf("who was taken off the list sees %v", got)
	}
	if r.toInvite(ana) || !r.toInvite(bea) || !slices.Contains(r.bot.learners.dismissed(), ana) {
		t.Error("the wrong learners are invited")
	}
	if one, _ := r.bot.learners.of(bea); one.Locale != "nl" {
		t.Errorf("bea is %+v", one)
	}
	// Back again, before anything else: as if for the first time.
	r.reloads(r.settings(tutor.Options{}, func(*Config) {}))
	r.says("hello")
	if got := r.shown(); !r.saw(got, "greeting") || slices.Contains(r.bot.learners.dismissed(), ana) {
		t.Errorf("who is back sees %v", got)
	}
}

// Whoever is on the list for another reason stays, session and all.
func TestReloadedLearnerOfACommand(t *testing.T) {
	r := newRoom(t, 0)
	r.must(r.store.PutLearner(t.Context(), record.Learner{JID: ana, Source: record.FromCommand}))
	r.says("hello")
	r.reloads(r.settings(tutor.Options{}, func(c *Config) { c.Learners = nil }))
	if got := r.shown(); r.saw(got, "removed") || r.bot.lives.of(ana) == nil {
		t.Errorf("the learner sees %v", got)
	}
}

// What learners say is written down only while the settings say so, and that is said in the log each time.
func TestReloadedLog(t *testing.T) {
	r := newRoom(t, 0)
	said := func(want bool) {
		t.Helper()
		r.log.Reset()
		r.says("pumpernickel")
		if got := strings.Contains(r.log.String(), "pumpernickel"); got != want {
			t.Errorf("written down: %t, want %t", got, want)
		}
	}
	said(false)
	on := r.settings(tutor.Options{}, func(c *Config) { c.LogUserMessages = true })
	r.log.Reset()
	r.reloads(on)
	if !strings.Contains(r.log.String(), "messages of learners are written to this log") {
		t.Errorf("the log says\n%s", r.log.String())
	}
	said(true)
	r.reloads(r.settings(tutor.Options{}, func(c *Config) { c.LogUserMessages = false }))
	said(false)
}

// A bot that does not run, or no longer, takes nothing and holds nobody up.
func TestReloadWithoutRun(t *testing.T) {
	r := newRoom(t, 0)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := r.bot.Reload(ctx, r.bot.config); err == nil {
		t.Error("a bot that does not run took settings")
	}
}

// A database that another account has taught with: its sessions end there, and learners begin anew with this one.
func TestAnotherAccount(t *testing.T) {
	r := newRoom(t, 0)
	r.says("hello")
	r.encrypts()
	r.shown()
	c := r.bot.config
	c.XMPP.JID = "second@example.org"
	r.open(c)
	if l := r.bot.lives.of(ana); l != nil {
		t.Errorf("the session goes on in state %s", l.session.State)
	}
	if !strings.Contains(r.log.String(), "begun with another account") {
		t.Errorf("the log says\n%s", r.log.String())
	}
}
