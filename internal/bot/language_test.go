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

// What a learner of the settings has chosen last counts, in this process and the next, until the settings name another
// language.
func TestLanguageOfALearnerOfTheSettings(t *testing.T) {
	r := newRoom(t, 0, speaking(t))
	c := r.bot.config
	named := func(locale string) Config {
		c.Learners = []record.Learner{{JID: ana, Locale: locale, Source: record.FromSettings}}
		return c
	}
	goesOn := func(when, words string) {
		t.Helper()
		r.shown()
		r.says("help")
		r.reads(when, words)
	}
	begins := func(when, words string) {
		t.Helper()
		r.says("stop")
		r.shown()
		r.says("hm")
		r.reads(when, words)
	}
	const dutch, french, english = "versleutel", "chiffre", "encrypt"

	r.says("taal nederlands")
	r.reads("after the choice", "Hallo!")
	r.must(r.bot.readLearners(t.Context()))
	goesOn("when the store was read", dutch)
	r.reloads(c)
	goesOn("after a reload", dutch)
	begins("in the next session", "Hallo!")
	r.open(c)
	begins("in the next process", "Hallo!")

	r.reloads(named("fr"))
	goesOn("when the settings name another language", french)
	r.says("language english")
	r.reloads(named("fr"))
	goesOn("when they name it still", english)
	r.open(named("fr"))
	begins("in the next process", "Hello!")
	r.reloads(named(""))
	goesOn("when they name none any more", english)
	r.open(named("nl"))
	begins("in a process with another language", "Hallo!")

	r.says("language english")
	c.Learners = nil
	r.reloads(c)
	r.reloads(named("nl"))
	r.says("hm")
	r.shown()
	begins("when the learner was taken out and put back", "Hallo!")
}

// What is chosen on the page reaches learners of the settings too, before they enter their address or later.
func TestLanguageChosenOnThePageByALearnerOfTheSettings(t *testing.T) {
	c := newClass(t, speaking(t), func(c *Config) {
		c.Learners = []record.Learner{{JID: ana, Locale: "fr", Source: record.FromSettings}}
	})
	c.must(c.store.SetLocale(t.Context(), c.page, "nl"))
	c.claims()
	c.accepts()
	c.deliver()
	c.reads("chosen before", "Hallo!")
	c.must(c.store.SetLocale(t.Context(), c.page, "en_GB"))
	c.notes()
	c.shown()
	c.says("help")
	c.reads("chosen since", "encrypt")
	c.open(c.bot.config)
	c.says("stop")
	c.shown()
	c.claims()
	c.says("hi")
	c.reads("in the next process", "Hello!")
}

// A platform's language is that of learners for whom neither they nor the settings have chosen.
func TestLanguageOfALaunch(t *testing.T) {
	for locale, want := range map[string]string{"": "Hallo!", "fr": "Bonjour"} {
		c := newClass(t, speaking(t), func(c *Config) {
			c.Learners = []record.Learner{{JID: ana, Locale: locale, Source: record.FromSettings}}
		})
		e, err := c.store.Enrolment(t.Context(), c.page)
		c.must(err)
		e.Locale = "nl"
		_, err = c.store.Enrol(t.Context(), e, c.now)
		c.must(err)
		c.claims()
		c.accepts()
		c.deliver()
		c.reads("the settings name \""+locale+"\"", want)
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
