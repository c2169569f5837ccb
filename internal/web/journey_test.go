package web_test

import (
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/lti/ltitest"
)

const (
	askAddress = "What is your Jabber address?"
	meetBot    = "Meet the bot in your chat program"
	askSecret  = "Choose a shared secret"
	nowChat    = "Now chat with the bot"
	askCode    = "Enter the code"
	wellDone   = "Well done: you have passed"
)

func one(name, value string) url.Values { return url.Values{name: {value}} }

// A learner's way from the course to the grade, by both versions of LTI. The bot's part is played.
func TestWholeWay(t *testing.T) {
	for version, launch := range map[string]func(*browser) *seen{
		"1.1": func(b *browser) *seen { return b.launch11(nil) },
		"1.3": func(b *browser) *seen { return b.launch13(ltitest.Learner) },
	} {
		t.Run("LTI "+version, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // for the time that a page waits
				w := newWorld(t)
				b := w.browser()
				page := launch(b).at(askAddress)
				self := page.self()

				b.post(self+"/address", one("address", " xmpp:Ana@Example.org/laptop ")).at(meetBot).says(ana)
				if n := w.notes(); n[record.NoteInvite].JID != ana {
					t.Errorf("the bot was not told to invite %s: %v", ana, n)
				}
				w.step(record.StepChatting)
				b.get(self).at(askSecret)
				b.post(self+"/secret", one("secret", goodWords)).at(nowChat)
				if secret, ok, err := w.db.Secret(t.Context(), ana); err != nil || !ok || string(secret) != goodWords {
					t.Errorf("the secret did not arrive: %q, %v, %v", secret, ok, err)
				}
				b.get(self).says("Start an encrypted conversation")
				w.step(record.StepEncrypted)
				b.get(self).says("Check that you are really talking to the bot")
				w.step(record.StepVerified)
				b.get(self).says("Read on in the chat")
				w.step(record.StepCode)
				b.get(self).at(askCode)

				note := w.judged(t, b, self+"/code", one("code", " k4te-77qx "), record.NoteCode)
				w.progress(record.Progress{Step: record.StepCode, Answer: record.Answer{Note: note, Verdict: record.VerdictWrong, Left: 4}})
				b.get(self+"?code="+itoa(note)).at(askCode).says("That is not the code", "4 tries are left")
				w.pass()
				b.get(self).at(wellDone).says("Your grade is on its way", "remove "+botJID)
			})
		})
	}
}

// judged posts what the bot has to judge and returns the note's number. The bot takes its time.
func (w *world) judged(t *testing.T, b *browser, path string, form url.Values, kind record.NoteKind) int64 {
	t.Helper()
	page := b.post(path, form)
	note := w.notes()[kind]
	if note.ID == 0 {
		t.Fatalf("nothing was left for the bot: %s", page.main())
	}
	page.says("The bot is ")
	return note.ID
}

// Whoever comes back is where they were; whoever launches again is, too.
func TestTakesUpWhereTheTabWasClosed(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	self := b.launch13(ltitest.Learner).self()
	b.post(self+"/address", one("address", ana)).at(meetBot)
	w.now = w.now.Add(7 * 24 * 3600e9)
	b.launch13(ltitest.Learner).at(meetBot)
	w.step(record.StepChatting)
	b.launch13(ltitest.Learner).at(askSecret)
}

func TestGradeIsSaidPlainly(t *testing.T) {
	for _, c := range []struct {
		name  string
		state course.GradeState
		why   course.Why
		want  string
	}{
		{"waiting", course.GradeWaiting, "", "Your grade is on its way to your course."},
		{"unreachable", course.GradeWaiting, course.WhyUnreachable, "we try again by ourselves"},
		{"doubtful", course.GradeDoubtful, "", "Your grade is on its way"},
		{"confirmed", course.GradeConfirmed, "", "Your grade is in the gradebook"},
		{"better one there", course.GradeKept, "", "Your grade is in the gradebook"},
		{"refused", course.GradeRefused, course.WhyNotAllowed, "That is not your fault. Tell your teacher"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			b := w.browser()
			self := b.launch13(ltitest.Learner).self()
			b.post(self+"/address", one("address", ana))
			w.pass()
			g, err := w.db.Grade(t.Context(), w.enrolled(ana).ID)
			must(t, err)
			g.State, g.Why = c.state, c.why
			must(t, w.db.SettleGrade(t.Context(), g, w.now))
			b.get(self).at(wellDone).says(c.want)
		})
	}
}

