package page

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"otrbot/gettext"
)

// A Dot is what a template sees as its dot.
type Dot struct {
	In   *gettext.Catalogue
	Data any
	site *Site
}

func (s *Site) dot(in *gettext.Catalogue, data any) Dot {
	return Dot{In: s.language(in), Data: data, site: s}
}

// With is the same dot with other data, for {{template "name" .With .Data.Part}}.
func (d Dot) With(data any) Dot {
	d.Data = data
	return d
}

// T is a text in the reader's language. Names and values follow in turn: {name} becomes the value, which is escaped and
// set apart from the direction of the text around it, unless it is HTML already or a number.
func (d Dot) T(text gettext.Msg, pairs ...any) (template.HTML, error) {
	return fill(d.In.Text(text), pairs)
}

// X is T for a text whose meaning depends on where it stands.
func (d Dot) X(where gettext.Ctxt, text gettext.Msg, pairs ...any) (template.HTML, error) {
	return fill(d.In.In(where, text), pairs)
}

// N is T for a number of things, which {n} becomes.
func (d Dot) N(one gettext.Msg, many gettext.Plural, n int, pairs ...any) (template.HTML, error) {
	return fill(d.In.Count(one, many, n), pairs)
}

// Say is T for a message that a program chose, such as the text of a link.
func (d Dot) Say(text gettext.Msg, pairs ...any) (template.HTML, error) {
	return fill(d.In.Text(text), pairs)
}

// Tab is what the browser's tab says for a title, for a page that changes while it is open.
func (d Dot) Tab(title gettext.Msg) string { return d.site.tab(d.In.Text(title)) }

// Code marks text that is typed or compared sign by sign: an address, a command. It is read from left to right.
func (d Dot) Code(text string) template.HTML {
	return template.HTML(`<code dir="ltr">` + template.HTMLEscapeString(text) + `</code>`) // #nosec G203
}

// Strong marks what a reader should look for, such as a label on a screen.
func (d Dot) Strong(text string) template.HTML {
	return template.HTML(`<strong><bdi>` + template.HTMLEscapeString(text) + `</bdi></strong>`) // #nosec G203
}

// List names several things, for a place in a sentence: "These work too: {programs}."
func (d Dot) List(names []string) template.HTML {
	between := template.HTMLEscapeString(d.In.In("between the names of a list", ", "))
	var b strings.Builder
	for i, name := range names {
		if i > 0 {
			b.WriteString(between)
		}
		b.WriteString("<bdi>" + template.HTMLEscapeString(name) + "</bdi>")
	}
	return template.HTML(b.String()) // #nosec G203
}

// At is the address within the site for a path that begins with a slash.
func (d Dot) At(path string) string { return d.site.At(path) }

// File is the address of a static file, which changes with its content.
func (d Dot) File(name string) (string, error) { return d.site.file(name) }

func fill(text string, pairs []any) (template.HTML, error) {
	if len(pairs)%2 != 0 {
		return "", fmt.Errorf("a value without a name in %q", text)
	}
	filled := make([]string, 0, len(pairs))
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return "", fmt.Errorf("%v is not the name of a value in %q", pairs[i], text)
		}
		value, err := isolated(pairs[i+1])
		if err != nil {
			return "", fmt.Errorf("{%s} in %q: %w", name, text, err)
		}
		filled = append(filled, name, value)
	}
	return template.HTML(gettext.Fill(template.HTMLEscapeString(text), filled...)), nil // #nosec G203
}

// isolated is a value as HTML: text in an element of its own, so that it cannot turn its surroundings around.
func isolated(value any) (string, error) {
	switch v := value.(type) {
	case template.HTML:
		return string(v), nil
	case string:
		return "<bdi>" + template.HTMLEscapeString(v) + "</bdi>", nil
	case int:
		return strconv.Itoa(v), nil
	case fmt.Stringer:
		return "<bdi>" + template.HTMLEscapeString(v.String()) + "</bdi>", nil
	}
	return "", fmt.Errorf("a %T is no text", value)
}
