package bot

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/store"
	"otrbot/internal/tutor"
	"otrbot/internal/xmpp/stanza"
	"otrbot/lti"
	"otrbot/otr"
)

const own = "copper violin thursday moss"

// class is a room whose learner comes from a course: the test does what the page does.
type class struct {
	*room
	platform int64
	page     int64 // the enrolment that the page is of
	grades   []record.Grade
	reading  func() // happens while the bot reads its learners, once
}

// watched is a store that tells which grades were given to it.
type watched struct {
	*store.DB
	*class
}

func (w watched) Commit(ctx context.Context, c record.Change) ([]int64, error) {
	if c.Grade != nil {
		w.grades = append(w.grades, *c.Grade)
	}
	return w.DB.Commit(ctx, c)
}

func (w watched) Learners(ctx context.Context) ([]record.Learner, error) {
	all, err := w.DB.Learners(ctx)
	if f := w.reading; f != nil {
		w.reading = nil
		f()
	}
	return all, err
}

func newClass(t testing.TB, change ...func(*Config)) *class {
	t.Helper()
	c := new(class)
	c.room = newRoom(t, 0, append([]func(*Config){func(config *Config) {
		config.Learners = nil
		config.Store = watched{config.Store.(*store.DB), c}
		l, err := basic()
		if err != nil {
			t.Fatal(err)
		}
		config.Tutor = tutor.New(l, tutor.Options{})
	}}, change...)...)
	var err error
	c.platform, err = c.store.PutPlatform(t.Context(), course.Platform{Name: "School", Consumer: &lti.Consumer{Key: "key"}})
	c.must(err)
	c.page = c.launches("7", "link")
	return c
}

// launches is a launch of a user from a link.
func (c *class) launches(user, link string) int64 {
	c.Helper()
	e, err := c.store.Enrol(c.Context(), course.Enrolment{
		Key: course.Key{Platform: c.platform, Link: link, User: user}, Role: course.Learner,
		Outcome: &lti.Outcome{ServiceURL: "https://lms.example/outcomes", SourcedID: user + link},
	}, c.now)
	c.must(err)
	return e.ID
}

// claims enters the learner's address on the page.
func (c *class) claims() {
	c.Helper()
	c.must(c.store.ClaimAddress(c.Context(), c.page, ana, c.now))
	c.notes()
}

// notes lets the bot see what pages have left for it.
func (c *class) notes() {
	c.Helper()
	c.bot.workers = startWorkers(1, c.bot.do)
	_, err := c.bot.takeNotes(c.Context(), make(map[int64]bool))
	c.must(err)
	c.bot.workers.stop()
	if left, err := c.store.Notes(c.Context()); err != nil || len(left) > 0 {
		c.Errorf("%d notes are left, %v", len(left), err)
	}
	c.deliver()
}

// sets sets the shared secret on the page.
func (c *class) sets(secret string, strong bool) {
	c.Helper()
	c.must(c.store.OfferSecret(c.Context(), c.page, []byte(secret), strong, c.now))
	c.notes()
}

// types is what the page answers to a code or a fingerprint.
func (c *class) types(kind record.NoteKind, text string) record.Answer {
	c.Helper()
	note, err := c.store.Submit(c.Context(), c.page, kind, text, c.now)
	c.must(err)
	c.notes()
	answer := c.progress().Answer
	if answer.Note != note {
		c.Fatalf("the page gets no answer to note %d: %+v", note, answer)
	}
	return answer
}

// accepts accepts the bot's invitation, and so does the learner's client of the bot's presence.
func (c *class) accepts() { c.hears(stanza.New(stanza.NSClient, "presence", "type", "subscribed")) }

func (c *class) verifies() { c.Helper(); c.does(c.learner.StartSMP([]byte(own), c.now)) }

// code is the one that the session has.
func (c *class) code() string { return c.bot.lives.of(ana).session.Code.Reveal() }

// progress is what the page shows.
func (c *class) progress() record.Progress {
	c.Helper()
	e, err := c.store.Enrolment(c.Context(), c.page)
	c.must(err)
	return e.Progress
}

