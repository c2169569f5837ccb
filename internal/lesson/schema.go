package lesson

import (
	"bytes"
	"encoding/json"
	"strings"
)

// schema is the part of JSON Schema (2020-12) that describes lessons.
type schema struct {
	Schema      string             `json:"$schema,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Type        string             `json:"type,omitempty"`
	Const       any                `json:"const,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
	Pattern     string             `json:"pattern,omitempty"`
	MinLength   int                `json:"minLength,omitempty"`
	MaxLength   int                `json:"maxLength,omitempty"`
	AnyOf       []*schema          `json:"anyOf,omitempty"`
	Items       *schema            `json:"items,omitempty"`
	MinItems    int                `json:"minItems,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Properties  map[string]*schema `json:"properties,omitempty"`
	Patterns    map[string]*schema `json:"patternProperties,omitempty"`
	Names       *schema            `json:"propertyNames,omitempty"`
	Additional  any                `json:"additionalProperties,omitempty"` // false, or the schema of what a free key has
	MinKeys     int                `json:"minProperties,omitempty"`
	Ref         string             `json:"$ref,omitempty"`
	Defs        map[string]*schema `json:"$defs,omitempty"`
}

// Schema describes lesson files to editors, as JSON Schema: keys and words with
// their meanings. What needs the whole file, such as whether a state exists, only
// [Parse] can tell. A file that Parse accepts is accepted by the schema, but for
// needless spaces within quotes.
func Schema(v Vocabulary) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(lessonSchema(v))
	return b.Bytes(), err
}

func lessonSchema(v Vocabulary) *schema {
	name := ref("name")
	return object("A lesson of otrbot. docs/lessons.md explains how to write one.", map[string]*schema{
		"lesson": described(name, "A short name for the lesson."),
		"title":  {Type: "string", MinLength: 1, Description: "What the lesson is called, for people."},
		"start":  described(name, "The state that a learner begins in."),
		"goal":   described(name, "The state in which the learner has made it. A way must lead there from every state that is not final."),
		"always": described(ref("answers"), "Answers in every state that is not final and has none of its own for the event."),
		"states": free(ref("state"), "What can happen in each state.", 1),
		"texts":  free(ref("text"), "What is said, by name.", 0),
	}, "lesson", "title", "start", "goal", "states").with(map[string]*schema{
		"name":    {Type: "string", Pattern: word.String(), MaxLength: maxWord},
		"state":   stateSchema(),
		"answers": answersSchema(v),
		"answer":  answerSchema(),
		"action":  {AnyOf: actionSchemas(v)},
		"actions": {Type: "array", Items: ref("action"), MinItems: 1},
		"allowed": {Type: "array", Items: &schema{AnyOf: allowedSchemas(v)}},
		"words":   {Type: "string", MinLength: 1, Description: wordsMeaning(v)},
		"text":    textSchema(),
	})
}

func stateSchema() *schema {
	return object("A state of the lesson.", map[string]*schema{
		"enter": described(ref("actions"), "What to do when the state is entered."),
		"leave": described(ref("actions"), "What to do when the state is left."),
		"allow": described(ref("allowed"), "What may be ordered from outside the lesson while the state lasts."),
		"on":    described(ref("answers"), "What each event leads to."),
		"hints": {Type: "array", Items: ref("name"), MinItems: 1, Description: "Texts, from the gentlest hint to the plainest."},
		"final": {Const: true, Description: "The lesson ends here."},
	})
}

func answersSchema(v Vocabulary) *schema {
	events := map[string]*schema{}
	for _, e := range v.Events {
		events[e.Name] = described(ref("answer"), e.Meaning)
	}
	s := object("", events)
	event := `\s*(` + strings.Join(names(v.Events), "|") + `)\s*`
	s.Patterns = map[string]*schema{`^` + event + `(,` + event + `)+$`: described(ref("answer"), "The same answer to several events.")}
	return s
}

func answerSchema() *schema {
	moves := object("", map[string]*schema{
		"to": described(ref("name"), "The state to go to; without it the state stays."),
		"do": described(ref("actions"), "What to do on the way."),
	})
	moves.MinKeys = 1
	return &schema{AnyOf: []*schema{
		{Const: ignore, Description: "Nothing happens, on purpose."},
		described(ref("actions"), "Do this and stay."),
		moves,
	}}
}

func actionSchemas(v Vocabulary) []*schema {
	var all []*schema
	for _, a := range v.Actions {
		s := &schema{Const: a.Name, Description: a.Meaning}
		switch a.Argument {
		case TextArgument:
			s = &schema{Type: "string", Pattern: `^\s*` + a.Name + `\s+[a-z][a-z0-9_]*\s*$`, Description: a.Name + " TEXT: " + a.Meaning}
		case TimerArgument:
			s = &schema{Type: "string", Pattern: `^\s*` + a.Name + `\s+(` + strings.Join(names(v.Timers), "|") + `)\s*$`, Description: a.Name + " TIMER: " + a.Meaning}
		}
		all = append(all, s)
	}
	return all
}

func allowedSchemas(v Vocabulary) []*schema {
	var all []*schema
	for _, a := range v.Actions {
		all = append(all, &schema{Const: a.Name, Description: a.Meaning})
	}
	return all
}

func textSchema() *schema {
	return &schema{AnyOf: []*schema{
		ref("words"),
		object("", map[string]*schema{
			"text":  ref("words"),
			"again": described(ref("words"), "What is said when the text comes up once more."),
			"note":  {Type: "string", Description: "For translators; never said."},
		}, "text"),
	}}
}

// wordsMeaning explains a text with the variables that it may have.
func wordsMeaning(v Vocabulary) string {
	var b strings.Builder
	b.WriteString("What is said. Variables:")
	for _, w := range v.Variables {
		b.WriteString("\n{" + w.Name + "}: " + w.Meaning)
	}
	return b.String()
}

func ref(name string) *schema { return &schema{Ref: "#/$defs/" + name} }

func described(s *schema, text string) *schema {
	with := *s
	with.Description = text
	return &with
}

// object has these keys and no others.
func object(text string, properties map[string]*schema, required ...string) *schema {
	return &schema{Type: "object", Description: text, Properties: properties, Required: required, Additional: false}
}

// free is an object whose keys are names.
func free(values *schema, text string, least int) *schema {
	return &schema{Type: "object", Description: text, Names: ref("name"), Additional: values, MinKeys: least}
}

func (s *schema) with(defs map[string]*schema) *schema {
	s.Schema, s.Title, s.Defs = "https://json-schema.org/draft/2020-12/schema", "otrbot lesson", defs
	return s
}
