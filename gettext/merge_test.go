package gettext_test

import (
	"fmt"
	"strings"
	"testing"

	"otrbot/gettext"
)

const header = "msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n\"Plural-Forms: nplurals=2; plural=(n != 1);\\n\"\n\n"

func merged(t *testing.T, old, template string) string {
	t.Helper()
	return strings.TrimPrefix(writePO(t, gettext.Merge(readPO(t, header+old), readPO(t, template))), header)
}

func TestMerge(t *testing.T) {
	for _, tt := range []struct{ name, old, template, want string }{
		{
			"what is the same keeps its translation, with the template's comments",
			"# mine\n#. old\n#: a:1\nmsgid \"a\"\nmsgstr \"A\"\n", "#. new\n#: b:2\n#, go-format\nmsgid \"a\"\nmsgstr \"\"\n",
			"# mine\n#. new\n#: b:2\n#, go-format\nmsgid \"a\"\nmsgstr \"A\"\n",
		}, {
			"what is similar is a guess with what it was made for",
			"msgid \"Hello there, my friend\"\nmsgstr \"Hallo\"\n", "msgid \"Hello there, my dear friend\"\nmsgstr \"\"\n",
			"#, fuzzy\n#| msgid \"Hello there, my friend\"\nmsgid \"Hello there, my dear friend\"\nmsgstr \"Hallo\"\n",
		}, {
			"a guess stays one, and remembers its first message",
			"#, fuzzy\n#| msgid \"first\"\nmsgid \"The second message\"\nmsgstr \"B\"\n", "msgid \"The second messages\"\nmsgstr \"\"\n",
			"#, fuzzy\n#| msgid \"first\"\nmsgid \"The second messages\"\nmsgstr \"B\"\n",
		}, {
			"what is gone is kept as obsolete, if it was translated",
			"#. x\n#: a:1\nmsgid \"gone\"\nmsgstr \"weg\"\n\nmsgid \"nothing\"\nmsgstr \"\"\n", "msgid \"zzz\"\nmsgstr \"\"\n",
			"msgid \"zzz\"\nmsgstr \"\"\n\n#~ msgid \"gone\"\n#~ msgstr \"weg\"\n",
		}, {
			"what is obsolete comes back",
			"#~ msgid \"once\"\n#~ msgstr \"eens\"\n", "msgid \"once\"\nmsgstr \"\"\n",
			"msgid \"once\"\nmsgstr \"eens\"\n",
		}, {
			"a new plural repeats the translation as a guess",
			"msgid \"cat\"\nmsgstr \"kat\"\n", "msgid \"cat\"\nmsgid_plural \"cats\"\nmsgstr[0] \"\"\nmsgstr[1] \"\"\n",
			"#, fuzzy\n#| msgid \"cat\"\nmsgid \"cat\"\nmsgid_plural \"cats\"\nmsgstr[0] \"kat\"\nmsgstr[1] \"kat\"\n",
		}, {
			"a lost plural keeps the first form as a guess",
			"msgid \"cat\"\nmsgid_plural \"cats\"\nmsgstr[0] \"kat\"\nmsgstr[1] \"katten\"\n", "msgid \"cat\"\nmsgstr \"\"\n",
			"#, fuzzy\n#| msgid \"cat\"\n#| msgid_plural \"cats\"\nmsgid \"cat\"\nmsgstr \"kat\"\n",
		}, {
			"another context is only similar",
			"msgctxt \"x\"\nmsgid \"Open\"\nmsgstr \"Open\"\n\nmsgid \"Open\"\nmsgstr \"Openen\"\n", "msgctxt \"y\"\nmsgid \"Open\"\nmsgstr \"\"\n",
			"#, fuzzy\n#| msgctxt \"x\"\n#| msgid \"Open\"\nmsgctxt \"y\"\nmsgid \"Open\"\nmsgstr \"Open\"\n\n#~ msgid \"Open\"\n#~ msgstr \"Openen\"\n",
		}, {
			"a message that was changed keeps its own translation, though another that stays is more like it",
			"msgctxt \"x\"\nmsgid \"Click on the first button\"\nmsgstr \"X\"\n\nmsgctxt \"y\"\nmsgid \"Click on the second buttons\"\nmsgstr \"Y\"\n",
			"msgctxt \"x\"\nmsgid \"Click on the second button\"\nmsgstr \"\"\n\nmsgctxt \"y\"\nmsgid \"Click on the second buttons\"\nmsgstr \"\"\n",
			"#, fuzzy\n#| msgctxt \"x\"\n#| msgid \"Click on the first button\"\nmsgctxt \"x\"\nmsgid \"Click on the second button\"\nmsgstr \"X\"\n\n" +
				"msgctxt \"y\"\nmsgid \"Click on the second buttons\"\nmsgstr \"Y\"\n",
		}, {
			"what is left of a context is no source of guesses for its new messages, when another is more like them",
			"msgctxt \"x\"\nmsgid \"Click on the first button\"\nmsgstr \"X\"\n\nmsgctxt \"y\"\nmsgid \"Click on the second buttons\"\nmsgstr \"Y\"\n",
			"msgctxt \"x\"\nmsgid \"Click on the first button\"\nmsgstr \"\"\n\nmsgctxt \"x\"\nmsgid \"Click on the second button\"\nmsgstr \"\"\n",
			"msgctxt \"x\"\nmsgid \"Click on the first button\"\nmsgstr \"X\"\n\n" +
				"#, fuzzy\n#| msgctxt \"y\"\n#| msgid \"Click on the second buttons\"\nmsgctxt \"x\"\nmsgid \"Click on the second button\"\nmsgstr \"Y\"\n",
		}, {
			"what has nothing in common is left to the translator",
			"msgid \"completely\"\nmsgstr \"x\"\n", "#~ msgid \"completely\"\n#~ msgstr \"\"\n\nmsgid \"different\"\nmsgstr \"\"\n",
			"msgid \"different\"\nmsgstr \"\"\n\n#~ msgid \"completely\"\n#~ msgstr \"x\"\n",
		},
	} {
		if got := merged(t, tt.old, tt.template); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

func TestMergeLeavesItsFilesAlone(t *testing.T) {
	old, template := readPO(t, all), readPO(t, strings.ReplaceAll(all, "Hello", "Hallo"))
	before := writePO(t, old) + writePO(t, template)
	gettext.Merge(old, template).Entries[0].Str[0] = "changed"
	if writePO(t, old)+writePO(t, template) != before {
		t.Error("a file was changed")
	}
}

func TestMergeTakesTheTemplatesDate(t *testing.T) {
	template := "msgid \"\"\nmsgstr \"POT-Creation-Date: 2026-01-02\\nReport-Msgid-Bugs-To: here\\nLanguage: xx\\n\"\n"
	got := gettext.Merge(readPO(t, header), readPO(t, template)).Header
	var names []string
	for _, f := range got.Fields {
		names = append(names, f.Name)
	}
	if want := "Report-Msgid-Bugs-To POT-Creation-Date Content-Type Plural-Forms"; strings.Join(names, " ") != want {
		t.Errorf("fields %q", names)
	}
}

// Many messages that share runs of letters: the search stays within its bounds.
func TestMergeOfMany(t *testing.T) {
	var old, template strings.Builder
	for i := range 800 {
		fmt.Fprintf(&old, "msgid \"the message with number %d is like all others\"\nmsgstr \"%d\"\n\n", i, i)
		fmt.Fprintf(&template, "msgid \"the message with number %d is like all the others\"\nmsgstr \"\"\n\n", i)
	}
	out := gettext.Merge(readPO(t, header+old.String()), readPO(t, template.String()))
	right := 0
	for i, e := range out.Entries[:800] {
		if e.Fuzzy && e.Str[0] == fmt.Sprint(i) {
			right++
		}
	}
	if right != 800 {
		t.Errorf("%d of 800 took the translation of their like", right)
	}
}

func TestNewTranslation(t *testing.T) {
	template := readPO(t, "# authors\nmsgid \"\"\nmsgstr \"Language: \\nContent-Type: text/plain; charset=CHARSET\\n\"\n\nmsgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"\"\nmsgstr[1] \"\"\n")
	f, err := gettext.NewTranslation(template, "ar-EG")
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Entries[0].Str) != 6 || f.Header.Value("Language") != "ar_EG" || !strings.HasSuffix(f.Header.Value("Content-Type"), "UTF-8") {
		t.Errorf("begins with\n%s", writePO(t, f))
	}
	if template.Header.Value("Language") != "" {
		t.Error("the template was changed")
	}
	for _, locale := range []string{"", "tlh", "not one"} {
		if _, err := gettext.NewTranslation(template, locale); err == nil {
			t.Errorf("%q: no error", locale)
		}
	}
}
