package browser_test

import (
	"regexp"
	"testing"

	"otrbot/interop/browser"
	"otrbot/interop/clients"
)

const sharedSecret = "Violet harbour lantern, at noon"

// A journey is a learner on the way through the lesson, in front of a browser and a chat program.
type journey struct {
	*school
	page  *browser.Page
	chat  clients.Client
	login clients.Login
	audit func(state string) // looks at the page
}

// begin opens the activity and logs in to the chat.
func (s *school) begin(b *browser.Browser, p seat, start func(testing.TB, clients.Login) clients.Client) *journey {
	s.t.Helper()
	j := &journey{school: s, page: s.open(b, p), login: register(s.t, account(s.t)), audit: func(string) {}}
	j.chat = start(s.t, j.login)
	return j
}

// enter enters the address; the bot invites, and is let in.
func (j *journey) enter() {
	j.t.Helper()
	j.page.Sees("What is your Jabber address?")
	j.audit("1-address")
	j.page.Type("Your Jabber address", "ana@")
	j.page.Click("button", "Go on")
	j.page.Sees("This is not a Jabber address.")
	j.audit("1-address-wrong")
	j.page.Type("Your Jabber address", j.login.JID)
	j.page.Click("button", "Go on")
	j.page.Sees("Meet the bot in your chat program")
	j.audit("2-contact")
	j.chat.Add(j.bot)
	j.chat.Allow(j.bot)
	j.chat.WaitFor(regexp.MustCompile("Hello! I am Otto"))
}

// agree sets the shared secret.
func (j *journey) agree() {
	j.t.Helper()
	j.page.Sees("Choose a shared secret")
	j.audit("3-secret")
	j.page.Type("Shared secret", "password")
	j.page.Click("button", "Use this secret")
	j.page.Sees("made by chance:")
	j.audit("3-secret-weak")
	j.page.Type("Shared secret", sharedSecret)
	j.page.Click("button", "Use this secret")
	j.page.Sees("Now chat with the bot")
	j.audit("4-chat-clear")
}

// verify switches OTR on and compares the secrets. The page says what the bot sees, without being loaded again.
func (j *journey) verify() {
	j.t.Helper()
	browser.Value[any](j.page, "window.sameDocument = true")
	j.chat.StartOTR()
	j.chat.Expect(clients.Encrypted)
	j.page.Sees("done")
	j.audit("4-chat-encrypted")
	j.chat.VerifySecret(sharedSecret)
	j.chat.Expect(clients.Verified)
	j.page.Sees("Enter the code")
	if !browser.Value[bool](j.page, "window.sameDocument === true") {
		j.t.Error("the page was loaded again in between")
	}
	if title := browser.Value[string](j.page, "document.title"); title != "The code – Otto" {
		j.t.Errorf("the page that went on by itself is called %q", title)
	}
	j.audit("5-code")
}

// finish types the code from the chat on the page, a wrong one first.
func (j *journey) finish() {
	j.t.Helper()
	right := readCode(j.chat)
	j.page.Type("The code", "AAAA-AAAA-AAAA")
	j.page.Click("button", "Check the code")
	j.page.Sees("That is not the code")
	j.audit("5-code-wrong")
	j.page.Type("The code", right)
	j.page.Click("button", "Check the code")
	j.page.Sees("Well done: you have passed")
}

// From the course to the grade, in two browsers' worlds and with two chat programs.
func TestJourney(t *testing.T) {
	for _, c := range []struct {
		name    string
		cookies browser.Cookies
		seat    seat
		chat    func(testing.TB, clients.Login) clients.Client
		away    bool
		audit   bool
	}{
		{"1.3 framed, mcabber", browser.NoThirdParty, seat{as: "ana"}, clients.Mcabber, false, true},
		{"1.1 window, Profanity", browser.FirstPartyOnly, seat{as: "ben", lti: "1.1", show: "window"}, clients.Profanity, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSchool(t)
			b := s.browser(browser.Options{Cookies: c.cookies})
			j := s.begin(b, c.seat, c.chat)
			if c.audit {
				j.audit = j.page.Audit
			}
			j.enter()
			j.agree()
			if c.away { // closes the tab, opens the activity again, and is where they were
				j.page.Close()
				j.page = s.open(b, c.seat)
				j.page.Sees("Now chat with the bot")
			}
			j.verify()
			j.finish()
			j.chat.Say("stop") // the bot says goodbye; the page must not fall back
			j.chat.Expect(clients.Ended)
			j.page.Sees("Your grade is in the gradebook of your course.")
			j.audit("6-done")
			gradebook := b.Open(s.at("/gradebook", c.seat))
			gradebook.Sees("20 of 20")
			if c.audit {
				gradebook.Audit("7-gradebook")
			}
		})
	}
}
