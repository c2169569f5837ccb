package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/testkit/learner"
	"otrbot/internal/tutor"
	"otrbot/interop/servers"
	"otrbot/lti"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

// page is a learner with a course page: the test does there what somebody would do in a browser.
type page struct {
	*script
	h  *house
	id int64 // of the enrolment
}

// launched is a learner who has launched from a course, and has an account. Nobody is logged in.
func (h *house) launched(t *testing.T, name string) (p *page, login func()) {
	t.Helper()
	ctx := timeout(t)
	name += "-" + strings.SplitN(h.jid, "@", 2)[0]
	jid, password := name+"@"+h.server.Domain, register(t, h.server, name)
	platform, err := h.desk.PutPlatform(ctx, course.Platform{Name: "School", Consumer: &lti.Consumer{Key: jid}})
	if err != nil {
		t.Fatal(err)
	}
	e, err := h.desk.Enrol(ctx, course.Enrolment{
		Key: course.Key{Platform: platform, Link: "link", User: "user"}, Role: course.Learner,
		Outcome: &lti.Outcome{ServiceURL: "https://lms.example/outcomes", SourcedID: "1"},
	}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	p = &page{script: &script{t: t, ctx: ctx}, h: h, id: e.ID}
	p.claims(jid)
	return p, func() { p.Learner = h.login(ctx, jid, password, otr.AllowV2|otr.AllowV3) }
}

func (p *page) claims(jid string) {
	p.t.Helper()
	p.must(p.h.desk.ClaimAddress(p.ctx, p.id, jid, time.Now()))
}

func (p *page) sets(secret string, strong bool) {
	p.t.Helper()
	p.must(p.h.desk.OfferSecret(p.ctx, p.id, []byte(secret), strong, time.Now()))
}

// shows waits until the page shows something.
func (p *page) shows(what func(record.Progress) bool) record.Progress {
	p.t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		e, err := p.h.desk.Enrolment(p.ctx, p.id)
		p.must(err)
		if what(e.Progress) {
			return e.Progress
		}
		select {
		case <-look.C:
		case <-p.ctx.Done():
			p.t.Fatalf("the page shows %+v", e.Progress)
		}
	}
}

func (p *page) at(step record.Step) {
	p.t.Helper()
	p.shows(func(now record.Progress) bool { return now.Step == step })
}

// types is what the page answers to a code.
func (p *page) types(code string) record.Answer {
	p.t.Helper()
	note, err := p.h.desk.Submit(p.ctx, p.id, record.NoteCode, code, time.Now())
	p.must(err)
	return p.shows(func(now record.Progress) bool { return now.Answer.Note == note }).Answer
}

const chosen = "copper violin thursday moss"

// told plays the lesson until the code is told, and returns the code.
func (p *page) told() string {
	p.t.Helper()
	p.wait(says(p.t, "greeting"))
	p.wait(says(p.t, "first_step"))
	p.at(record.StepChatting)
	p.must(p.StartOTR())
	p.wait(says(p.t, "no_secret"))
	p.at(record.StepEncrypted)
	p.sets(chosen, true)
	p.wait(says(p.t, "any_question"))
	p.must(p.Verify(chosen))
	p.wait(learner.Is[otrxmpp.CorrectSecretReceived])
	p.wait(says(p.t, "code"))
	p.at(record.StepCode)
	text, _ := p.Seen()[p.n-1].Text()
	return codeForm.FindString(text.Text)
}

// graded checks that one grade, and no other, is on its way.
func (p *page) graded() {
	p.t.Helper()
	open, err := p.h.desk.OpenGrades(p.ctx)
	p.must(err)
	if len(open) != 1 || open[0].Grade.Score != 1 || !open[0].Grade.Done || open[0].Enrolment.ID != p.id || open[0].Enrolment.Passed.IsZero() {
		p.t.Errorf("on their way are the grades %+v", open)
	}
}

var bare = tutor.Options{NoTyping: true}

// From the address on a page to the grade, over real servers; then the session ends, the learner comes back to the page
// and is invited again.
func TestLessonWithACoursePage(t *testing.T) {
	each(t, func(t *testing.T, server *servers.Instance) {
		h := newHouse(t, server, bare)
		h.start()
		p, login := h.launched(t, "page")
		p.at(record.StepInvited)
		login()
		code := p.told()
		if got := p.types("AAAA-BBBB-CCCC"); got.Verdict != record.VerdictWrong || got.Left != 4 {
			t.Errorf("a wrong code: %+v", got)
		}
		p.must(p.Say(code))
		p.wait(says(t, "code_to_page"))
		if got := p.types(code); got.Verdict != record.VerdictRight {
			t.Errorf("the code: %+v", got)
		}
		p.wait(says(t, "congratulations"))
		p.at(record.StepDone)
		p.graded()

		p.must(p.Say("stop"))
		p.wait(learner.Shows("unavailable"))
		p.shows(func(now record.Progress) bool { return now.Ended })
		p.must(p.EndOTR())
		p.claims(p.JID())
		p.wait(says(t, "greeting"))
		p.shows(func(now record.Progress) bool { return now.Step == record.StepChatting && now.Best == record.StepDone })
		for _, word := range []string{code, chosen} {
			if strings.Contains(h.log.String(), word) {
				t.Errorf("the log tells %q", word)
			}
		}
	})
}

