package browser_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/interop/browser"
)

// The learner's page in every trouble, and as it changes from one to the next while it is open.
func TestTroubles(t *testing.T) {
	s := newSchool(t)
	b := s.browser(browser.Options{})
	p := s.open(b, seat{show: "window"})
	p.Type("Your Jabber address", register(t, account(t)).JID) // exists, and is offline
	p.Press("Enter")
	p.Click("link", "Go on to the shared secret")
	p.Type("Shared secret", sharedSecret)
	p.Press("Enter")
	p.Sees("Now chat with the bot")
	now := time.Now()
	var before string
	for _, c := range []struct {
		step    record.Step
		trouble record.Trouble
	}{
		{record.StepInvited, record.TroubleNoAnswer},
		{record.StepInvited, record.TroubleBounced},
		{record.StepChatting, record.TroubleLeft},
		{record.StepChatting, record.TroubleClient},
		{record.StepChatting, record.TroubleOtherCrypto},
		{record.StepChatting, record.TroubleEnded},
		{record.StepChatting, record.TroubleExpired},
		{record.StepEncrypted, record.TroubleNoSecret},
		{record.StepEncrypted, record.TroubleWeakSecret},
		{record.StepEncrypted, record.TroubleBurnt},
		{record.StepEncrypted, record.TroubleDiffers},
		{record.StepEncrypted, record.TroubleAborted},
		{record.StepEncrypted, record.TroubleUnreadable},
	} {
		p.Await("the page about "+string(c.trouble), func() error {
			// As the bot would say; until it has seen the address the store waits for that.
			s.comes("ana", record.Progress{Step: c.step, Trouble: c.trouble, Since: now, Active: now}, "")
			said := browser.Value[string](p, `document.querySelector(".trouble h2")?.textContent || ""`)
			if said == "" || said == before {
				return errMissing("another trouble than " + before)
			}
			before = said
			return nil
		})
		p.Glance(string(c.step) + "-" + string(c.trouble))
		if c.trouble == record.TroubleBounced {
			notReached(t, p)
		}
	}
	p.Click("link", "Compare the bot's fingerprint as well (you need not)")
	p.Sees("Compare the bot's fingerprint", "You see the bot's here afterwards.")
	p.Glance("fingerprint")
	p.Click("button", "Compare")
	arrives(p, "/fingerprint")
	p.Element("textbox", "What your chat program shows as the bot's fingerprint") // still there, with what is wrong
	p.Glance("fingerprint-empty")
	if p.Has(fingerprint) == nil {
		t.Error("the bot's fingerprint can be copied from the page")
	}
	p.Type("What your chat program shows as the bot's fingerprint", fingerprint)
	p.Click("button", "Compare")
	p.Await("the verdict", func() error {
		_, note, _ := strings.Cut(p.Address(), "?fingerprint=")
		id, err := strconv.ParseInt(note, 10, 64)
		if err != nil {
			return err // the form waits
		}
		s.comes("ana", record.Progress{Step: record.StepEncrypted, Since: now, Active: now, Fingerprint: fingerprint,
			Answer: record.Answer{Note: id, Verdict: record.VerdictRight}}, "")
		return p.Has("The fingerprints are the same")
	})
	p.Sees(fingerprint)
	p.Glance("fingerprint-right")
}

// notReached is about the page of an address that nobody can write to: its one way on is another address.
func notReached(t *testing.T, p *browser.Page) {
	t.Helper()
	p.Sees("Meet the bot in your chat program", "Use another address", "Invite me again")
	for _, words := range []string{"The bot has sent an invitation", "accept the invitation later", "Go on to the shared secret"} {
		if p.Has(words) == nil {
			t.Errorf("the page goes on as if: %s", words)
		}
	}
}

const fingerprint = "01234567 89ABCDEF 01234567 89ABCDEF 01234567"

// Pages for what cannot be: each says what to do next.
func TestDeadEnds(t *testing.T) {
	s := newSchool(t)
	b := s.browser(browser.Options{})
	p := s.open(b, seat{show: "window"})
	p.Sees("What is your Jabber address?")
	mine := p.Address()

	stranger := s.browser(browser.Options{}).Open(mine)
	stranger.Sees("This page has expired") // a copied address opens nothing elsewhere
	stranger.Glance("copied")

	for _, c := range []struct{ name, address, words string }{
		{"index", "/", "For administrators of courses"},
		{"nothing", "/nothing", "There is no such page"},
		{"get a launch", "/lti/launch", "Open this from your course"},
		{"no visit", "/a/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "This page has expired"},
		{"no invitation", "/lti/register/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "administrator"},
		{"class of others", "/t/" + mine[len(s.tool.URL+"/a/"):], "This page is for teachers"},
	} {
		p.Go(s.tool.URL + c.address)
		p.Sees(c.words)
		p.Glance(c.name)
	}

	s.must(s.store.UpdatePlatform(t.Context(), s.platform, func(p *course.Platform) error {
		p.Registration.Deployments = nil
		return nil
	}))
	refused := s.open(b, seat{as: "ben"})
	refused.Sees("Almost there: somebody has to say yes first")
	refused.Glance("deployment")
	tab := refused.Top()
	refused.Click("link", "Back to the course")
	tab.Sees("Back in the course", "The tool says: Almost there")

	one, err := s.store.PlatformOfKey(t.Context(), consumerKey)
	s.must(err)
	s.must(s.store.UpdatePlatform(t.Context(), one.ID, func(p *course.Platform) error {
		p.Consumer.Secrets[0] = "another"
		return nil
	}))
	refused = s.open(b, seat{as: "ben", lti: "1.1"})
	refused.Sees("We could not make sure that this comes from your course")
	refused.Glance("signature")
	if links := refused.Names("link"); slices.ContainsFunc(links, func(l string) bool { return strings.Contains(l, "Back to the course") }) {
		t.Error("nobody knows who signed this, and its address to return to is offered all the same")
	}
}

// arrives waits until the page's address ends so.
func arrives(p *browser.Page, end string) {
	p.Await("an address that ends with "+end, func() error {
		if at := p.Address(); !strings.HasSuffix(at, end) {
			return errMissing(end)
		}
		return nil
	})
}
