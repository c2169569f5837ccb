package gettext_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	"otrbot/gettext"
)

// all is a file with everything that one can have, as it is written.
const all = `# Translators are named here.
#
msgid ""
msgstr ""
"Project-Id-Version: otrbot\n"
"a line of another kind\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

# A translator's remark
#. for translators
#: a.go:1 b.go:22
#, fuzzy, go-format
#| msgctxt "old place"
#| msgid "Old"
#| msgid_plural "Olds"
msgctxt "place"
msgid "New\t\"%d\"\\\001"
msgid_plural "News"
msgstr[0] ""
"Nieuw\n"
"é"
msgstr[1] ""

msgctxt ""
msgid "An empty context is one"
msgstr "ja"

#: ` + "\u2068a name.go\u2069" + `:3
#, no-wrap
msgid "Hello"
msgstr "Hallo Hallo Hallo Hallo Hallo Hallo Hallo Hallo Hallo Hallo Hallo Hallo Hallo Hallo"

msgid ""
"Words that do not fit into a line of this width are written on the next one, "
"as GNU does"
msgstr ""

#, fuzzy
#~| msgid "Older"
#~ msgid "Gone"
#~ msgid_plural "Gones"
#~ msgstr[0] "Weg"
#~ msgstr[1] "Wegs"
`

