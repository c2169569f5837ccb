package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"otrbot/internal/record"
	"otrbot/internal/web"
	"otrbot/lti/ltitest"
)

const inviteMe = "Invite me again"

// A session that is over, for whatever reason, is begun again by writing to the bot: that is what the page says to do
// next, and nothing that was set is asked for once more.
func TestAfterTheSession(t *testing.T) {
	for what, c := range map[string]struct {
		trouble record.Trouble
		says    string
	}{
		"silence":                   {record.TroubleExpired, "The chat has ended because nothing happened for a while"},
		"stop, or the bot was off":  {record.NoTrouble, "The chat with the bot is over"},
		"while the check was wrong": {record.TroubleDiffers, "The check failed"},
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t)
			b, self := w.seated(true)
			w.step(record.StepEncrypted)
			w.commit(record.Change{JID: ana, Progress: &record.Progress{Step: record.StepChatting, Trouble: c.trouble, Ended: true, Since: w.now}})
			page := b.get(self).at(nowChat).says(c.says, inviteMe)
			next := page.root.all("section")[0].words()
			if !strings.Contains(next, "Write “hello” to the bot in your chat program: it begins again") || strings.Contains(next, "encrypted conversation") {
				t.Errorf("what to do next: %s", next)
			}
		})
	}
}

// Whoever could be stuck may have the bot invite them again, by one button; what they have set stays.
func TestInviteMeAgain(t *testing.T) {
	w := newWorld(t)
	b, self := w.seated(false)
	offered := func(what string, page *seen) {
		t.Helper()
		for _, f := range page.root.all("form") {
			if f.attrs["action"] == self+"/invite" && f.attrs["method"] == "post" && f.all("button")[0].words() == inviteMe {
				return
			}
		}
		t.Errorf("%s: there is no button:\n%s", what, page.main())
	}
	offered("contact", b.get(self).at(meetBot))
	w.progress(record.Progress{Step: record.StepInvited, Trouble: record.TroubleBounced})
	offered("not reached", b.get(self).at(meetBot))
	w.step(record.StepChatting)
	offered("secret", b.get(self).at(askSecret))
	offered("chat", b.post(self+"/secret", one("secret", goodWords)).at(nowChat))
	w.step(record.StepCode)
	offered("code", b.get(self).at(askCode))
	w.step(record.StepChatting)

	b.post(self+"/invite", url.Values{}).at(nowChat)
	if n := w.notes(); n[record.NoteInvite].JID != ana || n[record.NoteRemove].JID != "" {
		t.Errorf("the bot was told of %v", n)
	}
	if has, err := w.db.HasSecret(t.Context(), w.enrolled(ana).ID); err != nil || !has {
		t.Errorf("the secret is gone: %v", err)
	}
}

// A button that was pressed too often says so, and takes nothing away.
func TestTooManyInvitations(t *testing.T) {
	for _, button := range []string{"/invite", "/again"} {
		w := newWorld(t)
		b, self := w.seated(true)
		for range 30 {
			b.post(self+"/invite", url.Values{})
		}
		before := w.enrolled(ana)
		page := b.post(self+button, url.Values{}).at(nowChat).says("Wait a while, then try again.")
		if page.Code != http.StatusTooManyRequests {
			t.Errorf("%s: status %d", button, page.Code)
		}
		if after := w.enrolled(ana); after.ID != before.ID {
			t.Errorf("%s: the address is lost", button)
		}
		if has, err := w.db.HasSecret(t.Context(), before.ID); err != nil || !has {
			t.Errorf("%s: the secret is lost: %v", button, err)
		}
	}
}

