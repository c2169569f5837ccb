package gettext

import (
	"fmt"
	"slices"
	"strings"
)

// A Kind says what is wrong with an entry.
type Kind string

const (
	Untranslated Kind = "untranslated"
	Guess        Kind = "fuzzy"
	Gap          Kind = "gap"       // some plural forms have a translation and others none
	Lines        Kind = "lines"     // message and translation have different numbers of lines
	Variables    Kind = "variables" // a {name} is lost, or one is new
	Verbs        Kind = "verbs"     // a format verb, as in %s, is lost, new or another one
	Forms        Kind = "forms"     // as many plural forms as the language does not have
	Ends         Kind = "ends"      // only one of message and translation begins or ends with a line feed
	InHeader     Kind = "header"
)

// Missing reports whether an entry waits for its translator, and nothing is wrong with it.
func (k Kind) Missing() bool { return k == Untranslated || k == Guess }

// Harmful reports whether the program would show something wrong, rather than the source text or one that looks odd.
func (k Kind) Harmful() bool { return !k.Missing() && k != Gap && k != Lines }

// A Problem is something that a translator should look at.
type Problem struct {
	Line int // of the entry, 0 when unknown
	Key
	Kind Kind
	Text string // a sentence for the translator
}

// String is the problem in one line, without the line's number.
func (p Problem) String() string {
	if p.ID == "" {
		return p.Text
	}
	return fmt.Sprintf("%s: %s", quoteShort(p.ID), p.Text)
}

// quoteShort quotes the beginning of a message.
func quoteShort(s string) string {
	const most = 40
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most-1]) + "…"
	}
	return `"` + escape(s) + `"`
}

// Coverage counts the messages of a file, without obsolete ones.
type Coverage struct{ Translated, Fuzzy, Untranslated int }

// Total is how many messages there are.
func (c Coverage) Total() int { return c.Translated + c.Fuzzy + c.Untranslated }

// Percent is how much is translated, rounded down; 100 of nothing.
func (c Coverage) Percent() int {
	if c.Total() == 0 {
		return 100
	}
	return 100 * c.Translated / c.Total()
}

// Coverage tells how far a translation is.
func (f *File) Coverage() Coverage {
	var c Coverage
	for _, e := range f.Entries {
		switch {
		case e.Obsolete:
		case !e.Translated():
			c.Untranslated++
		case e.Fuzzy:
			c.Fuzzy++
		default:
			c.Translated++
		}
	}
	return c
}

// Check tells what is wrong with a translation into a locale, in the order of the file. Obsolete entries are not looked
// at.
func (f *File) Check(locale string) []Problem {
	problems, rule := f.checkHeader(locale)
	for _, e := range f.Entries {
		if e.Obsolete {
			continue
		}
		for _, p := range e.check(rule) {
			p.Line, p.Key = e.Line, e.Key
			problems = append(problems, p)
		}
	}
	return problems
}

func (f *File) checkHeader(locale string) (problems []Problem, rule *PluralRule) {
	add := func(format string, a ...any) {
		problems = append(problems, Problem{Line: f.Header.Line, Kind: InHeader, Text: fmt.Sprintf(format, a...)})
	}
	l, err := ParseLocale(locale)
	if err != nil {
		add("%v", err)
		return problems, nil
	}
	if len(f.Header.Fields) == 0 {
		add("the header is missing")
	}
	for _, field := range f.Header.Fields {
		if field.Name == "" {
			add("%q is no \"Name: value\"", field.Value)
		}
	}
	if name := f.Header.Value("Language"); name != "" && name != l.String() {
		add("Language is %s, but this is the place of %s", name, l)
	}
	rule, err = f.pluralRule(l)
	if err != nil {
		add("%v", err)
	}
	return problems, rule
}

func (e *Entry) check(rule *PluralRule) []Problem {
	switch {
	case e.begun() && !e.Fuzzy:
		return []Problem{{Kind: Gap, Text: fmt.Sprintf("form %d of %d is empty, so none is shown", slices.Index(e.Str, "")+1, len(e.Str))}}
	case !e.Translated():
		return []Problem{{Kind: Untranslated, Text: "not translated"}}
	case e.Fuzzy:
		return []Problem{{Kind: Guess, Text: "fuzzy: correct the translation, then take the mark away"}}
	case e.Plural != "" && rule != nil && len(e.Str) != rule.Forms():
		return []Problem{{Kind: Forms, Text: fmt.Sprintf("%d plural forms; the header says %d", len(e.Str), rule.Forms())}}
	}
	var problems []Problem
	for form, text := range e.Str {
		where := ""
		if e.Plural != "" {
			where = fmt.Sprintf("msgstr[%d] ", form)
		}
		for _, p := range e.checkForm(text, e.countsOne(rule, form)) {
			p.Text = where + p.Text
			problems = append(problems, p)
		}
	}
	return problems
}

// begun reports whether some forms have a translation and others none.
func (e *Entry) begun() bool {
	return !e.Translated() && slices.ContainsFunc(e.Str, func(s string) bool { return s != "" })
}

// countsOne reports whether a form stands for a single number, as "one learner" does, and need not show it.
func (e *Entry) countsOne(rule *PluralRule, form int) bool {
	return e.Plural != "" && rule != nil && len(rule.Examples(form, 2)) < 2
}

func (e *Entry) checkForm(text string, countsOne bool) []Problem {
	var problems []Problem
	add := func(k Kind, text string) {
		if text != "" {
			problems = append(problems, Problem{Kind: k, Text: text})
		}
	}
	source := e.ID
	if e.Plural != "" {
		source = e.Plural
	}
	add(Variables, compareVariables(source+e.ID, text, countsOne))
	if e.isFormat() {
		add(Verbs, compareVerbs(source, text, countsOne))
	}
	ends := compareEnds(e.ID, text)
	for _, end := range ends {
		add(Ends, end)
	}
	if want, have := strings.Count(e.ID, "\n"), strings.Count(text, "\n"); want != have && len(ends) == 0 {
		add(Lines, fmt.Sprintf("line breaks (\\n): %d in the message, %d here", want, have))
	}
	return problems
}

// compareEnds tells at which ends only one of two texts has a line feed.
func compareEnds(source, text string) (all []string) {
	for _, end := range []struct {
		name string
		has  func(s, part string) bool
	}{{"begin", strings.HasPrefix}, {"end", strings.HasSuffix}} {
		if end.has(source, "\n") != end.has(text, "\n") {
			all = append(all, fmt.Sprintf("message and translation must both %s with a line feed, or neither", end.name))
		}
	}
	return all
}
