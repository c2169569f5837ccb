package page

import (
	"net/http"

	"otrbot/gettext"
)

// Language is the reader's: the first of what is wanted that we have, in order (a choice that was made, what the
// platform says), then what the browser asks for, then the site's.
func (s *Site) Language(r *http.Request, wanted ...string) *gettext.Catalogue {
	wishes := make([]string, 0, len(wanted)+2)
	for _, w := range wanted {
		if w != "" {
			wishes = append(wishes, w)
		}
	}
	if accept := r.Header.Get("Accept-Language"); accept != "" {
		wishes = append(wishes, accept)
	}
	return s.c.Languages.Match(append(wishes, s.c.Locale)...)
}

// language is never nil where there is a set of languages.
func (s *Site) language(in *gettext.Catalogue) *gettext.Catalogue {
	if in == nil {
		return s.c.Languages.Match()
	}
	return in
}

// A choice is one language to choose.
type choice struct {
	Locale, Tag, Name string
	Now               bool
}

// choices are the languages that there are, each under its own name.
func (s *Site) choices(now *gettext.Catalogue) []choice {
	locales := s.c.Languages.Locales()
	if len(locales) < 2 {
		return nil
	}
	all := make([]choice, 0, len(locales))
	for _, l := range locales {
		c := s.c.Languages.For(l)
		all = append(all, choice{Locale: l, Tag: c.Tag(), Name: gettext.OwnName(l), Now: c.Locale() == now.Locale()})
	}
	return all
}

// Offers reports whether the locale is one of the site's languages.
func (s *Site) Offers(locale string) bool {
	for _, l := range s.c.Languages.Locales() {
		if l == locale {
			return true
		}
	}
	return false
}
