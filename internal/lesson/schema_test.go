package lesson_test

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"otrbot/internal/lesson"
	"otrbot/internal/tutor"
)

// What the checker says of the form of a file, the schema says too.
func TestSchemaAgreesWithParse(t *testing.T) {
	s := readSchema(t, words)
	if !s.accepts(t, sound) {
		t.Error("refuses a sound lesson")
	}
	for _, c := range [][2]string{
		{"goal: done\n", ""},
		{"title: A small lesson", "title: ''"},
		{"title: A small lesson", "title: 3"},
		{"start: plain", "start: Plain"},
		{"start: plain", "start: plain\nfinish: done"},
		{"  stop: {to", "  stopp: {to"},
		{"  help: [hint]", "  help, halt: [hint]"},
		{"  help: [hint]", "  help: []"},
		{"  help: [hint]", "  help: hint"},
		{"  help: [hint]", "  help: {}"},
		{"  help: [hint]", "  help: {too: plain}"},
		{"[say greeting, arm silence]", "say greeting"},
		{"[say greeting, arm silence]", "[say greeting, arm silense]"},
		{"[say greeting, arm silence]", "[say greeting, arm]"},
		{"[say greeting, arm silence]", "[say greeting bye]"},
		{"[say greeting, arm silence]", "[hint greeting]"},
		{"[start_smp]", "[start_otr]"},
		{"{final: true}", "{final: false}"},
		{"{final: true}", "ignore"},
		{"  done: {", "  Done: {"},
		{"    note: ", "    remark: "},
		{"    text: |", "    more: |"},
		{"  look: Is there a lock in your window?", "  look: 1"},
		{"  look: Is there a lock in your window?", "  look: ''"},
	} {
		src := strings.Replace(sound, c[0], c[1], 1)
		if src == sound || len(faults(src)) == 0 {
			t.Errorf("%q for %q is sound", c[1], c[0])
		}
		if s.accepts(t, src) {
			t.Errorf("accepts %q for %q", c[1], c[0])
		}
	}
	if several := strings.Replace(sound, "  otr_disabled: ignore\n  stop: ", "  otr_disabled,stop : ", 1); !s.accepts(t, several) || len(faults(several)) > 0 {
		t.Error("refuses several events in a key")
	}
}

func TestSchemaAcceptsTheLessonOfTheBot(t *testing.T) {
	src, err := os.ReadFile("../../lessons/basic.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lesson.Parse("basic.yaml", src, tutor.Vocabulary()); err != nil {
		t.Fatal(err)
	}
	if !readSchema(t, tutor.Vocabulary()).accepts(t, string(src)) {
		t.Error("refuses lessons/basic.yaml")
	}
}

// Each key and word is explained, in its own words.
func TestSchemaExplains(t *testing.T) {
	s := readSchema(t, words)
	for name, want := range map[string]string{"lesson": "short name", "start": "begins", "goal": "made it"} {
		if got := s.Properties[name].Description; !strings.Contains(got, want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := s.Defs["answers"].Properties["help"].Description; got != "the learner asked for help" {
		t.Errorf("help: %q", got)
	}
	if got := s.Defs["words"].Description; !strings.Contains(got, "{client}: the learner's client") {
		t.Errorf("words: %q", got)
	}
}

// jsonSchema is a reader of the part of JSON Schema that lessons need.
type jsonSchema struct {
	Description          string
	Type, Pattern        string
	Const                any
	MinLength, MaxLength int
	MinItems             int
	AnyOf                []*jsonSchema
	Items                *jsonSchema
	Required             []string
	Properties           map[string]*jsonSchema
	PatternProperties    map[string]*jsonSchema
	PropertyNames        *jsonSchema
	AdditionalProperties json.RawMessage
	MinProperties        int
	Ref                  string                 `json:"$ref"`
	Defs                 map[string]*jsonSchema `json:"$defs"`
}

func readSchema(t *testing.T, v lesson.Vocabulary) *jsonSchema {
	t.Helper()
	b, err := lesson.Schema(v)
	if err != nil {
		t.Fatal(err)
	}
	s := &jsonSchema{}
	if err := json.Unmarshal(b, s); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *jsonSchema) accepts(t *testing.T, src string) bool {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(src), &v); err != nil {
		t.Fatal(err)
	}
	return s.holds(s, v)
}

func (s *jsonSchema) holds(root *jsonSchema, v any) bool {
	if s.Ref != "" && !root.Defs[strings.TrimPrefix(s.Ref, "#/$defs/")].holds(root, v) {
		return false
	}
	if s.Const != nil && s.Const != v {
		return false
	}
	if len(s.AnyOf) > 0 && !slices.ContainsFunc(s.AnyOf, func(one *jsonSchema) bool { return one.holds(root, v) }) {
		return false
	}
	switch s.Type {
	case "string":
		text, ok := v.(string)
		n := utf8.RuneCountInString(text)
		return ok && n >= s.MinLength && (s.MaxLength == 0 || n <= s.MaxLength) && regexp.MustCompile(s.Pattern).MatchString(text)
	case "array":
		list, ok := v.([]any)
		return ok && len(list) >= s.MinItems && !slices.ContainsFunc(list, func(item any) bool { return !s.Items.holds(root, item) })
	case "object":
		object, ok := v.(map[string]any)
		return ok && len(object) >= s.MinProperties && s.holdsKeys(root, object)
	}
	return true
}

func (s *jsonSchema) holdsKeys(root *jsonSchema, object map[string]any) bool {
	for _, key := range s.Required {
		if _, ok := object[key]; !ok {
			return false
		}
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if s.PropertyNames != nil && !s.PropertyNames.holds(root, key) || !s.key(key).holds(root, object[key]) {
			return false
		}
	}
	return true
}

// key is what the value of a key must be.
func (s *jsonSchema) key(name string) *jsonSchema {
	if p, ok := s.Properties[name]; ok {
		return p
	}
	for pattern, p := range s.PatternProperties {
		if regexp.MustCompile(pattern).MatchString(name) {
			return p
		}
	}
	if string(s.AdditionalProperties) == "false" {
		return &jsonSchema{Type: "string", MinLength: 1, Pattern: `^$`} // which nothing is
	}
	var p jsonSchema
	if err := json.Unmarshal(s.AdditionalProperties, &p); err != nil {
		return &jsonSchema{}
	}
	return &p
}
