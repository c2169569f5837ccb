package bot

import (
	"strings"
	"testing"

	"otrbot/internal/record"
	"otrbot/internal/tutor"
	"otrbot/internal/xmpp/stanza"
	"otrbot/locales"
)

// speaking is a bot that has texts in every language.
func speaking(t *testing.T) func(*Config) {
	t.Helper()
	languages, err := locales.All()
	if err != nil {
		t.Fatal(err)
	}
	l, err := basic()
	if err != nil {
		t.Fatal(err)
	}
	return func(c *Config) { c.Tutor = tutor.New(l, tutor.Options{Languages: languages}) }
}

// reads checks that the learner reads words.
func (r *room) reads(when, words string) {
	r.Helper()
	var all []string
	for _, one := range r.shown() {
		all = append(all, one.text)
	}
	if got := strings.Join(all, "\n"); !strings.Contains(got, words) {
		r.Errorf("%s: the learner reads %q, want %q", when, got, words)
	}
}

// What is chosen in the chat is known on the page, and holds for the next session and the next process.
func TestLanguageChosenInTheChat(t *testing.T) {
	c := newClass(t, speaking(t))
	c.claims()
	c.accepts()
	c.deliver()
	c.reads("at first", "Hello!")
	c.says("language nl")
	c.reads("after the choice", "Goed, zo gaan we verder.")
	e, err := c.store.Enrolment(t.Context(), c.page)
	c.must(err)
	if e.Locale != "nl" || !e.Chosen {
		t.Errorf("the page has %q, chosen %t", e.Locale, e.Chosen)
	}
	c.again()
	c.says("help")
	c.reads("in the next process", "Kijk eens rond")
	c.says("stop")
	c.shown()
	c.claims()
	c.says("hi")
	c.reads("in the next session", "Hallo!")
}

// What is chosen on the page changes the chat too, in the middle of the lesson.
func TestLanguageChosenOnThePage(t *testing.T) {
	c := newClass(t, speaking(t))
	c.claims()
	c.accepts()
	c.deliver()
	c.shown()
	c.must(c.store.SetLocale(t.Context(), c.page, "ar"))
	c.must(c.bot.readLearners(t.Context()))
	c.says("help")
	c.reads("after the page", "هل يظهر في نافذة المحادثة هذه")
	c.says("language English")
	c.reads("after the chat", "Fine, we go on like this.")
	c.says("help")
	c.reads("later", "You are looking for")
}

// A learner of the settings keeps a choice as long as the bot runs, whatever is read from the store.
func TestLanguageOfALearnerOfTheSettings(t *testing.T) {
	r := newRoom(t, 0, speaking(t))
	r.says("taal nederlands")
	r.reads("after the choice", "Hallo!")
	r.must(r.bot.readLearners(t.Context()))
	r.says("stop")
	r.shown()
	r.says("hm")
	r.reads("in the next session", "Hallo!")
	if got := r.bot.config.Learners[0]; got != (record.Learner{JID: ana, Source: record.FromSettings}) {
		t.Errorf("the settings have become %+v", got)
	}
}

// The language of the learner's program greets whoever has told none.
func TestLanguageOfTheStanza(t *testing.T) {
	r := newRoom(t, 0, speaking(t))
	e := stanza.New(stanza.NSClient, "presence", "type", "subscribed")
	e.Attrs = append(e.Attrs, stanza.Attr{Space: stanza.NSXML, Local: "lang", Value: "nl-BE"})
	r.hears(e)
	r.deliver()
	r.reads("the greeting", "Hallo!")
}
