package browser_test

import (
	"strings"
	"testing"

	"otrbot/interop/browser"
	"otrbot/interop/clients"
)

// Without scripts every step has its button, and looking again is a link.
func TestWithoutScript(t *testing.T) {
	s := newSchool(t)
	b := s.browser(browser.Options{NoScript: true})
	p := b.Open(s.at("/launch/link-1", seat{show: "window"}))
	for _, form := range []string{"/launch/", "/auth?"} { // that a script would post: the launch, and the answer to the login
		p.Await(form, func() error {
			if at := p.Address(); !strings.Contains(at, form) {
				return errMissing(form)
			}
			return nil
		})
		p.Click("button", "Open the activity")
	}
	login := register(t, account(t))
	chat := clients.Mcabber(t, login)
	again := func(until string) {
		t.Helper()
		p.Await(until, func() error {
			if p.Has(until) == nil {
				return nil
			}
			if err := p.Follow("link", "Look again"); err != nil {
				return err // the page is just being left
			}
			return p.Has(until)
		})
	}
	p.Type("Your Jabber address", login.JID)
	p.Click("button", "Go on")
	p.Sees("Meet the bot in your chat program", "Look again")
	p.Audit("contact")
	chat.Add(s.bot)
	chat.Allow(s.bot)
	again("Choose a shared secret")
	p.Type("Shared secret", sharedSecret)
	p.Click("button", "Use this secret")
	p.Sees("Now chat with the bot")
	chat.StartOTR()
	chat.Expect(clients.Encrypted)
	chat.VerifySecret(sharedSecret)
	chat.Expect(clients.Verified)
	right := readCode(chat)
	again("Enter the code")
	p.Type("The code", right)
	s.must(p.Follow("button", "Check the code"))
	again("Well done: you have passed")
	p.Audit("done")
}