// The page says whether an invitation has gone out. Until then the learner is quicker.
func TestInvitationThatWaits(t *testing.T) {
	w := newWorld(t)
	b, self := w.seated(false)
	const sent, quickest, waits = "The bot has sent an invitation", "that is the quickest", "It is waiting its turn"
	b.get(self).at(meetBot).says(quickest, waits).silent(sent)
	w.progress(record.Progress{Step: record.StepInvited, Invited: w.now})
	b.get(self).at(meetBot).says(sent, "Then add the bot as a contact yourself.").silent(quickest, waits)
	b.post(self+"/secret", one("secret", goodWords)).at(nowChat).says("Accept the bot's invitation").silent(quickest)
	w.progress(record.Progress{Step: record.StepInvited})
	b.get(self).at(nowChat).says(quickest)
}

// An address that cannot be reached: nothing on the page goes on as if it could, whatever was set before.
func TestAddressThatIsNotReached(t *testing.T) {
	const another, sent = "Use another address", "The bot has sent an invitation"
	w := newWorld(t)
	b, self := w.seated(true)
	w.progress(record.Progress{Step: record.StepInvited, Invited: w.now, Trouble: record.TroubleBounced})
	page := b.get(self).at(meetBot).says("The bot cannot reach your address", "Check how it is written. "+ana, inviteMe)
	page.silent(sent, "It is waiting its turn", "accept the invitation later", "Go on to the shared secret")
	var main []string
	for _, a := range page.root.all("a") {
		if a.attrs["class"] == "button" {
			main = append(main, a.words()+" "+a.attrs["href"])
		}
	}
	if len(main) != 1 || main[0] != another+" "+self+"?step=address" {
		t.Errorf("the main buttons are %q", main)
	}
	for path, heading := range map[string]string{self + "?step=secret": askSecret, self + "?step=code": askCode} {
		for _, li := range b.get(path).at(heading).root.all("ol")[0].all("li") {
			if strings.HasPrefix(li.words(), "The bot as a contact") && !strings.HasSuffix(li.words(), "to come") {
				t.Errorf("%s: %s", path, li.words())
			}
		}
	}
	b.post(self+"/secret", one("secret", "other kettle orbits Madrid")).at(meetBot).says("The bot cannot reach your address")
	w.step(record.StepChatting) // all the same
	b.get(self).at(nowChat).says("The bot as a contact done")
	w.pass()
	w.progress(record.Progress{Step: record.StepInvited, Trouble: record.TroubleBounced, Ended: true})
	b.get(self).at(wellDone).says("The bot as a contact done", "The result done")
}

// Who is back at the first step reads why.
func TestAddressThatIsGone(t *testing.T) {
	t.Run("freed by the teacher, or taken by somebody", func(t *testing.T) {
		w := newWorld(t)
		b, self := w.seated(true)
		w.now = w.now.Add(2 * time.Hour)
		other := w.browser()
		theirs := other.launch13(func(c ltitest.Claims) { c["sub"] = "another" }).self()
		other.post(theirs+"/address", one("address", ana)).at(meetBot)
		b.get(self).at(askAddress).says("Your address was taken off this page", "Somebody else has entered it, or your teacher has freed it.")
	})
	t.Run("taken along to another activity", func(t *testing.T) {
		w := newWorld(t)
		b, self := w.seated(true)
		next := b.launch13(func(c ltitest.Claims) { ltitest.Learner(c); c[ltitest.ResourceLink] = map[string]any{"id": "link-2"} }).self()
		b.post(next+"/address", one("address", ana)).at(nowChat) // the secret goes along
		b.get(self).at(askAddress).says("Your address is in use in another activity of yours")
		b.post(self+"/address", one("address", ana)).at(nowChat).silent("in another activity of yours")
	})
	t.Run("after passing, practice begins with it", func(t *testing.T) {
		w := newWorld(t)
		b, self := w.seated(true)
		w.pass()
		must(t, w.db.ReleaseAddress(t.Context(), w.enrolled(ana).ID))
		page := b.get(self).at(wellDone).silent("This time is for practice.")
		to := ""
		for _, a := range page.root.all("a") {
			if a.words() == "Start again, for practice" {
				to = a.attrs["href"]
			}
		}
		b.get(to).at(askAddress).says("You have passed already")
		b.get(self).at(wellDone)
		b.post(self+"/again", url.Values{}).at(askAddress)
		b.post(self+"/address", one("address", ana)).at(meetBot).says("This time is for practice.")
	})
}