// shows checks what the page shows.
func (c *class) shows(when string, step, best record.Step, trouble record.Trouble) {
	c.Helper()
	if p := c.progress(); p.Step != step || p.Best != best || p.Trouble != trouble {
		c.Errorf("%s the page shows step %q, best %q, trouble %q; want %q, %q, %q", when, p.Step, p.Best, p.Trouble, step, best, trouble)
	}
}

// passed checks whether the lesson counts as passed on the page, and what is on its way to the platform.
func (c *class) passed(want bool, scores ...float64) {
	c.Helper()
	e, err := c.store.Enrolment(c.Context(), c.page)
	c.must(err)
	if e.Passed.IsZero() == want {
		c.Errorf("passed at %v, want %t", e.Passed, want)
	}
	var got []float64
	for _, g := range c.grades {
		if g.Enrolment != c.page {
			c.Errorf("a grade goes to enrolment %d, not to %d", g.Enrolment, c.page)
		}
		got = append(got, g.Score)
	}
	if !slices.Equal(got, scores) {
		c.Errorf("graded %v, want %v", got, scores)
	}
	newest, err := c.store.Grade(c.Context(), c.page)
	switch {
	case len(scores) == 0 && !errors.Is(err, course.ErrNone):
		c.Errorf("there is a grade %+v, %v", newest, err)
	case len(scores) > 0 && (err != nil || newest.Score != scores[len(scores)-1] || newest.State != course.GradeWaiting || newest.Done != want):
		c.Errorf("the grade on its way is %+v, %v", newest, err)
	}
}

// verified is somebody who has claimed, accepted, set a secret and verified.
func verified(t testing.TB, change ...func(*Config)) *class {
	t.Helper()
	c := newClass(t, change...)
	c.claims()
	c.accepts()
	c.sets(own, true)
	c.encrypts()
	c.verifies()
	if !c.learner.Verified() || c.learner.State() != otr.Encrypted {
		t.Fatal("not verified")
	}
	c.shown()
	return c
}

// The way of a learner through a lesson, as the page shows it.
func TestLessonWithACoursePage(t *testing.T) {
	c := newClass(t)
	c.claims()
	c.shows("claimed", record.StepInvited, record.StepInvited, record.NoTrouble)
	c.now = c.now.Add(time.Minute)
	c.accepts()
	c.shows("accepted", record.StepChatting, record.StepChatting, record.NoTrouble)
	if p := c.progress(); !p.Since.Equal(c.now) || p.Ended || p.Fingerprint != "" {
		t.Errorf("the page shows %+v", p)
	}
	c.encrypts()
	c.shows("encrypted", record.StepEncrypted, record.StepEncrypted, record.TroubleNoSecret)
	c.shown()
	c.sets("password", false)
	c.shows("after a weak secret", record.StepEncrypted, record.StepEncrypted, record.TroubleWeakSecret)
	if got := c.shown(); !c.saw(got, "unsafe_secret") {
		t.Errorf("the learner sees %+v", got)
	}
	c.sets(own, true)
	c.shows("after a good one", record.StepEncrypted, record.StepEncrypted, record.NoTrouble)
	c.verifies()
	c.shows("verified", record.StepCode, record.StepCode, record.NoTrouble)
	code := c.code()
	c.shown()
	c.says(code)
	if got := c.shown(); !c.saw(got, "code_to_page") {
		t.Errorf("the learner sees %+v", got)
	}
	c.passed(false)
	if got := c.types(record.NoteCode, "AAAA-BBBB-CCCC"); got.Verdict != record.VerdictWrong || got.Left != 4 {
		t.Errorf("wrong: %+v", got)
	}
	c.shows("after a wrong code", record.StepCode, record.StepCode, record.TroubleWrongCode)
	c.passed(false)
	if got := c.types(record.NoteCode, code); got.Verdict != record.VerdictRight {
		t.Errorf("right: %+v", got)
	}
	c.shows("after the right one", record.StepDone, record.StepDone, record.NoTrouble)
	c.passed(true, 1)
	if got := c.shown(); !c.saw(got, "congratulations") {
		t.Errorf("the learner sees %+v", got)
	}
	if got := c.types(record.NoteCode, code); got.Verdict != record.VerdictRight {
		t.Errorf("once more: %+v", got)
	}
	c.passed(true, 1)
	c.silent(code, ana, own, "password")
}

