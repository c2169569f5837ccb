package extract

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"otrbot/gettext"
)

// Messages collects what is found. The zero value has none. One goroutine at a time may use it.
type Messages struct {
	found map[gettext.Key]*message
	order []*message
}

// A Place is where something stands in a source file; Line and Column count from 1, 0 is unknown.
type Place struct {
	File         string
	Line, Column int
}

// String is "file:line", which is how a template refers to it.
func (p Place) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// A Fault is a text that cannot be extracted.
type Fault struct {
	Place
	Problem string
}

// Error is "file:line:column: problem".
func (f *Fault) Error() string {
	return fmt.Sprintf("%v:%d: %s", f.Place, f.Column, f.Problem)
}

type message struct {
	entry  gettext.Entry
	places []Place
	plural Place // where the plural was given
}

// add notes a message. A message of several places is one, with all their comments; but it has one plural.
func (m *Messages) add(e gettext.Entry, at Place) error {
	if e.ID == "" {
		return nil
	}
	known := m.found[e.Key]
	if known == nil {
		known = &message{entry: gettext.Entry{Key: e.Key}}
		if m.found == nil {
			m.found = map[gettext.Key]*message{}
		}
		m.found[e.Key] = known
		m.order = append(m.order, known)
	}
	if !slices.Contains(known.places, at) {
		known.places = append(known.places, at)
	}
	for _, c := range e.Extracted {
		if c != "" && !slices.Contains(known.entry.Extracted, c) {
			known.entry.Extracted = append(known.entry.Extracted, c)
		}
	}
	switch {
	case e.Plural == "" || e.Plural == known.entry.Plural:
	case known.entry.Plural == "":
		known.entry.Plural, known.plural = e.Plural, at
	default:
		return &Fault{at, fmt.Sprintf("%q has another plural in %v", e.ID, known.plural)}
	}
	return nil
}

// Template is a file of all messages in the order of their places, the header without a date: the same sources give
// the same template.
func (m *Messages) Template(project string) *gettext.File {
	f := &gettext.File{Header: gettext.Header{
		Comments: []string{"Messages of " + project + ". Made by a program: what is changed here is lost."},
		Fields: []gettext.Field{
			{Name: "Project-Id-Version", Value: project},
			{Name: "PO-Revision-Date", Value: "YEAR-MO-DA HO:MI+ZONE"},
			{Name: "Last-Translator", Value: "FULL NAME <EMAIL@ADDRESS>"},
			{Name: "Language-Team", Value: "LANGUAGE"},
			{Name: "Language", Value: ""},
			{Name: "MIME-Version", Value: "1.0"},
			{Name: "Content-Type", Value: "text/plain; charset=UTF-8"},
			{Name: "Content-Transfer-Encoding", Value: "8bit"},
		},
	}}
	for _, found := range m.order {
		slices.SortFunc(found.places, comparePlaces)
	}
	all := slices.Clone(m.order)
	slices.SortStableFunc(all, func(a, b *message) int {
		return cmp.Or(comparePlaces(a.places[0], b.places[0]), strings.Compare(a.entry.ID, b.entry.ID), strings.Compare(a.entry.Context, b.entry.Context))
	})
	for _, found := range all {
		f.Entries = append(f.Entries, found.finished())
	}
	return f
}

func comparePlaces(a, b Place) int {
	return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column)
}

func (m *message) finished() *gettext.Entry {
	e := m.entry
	for _, at := range m.places {
		if r := at.String(); !slices.Contains(e.References, r) {
			e.References = append(e.References, r)
		}
	}
	if gettext.HasVerbs(e.ID + " " + e.Plural) {
		e.Flags = []string{gettext.GoFormat}
	}
	e.Str = []string{""}
	if e.Plural != "" {
		e.Str = []string{"", ""}
	}
	return &e
}