// The session ends before the lesson is passed: by the learner's word, or because the bot is switched off. Whoever then
// does what bot and page say, and writes to the bot, comes to the grade. (For silence: internal/bot.)
func TestHelloIsEnoughToComeBack(t *testing.T) {
	each(t, func(t *testing.T, server *servers.Instance) {
		h := newHouse(t, server, bare)
		h.start()
		p, login := h.launched(t, "hello")
		login()
		p.told()
		ended := func(goodbye string) {
			t.Helper()
			p.wait(says(t, goodbye))
			p.wait(learner.Shows("unavailable"))
			p.shows(func(now record.Progress) bool { return now.Ended && now.Best == record.StepCode })
			p.must(p.EndOTR())
		}
		back := func() (code string) {
			t.Helper()
			p.must(p.Say("hello"))
			p.wait(says(t, "first_step"))
			p.at(record.StepChatting)
			p.must(p.StartOTR())
			p.wait(says(t, "any_question")) // the secret is still known
			p.must(p.Verify(chosen))
			p.wait(says(t, "code"))
			text, _ := p.Seen()[p.n-1].Text()
			return codeForm.FindString(text.Text)
		}
		p.must(p.Say("stop"))
		ended("goodbye")
		back()
		if err := h.stopped(nil); err != nil {
			t.Fatal(err)
		}
		ended("closing")
		h.start()
		p.wait(learner.Shows("available"))
		if got := p.types(back()); got.Verdict != record.VerdictRight {
			t.Errorf("the code: %+v", got)
		}
		p.graded()
	})
}

// The session ends while the learner asks on the page to go on: the bot still has them in its roster, and greets them.
func TestBackBeforeTheRosterForgets(t *testing.T) {
	h := newHouse(t, shop[servers.KindProsody], bare)
	h.start()
	p, login := h.launched(t, "back")
	login()
	p.wait(says(t, "first_step"))
	if _, err := h.desk.ResetLearner(p.ctx, p.JID()); err != nil {
		t.Fatal(err)
	}
	p.claims(p.JID())
	p.wait(learner.Shows("unavailable"))
	p.wait(says(t, "greeting"))
	p.at(record.StepChatting)
}

// An invitation that is declined, or cannot be delivered, is told on the page; the next one is as good as the first.
// (Of an address that does not exist on a server that does, servers say nothing: nobody may find out addresses so.)
func TestInvitationWithoutSuccess(t *testing.T) {
	each(t, func(t *testing.T, server *servers.Instance) {
		h := newHouse(t, server, bare)
		h.start()
		name := "no-" + strings.SplitN(h.jid, "@", 2)[0]
		jid, password := name+"@"+server.Domain, register(t, server, name)
		config := learner.Config{
			JID: jid, Resource: "desk", Password: password, Server: server.Addr(), Roots: server.Roots(),
			Bot: h.jid, Policy: otr.AllowV3, Parameters: parameters(), Declines: true,
		}
		unwilling, err := learner.Start(timeout(t), config)
		if err != nil {
			t.Fatal(err)
		}
		defer unwilling.Close()
		p, _ := h.launched(t, "page")
		trouble := func(want record.Trouble) {
			t.Helper()
			p.shows(func(now record.Progress) bool { return now.Trouble == want && now.Step == record.StepInvited })
		}
		p.claims("ana@no-such-server.invalid")
		trouble(record.TroubleBounced)
		p.claims(jid)
		trouble(record.TroubleNoAnswer)
		unwilling.Close()

		config.Declines = false
		willing, err := learner.Start(timeout(t), config)
		if err != nil {
			t.Fatal(err)
		}
		defer willing.Close()
		p.claims(jid)
		p.at(record.StepChatting)
	})
}

// onPage plays the lesson of somebody with a course page to its end and returns what the learner was told, without the code.
func (h *house) onPage(t *testing.T, name string) []string {
	t.Helper()
	p, login := h.launched(t, name)
	login()
	code := p.told()
	if got := p.types(code); got.Verdict != record.VerdictRight {
		t.Errorf("the code: %+v", got)
	}
	p.wait(says(t, "clean_up"))
	p.must(p.Say("stop"))
	p.wait(learner.Shows("unavailable"))
	p.shows(func(now record.Progress) bool { return now.Step == record.StepDone && now.Ended })
	p.graded()
	var told []string
	for _, seen := range p.Seen() {
		if m, ok := seen.Text(); ok {
			told = append(told, strings.ReplaceAll(m.Text, code, "CODE"))
		}
	}
	return told
}

// The same as TestCrashAnywhere, for a learner with a course page: told the same, and graded once.
func TestCrashAnywhereWithACoursePage(t *testing.T) {
	server := shop[servers.KindProsody]
	plain := newHouse(t, server, bare)
	plain.start()
	want := plain.onPage(t, "gina")
	plain.stopped(nil)

	for _, after := range []bool{false, true} {
		crashed := true
		for n := 1; crashed; n += 3 {
			t.Run(fmt.Sprintf("change %d, after %t", n, after), func(t *testing.T) {
				h := newHouse(t, server, bare)
				died := h.startMortal(n, after)
				got := h.onPage(t, "gina")
				if fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("the learner was told\n%s\nwithout a crash\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
				crashed = died()
			})
			if t.Failed() {
				return
			}
		}
	}
}