func readPO(t *testing.T, po string) *gettext.File {
	t.Helper()
	f, err := gettext.ReadPO(strings.NewReader(po))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func writePO(t *testing.T, f *gettext.File) string {
	t.Helper()
	var b bytes.Buffer
	if err := f.WritePO(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPOIsWrittenAsRead(t *testing.T) {
	if got := writePO(t, readPO(t, all)); got != all {
		t.Errorf("written:\n%s\nread:\n%s", got, all)
	}
	crlf := strings.ReplaceAll(all, "\n", "\r\n")
	if got := writePO(t, readPO(t, crlf)); got != all {
		t.Errorf("with CRLF:\n%s", got)
	}
}

func TestReadPO(t *testing.T) {
	f := readPO(t, all)
	want := &gettext.Entry{
		Key: gettext.Key{ID: "New\t\"%d\"\\\x01", Context: "place", HasContext: true}, Plural: "News",
		Str: []string{"Nieuw\né", ""}, Comments: []string{"A translator's remark"}, Extracted: []string{"for translators"},
		References: []string{"a.go:1", "b.go:22"}, Flags: []string{"go-format"}, Fuzzy: true, Line: 17,
		Previous: &gettext.Previous{Key: gettext.Key{ID: "Old", Context: "old place", HasContext: true}, Plural: "Olds"},
	}
	if !reflect.DeepEqual(f.Entries[0], want) {
		t.Errorf("read %+v\nwant %+v", f.Entries[0], want)
	}
	if e := f.Entries[2]; !reflect.DeepEqual(e.References, []string{"\u2068a name.go\u2069:3"}) {
		t.Errorf("references %q", e.References)
	}
	if e := f.Entries[4]; !e.Obsolete || !e.Fuzzy || e.Previous.ID != "Older" || e.Translated() != true {
		t.Errorf("obsolete entry %+v", e)
	}
	if got := f.Header.Value("plural-forms"); got != "nplurals=2; plural=(n != 1);" || f.Header.Line != 3 {
		t.Errorf("header says %q in line %d", got, f.Header.Line)
	}
}

func TestReadPOVariants(t *testing.T) {
	for po, want := range map[string]string{
		`msgid"a"msgstr"b"`:                             "", // two words on a line
		"msgid \"a\"\"b\" \"c\"\nmsgstr \"\\x41\\101\"": "AA",
		"msgid \"abc\"\n\n\nmsgstr\t\"b\"":              "b",
		"  msgid \"abc\"\n\t\"\"\n  msgstr \"b\"  ":     "b",
		"# alone\n\nmsgid \"abc\"\nmsgstr \"b\"\n# end": "b",
	} {
		f, err := gettext.ReadPO(strings.NewReader(po))
		if want == "" {
			if err == nil {
				t.Errorf("%q: no error", po)
			}
			continue
		}
		if err != nil || len(f.Entries) != 1 || f.Entries[0].ID != "abc" || f.Entries[0].Str[0] != want {
			t.Errorf("%q: %v %v", po, f, err)
		}
	}
}

func TestReadPORefuses(t *testing.T) {
	for po, want := range map[string]string{
		"msgid \"a\"\nmsgstr \"b":                              `2:8: the quote is not closed on this line`,
		"msgid \"a\"\nmsgstr \"\\q\"":                          `2:9: this backslash begins nothing`,
		"msgid \"a\"\nmsgstr \"\\x\"":                          `2:9: this backslash`,
		"msgid \"a\"\nmsgstr \"\\777\"":                        `2:9: this backslash`,
		"msgid \"é\" x\nmsgstr \"\"":                           `1:11: "x" stands where a text in quotes must`,
		"mgsid \"a\"\nmsgstr \"b\"":                            `1:1: "mgsid" is no word of such a file`,
		"msgid a\nmsgstr \"b\"":                                `1:7: msgid has no text in quotes`,
		"\"a\"":                                                `1:1: this text belongs to nothing`,
		"msgstr \"a\"":                                         `1:1: msgstr cannot follow comments`,
		"msgid \"a\"\nmsgid \"b\"\nmsgstr \"\"":                `2:1: the message of line 1 has no msgstr`,
		"msgid \"a\"":                                          `1:1: the message of line 1 has no msgstr`,
		"msgctxt \"a\"":                                        `1:1: the entry of line 1 has no msgid`,
		"msgid \"a\"\nmsgstr[0] \"b\"":                         `2:1: msgstr[N] needs a msgid_plural`,
		"msgid \"a\"\nmsgid_plural \"b\"\nmsgstr \"\"":         `3:1: after msgid_plural msgstr has a form's number`,
		"msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[1] \"\"":      `3:1: msgstr[1] stands where msgstr[0] must`,
		"msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[x] \"\"":      `3:7: a form is a number in brackets`,
		"msgid[0] \"a\"":                                       `1:1: msgid has no forms`,
		"msgid \"a\"\nmsgstr \"\"\nmsgstr \"\"":                `3:1: msgstr cannot follow msgstr`,
		"msgid \"a\"\nmsgstr \"\"\n\nmsgid \"a\"\nmsgstr \"\"": `5:1: the message of line 4 stands in line 1 already`,
		"#~ msgid \"a\"\nmsgstr \"\"":                          `2:1: an entry must have #~ in all its lines or in none`,
		"#~ msgid \"a\"\n\"b\"\n":                              `2:1: this text continues a line that begins in another way`,
		"#| msgstr \"a\"":                                      `1:4: a previous msgstr cannot stand here`,
		"msgid \"a\\0\"\nmsgstr \"\"":                          `2:1: the message of line 1 has a zero byte`,
		"msgid \"a\\004b\"\nmsgstr \"\"":                       `2:1: the message of line 1 has the character 4`,
		"msgid \"a\"\nmsgstr \"\\xff\"":                        `2:1: the message of line 1 is not UTF-8: see its backslashes`,
		"msgid \"a\"\nmsgstr \"é\xff\"":                        `2:10: byte 0xff is not UTF-8; save the file as UTF-8`,
		"\ufeffmsgid \"a\"":                                    `1:1: the file begins with a byte order mark`,
		"msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=ISO-8859-2\\n\"": `2:1: the header says charset iso-8859-2; only UTF-8 is read`,
		"msgid \"a\"\nmsgstr \"\"\nmsgid \"\"\nmsgstr \"A: b\\n\"":               `4:1: the header, the empty message of line 3, must stand first`,
		"msgid \"\"\nmsgid_plural \"b\"\nmsgstr[0] \"\"":                         `3:1: the header of line 1 has a plural`,
		"msgid \"a\"\nmsgid_plural \"b\"\n" + forms(17):                          `19:1: more than 16 plural forms`,
	} {
		_, err := gettext.ReadPO(strings.NewReader(po))
		var places gettext.SyntaxErrors
		if !errors.As(err, &places) || !strings.HasPrefix(places[0].Error(), want) {
			t.Errorf("%q:\n%v, want\n%s", po, err, want)
		}
	}
}

func forms(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("msgstr[" + strings.TrimSpace(string(rune('0'+i/10))+string(rune('0'+i%10))) + "] \"x\"\n")
	}
	return b.String()
}

func TestReadPOTellsAllAtOnce(t *testing.T) {
	_, err := gettext.ReadPO(strings.NewReader("msgid \"a\n\"cascade\"\n\nmsgid \"b\"\nmsgstr \"\"\n\nmgsid \"c\"\n"))
	if got, want := err.Error(), "1:7: the quote is not closed on this line\n7:1: \"mgsid\" is no word of such a file"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	_, err = gettext.ReadPO(strings.NewReader(strings.Repeat("x\n\n", 1000)))
	if n := strings.Count(err.Error(), "\n"); n != 19 {
		t.Errorf("%d lines of errors", n+1)
	}
	if _, err := gettext.ReadPO(endless{}); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("an endless file: %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '\n'
	}
	return len(p), nil
}

func TestWritePORefuses(t *testing.T) {
	for why, f := range map[string]*gettext.File{
		"zero byte":   {Entries: []*gettext.Entry{{Key: gettext.Key{ID: "a\x00"}}}},
		"not UTF-8":   {Entries: []*gettext.Entry{{Key: gettext.Key{ID: "a"}, Str: []string{"\xff"}}}},
		"there twice": {Entries: []*gettext.Entry{{Key: gettext.Key{ID: "a"}}, {Key: gettext.Key{ID: "a"}}}},
		"2 forms":     {Entries: []*gettext.Entry{{Key: gettext.Key{ID: "a"}, Str: []string{"b", "c"}}}},
		"header":      {Header: gettext.Header{Fields: []gettext.Field{{Name: "A", Value: "b\nc"}}}},
	} {
		var b bytes.Buffer
		if err := f.WritePO(&b); err == nil || !strings.Contains(err.Error(), why) || b.Len() > 0 {
			t.Errorf("%s: error %v, written %q", why, err, b.String())
		}
		if err := f.WriteMO(&b); err == nil || b.Len() > 0 {
			t.Errorf("%s: compiled", why)
		}
	}
}

func FuzzReadPO(f *testing.F) {
	f.Add(all)
	f.Add(dutch)
	f.Add("msgid \"\"\nmsgstr \"  00\\n: 1\\nB:\\n\"")
	f.Add("#~| msgid \"a\"\n#~ msgid \"b\"\n#~ msgstr \"\\x4\"\n\"\\101\"")
	f.Fuzz(func(t *testing.T, po string) {
		if len(po) > 1<<16 {
			return
		}
		file, err := gettext.ReadPO(strings.NewReader(po))
		if err != nil {
			return
		}
		written := writePO(t, file)
		again, err := gettext.ReadPO(strings.NewReader(written))
		if err != nil {
			t.Fatalf("cannot be read again: %v\n%s", err, written)
		}
		if third := writePO(t, again); third != written {
			t.Errorf("written once\n%s\ntwice\n%s", written, third)
		}
		file.Check("nl")
		if _, err := gettext.NewCatalogue("nl", file); err == nil {
			var mo bytes.Buffer
			if err := file.WriteMO(&mo); err != nil {
				t.Error(err)
			} else if _, err := gettext.ReadMO(mo.Bytes()); err != nil {
				t.Errorf("compiled, cannot be read: %v", err)
			}
		}
	})
}