// silent checks that the log names nobody and tells no secret.
func (c *class) silent(words ...string) {
	c.Helper()
	for _, w := range words {
		if contains(c.log.String(), w) {
			c.Errorf("the log tells %q", w)
		}
	}
}

// The fingerprint from the page is proof.
func TestFingerprintFromThePage(t *testing.T) {
	c := newClass(t)
	c.claims()
	if got := c.types(record.NoteFingerprint, "ABCD"); got.Verdict != record.VerdictNone {
		t.Errorf("before the session: %+v", got)
	}
	c.accepts()
	c.encrypts()
	s, _ := c.learner.Session()
	right := s.Fingerprint.String()
	wrong := "0" + right[1:]
	if wrong == right {
		wrong = "1" + right[1:]
	}
	for range 2 { // nothing on the page helps with the second try
		if shown := c.progress().Fingerprint; shown != "" {
			t.Errorf("the page shows %q", shown)
		}
		if got := c.types(record.NoteFingerprint, wrong); got.Verdict != record.VerdictWrong {
			t.Errorf("wrong: %+v", got)
		}
	}
	if got := c.shown(); !c.saw(got, "fingerprint_differs") {
		t.Errorf("the learner sees %+v", got)
	}
	if got := c.types(record.NoteFingerprint, right); got.Verdict != record.VerdictRight {
		t.Errorf("right: %+v", got)
	}
	c.shows("proved", record.StepCode, record.StepCode, record.NoTrouble)
	if shown := c.progress().Fingerprint; shown != right {
		t.Errorf("the page shows %q, the learner's client %s", shown, right)
	}
}

// Without a session nothing can be compared; who was told a code once hears that it is an old one.
func TestCodeWithoutASession(t *testing.T) {
	c := newClass(t)
	c.claims()
	if got := c.types(record.NoteCode, "AAAA-BBBB-CCCC"); got.Verdict != record.VerdictNone {
		t.Errorf("invited: %+v", got)
	}
	c.shows("a code too early", record.StepInvited, record.StepInvited, record.NoTrouble)

	c = verified(t)
	code := c.code()
	c.passes(2 * time.Hour)
	c.shows("expired", record.StepChatting, record.StepCode, record.TroubleExpired)
	if p := c.progress(); !p.Ended {
		t.Errorf("the page shows %+v", p)
	}
	if got := c.types(record.NoteCode, code); got.Verdict != record.VerdictOld {
		t.Errorf("after the end: %+v", got)
	}
	c.passed(false)
	c.claims()
	c.accepts()
	if got := c.types(record.NoteCode, code); got.Verdict != record.VerdictOld {
		t.Errorf("in the next session: %+v", got)
	}
	c.passed(false)
}

// A weak secret from the page is told of in the chat, and the good one that was set before stays.
func TestWeakSecretFromThePage(t *testing.T) {
	c := newClass(t)
	c.claims()
	c.sets("123456", false) // nobody is there to be told
	c.accepts()
	c.sets(own, true)
	c.encrypts()
	c.shown()
	c.sets("123456", false)
	if got := c.shown(); !c.saw(got, "unsafe_secret") {
		t.Errorf("the learner sees %+v", got)
	}
	c.shows("a good one is in use", record.StepEncrypted, record.StepEncrypted, record.NoTrouble)
	if kept, err := c.store.HasSecret(t.Context(), c.page); !kept || err != nil {
		t.Errorf("the good secret is kept: %t, %v", kept, err)
	}
	c.says(own) // in the chat: it is burnt
	c.shows("burnt", record.StepEncrypted, record.StepEncrypted, record.TroubleBurnt)
	if kept, err := c.store.HasSecret(t.Context(), c.page); kept || err != nil {
		t.Errorf("the burnt secret is kept: %t, %v", kept, err)
	}
}

