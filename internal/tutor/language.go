package tutor

import (
	"strings"
	"unicode"

	"otrbot/gettext"
)

// catalogue is the texts for a learner of whose language this is known.
func (t *Tutor) catalogue(locale string) *gettext.Catalogue {
	return t.o.Languages.Match(locale, t.o.Locale)
}

// guessLanguage takes the language of the stanza for that of a learner of whom none is known. That of the source is not
// believed: many programs say that they speak English without having asked.
func (u *turn) guessLanguage() {
	said, err := gettext.ParseLocale(u.sig.Lang)
	if u.s.Locale != "" || err != nil {
		return
	}
	if c := u.t.o.Languages.Match(said.String()); c != u.t.o.Languages.Match() {
		u.s.Locale, u.in = said.String(), c
	}
}

// labels is the language in which the learner's client most likely is.
func (u *turn) labels() string {
	if u.s.Locale != "" {
		return u.s.Locale
	}
	return u.in.Locale()
}

// fragment is a part of a text in the learner's language, filled in.
func (u *turn) fragment(m gettext.Msg, pairs ...string) string {
	return gettext.Fill(u.in.Text(m), pairs...)
}

// own is what whoever runs the bot calls something, in the learner's language if it is known in that.
func (u *turn) own(m gettext.Msg) string {
	if text := u.in.Text(m); text != string(m) {
		return text
	}
	return u.foreign(string(m))
}

// Marks around a text that has a direction of its own: Unicode Bidirectional Algorithm, "Explicit Directional Isolates".
const (
	firstStrongIsolate    = "\u2068"
	popDirectionalIsolate = "\u2069"
)

// foreign is a name, a label, a command or a code within a text in the learner's language. Where the one is written from
// the left and the other from the right, it is kept apart, so that both read rightly.
func (u *turn) foreign(s string) string {
	s = speakable(s)
	if s == "" || u.in.Dir() == "ltr" && !strings.ContainsFunc(s, isRightToLeft) {
		return s
	}
	return firstStrongIsolate + s + popDirectionalIsolate
}

func isRightToLeft(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko)
}

// legible is what a learner has written, without marks of direction that may have been copied with it, and with the
// digits of codes and fingerprints as we write them.
func legible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		case '٠' <= r && r <= '٩':
			return '0' + r - '٠'
		case '۰' <= r && r <= '۹':
			return '0' + r - '۰'
		}
		return r
	}, text)
}

// languages are the names of all languages, each with the code that chooses it.
func (u *turn) languages() string {
	all := ""
	for _, locale := range u.t.o.Languages.Locales() {
		name := locale
		if own := gettext.OwnName(locale); own != locale {
			name = own + " (" + locale + ")"
		}
		all = u.listed(all, u.foreign(name))
	}
	return all
}

// speakable takes out what some clients would read as HTML.
func speakable(s string) string {
	return strings.NewReplacer("<", "", ">", "", "&", "+").Replace(s)
}
