package extract_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otrbot/gettext"
	"otrbot/gettext/extract"
	"otrbot/internal/lesson"
	"otrbot/internal/tutor"
	"otrbot/lessons"
)

// entries writes a template without its header.
func entries(t *testing.T, m *extract.Messages) string {
	t.Helper()
	var b bytes.Buffer
	if err := m.Template("test").WritePO(&b); err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(b.String(), "\n\n")
	return text
}

func TestGo(t *testing.T) {
	var m extract.Messages
	if err := m.Go(t.Context(), "testdata/src", "."); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/hello.pot")
	if err != nil {
		t.Fatal(err)
	}
	if got := entries(t, &m); got != string(want) {
		t.Errorf("extracted:\n%s", got)
	}
}

func TestGoRefuses(t *testing.T) {
	for name, want := range map[string]string{
		"c.Count(\"a\", \"b\", 1); c.Count(\"a\", \"c\", 1)":            `bad.go:6:42: "a" has another plural in bad.go:6`,
		"c.Count(gettext.Msg(os.Args[0]), \"b\", 1)":                    "bad.go:6:45: this plural has no message before it",
		"c.Text(os.Args[0])":                                            "cannot use os.Args[0]",
		"_ = []struct{p gettext.Plural; m gettext.Msg}{{\"b\", \"a\"}}": "bad.go:6:59: this plural has no message before it",
	} {
		dir, err := os.MkdirTemp("testdata", "bad") // in the module, to import gettext
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.RemoveAll(dir) })
		code := "package bad\n\nimport (\"os\"; \"otrbot/gettext\")\n\nvar _, c = os.Args, (*gettext.Catalogue)(nil)\nfunc f() { " + name + " }\n"
		if err := os.WriteFile(filepath.Join(dir, "bad.go"), []byte(code), 0o644); err != nil {
			t.Fatal(err)
		}
		var m extract.Messages
		if err := m.Go(t.Context(), dir, "."); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", name, err, want)
		}
	}
}

func TestHTML(t *testing.T) {
	const page = `{{define "a"}}
{{/* translators: a greeting */}}
<h1 title="{{.T "A title"}}">{{$.T "Hello {name}" "name" (.Strong .Name)}}</h1>
{{with .Rows}}{{range .}}{{($.With .).T "In a row"}}{{else}}{{$.T "No rows"}}{{end}}{{else with .T "Condition"}}{{.}}{{end}}
{{template "b" ($.T "Handed on")}} {{.N "{n} try" "{n} tries" .Left}} {{$.X "door" "Open"}}
{{.Data.T "no message"}} {{.X}} {{.Data.X}} {{printf "%d" .N}}
{{$x := .T "In a variable"}}{{$x | printf "%s"}} {{.T ` + "`raw \"text\"`" + `}}
{{end}}{{.T "Outside"}}`
	var m extract.Messages
	if err := m.HTML("web/a.html", page); err != nil {
		t.Fatal(err)
	}
	want := []string{"A title", "Hello {name}", "In a row", "No rows", "Condition", "Handed on", "{n} try", "Open", "In a variable", "raw \"text\"", "Outside"}
	var got []string
	for _, e := range m.Template("test").Entries {
		got = append(got, e.ID)
		switch e.ID {
		case "Hello {name}":
			if len(e.Extracted) != 1 || e.Extracted[0] != "a greeting" || e.References[0] != "web/a.html:3" {
				t.Errorf("%+v", e)
			}
		case "Open":
			if e.Context != "door" || !e.HasContext {
				t.Errorf("%+v", e)
			}
		case "{n} try":
			if e.Plural != "{n} tries" || len(e.Str) != 2 {
				t.Errorf("%+v", e)
			}
		case "Outside":
			if len(e.Extracted) != 0 {
				t.Errorf("%+v", e)
			}
		}
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("extracted %q\nwant      %q", got, want)
	}
}

func TestHTMLRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"<p>\n{{.T .Text}}":                        "a.html:2:6: the message must be a literal text, so that it can be translated; .Text is none",
		"{{.N \"a\" .Many 3}}":                     "a.html:1:10: the plural must be a literal",
		"{{$.X \"a\"}}":                            "a.html:1:3: the message is missing after .X",
		"{{\"a\" | .T}}":                           "the message must stand after .T, not before a stroke",
		"{{if (.T (print \"a\"))}}{{end}}":         "a.html:1:11: the message must be a literal",
		"{{.N \"a\" \"b\" 1}}{{.N \"a\" \"c\" 1}}": "has another plural",
		"{{if}}": "a.html",
	} {
		var m extract.Messages
		if err := m.HTML("a.html", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", text, err, want)
		}
	}
	var m extract.Messages
	if err := m.HTML("a.html", "{{.T .A}}\n\n{{.T .B}}"); strings.Count(err.Error(), "must be a literal") != 2 {
		t.Errorf("not all faults at once: %v", err)
	}
}

func TestLesson(t *testing.T) {
	l, err := lesson.Parse(lessons.BasicName, lessons.Basic, tutor.Vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	var m extract.Messages
	if err := m.Lesson("lessons/basic.yaml", l); err != nil {
		t.Fatal(err)
	}
	said := map[gettext.Key]*gettext.Entry{}
	for _, e := range m.Template("test").Entries {
		said[e.Key] = e
	}
	lines := strings.Split(string(lessons.Basic), "\n")
	for name, text := range l.Texts {
		e := said[gettext.Key{ID: text.Body, Context: string(l.Context(name)), HasContext: true}]
		if e == nil {
			t.Errorf("%s is not there", name)
			continue
		}
		first, _, _ := strings.Cut(text.Body, "\n")
		if at := lines[text.Line-1]; !strings.Contains(at, strings.Fields(first)[0]) {
			t.Errorf("%s: line %d of the lesson is %q", name, text.Line, at)
		}
		if again := (gettext.Key{ID: text.Again, Context: e.Context, HasContext: true}); text.Again != "" && said[again] == nil {
			t.Errorf("%s: what is said again is not there", name)
		}
		if text.Note != "" && (len(e.Extracted) == 0 || e.Extracted[0] != text.Note) {
			t.Errorf("%s: the note is lost", name)
		}
	}
	if said[gettext.Key{ID: l.Title, Context: "basic", HasContext: true}] == nil {
		t.Error("the title is not there")
	}
}

// The same text in several places is one message, with all places and comments.
func TestOneMessageOfSeveralPlaces(t *testing.T) {
	var m extract.Messages
	for _, name := range []string{"b.html", "a.html", "a.html"} {
		if err := m.HTML(name, "{{/* translators: of "+name+" */}}{{.T \"Same\"}}"); err != nil {
			t.Fatal(err)
		}
	}
	want := "#. of b.html\n#. of a.html\n#: a.html:1 b.html:1\nmsgid \"Same\"\nmsgstr \"\"\n"
	if got := entries(t, &m); got != want {
		t.Errorf("got\n%s", got)
	}
}
