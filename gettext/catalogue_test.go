package gettext_test

import (
	"strings"
	"testing"

	"otrbot/gettext"
)

const dutch = `
msgid ""
msgstr "Plural-Forms: nplurals=2; plural=(n != 1);\n"

msgid "Hello {name}"
msgstr "Hallo {name}"

msgctxt "door"
msgid "Open"
msgstr "Openen"

msgid "{n} learner"
msgid_plural "{n} learners"
msgstr[0] "{n} leerling"
msgstr[1] "{n} leerlingen"

#, fuzzy
msgid "Guess"
msgstr "Gok"

#~ msgid "Old"
#~ msgstr "Oud"

msgid "Later"
msgstr ""
`

const arabic = `
msgid ""
msgstr "Plural-Forms: nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;\n"

msgid "{n} learner"
msgid_plural "{n} learners"
msgstr[0] "none"
msgstr[1] "one"
msgstr[2] "two"
msgstr[3] "few {n}"
msgstr[4] "many {n}"
msgstr[5] "other {n}"
`

func catalogue(t *testing.T, locale, po string) *gettext.Catalogue {
	t.Helper()
	f, err := gettext.ReadPO(strings.NewReader(po))
	if err != nil {
		t.Fatal(err)
	}
	c, err := gettext.NewCatalogue(locale, f)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCatalogue(t *testing.T) {
	nl, ar := catalogue(t, "nl", dutch), catalogue(t, "ar", arabic)
	var none *gettext.Catalogue
	for _, tt := range []struct{ got, want string }{
		{nl.Text("Hello {name}"), "Hallo {name}"},
		{nl.Text("Open"), "Open"},
		{nl.In("door", "Open"), "Openen"},
		{nl.In("tin", "Open"), "Open"},
		{nl.Text("Guess"), "Guess"},
		{nl.Text("Old"), "Old"},
		{nl.Text("Later"), "Later"},
		{nl.Text(""), ""},
		{nl.Count("{n} learner", "{n} learners", 1), "1 leerling"},
		{nl.Count("{n} learner", "{n} learners", 0), "0 leerlingen"},
		{nl.Count("{n} learner", "{n} learners", -1), "-1 leerling"},
		{nl.Count("{n} cat", "{n} cats", 2), "2 cats"},
		{ar.Count("{n} learner", "{n} learners", 0), "none"},
		{ar.Count("{n} learner", "{n} learners", 2), "two"},
		{ar.Count("{n} learner", "{n} learners", 103), "few 103"},
		{ar.Count("{n} learner", "{n} learners", 11), "many 11"},
		{ar.Count("{n} learner", "{n} learners", 100), "other 100"},
		{none.Text("Open"), "Open"},
		{none.In("door", "Open"), "Open"},
		{none.Count("{n} learner", "{n} learners", 1), "1 learner"},
		{none.Locale() + " " + none.Tag() + " " + none.Dir(), " und ltr"},
		{nl.Locale() + " " + nl.Tag() + " " + nl.Dir(), "nl nl ltr"},
		{ar.Locale() + " " + ar.Tag() + " " + ar.Dir(), "ar ar rtl"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestCatalogueRefuses(t *testing.T) {
	for _, tt := range []struct{ locale, po, why string }{
		{"", "", "no locale"},
		{"Dutch please", "", "no locale"},
		{"nl@", "", "no locale"},
		{strings.Repeat("n", 50), "", "50 bytes"},
		{"nl", "msgid \"\"\nmsgstr \"Plural-Forms: nplurals=2; plural=n/0;\\n\"", "divides by zero"},
		{"ar", strings.Replace(arabic, "nplurals=6", "nplurals=9", 1), `6 forms of "{n} learner", not 9`},
	} {
		f, err := gettext.ReadPO(strings.NewReader(tt.po))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := gettext.NewCatalogue(tt.locale, f); err == nil || !strings.Contains(err.Error(), tt.why) {
			t.Errorf("%.20q: error %v, want one with %q", tt.locale, err, tt.why)
		}
	}
}

func TestFill(t *testing.T) {
	for _, tt := range []struct {
		text  string
		pairs []string
		want  string
	}{
		{"Hello {name}!", []string{"name", "Anna"}, "Hello Anna!"},
		{"{a}{b}{a}", []string{"a", "{b}", "b", "2"}, "{b}2{b}"},
		{"{unknown} {a", []string{"a", "1"}, "{unknown} {a"},
		{"{{a}} {} { a}", []string{"a", "1"}, "{1} {} { a}"},
		{"{a}", []string{"a"}, "{a}"},
		{"", nil, ""},
	} {
		if got := gettext.Fill(tt.text, tt.pairs...); got != tt.want {
			t.Errorf("Fill(%q, %q) = %q, want %q", tt.text, tt.pairs, got, tt.want)
		}
	}
}

// Somebody's corrections lie over what a program brings, each with the plural forms of its own file.
func TestOver(t *testing.T) {
	own := catalogue(t, "nl", `
msgid ""
msgstr "Plural-Forms: nplurals=1; plural=0;\n"

msgid "Hello {name}"
msgstr "Dag {name}"

msgid "Later"
msgstr "Later"
`)
	both := own.Over(catalogue(t, "nl", dutch))
	for _, tt := range []struct{ got, want string }{
		{both.Text("Hello {name}"), "Dag {name}"},
		{both.In("door", "Open"), "Openen"},
		{both.Count("{n} learner", "{n} learners", 2), "2 leerlingen"},
		{both.Text("Guess"), "Guess"},
		{own.In("door", "Open"), "Open"},
		{own.Over(nil).Text("Later"), "Later"},
		{(*gettext.Catalogue)(nil).Over(own).Text("Hello {name}"), "Dag {name}"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
	if own.Size() != 2 || (*gettext.Catalogue)(nil).Size() != 0 {
		t.Errorf("%d messages of its own", own.Size())
	}
}
