package locales

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
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

// Nothing in a translation would show something wrong, and nothing is missing.
func TestTranslations(t *testing.T) {
	entries, err := files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name, f, err := read(files, e.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range f.Check(e.Name()) {
			t.Errorf("%s:%d: %v", name, p.Line, p)
		}
	}
}

func TestLanguages(t *testing.T) {
	set, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"en_GB", "ar", "de", "es", "fa", "fr", "nl", "pt_BR", "ru", "tr", "uk", "zh_CN"} {
		if !slices.Contains(set.Locales(), want) {
			t.Errorf("no %s in %v", want, set.Locales())
		}
	}
}

func TestTemplate(t *testing.T) {
	f, err := Template()
	if err != nil || !slices.ContainsFunc(f.Entries, func(e *gettext.Entry) bool { return e.ID == "Language" }) {
		t.Errorf("no message “Language”, %v", err)
	}
}

const esperanto = `
msgid ""
msgstr "Language: eo\n"

msgid "Language"
msgstr "Lingvo"
`

func TestBeside(t *testing.T) {
	compiled := func(po string) []byte {
		f, err := gettext.ReadPO(strings.NewReader(po))
		if err != nil {
			t.Fatal(err)
		}
		var mo bytes.Buffer
		if err := f.WriteMO(&mo); err != nil {
			t.Fatal(err)
		}
		return mo.Bytes()
	}
	dutch := "msgid \"Language\"\nmsgstr \"Spraak\"\n"
	empty := strings.Replace(esperanto, "Lingvo", "", 1)
	for name, tt := range map[string]struct {
		files  fstest.MapFS
		locale string
		want   string // what “Language” is in it
		fault  string
		own    bool
	}{
		"a language more":         {fstest.MapFS{"eo/otrbot.po": {Data: []byte(esperanto)}}, "eo", "Lingvo", "", true},
		"compiled":                {fstest.MapFS{"eo/otrbot.mo": {Data: compiled(esperanto)}}, "eo", "Lingvo", "", true},
		"text before compiled":    {fstest.MapFS{"eo/otrbot.po": {Data: []byte(esperanto)}, "eo/otrbot.mo": {Data: []byte("?")}}, "eo", "Lingvo", "", true},
		"a correction":            {fstest.MapFS{"nl/otrbot.po": {Data: []byte(dutch)}}, "nl", "Spraak", "", true},
		"only begun":              {fstest.MapFS{"eo/otrbot.po": {Data: []byte(empty)}}, "eo", "Language", "", false},
		"other files":             {fstest.MapFS{"README": {}, "notes/today": {}}, "nl", "Taal", "", false},
		"nothing":                 {fstest.MapFS{}, "nl", "Taal", "", false},
		"broken text":             {fstest.MapFS{"nl/otrbot.po": {Data: []byte("msgid")}}, "nl", "Taal", "nl/otrbot.po: 1:6: msgid has no text in quotes", false},
		"broken compiled":         {fstest.MapFS{"nl/otrbot.mo": {Data: []byte("?")}}, "nl", "Taal", "nl/otrbot.mo: ", false},
		"wrong plural rule":       {fstest.MapFS{"nl/otrbot.po": {Data: []byte("msgid \"\"\nmsgstr \"Plural-Forms: nplurals=0\\n\"")}}, "nl", "Taal", "nl/otrbot.po: Plural-Forms must begin", false},
		"no locale":               {fstest.MapFS{"x y/otrbot.po": {Data: []byte(dutch)}}, "nl", "Taal", "x y/otrbot.po: ", false},
		"a lost variable":         {fstest.MapFS{"eo/otrbot.po": {Data: []byte(esperanto + "\nmsgid \"Hello {name}\"\nmsgstr \"Saluton\"")}}, "eo", "Lingvo", "eo/otrbot.po:8: \"Hello {name}\": {name} is lost", true},
		"a lost variable, binary": {fstest.MapFS{"eo/otrbot.mo": {Data: compiled(esperanto + "\nmsgid \"Hello {name}\"\nmsgstr \"Saluton\"")}}, "eo", "Lingvo", "eo/otrbot.mo: \"Hello {name}\": {name} is lost", true},
	} {
		t.Run(name, func(t *testing.T) {
			set, own, faults := Beside(tt.files)
			if has := slices.ContainsFunc(own, func(c *gettext.Catalogue) bool { return c.Locale() == tt.locale && c.Size() == 1 }); has != tt.own {
				t.Errorf("own languages %v", own)
			}
			if got := set.For(tt.locale).Text("Language"); got != tt.want {
				t.Errorf("Language is %q, want %q", got, tt.want)
			}
			if got := set.For("eo").Text("Hello {name}"); got != "Hello {name}" {
				t.Errorf("Hello {name} is %q", got)
			}
			if got := set.For("nl").Count("{n} day", "{n} days", 2); got != "2 dagen" {
				t.Errorf("the program's own Dutch is lost: %q", got)
			}
			switch {
			case tt.fault == "" && len(faults) == 0:
			case len(faults) != 1 || !strings.HasPrefix(faults[0].Error(), tt.fault) || tt.fault == "":
				t.Errorf("faults %v, want %q", faults, tt.fault)
			}
		})
	}
}

// What the program has can be gone on with.
func TestTranslation(t *testing.T) {
	if f, err := Translation("nl"); err != nil || f.Coverage().Translated < 800 || f.Header.Value("Language") != "nl" {
		t.Errorf("%v", err)
	}
	for _, locale := range []string{"eo", "en_GB", "", "..", "../locales/nl", "/nl"} {
		if _, err := Translation(locale); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v", locale, err)
		}
	}
}

// A plural form that is left empty, and a text with fewer lines, are for the translator's check: nothing wrong is shown.
func TestWhatLooksOddIsKept(t *testing.T) {
	odd := esperanto + "\nmsgid \"{n} day\"\nmsgid_plural \"{n} days\"\nmsgstr[0] \"{n} tago\"\nmsgstr[1] \"\"\n\nmsgid \"a\\nb\"\nmsgstr \"A\"\n"
	set, _, faults := Beside(fstest.MapFS{"eo/otrbot.po": {Data: []byte(odd)}})
	if eo := set.For("eo"); len(faults) > 0 || eo.Count("{n} day", "{n} days", 1) != "1 day" || eo.Text("a\nb") != "A" {
		t.Errorf("%v, %q, %q", faults, eo.Count("{n} day", "{n} days", 1), eo.Text("a\nb"))
	}
}

func TestBesideNowhere(t *testing.T) {
	set, _, faults := Beside(os.DirFS(filepath.Join(t.TempDir(), "gone")))
	if len(faults) != 1 || set.For("nl").Text("Language") != "Taal" {
		t.Errorf("faults %v", faults)
	}
}