func TestWhatIsNotGraded(t *testing.T) {
	tester := func(c ltitest.Claims) {
		c[ltitest.Roles] = []string{"http://purl.imsglobal.org/vocab/lis/v2/membership#Learner", "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"}
	}
	t.Run("the platform's try-out user", func(t *testing.T) {
		w := newWorld(t)
		b := w.browser()
		self := b.launch13(tester).at(askAddress).says("Practice: this is the course's try-out user").self()
		b.post(self+"/address", one("address", ana))
		w.pass()
		b.get(self).at(wellDone).says("This was practice: no grade is sent.")
	})
	t.Run("a link without gradebook", func(t *testing.T) {
		w := newWorld(t)
		b := w.browser()
		self := b.launch13(func(c ltitest.Claims) { c[ltitest.Grades] = nil }).self()
		b.post(self+"/address", one("address", ana))
		w.pass()
		b.get(self).at(wellDone).says("This activity is not graded. Nothing is missing.")
	})
	t.Run("a teacher", func(t *testing.T) {
		w := newWorld(t)
		b := w.browser()
		room := b.launch13(ltitest.Instructor).self()
		if !strings.HasPrefix(room, "/t/") {
			t.Fatalf("a teacher lands at %s", room)
		}
		self := "/a" + strings.TrimPrefix(room, "/t")
		b.get(self).at(askAddress).says("Practice: you teach this course", "Back to the class")
		b.post(self+"/address", one("address", ana))
		w.pass()
		b.get(self).says("This was practice: no grade is sent.")
	})
}

func TestAgainAfterDone(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	self := b.launch13(ltitest.Learner).self()
	b.post(self+"/address", one("address", ana))
	w.pass()
	b.get(self).at(wellDone)
	b.post(self+"/again", url.Values{}).at(meetBot).says("You have passed already, and your grade stays.")
	w.step(record.StepEncrypted)
	b.get(self).at(askSecret)
	w.progress(record.Progress{Step: record.StepChatting, Ended: true, Trouble: record.TroubleExpired})
	b.get(self).at(wellDone)
}

func TestAnotherAddress(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	self := b.launch13(ltitest.Learner).self()
	b.post(self+"/address", one("address", "wrong@example.org")).at(meetBot)
	asked := b.get(self + "?step=address").at(askAddress)
	if v := asked.byID("address").attrs["value"]; v != "wrong@example.org" {
		t.Errorf("the field begins with %q", v)
	}
	b.post(self+"/address", one("address", ana)).at(meetBot).says(ana)
	if got := w.enrolled(ana).JID; got != ana {
		t.Errorf("enrolled with %s", got)
	}
}

func TestAddressOfSomebodyElse(t *testing.T) {
	w := newWorld(t)
	first, second := w.browser(), w.browser()
	self := first.launch13(ltitest.Learner).self()
	first.post(self+"/address", one("address", ana)).at(meetBot)
	other := second.launch13(func(c ltitest.Claims) { c["sub"] = "another" }).self()
	page := second.post(other+"/address", one("address", ana)).at(askAddress).says("Somebody else takes part with this address")
	if v := page.byID("address").attrs["value"]; v != ana {
		t.Errorf("what was typed is lost: %q", v)
	}
	first.get(self).at(meetBot)
}

func TestBackToTheCourse(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	self := b.launch11(url.Values{"launch_presentation_return_url": {"https://lms.example/course/5?x=1"}}).self()
	b.post(self+"/address", one("address", ana))
	w.pass()
	page := b.get(self).at(wellDone).says("Back to the course (lms.example)")
	var to string
	for _, a := range page.root.all("a") {
		if strings.Contains(a.text, "Back to the course") {
			to = a.attrs["href"]
		}
	}
	if to != "https://lms.example/course/5?x=1" {
		t.Errorf("leads to %q", to)
	}
}