// An address that somebody else uses: the page promises what is true.
func TestTakenAddressIsFreeInAnHour(t *testing.T) {
	w := newWorld(t)
	w.seated(false)
	other := w.browser()
	self := other.launch13(func(c ltitest.Claims) { c["sub"] = "another" }).self()
	other.post(self+"/address", one("address", ana)).at(askAddress).
		says("it is free an hour after the other one's last step", "Or use another address.").silent("your teacher, ")
	w.now = w.now.Add(time.Hour + time.Minute)
	other.post(self+"/address", one("address", ana)).at(meetBot)
}

// The bot's fingerprint is not on the page before the learner has entered what their own program shows.
func TestFingerprintIsShownAfterwards(t *testing.T) {
	const print = "ABCDEF01 ABCDEF01 ABCDEF01 ABCDEF01 ABCDEF01"
	w := newWorld(t)
	b, self := w.seated(true)
	w.step(record.StepEncrypted)
	for _, path := range []string{self, self + "?step=fingerprint"} {
		b.get(path).at(nowChat).says("Compare the bot's fingerprint")
	}
	page := b.get(self+"?step=fingerprint").says("Enter the one that your chat program shows", "afterwards")
	if f := page.byID("fingerprint"); f.attrs["value"] != "" {
		t.Errorf("the field begins with %q", f.attrs["value"])
	}
	answer := func(v record.Verdict, step record.Step, shown string) *seen {
		w.progress(record.Progress{Step: step, Fingerprint: shown, Answer: record.Answer{Note: 99, Verdict: v}})
		return b.get(self + "?fingerprint=99")
	}
	answer(record.VerdictWrong, record.StepEncrypted, "").says("The fingerprints differ").silent(print)
	answer(record.VerdictRight, record.StepVerified, print).says("The fingerprints are the same", print)
	b.get(self).silent("Compare the bot's fingerprint as well")
}

// How good an accepted secret is, is said once.
func TestStrengthIsSaid(t *testing.T) {
	for typed, says := range map[string]string{
		"umbrella 83":                        "It is good enough here",
		"violet kettle":                      "It is a good one",
		"violet kettle orbits Madrid slowly": "It is a very good one",
	} {
		w := newWorld(t)
		b, self := w.seated(false)
		b.post(self+"/secret", one("secret", typed)).at(nowChat).says(says)
		b.get(self).at(nowChat).silent(says)
		w.step(record.StepCode)
		b.get(self + "?secret=4").silent("Your secret is set.")
	}
	w := newWorld(t)
	b, self := w.seated(false)
	for _, score := range []string{"0", "1", "2", "4", "5", "-1", "x"} {
		b.get(self + "?secret=" + score).silent("Your secret is set.")
	}
	b.post(self+"/secret", one("secret", goodWords)).at(nowChat)
	w.commit(record.Change{JID: ana, Session: []byte("s"), ForgetSecret: true, Progress: &record.Progress{Step: record.StepVerified, Since: w.now}})
	b.get(self + "?secret=4").at(nowChat).silent("Your secret is set.") // it was used up
}

// Learners read how long their address is kept, and how it is erased.
func TestHowLongTheAddressIsKept(t *testing.T) {
	for _, c := range []struct {
		keep time.Duration
		says string
	}{
		{0, "The address is kept until your teacher erases it"},
		{time.Hour, "when you have not been here for 1 day, or earlier by your teacher"},
		{365 * 24 * time.Hour, "when you have not been here for 365 days, or earlier by your teacher"},
	} {
		w := newWorld(t, func(o *web.Config) { o.Keep = c.keep })
		w.browser().launch13(ltitest.Learner).at(askAddress).says(c.says)
	}
}
