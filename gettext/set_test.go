package gettext_test

import (
	"strings"
	"testing"

	"otrbot/gettext"
)

func languages(t *testing.T, locales ...string) *gettext.Set {
	var all []*gettext.Catalogue
	for _, l := range locales {
		all = append(all, catalogue(t, l, ""))
	}
	return gettext.NewSet("en_GB", all...)
}

func TestSetMatchesWishes(t *testing.T) {
	s := languages(t, "nl", "pt_BR", "ru", "zh_CN", "ar", "de", "sr@latin")
	for _, tt := range []struct {
		wanted string // separated by |
		want   string
	}{
		{"nl", "nl"},
		{"nl_BE", "nl"},
		{"nl-NL", "nl"},
		{"NL_nl.UTF-8", "nl"},
		{"pt-PT, nl;q=0.1", "pt_BR"},
		{"fr, de;q=0.8, en;q=0.9", "en_GB"},
		{"fr;q=1, de;q=0.8", "de"},
		{"fr|nl", "nl"},
		{"uk", "en_GB"}, // no Russian for those who asked for Ukrainian
		{"zh-Hant-TW", "en_GB"},
		{"zh-Hans", "zh_CN"},
		{"ar-EG", "ar"},
		{"sr-Latn", "sr@latin"},
		{"de;q=0, nl", "nl"},
		{"*", "en_GB"},
		{"en-US", "en_GB"},
		{"", "en_GB"},
		{"<script>", "en_GB"},
		{strings.Repeat("nl,", 1000), "en_GB"},
	} {
		if got := s.Match(strings.Split(tt.wanted, "|")...).Locale(); got != tt.want {
			t.Errorf("Match(%.40q) = %s, want %s", tt.wanted, got, tt.want)
		}
	}
}

func TestSetForALocale(t *testing.T) {
	s := languages(t, "nl", "nl_BE", "pt_BR", "en_GB")
	for locale, want := range map[string]string{
		"nl": "nl", "nl_BE": "nl_BE", "nl-be": "nl_BE", "nl_SR": "nl", "pt_BR": "pt_BR", "pt": "pt_BR", "xx yy": "en_GB", "": "en_GB", "fr": "en_GB",
	} {
		if got := s.For(locale).Locale(); got != want {
			t.Errorf("For(%q) = %s, want %s", locale, got, want)
		}
	}
	if got := strings.Join(s.Locales(), " "); got != "en_GB nl nl_BE pt_BR" {
		t.Error("locales:", got)
	}
}

func TestSetWithoutAnything(t *testing.T) {
	var none *gettext.Set
	if none.Locales() != nil || none.For("nl").Text("a") != "a" || none.Match("nl").Text("a") != "a" {
		t.Error("a nil Set is no use")
	}
	if c := gettext.NewSet("?").For("nl"); c.Text("a") != "a" || c.Locale() != "" || c.Tag() != "und" || c.Dir() != "ltr" || c.Count("a", "b", 2) != "b" {
		t.Error("a Set of an unknown language is no use")
	}
}
