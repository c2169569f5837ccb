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
		all = append(all, choice{Locale: l, Tag: c.Tag(), Name: ownName(l), Now: c.Locale() == now.Locale()})
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

// ownName is what those who speak a language call it; the locale itself when we do not know.
func ownName(locale string) string {
	if name, ok := ownNames[locale]; ok {
		return name
	}
	return locale
}

var ownNames = map[string]string{
	"ar": "العربية", "ca": "Català", "cs": "Čeština", "da": "Dansk", "de": "Deutsch", "el": "Ελληνικά",
	"en": "English", "en_GB": "English", "en_US": "English (US)", "eo": "Esperanto", "es": "Español", "fa": "فارسی",
	"fi": "Suomi", "fr": "Français", "fy": "Frysk", "he": "עברית", "hi": "हिन्दी", "hu": "Magyar", "id": "Indonesia",
	"it": "Italiano", "ja": "日本語", "ko": "한국어", "nb": "Norsk bokmål", "nl": "Nederlands", "pl": "Polski",
	"pt": "Português", "pt_BR": "Português (Brasil)", "pt_PT": "Português (Portugal)", "ro": "Română", "ru": "Русский",
	"sk": "Slovenčina", "sr": "Српски", "sr@latin": "Srpski", "sv": "Svenska", "tr": "Türkçe", "uk": "Українська",
	"vi": "Tiếng Việt", "zh_CN": "简体中文", "zh_TW": "繁體中文",
}
