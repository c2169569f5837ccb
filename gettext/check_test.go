package gettext_test

import (
	"strings"
	"testing"

	"otrbot/gettext"
)

const ruHeader = "msgid \"\"\nmsgstr \"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n\"\n\n"

func TestCheck(t *testing.T) {
	for _, tt := range []struct{ po, want string }{ // want: kind and a part of each problem; "" nothing
		{"msgid \"Hello {name}, {n}\"\nmsgstr \"{n}, hallo {name}\"", ""},
		{"msgid \"Hello {name}\"\nmsgstr \"Hallo\"", "variables: {name} is lost"},
		{"msgid \"Hello {name}\"\nmsgstr \"Hallo {naam}\"", "variables: {name} is lost, {naam} is unknown"},
		{"msgid \"Hello {name}\"\nmsgstr \"Hallo {name} {x}\"", "variables: {x} is unknown"},
		{"msgid \"{a} {b}\"\nmsgstr \"{x} {y}\"", "variables: {a} is lost, {b} is lost, {x} is unknown, {y} is unknown"},
		{"msgid \"a\"\nmsgstr \"\"", "untranslated: not translated"},
		{"#, fuzzy\nmsgid \"{a}\"\nmsgstr \"b\"", "fuzzy: correct the translation"},
		{"#~ msgid \"{a}\"\n#~ msgstr \"b\"", ""},
		{"msgid \"a\\n\"\nmsgstr \"b\"", "ends: must both end with a line feed"},
		{"msgid \"a\"\nmsgstr \"\\nb\"", "ends: must both begin with a line feed"},
		{"msgid \"a\\nb\"\nmsgstr \"A\\nB\"", ""},
		{"msgid \"a\\nb\"\nmsgstr \"A B\"", "lines: line breaks (\\n): 1 in the message, 0 here"},

		{"#, go-format\nmsgid \"%s has %d, 100%%\"\nmsgstr \"%[2]d: %[1]s 100 %%\"", ""},
		{"#, go-format\nmsgid \"%s has %d\"\nmsgstr \"%d: %s\"", "verbs: argument 1 is %s in the message and %d here"},
		{"#, go-format\nmsgid \"%s\"\nmsgstr \"\\n%v\"", "verbs: argument 1 is %s in the message and %v here\nends: must both begin"},
		{"#, go-format\nmsgid \"%s %d\"\nmsgstr \"%s\"", "verbs: %d, argument 2, is lost"},
		{"#, go-format\nmsgid \"%s\"\nmsgstr \"%s %s\"", "verbs: %s, argument 2, is not in the message"},
		{"#, go-format\nmsgid \"%*d %.2f\"\nmsgstr \"%*d %.1f\"", ""},
		{"msgid \"100 % sure\"\nmsgstr \"zeker\"", ""},

		// Form 0 is 1, 21, 31 …: it has to show the number. In Arabic, form 1 is 1 alone.
		{ruHeader + "msgid \"{n} cat\"\nmsgid_plural \"{n} cats\"\nmsgstr[0] \"one\"\nmsgstr[1] \"{n}\"\nmsgstr[2] \"{n}\"", "variables: msgstr[0] {n} is lost"},
		{arabic[:strings.Index(arabic, "msgid \"{n}")] + "msgid \"{n} cat of {who}\"\nmsgid_plural \"{n} cats of {who}\"\n" +
			"msgstr[0] \"no {who}\"\nmsgstr[1] \"one {who}\"\nmsgstr[2] \"two\"\nmsgstr[3] \"{n} {who}\"\nmsgstr[4] \"{n} {who}\"\nmsgstr[5] \"{who}\"",
			"variables: msgstr[2] {who} is lost\nvariables: msgstr[5] {n} is lost"},
		{"msgid \"one cat\"\nmsgid_plural \"{n} cats\"\nmsgstr[0] \"een kat\"\nmsgstr[1] \"{n} katten\"", ""},
		{"#, go-format\nmsgid \"%d cat\"\nmsgid_plural \"%d cats\"\nmsgstr[0] \"een kat\"\nmsgstr[1] \"%d katten\"", ""},
		{"msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"A\"", "forms: 1 plural forms; the header says 2"},
		{"msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"A\"\nmsgstr[1] \"\"", "gap: form 2 of 2 is empty"},
		{"msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"\"\nmsgstr[1] \"B\"", "gap: form 1 of 2 is empty"},
		{"#, fuzzy\nmsgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"A\"\nmsgstr[1] \"\"", "untranslated: not translated"},
		{"msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"\"\nmsgstr[1] \"\"", "untranslated: not translated"},
		{"msgid \"\"\nmsgstr \"Plural-Forms: nplurals=2; plural=n;\\n\"", "header: form 2 for n = 2"},
		{"msgid \"\"\nmsgstr \"Language: de\\n\"", "header: Language is de, but this is the place of nl"},
		{"msgid \"\"\nmsgstr \"Language: nl\\nwhat\\n\"", "header: \"what\" is no"},
	} {
		po := tt.po
		if !strings.HasPrefix(strings.TrimSpace(po), "msgid \"\"") {
			po = "msgid \"\"\nmsgstr \"Language: nl\\n\"\n\n" + po
		}
		problems := readPO(t, po).Check("nl")
		want := strings.Split(tt.want, "\n")
		if tt.want == "" {
			want = nil
		}
		if len(problems) != len(want) {
			t.Errorf("%s:\nproblems %v, want %q", tt.po, problems, want)
			continue
		}
		for i, p := range problems {
			kind, text, _ := strings.Cut(want[i], ": ")
			if string(p.Kind) != kind || !strings.Contains(p.Text, text) {
				t.Errorf("%s:\n%s: %s, want %s", tt.po, p.Kind, p.Text, want[i])
			}
		}
	}
}

func TestCheckNamesThePlace(t *testing.T) {
	f := readPO(t, "msgid \"\"\nmsgstr \"Language: nl\\n\"\n\nmsgid \"Hello {name}, this message is longer than a line is wide\"\nmsgstr \"Hallo\"\n")
	p := f.Check("nl")
	if len(p) != 1 || p[0].Line != 4 || p[0].String() != `"Hello {name}, this message is longer th…": {name} is lost` || !p[0].Kind.Harmful() {
		t.Errorf("%+v", p)
	}
	if p := (&gettext.File{}).Check("nl"); len(p) != 1 || p[0].String() != "the header is missing" {
		t.Errorf("%+v", p)
	}
}

// What would be shown wrongly is told from what looks odd, and that from what only waits for a translator.
func TestKinds(t *testing.T) {
	for kind, want := range map[gettext.Kind][2]bool{ // missing, harmful
		gettext.Untranslated: {true, false}, gettext.Guess: {true, false}, gettext.Gap: {false, false}, gettext.Lines: {false, false},
		gettext.Variables: {false, true}, gettext.Verbs: {false, true}, gettext.Forms: {false, true}, gettext.Ends: {false, true},
		gettext.InHeader: {false, true},
	} {
		if kind.Missing() != want[0] || kind.Harmful() != want[1] {
			t.Errorf("%s: missing %t, harmful %t", kind, kind.Missing(), kind.Harmful())
		}
	}
}

func TestCoverage(t *testing.T) {
	c := readPO(t, dutch).Coverage()
	if c != (gettext.Coverage{Translated: 3, Fuzzy: 1, Untranslated: 1}) || c.Total() != 5 || c.Percent() != 60 {
		t.Errorf("%+v", c)
	}
	if (gettext.Coverage{}).Percent() != 100 {
		t.Error("nothing is not all of nothing")
	}
}
