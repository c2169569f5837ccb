package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"otrbot/internal/lesson"
	"otrbot/internal/tutor"
)

// What follows from the vocabulary in docs/ is written by: go test ./cmd/otrbot -run TestLesson -update
var update = flag.Bool("update", false, "write the parts of docs/ that follow from the vocabulary")

const (
	guideFile  = "../../docs/lessons.md"
	schemaFile = "../../docs/lesson.schema.json"
)

func TestLessonSchemaFollowsTheVocabulary(t *testing.T) {
	want, err := lesson.Schema(tutor.Vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	sameOrUpdate(t, schemaFile, string(want))
}

func TestLessonGuideListsTheVocabulary(t *testing.T) {
	const begin, end = "-update -->\n", "<!-- end of words -->"
	text := readDoc(t)
	before, rest, ok := strings.Cut(text, begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("no %q and %q in %s", begin, end, guideFile)
	}
	sameOrUpdate(t, guideFile, before+begin+vocabularyTables(tutor.Vocabulary())+end+after)
}

// The picture in the guide is that of its lesson.
func TestLessonGuideShowsThePicture(t *testing.T) {
	const begin, end = "```mermaid\n", "```"
	text := readDoc(t)
	before, rest, ok := strings.Cut(text, begin)
	_, after, ok2 := strings.Cut(rest, end)
	picture := execute(soundLesson(t), "lesson", "graph", "--format", "mermaid", "-")
	if !ok || !ok2 || picture.code != exitOK {
		t.Fatalf("no picture in %s, or of its lesson: %s", guideFile, picture.stderr)
	}
	sameOrUpdate(t, guideFile, before+begin+picture.stdout+end+after)
}

func vocabularyTables(v lesson.Vocabulary) string {
	var b strings.Builder
	table := func(title string, rows func(row func(name, meaning string))) {
		fmt.Fprintf(&b, "\n## %s\n\n| word | meaning |\n|---|---|\n", title)
		rows(func(name, meaning string) { fmt.Fprintf(&b, "| `%s` | %s |\n", name, meaning) })
	}
	words := func(list []lesson.Word, form string) func(func(string, string)) {
		return func(row func(name, meaning string)) {
			for _, w := range list {
				row(fmt.Sprintf(form, w.Name), w.Meaning)
			}
		}
	}
	table("All events", words(v.Events, "%s"))
	table("All actions", func(row func(name, meaning string)) {
		for _, a := range v.Actions {
			row(a.Name+map[lesson.Argument]string{lesson.TextArgument: " TEXT", lesson.TimerArgument: " TIMER"}[a.Argument], a.Meaning)
		}
	})
	table("All timers", words(v.Timers, "%s"))
	table("All variables", words(v.Variables, "{%s}"))
	return b.String() + "\n"
}

func sameOrUpdate(t *testing.T, file, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != want {
		t.Errorf("%s is not what the vocabulary says (%v): go test ./cmd/otrbot -run TestLesson -update", file, err)
	}
}

func readDoc(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(guideFile)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The YAML samples of the guide, one after the other, are a lesson without faults or warnings. What the guide says the
// checker finds before the last of them, it finds.
func TestLessonGuideSamples(t *testing.T) {
	samples := guideSamples(t)
	got := execute(strings.Join(samples, "\n"), "lesson", "check", "-")
	if got.code != exitOK || !strings.HasPrefix(got.stdout, "-: nothing wrong") {
		t.Errorf("%s%s", got.stdout, got.stderr)
	}
	text := readDoc(t)
	early := execute(strings.Join(samples[:len(samples)-1], "\n"), "lesson", "check", "-")
	missing := strings.TrimPrefix(early.stderr, "-:")[:len("9:3: no state answers smp_started, smp_question_used, smp_aborted")]
	misspelt := execute(strings.Replace(strings.Join(samples, "\n"), "      otr_enabled, otr_enabled_verified, otr_already_setup: {to: encrypted}",
		"      otr_enabld, otr_enabled_verified, otr_already_setup: {to: encrypted}", 1), "lesson", "check", "-")
	slip, _, _ := strings.Cut(strings.TrimPrefix(misspelt.stderr, "-:"), "\n")
	for _, line := range []string{missing, slip} {
		if !strings.Contains(text, "    my-lesson.yaml:"+line) {
			t.Errorf("%s does not show my-lesson.yaml:%s", guideFile, line)
		}
	}
}

// guideSamples are the YAML samples of the guide.
func guideSamples(t *testing.T) []string {
	t.Helper()
	var all []string
	for i, part := range strings.Split(readDoc(t), "```") {
		if sample, ok := strings.CutPrefix(part, "yaml\n"); ok && i%2 == 1 {
			all = append(all, sample)
		}
	}
	if len(all) < 4 {
		t.Fatalf("only %d samples in %s", len(all), guideFile)
	}
	return all
}

// soundLesson is a lesson that the program accepts: that of the guide.
func soundLesson(t *testing.T) string {
	t.Helper()
	return strings.Join(guideSamples(t), "\n")
}

// Every key that the schema knows is explained in the guide.
func TestLessonGuideExplainsEveryKeyword(t *testing.T) {
	_, keywords, _ := strings.Cut(readDoc(t), "## All keywords")
	for _, word := range []string{"lesson", "title", "start", "goal", "always", "states", "texts", "enter", "leave", "on", "hints", "allow",
		"final", "to", "do", "ignore", "text", "again", "note"} {
		if !strings.Contains(keywords, "`"+word+"`") {
			t.Errorf("%s does not explain %s", guideFile, word)
		}
	}
}
