package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"otrbot/gettext"
	"otrbot/locales"
)

// The sources of this very program: every kind of text is in the template, with what is said to translators.
func TestExtractThisProgram(t *testing.T) {
	template := programTemplate(t)
	for _, tt := range []struct{ kind, reference string }{
		{"Go code", "internal/web/failures.go"},
		{"templates", "internal/web/page/templates/layout.html"},
		{"lessons", "lessons/basic.yaml"},
	} {
		if !mentions(template, tt.reference) {
			t.Errorf("no message of %s", tt.kind)
		}
	}
	for _, e := range template.Entries {
		if e.Context == "basic/greeting" && len(e.Extracted) == 0 {
			t.Error("the note of the lesson's greeting is lost")
		}
	}
}

// A text that was changed has to reach the translators.
func TestTranslationsHaveEveryMessage(t *testing.T) {
	template := programTemplate(t)
	files, err := filepath.Glob("../../locales/*/" + catalogueName)
	if err != nil || len(files) == 0 {
		t.Fatalf("no translations: %v", err)
	}
	for _, file := range files {
		has := map[gettext.Key]bool{}
		for _, e := range readTemplate(t, file).Entries {
			has[e.Key] = has[e.Key] || !e.Obsolete
		}
		missing := 0
		for _, e := range template.Entries {
			if !has[e.Key] {
				missing++
			}
		}
		if missing > 0 {
			t.Errorf("%s: %d messages are missing; run: otrbot locale extract -o locales/messages.pot && otrbot locale update locales/messages.pot %s", file, missing, localeOf(file))
		}
	}
}

// The template in the program is that of its sources; only line numbers may be old.
func TestTemplateInProgram(t *testing.T) {
	built, err := locales.Template()
	if err != nil {
		t.Fatal(err)
	}
	var has, want []string
	for _, e := range built.Entries {
		has = append(has, fmt.Sprintf("%+v %q %q", e.Key, e.Plural, e.Extracted))
	}
	for _, e := range programTemplate(t).Entries {
		want = append(want, fmt.Sprintf("%+v %q %q", e.Key, e.Plural, e.Extracted))
	}
	slices.Sort(has)
	slices.Sort(want)
	if !slices.Equal(has, want) {
		t.Error("locales/messages.pot is old; run: otrbot locale extract -o locales/messages.pot")
	}
}

// programTemplate is the template of this program, from its sources.
func programTemplate(t *testing.T) *gettext.File {
	t.Helper()
	text, err := extractedSources()
	if err != nil {
		t.Fatal(err)
	}
	f, err := gettext.ReadPO(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// extractedSources runs the command once for all tests: it reads the types of every package.
var extractedSources = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "otrbot-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "all.pot")
	var out, complaints bytes.Buffer
	if code := run([]string{"locale", "extract", "-o", file, "../.."}, nil, &out, &complaints); code != 0 {
		return nil, fmt.Errorf("exit code %d: %s", code, complaints.String())
	}
	return os.ReadFile(file)
})

func readTemplate(t *testing.T, file string) *gettext.File {
	t.Helper()
	r, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	f, err := gettext.ReadPO(r)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func mentions(f *gettext.File, source string) bool {
	for _, e := range f.Entries {
		for _, r := range e.References {
			if strings.HasPrefix(r, source+":") {
				return true
			}
		}
	}
	return false
}

func TestBar(t *testing.T) {
	for percent, want := range map[int]string{0: "[..........]", 9: "[..........]", 10: "[#.........]", 99: "[#########.]", 100: "[##########]"} {
		if got := bar(percent); got != want {
			t.Errorf("%d %%: %s, want %s", percent, got, want)
		}
	}
}
