package gettext_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otrbot/gettext"
)

const onePlural = `
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\n"

msgid "a"
msgid_plural "b"
msgstr[0] ""
msgstr[1] ""
`

// Every language of two letters for which msginit has a rule has the same one here, to the letter.
func TestPluralRulesAsMsginit(t *testing.T) {
	known := 0
	locales := []string{"pt_BR", "nl_BE", "sr@latin", "zh_CN"}
	for a := 'a'; a <= 'z'; a++ {
		for b := 'a'; b <= 'z'; b++ {
			locales = append(locales, string(a)+string(b))
		}
	}
	for _, locale := range locales {
		out, _, err := tryGNU(t, []byte(onePlural), "msginit", "--no-translator", "--locale="+locale, "-i", "-", "-o", "-")
		if err != nil {
			continue // no language
		}
		theirs := readPO(t, out).Header.Value("Plural-Forms")
		if theirs == "" {
			continue
		}
		known++
		if ours, ok := gettext.PluralFormsOf(locale); !ok || ours != theirs {
			t.Errorf("%s: %q here, %q there", locale, ours, theirs)
		}
	}
	t.Logf("msginit knows %d of %d", known, len(locales))
	if known < 35 {
		t.Errorf("msginit knows %d languages; it has known 38", known)
	}
}

// Our own translations pass the strictest check there is.
func TestOwnTranslationsPassMsgfmt(t *testing.T) {
	files, err := filepath.Glob("../../locales/*/otrbot.po")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Error("there are no translations below locales")
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		gnu(t, text, "msgfmt", "--check", "-o", os.DevNull, "-")
	}
}

// What one refuses the other does.
func TestRefusedAsByMsgfmt(t *testing.T) {
	for _, po := range []string{
		"msgid \"a\"\nmsgstr \"b",
		"msgid \"a\"\nmsgstr \"\\q\"",
		"mgsid \"a\"\nmsgstr \"b\"",
		"msgid \"a\"",
		"msgctxt \"a\"",
		"msgstr \"a\"",
		"msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[1] \"c\"",
		"msgid \"a\"\nmsgstr[0] \"b\"\nmsgstr[0] \"b\"",
		"msgid \"a\"\nmsgstr \"b\"\n\nmsgid \"a\"\nmsgstr \"c\"",
		"msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n\nmsgid \"a\"\nmsgstr \"\xff\"",
		"\ufeffmsgid \"a\"\nmsgstr \"b\"",
	} {
		if _, err := gettext.ReadPO(strings.NewReader(po)); err == nil {
			t.Errorf("%q: read here", po)
		}
		if _, _, err := tryGNU(t, []byte(po), "msgfmt", "-o", os.DevNull, "-"); err == nil {
			t.Errorf("%q: compiled by msgfmt", po)
		}
	}
}

// What msgfmt's check finds, ours does: forms, line feeds, rules.
func TestCheckedAsByMsgfmt(t *testing.T) {
	const header = "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=%;\\nLanguage: nl\\n\"\n\n"
	for _, tt := range []struct{ rule, entry string }{
		{"2; plural=n!=1", "msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"c\""},
		{"2; plural=n!=1", "msgid \"a\\n\"\nmsgstr \"b\""},
		{"2; plural=n!=1", "msgid \"a\"\nmsgstr \"\\nb\""},
		{"2; plural=n", "msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"c\"\nmsgstr[1] \"d\""},
		{"2; plural=1/n", "msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"c\"\nmsgstr[1] \"d\""},
		{"2; plural=(n", "msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"c\"\nmsgstr[1] \"d\""},
	} {
		po := []byte(strings.Replace(header, "%", tt.rule, 1) + tt.entry + "\n")
		found := false
		for _, p := range readPO(t, po).Check("nl") {
			found = found || p.Kind.Harmful()
		}
		if !found {
			t.Errorf("%q: nothing found here", tt.entry)
		}
		if _, _, err := tryGNU(t, po, "msgfmt", "--check", "-o", os.DevNull, "-"); err == nil {
			t.Errorf("%q: nothing found by msgfmt", tt.entry)
		}
	}
}
