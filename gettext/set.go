package gettext

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// A Set is a program's languages: that of its source and those it is translated into. It does not change; any number
// of goroutines may use it at once. A nil Set has no language, and gives every text as it stands in the source.
type Set struct {
	source  *Catalogue
	all     []*Catalogue // the source first
	matcher language.Matcher
}

// longestWish bounds an Accept-Language header that is looked at.
const longestWish = 500

// NewSet gathers catalogues. Source is the locale of the texts in the program, as in "en_GB"; a catalogue of that
// locale may correct them. Of two catalogues for one locale the later one counts. A source that is no locale counts as
// an unknown language.
func NewSet(source string, all ...*Catalogue) *Set {
	s := &Set{source: &Catalogue{}}
	if l, err := ParseLocale(source); err == nil {
		s.source.locale = l
	}
	byName := map[string]*Catalogue{}
	for _, c := range all {
		if c != nil {
			byName[c.Locale()] = c
		}
	}
	if c, ok := byName[s.source.Locale()]; ok {
		s.source = c
		delete(byName, c.Locale())
	}
	for _, c := range byName {
		s.all = append(s.all, c)
	}
	slices.SortFunc(s.all, func(a, b *Catalogue) int { return strings.Compare(a.Locale(), b.Locale()) })
	s.all = slices.Insert(s.all, 0, s.source)
	tags := make([]language.Tag, len(s.all))
	for i, c := range s.all {
		tags[i] = c.locale.Tag()
	}
	s.matcher = language.NewMatcher(tags)
	return s
}

// Locales are the names of all languages, that of the source first, the others in order of name.
func (s *Set) Locales() []string {
	if s == nil {
		return nil
	}
	names := make([]string, len(s.all))
	for i, c := range s.all {
		names[i] = c.Locale()
	}
	return names
}

// For is the catalogue of a locale that was chosen: of that very name, else of its language, else that of the source.
func (s *Set) For(locale string) *Catalogue {
	if s == nil {
		return nil
	}
	l, err := ParseLocale(locale)
	if err != nil {
		return s.source
	}
	for _, name := range []string{l.String(), l.language()} {
		for _, c := range s.all {
			if c.Locale() == name {
				return c
			}
		}
	}
	return s.Match(locale)
}

// Match is the catalogue for what somebody wishes: locales such as "pt_BR", and values of Accept-Language headers, the
// strongest wish first. A wish for a language that is missing gives way to the next one, never to a language that is
// only akin; without any that can be met it is the source.
func (s *Set) Match(wanted ...string) *Catalogue {
	if s == nil {
		return nil
	}
	for _, wish := range wanted {
		for _, tag := range wishes(wish) {
			if _, i, sure := s.matcher.Match(tag); sure >= language.High {
				return s.all[i]
			}
		}
	}
	return s.source
}

// wishes are the languages of one wish, in order of preference.
func wishes(wish string) []language.Tag {
	if len(wish) > longestWish {
		return nil
	}
	if l, err := ParseLocale(wish); err == nil {
		return []language.Tag{l.Tag()}
	}
	tags, weights, err := language.ParseAcceptLanguage(wish)
	if err != nil {
		return nil
	}
	var wanted []language.Tag
	for i, tag := range tags {
		if weights[i] > 0 {
			wanted = append(wanted, tag)
		}
	}
	return wanted
}