// Why an invitation leads to nothing.
func TestInvitationWithoutSuccess(t *testing.T) {
	for _, test := range []struct {
		answer string
		want   record.Trouble
	}{{"unsubscribed", record.TroubleNoAnswer}, {"error", record.TroubleBounced}} {
		c := newClass(t)
		c.claims()
		c.now = c.now.Add(time.Minute)
		c.hears(stanza.New(stanza.NSClient, "presence", "type", test.answer))
		c.shows(test.answer, record.StepInvited, record.StepInvited, test.want)
		if p := c.progress(); !p.Since.Equal(c.now) {
			t.Errorf("%s: since %v, want %v", test.answer, p.Since, c.now)
		}
		c.claims() // once more, please
		c.shows("asked again", record.StepInvited, record.StepInvited, record.NoTrouble)
		if !c.toInvite(ana) {
			t.Errorf("%s: not invited again", test.answer)
		}
		c.hears(stanza.New(stanza.NSClient, "presence", "type", test.answer))
		c.claims()
		again := test.want // who says no twice is left alone
		if test.answer == "error" {
			again = record.NoTrouble
		}
		c.shows("asked a third time", record.StepInvited, record.StepInvited, again)
		if got := c.toInvite(ana); got != (again == record.NoTrouble) {
			t.Errorf("%s: invited a third time: %t", test.answer, got)
		}
		c.accepts()
		c.hears(stanza.New(stanza.NSClient, "presence", "type", test.answer))
		c.shows("in the chat", record.StepChatting, record.StepChatting, record.NoTrouble)
		c.passes(2 * time.Hour)
		c.hears(stanza.New(stanza.NSClient, "presence", "type", test.answer))
		c.shows("after the end", record.StepChatting, record.StepChatting, record.TroubleExpired)
	}
}

// With partial credit each step is graded, once, and the end with what is left.
func TestPartialCredit(t *testing.T) {
	c := verified(t, func(config *Config) { config.PartialCredit = true })
	c.passed(false, .25, .5, .75)
	c.again()
	c.does(c.learner.EndAll(c.now))
	c.encrypts()
	c.passed(false, .25, .5, .75)
	c.passes(2 * time.Hour) // the session expires, and the way begins anew
	c.claims()
	c.accepts()
	c.sets(own, true)
	c.encrypts()
	c.verifies()
	c.passed(false, .25, .5, .75)
	c.types(record.NoteCode, c.code())
	c.passed(true, .25, .5, .75, 1)
}

// A process that is killed after the code was judged has told the page and kept the grade; one that is killed before
// has done neither, and the next one does.
func TestCodeIsJudgedOnce(t *testing.T) {
	for name, kept := range map[string]bool{"before it is kept": false, "after": true} {
		c := verified(t)
		mortal := &dying{Store: c.bot.store, kept: kept}
		c.bot.store = mortal
		c.bot.fail = func(error) {}
		note, err := c.store.Submit(t.Context(), c.page, record.NoteCode, c.code(), c.now)
		c.must(err)
		notes, err := c.store.Notes(t.Context())
		c.must(err)
		c.bot.do(ana, noted{notes[0]})
		if mortal.asked != 1 {
			t.Fatalf("%s: %d commits", name, mortal.asked)
		}
		c.again()
		c.notes()
		if got := c.progress().Answer; got.Note != note || got.Verdict != record.VerdictRight {
			t.Errorf("%s: the page hears %+v", name, got)
		}
		c.passed(true, 1)
	}
}

// dying is a store that fails from the next change on: before it, or just after.
type dying struct {
	Store
	kept  bool
	asked int
}

func (d *dying) Commit(ctx context.Context, c record.Change) ([]int64, error) {
	d.asked++
	if d.kept {
		if _, err := d.Store.Commit(ctx, c); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("the store is gone")
}
