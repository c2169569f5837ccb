package gettext

import "strings"

// A File is what a .po, .pot or .mo file holds.
type File struct {
	Header  Header
	Entries []*Entry // without the header, in the order of the file; obsolete ones too
}

// A Header is the first entry of a file, whose message is empty: what is said about the file itself.
type Header struct {
	Comments []string // of the translators: authors and licence
	Fuzzy    bool     // nobody has filled it in yet, as in templates
	Fields   []Field
	Line     int // where it begins, from 1; 0 without a header, or if the file is no text
}

// A Field is a line of a header, "Name: Value". A line that is written in another way has no name.
type Field struct{ Name, Value string }

// Value is what the header has under a name, in whatever case; "" if it has nothing.
func (h *Header) Value(name string) string {
	for _, f := range h.Fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// Set gives a field a value, where the field stands or at the end.
func (h *Header) Set(name, value string) {
	for i, f := range h.Fields {
		if strings.EqualFold(f.Name, name) {
			h.Fields[i].Value = value
			return
		}
	}
	h.Fields = append(h.Fields, Field{name, value})
}

// A Key is what tells the entries of a file apart.
type Key struct {
	ID         string // the message in the source language
	Context    string
	HasContext bool // an empty context is another than none
}

// An Entry is a message and its translation.
type Entry struct {
	Key
	Plural string   // the form for many in the source language; "": the message has no plural
	Str    []string // the translation; with a plural, one for each form of the language; "" where there is none

	Comments   []string // of translators, "# "
	Extracted  []string // of programmers to translators, "#. "
	References []string // where the message stands, "#: "
	Flags      []string // "#, ", without "fuzzy"
	Fuzzy      bool     // the translation is a guess, and not to be shown
	Previous   *Previous
	Obsolete   bool // the program has this message no more, "#~"
	Line       int  // where it begins in the text, from 1; 0 unknown
}

// Previous is the message that a fuzzy translation was made for, "#|".
type Previous struct {
	Key
	Plural string
}

// Translated reports whether every form has a translation, be it a guess.
func (e *Entry) Translated() bool {
	for _, s := range e.Str {
		if s == "" {
			return false
		}
	}
	return len(e.Str) > 0
}

// shown reports whether the translation is for readers.
func (e *Entry) shown() bool { return !e.Fuzzy && !e.Obsolete && e.Translated() }
