package tutor

import (
	"maps"
	"strings"
	"unicode"
	"unicode/utf8"

	"otrbot/fsm"
	"otrbot/gettext"
)

// A dictionary is what learners of one language write, in plain words.
type dictionary struct {
	locale   string
	meanings map[string]fsm.Event
}

// A lexicon is the dictionaries of all languages. It does not change.
type lexicon struct {
	all       []dictionary      // the source's first; the last is of languages without texts
	languages map[string]string // what languages are called: their codes
	please    []string
}

func newLexicon(set *gettext.Set) lexicon {
	l := lexicon{languages: maps.Clone(inEnglish)}
	for i, locale := range set.Locales() {
		in := set.For(locale)
		unclear := map[string]bool{}
		for _, c := range Clashes(in, i == 0) {
			unclear[c.Words] = unclear[c.Words] || !c.Foreign
		}
		l.all = append(l.all, dictionary{locale: locale, meanings: meaningsIn(in, i == 0, unclear)})
		l.please = append(l.please, listed(in.In(politeness.in, politeness.words))...)
		for _, n := range languageTable {
			for _, name := range listed(in.In(n.in, n.words)) {
				if !unclear[name] {
					l.languages[name] = n.language
				}
			}
		}
		l.languages[plainWords(gettext.OwnName(locale))] = locale
	}
	last := dictionary{meanings: map[string]fsm.Event{}}
	for means, all := range abroad {
		for _, words := range all {
			last.meanings[plainWords(words)] = means
		}
	}
	l.all = append(l.all, last)
	return l
}

// meaningsIn are the words of one language, without those that are unclear: better not understood than taken for a wish
// that nobody had. What is not translated counts as the source's, which has a dictionary of its own, so that a language's
// own words come first.
func meaningsIn(in *gettext.Catalogue, source bool, unclear map[string]bool) map[string]fsm.Event {
	meanings := map[string]fsm.Event{}
	for _, w := range wordTable {
		text := in.In(w.in, w.words)
		if text == string(w.words) && !source {
			continue
		}
		for _, words := range listed(text) {
			if !unclear[words] {
				meanings[words] = w.means
			}
		}
	}
	return meanings
}

// listed are the words of a message.
func listed(message string) []string {
	all := strings.FieldsFunc(message, func(r rune) bool { return r == ',' || r == '،' || r == '、' || r == '，' })
	for i, words := range all {
		all[i] = plainWords(words)
	}
	return all
}

// meaning is what words mean; "" if nothing that we know. No words at all ask for help.
func (u *turn) meaning(words string) fsm.Event {
	if words == "" {
		return help
	}
	if asked := u.t.withoutPlease(words); asked != words && asked != "" {
		return u.meaning(asked)
	}
	for _, d := range u.t.lexicon.all {
		if ev := d.meanings[words]; ev != "" && d.locale == u.in.Locale() {
			return ev
		}
	}
	for _, d := range u.t.lexicon.all {
		if ev := d.meanings[words]; ev != "" {
			return ev
		}
	}
	return ""
}

func (t *Tutor) withoutPlease(words string) string {
	for _, please := range t.lexicon.please {
		blank := " "
		if first, _ := utf8.DecodeRuneInString(please); unblanked(first) {
			blank = ""
		}
		words = strings.TrimSuffix(strings.TrimPrefix(words, please+blank), blank+please)
	}
	return strings.TrimSpace(words)
}

// unblanked reports whether a word of such signs need not stand between blanks.
func unblanked(r rune) bool { return unicode.Is(unicode.Han, r) }

// languageWish is the language in "language Dutch", said in any language.
func (u *turn) languageWish(words string) (name string, wished bool) {
	words = u.t.withoutPlease(words)
	for at, r := range words {
		if at > 0 && (r == ' ' || unblanked(r)) && u.meaning(strings.TrimSpace(words[:at])) == languageAsked {
			name, wished = strings.TrimSpace(words[at:]), true // the longest beginning that asks: "do you speak Dutch"
		}
	}
	return name, wished
}

// chooseLanguage sets the learner's language if there are texts in it.
func (u *turn) chooseLanguage(wanted string) fsm.Event {
	if locale := u.languageCalled(wanted, true); locale != "" {
		return u.setLanguage(locale)
	}
	return languageUnknown
}

func (u *turn) setLanguage(locale string) fsm.Event {
	u.s.Locale, u.in = locale, u.t.o.Languages.For(locale)
	u.emit(Language{locale})
	return languageSet
}

// languageCalled is the locale of the texts in a language, by what the language is called, or by its code; "" if there
// are none.
func (u *turn) languageCalled(words string, byCode bool) string {
	wanted := u.t.lexicon.languages[words]
	if wanted == "" && byCode {
		wanted = strings.ReplaceAll(words, " ", "_")
	}
	if wanted == "" {
		return ""
	}
	similar := ""
	for _, locale := range u.t.o.Languages.Locales() {
		switch {
		case strings.EqualFold(locale, wanted):
			return locale
		case similar == "" && strings.EqualFold(languageOf(locale), languageOf(wanted)):
			similar = locale
		}
	}
	return similar
}

// languageOf is a locale without its region.
func languageOf(locale string) string {
	language, _, _ := strings.Cut(locale, "_")
	return language
}
