package locales

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"otrbot/gettext"
)

func TestAll(t *testing.T) {
	set, err := All()
	if err != nil {
		t.Fatal(err)
	}
	if got := set.Locales(); got[0] != Source || !slices.Contains(got, "nl") || !slices.Contains(got, "ar") {
		t.Errorf("locales %v", got)
	}
	nl, ar := set.For("nl"), set.For("ar")
	for _, tt := range []struct{ got, want string }{
		{nl.Text("Language"), "Taal"},
		{nl.Count("{n} day", "{n} days", 2), "2 dagen"},
		{ar.Text("Language"), "اللغة"},
		{ar.Count("{n} day", "{n} days", 2), "يومين"},
		{ar.Count("{n} day", "{n} days", 3), "3 أيام"},
		{ar.Dir(), "rtl"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

// Nothing in a translation would show something wrong, and nobody hears or reads two languages at once.
func TestTranslations(t *testing.T) {
	for _, locale := range []string{"ar", "nl"} {
		r, err := files.Open(locale + "/" + fileName)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		f, err := gettext.ReadPO(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range f.Check(locale) {
			t.Errorf("%s/%s:%d: %v", locale, fileName, p.Line, p)
		}
	}
}

func TestBrokenTranslationsAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"msgid": "nl/otrbot.po: 1:6: msgid has no text in quotes",
		"msgid \"\"\nmsgstr \"Plural-Forms: nplurals=0\\n\"": "nl/otrbot.po: Plural-Forms must begin",
	} {
		_, err := load(fstest.MapFS{"nl/otrbot.po": {Data: []byte(text)}})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
	if set, err := load(fstest.MapFS{}); err != nil || len(set.Locales()) != 1 {
		t.Errorf("without translations: %v, %v", set.Locales(), err)
	}
}
