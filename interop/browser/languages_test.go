package browser_test

import (
	"strings"
	"testing"

	"otrbot/gettext"
	"otrbot/internal/testkit/learner"
	"otrbot/interop/browser"
	"otrbot/locales"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

// From the launch to the gradebook in every language: pages and chat speak the one that the course asks for, with nothing
// left out, and fit on a telephone. What is written from the right is looked at as closely as the English pages are.
func TestJourneyInEveryLanguage(t *testing.T) {
	all, err := locales.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, locale := range all.Locales() {
		t.Run(locale, func(t *testing.T) {
			s := newSchool(t)
			in := tongue{t, all.For(locale), all.For("")}
			b := s.browser(browser.Options{Language: in.Tag()})
			p := s.open(b, seat{lang: in.asked(), show: "window"})
			s.learn(in, p)
			if in.Dir() != "rtl" {
				return
			}
			teacher := s.open(b, seat{as: "teacher", lang: in.asked(), show: "window"})
			teacher.Sees("Ana")
			teacher.Audit("7-class")
		})
	}
}

// learn goes through the lesson.
func (s *school) learn(in tongue, p *browser.Page) {
	s.t.Helper()
	in.reads(p, "1-address", "What is your Jabber address?")
	login := register(s.t, account(s.t))
	key, err := parameters()
	s.must(err)
	chat, err := learner.Start(s.t.Context(), learner.Config{JID: login.JID, Resource: "chat", Password: login.Password,
		Server: login.Addr, Roots: prosody.Roots(), Bot: s.bot, Policy: otr.Manual, Parameters: key})
	s.must(err)
	defer chat.Close()
	seen := 0
	sees := func(what func(learner.Seen) bool) {
		s.t.Helper()
		seen, err = chat.Wait(s.t.Context(), seen, what)
		if err != nil {
			s.t.Fatalf("%v\n%s", err, chat)
		}
	}

	p.Type(in.words("Your Jabber address"), login.JID)
	p.Click("button", in.words("Go on"))
	in.reads(p, "2-secret", "Choose a shared secret")
	sees(learner.Says("Otto"))
	p.Type(in.words("Shared secret"), "password")
	p.Click("button", in.words("Use this secret"))
	in.reads(p, "3-secret-weak", "Choose a shared secret")
	p.Type(in.words("Shared secret"), sharedSecret)
	p.Click("button", in.words("Use this secret"))
	in.reads(p, "4-chat", "Now chat with the bot")
	s.must(chat.StartOTR())
	sees(learner.Is[otrxmpp.OTREnabled])
	s.must(chat.Verify(sharedSecret))
	in.reads(p, "5-code", "Enter the code")
	var right string
	sees(func(one learner.Seen) bool {
		said, _ := one.Text()
		right = code.FindString(said.Text)
		return right != ""
	})
	p.Type(in.words("The code"), "AAAA-AAAA-AAAA")
	p.Click("button", in.words("Check the code"))
	in.reads(p, "5-code-wrong", "That is not the code")
	p.Type(in.words("The code"), right)
	p.Click("button", in.words("Check the code"))
	in.sees(p, "Your grade is in the gradebook of your course.")
	in.reads(p, "6-done", "Well done: you have passed")
	for _, one := range chat.Seen() {
		if said, ok := one.Text(); ok {
			in.understands("the bot", said.Text)
		}
	}
}

// A tongue is the language of a learner, who knows no other one.
type tongue struct {
	t *testing.T
	*gettext.Catalogue
	source *gettext.Catalogue
}

// asked is the language as learning management systems name it.
func (in tongue) asked() string {
	for _, name := range []string{"nl-NL", "de-DE", "fr-FR", "es-ES", "ru-RU", "uk-UA", "tr-TR", "fa-IR"} {
		if strings.HasPrefix(name, in.Tag()+"-") {
			return name
		}
	}
	return in.Tag()
}

// words is what a text is in the language.
func (in tongue) words(english gettext.Msg) string {
	in.t.Helper()
	said := in.Text(english)
	if in.foreign() && said == string(english) {
		in.t.Errorf("%q is not translated", english)
	}
	return said
}

// sees waits for a text on a page, which gives every kind of space as a blank.
func (in tongue) sees(p *browser.Page, english gettext.Msg) {
	in.t.Helper()
	p.Sees(blanks(in.words(english)))
}

// blanks has a blank for every kind and number of spaces.
func blanks(text string) string { return strings.Join(strings.Fields(text), " ") }

func (in tongue) foreign() bool { return in.Locale() != in.source.Locale() }

// reads waits for a page's heading, and then for nothing on it that this learner could not read.
func (in tongue) reads(p *browser.Page, state string, heading gettext.Msg) {
	in.t.Helper()
	in.sees(p, heading)
	if got, want := browser.Value[string](p, "document.documentElement.dir + ' ' + document.documentElement.lang"), in.Dir()+" "+in.Tag(); got != want {
		in.t.Errorf("%s is %s, want %s", state, got, want)
	}
	in.understands(state, p.Text())
	if in.Dir() == "rtl" {
		p.Audit(state)
	} else {
		p.Narrow(state)
	}
}

// understands looks for texts in English, and for variables that were not filled in.
func (in tongue) understands(where, text string) {
	in.t.Helper()
	if strings.ContainsAny(text, "{}") {
		in.t.Errorf("%s has a variable: %q", where, text)
	}
	if !in.foreign() {
		return
	}
	text = blanks(text)
	for english := range in.sentences() {
		if strings.Contains(text, english) {
			in.t.Errorf("%s is in English: %q", where, english)
		}
	}
}

// sentences are texts of several words that are other ones in this language.
func (in tongue) sentences() map[string]bool {
	in.t.Helper()
	template, err := locales.Template()
	if err != nil {
		in.t.Fatal(err)
	}
	all := map[string]bool{}
	for _, e := range template.Entries {
		if strings.Count(e.ID, " ") >= 2 && in.In(gettext.Ctxt(e.Context), gettext.Msg(e.ID)) != e.ID {
			all[beforeVariable(e.ID)] = true
		}
	}
	delete(all, "")
	return all
}

// beforeVariable is the beginning of a text up to what is filled in, if that is long enough to be known by.
func beforeVariable(text string) string {
	text, _, _ = strings.Cut(text, "{")
	if text = blanks(text); strings.Count(text, " ") < 2 {
		return ""
	}
	return text
}
