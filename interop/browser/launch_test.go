package browser_test

import (
	"strings"
	"testing"

	"otrbot/interop/browser"
)

// The first page of the lesson, however the browser treats what is shown in a frame.
func TestLaunch(t *testing.T) {
	s := newSchool(t)
	const asked, blocked = "What is your Jabber address?", "Open the activity in a window of its own."
	for _, c := range []struct {
		name    string
		cookies browser.Cookies
		seat    seat
		framed  string // what the frame shows
	}{
		{"1.3, all cookies", browser.AllCookies, seat{}, asked},
		{"1.3, no third party", browser.NoThirdParty, seat{}, asked},
		{"1.3, nothing kept in frames, storage by the page", browser.FirstPartyOnly, seat{storage: "page"}, asked},
		{"1.3, nothing kept in frames, storage by a frame", browser.FirstPartyOnly, seat{storage: "frame"}, asked},
		{"1.3, nothing kept in frames, no storage", browser.FirstPartyOnly, seat{}, blocked},
		{"1.3, window", browser.FirstPartyOnly, seat{show: "window"}, asked},
		{"1.1, all cookies", browser.AllCookies, seat{lti: "1.1"}, asked},
		{"1.1, no third party", browser.NoThirdParty, seat{lti: "1.1"}, asked},
		{"1.1, nothing kept in frames", browser.FirstPartyOnly, seat{lti: "1.1"}, asked},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := s.in(t)
			b := s.browser(browser.Options{Cookies: c.cookies})
			p := s.open(b, c.seat)
			p.Sees(c.framed)
			if c.framed == blocked {
				p.Audit("blocked")
				p = b.Window(func() { p.Click("link", "Open the activity in a new window") })
				p.Sees(asked)
			}
			if at := p.Address(); strings.Contains(at, "id_token") || !strings.Contains(at, "/a/") {
				t.Errorf("the page is at %s", at)
			}
			p.Type("Your Jabber address", "nobody@")
			p.Click("button", "Go on") // the form comes back with what is wrong: the session works
			p.Sees("This is not a Jabber address.", asked)
		})
	}
}
