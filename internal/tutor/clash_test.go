package tutor

import (
	"slices"
	"strings"
	"testing"

	"otrbot/fsm"
	"otrbot/gettext"
	"otrbot/internal/record"
)

// wordsOf is a translation of what learners write, by what it means.
func wordsOf(t *testing.T, locale string, lists map[fsm.Event]string) *gettext.Catalogue {
	t.Helper()
	f := &gettext.File{}
	for _, w := range wordTable {
		if words, ok := lists[w.means]; ok {
			f.Entries = append(f.Entries, &gettext.Entry{
				Key: gettext.Key{ID: string(w.words), Context: string(w.in), HasContext: true}, Str: []string{words},
			})
		}
	}
	for _, n := range languageTable {
		if names, ok := lists[fsm.Event(n.language)]; ok {
			f.Entries = append(f.Entries, &gettext.Entry{
				Key: gettext.Key{ID: string(n.words), Context: string(n.in), HasContext: true}, Str: []string{names},
			})
		}
	}
	c, err := gettext.NewCatalogue(locale, f)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestClashes(t *testing.T) {
	for name, tt := range map[string]struct {
		lists map[fsm.Event]string
		want  string
	}{
		"none":                           {map[fsm.Event]string{help: "hjälp, hjälp mig", again: "igen"}, ""},
		"two lists":                      {map[fsm.Event]string{help: "hjälp, igen", again: "igen"}, "igen"},
		"written in another way":         {map[fsm.Event]string{help: "Hjälp, Igen!", again: "en gång till,igen"}, "igen"},
		"one list, twice":                {map[fsm.Event]string{help: "hjälp, hjälp", again: "igen"}, ""},
		"a language and a word":          {map[fsm.Event]string{help: "svenska", "de": "tyska, svenska"}, "svenska"},
		"two languages":                  {map[fsm.Event]string{"nl": "tyska", "de": "tyska"}, "tyska"},
		"a word of the source":           {map[fsm.Event]string{help: "hjälp, stop"}, "stop (foreign)"},
		"the same word as the source's":  {map[fsm.Event]string{stop: "stop, sluta"}, ""},
		"a list that is as the source's": {map[fsm.Event]string{help: "hjälp", fast: "fast, faster, quick, quicker, hurry, hurry up, too slow, speed up"}, ""},
		"nothing between the commas":     {map[fsm.Event]string{help: "hjälp, , !", again: "igen, ,"}, ""},
	} {
		var words []string
		for _, c := range Clashes(wordsOf(t, "sv", tt.lists), false) {
			if c.Foreign {
				c.Words += " (foreign)"
			}
			words = append(words, c.Words)
			if c.Lists[0] == c.Lists[1] || c.Lists[0].ID == "" || c.Lists[0].Context != string(typed) {
				t.Errorf("%s: lists %+v", name, c.Lists)
			}
		}
		if got := strings.Join(words, ", "); got != tt.want {
			t.Errorf("%s: %q clashes, want %q", name, got, tt.want)
		}
	}
}

// A translation of the source's own language is looked at with what it leaves as it was.
func TestClashesOfTheSource(t *testing.T) {
	got := Clashes(wordsOf(t, "en_GB", map[fsm.Event]string{help: "help, stop"}), true)
	if len(got) != 1 || got[0].Words != "stop" || got[0].Foreign {
		t.Errorf("clashes %+v", got)
	}
}

// No language of the program has any.
func TestNoClashes(t *testing.T) {
	set := everyLanguage(t)
	for i, locale := range set.Locales() {
		if got := Clashes(set.For(locale), i == 0); len(got) > 0 {
			t.Errorf("%s: %v", locale, got)
		}
	}
}

// A word with two meanings has none; one that is not translated yet does not stand in the way of one that is.
func TestWordsThatClash(t *testing.T) {
	o := rehearsalOptions()
	o.Languages = gettext.NewSet("en_GB", wordsOf(t, "sv", map[fsm.Event]string{
		stop: "sluta, nog", no: "nej, nog, wait, fast", again: "igen, cheers", "de": "tyska, nej",
	}))
	tutor := New(basic(t), o)
	for text, want := range map[string]fsm.Event{
		"sluta": stop, "nog": MessageReceived, "nej": MessageReceived,
		"fast":   no,    // English, and not translated, is “faster”
		"cheers": again, // English, and not translated, is “thanks”
		"thanks": thanks, "faster": fast, "stop": stop, "wait": no,
	} {
		r := tutor.Rehearse(record.Learner{JID: "ada@example.org", Locale: "sv"}, start)
		after(t, r, "hm")
		if got := r.Tutor.turn(r.Session, r.Now).readWords(text); got != want {
			t.Errorf("%q means %s, want %s", text, got, want)
		}
	}
	if names := tutor.lexicon.languages; names["nej"] != "" || names["tyska"] != "de" {
		t.Errorf("languages %v", names)
	}
}

// Ukrainian has an apostrophe of its own, which one keyboard gives and the other does not.
func TestApostrophes(t *testing.T) {
	for _, words := range []string{"не зрозумів, п'ять", "не зрозумів, пʼять", "не зрозумів, п’ять"} {
		if got := listed(words); !slices.Equal(got, []string{"не зрозумів", "п'ять"}) {
			t.Errorf("%q: %q", words, got)
		}
	}
}

// A language that was added is chosen by its English name too, before anybody has translated the names.
func TestEnglishNameOfAnAddedLanguage(t *testing.T) {
	o := rehearsalOptions()
	o.Languages = gettext.NewSet("en_GB", wordsOf(t, "sv", map[fsm.Event]string{help: "hjälp"}))
	tutor := New(basic(t), o)
	for line, want := range map[string]string{
		"language swedish": "sv", "Swedish, please": "sv", "svenska": "sv", "language sv": "sv", "language danish": "", "danish": "",
	} {
		r := tutor.Rehearse(record.Learner{JID: "ada@example.org"}, start)
		after(t, r, "hello", line)
		if r.Session.Locale != want {
			t.Errorf("%q chooses %q, want %q", line, r.Session.Locale, want)
		}
	}
}
