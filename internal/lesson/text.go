package lesson

import (
	"fmt"
	"strings"
)

// A Text is something that is said to a learner, before its variables are filled in.
type Text struct {
	Name string
	// Body is what is said. Block ends of the file are trimmed off.
	Body string
	// Again is what is said when the same text comes up once more, so that the
	// learner does not read the same words twice; "" means the body again.
	Again string
	// Note is for those who translate the text; it is never said.
	Note string
	// Line and AgainLine are where Body and Again begin in the file, from 1; AgainLine
	// is 0 without Again.
	Line, AgainLine int
}

// Render is the text with {name} replaced by vars["name"].
func (t Text) Render(vars map[string]string) string { return Render(t.Body, vars) }

// RenderAgain is what to say when the text comes up once more.
func (t Text) RenderAgain(vars map[string]string) string {
	if t.Again == "" {
		return t.Render(vars)
	}
	return Render(t.Again, vars)
}

// Render replaces each {name} in a text by vars["name"], and {{ and }} by a brace.
// What vars does not have, and a brace that belongs to nothing, stays as it is. What
// is filled in is not looked at again.
func Render(text string, vars map[string]string) string {
	var b strings.Builder
	for p := range pieces(text) {
		switch value, known := vars[p.name]; {
		case p.kind == variable && known:
			b.WriteString(value)
		case p.kind == brace:
			b.WriteString(p.source[:1])
		default:
			b.WriteString(p.source)
		}
	}
	return b.String()
}

// kind is what a piece of a text is.
type kind int

const (
	plain    kind = iota
	variable      // {name}
	brace         // {{ or }}
	stray         // a brace that belongs to nothing
)

// piece is a part of a text: the pieces' sources, joined, are the text.
type piece struct {
	kind   kind
	source string
	name   string // of a variable
	offset int    // in the text, in bytes
}

// pieces takes a text apart.
func pieces(text string) func(yield func(piece) bool) {
	return func(yield func(piece) bool) {
		for at := 0; at < len(text); {
			p := next(text[at:])
			p.offset = at
			at += len(p.source)
			if !yield(p) {
				return
			}
		}
	}
}

// next is the first piece of a text that is not empty.
func next(text string) piece {
	switch i := strings.IndexAny(text, "{}"); {
	case i < 0:
		return piece{source: text}
	case i > 0:
		return piece{source: text[:i]}
	case strings.HasPrefix(text, "{{") || strings.HasPrefix(text, "}}"):
		return piece{kind: brace, source: text[:2]}
	}
	if end := strings.IndexByte(text[:min(len(text), maxWord+2)], '}'); end > 0 && isWord(text[1:end]) {
		return piece{kind: variable, source: text[:end+1], name: text[1:end]}
	}
	return piece{kind: stray, source: text[:1]}
}

// longText is how many characters a learner reads at once without effort.
const longText = 800

// checkText looks at one text. Its words stand in the file at b.
func (r *reader) checkText(name string, b block) {
	text := b.text
	if text == "" {
		r.fault(b.at, fmt.Sprintf("text %s is empty", name), "write what is said")
		return
	}
	for p := range pieces(text) {
		switch p.kind {
		case stray:
			r.fault(r.locate(b, p.offset, p.source), fmt.Sprintf("a %s that belongs to no variable", p.source),
				"write {name} for a variable, "+p.source+p.source+" for the sign itself")
		case variable:
			r.known("variable", spot{p.name, r.locate(b, p.offset, p.source)}, names(r.vocabulary.Variables))
		}
	}
	for i, c := range text {
		if why := unspeakable(c); why != "" {
			r.fault(r.locate(b, i, string(c)), fmt.Sprintf("text %s holds %q", name, c), why)
		}
	}
	if i := strings.Index(text, "?OTR"); i >= 0 {
		r.fault(r.locate(b, i, "?OTR"), fmt.Sprintf("text %s holds ?OTR", name), "the learner's client would take it for a message of the protocol")
	}
	if n := len([]rune(text)); n > longText {
		r.warn(b.at, fmt.Sprintf("text %s has %d characters", name, n), fmt.Sprintf("say it in several, of at most %d", longText))
	}
	if strings.Contains(text, "\n\n") {
		r.warn(b.at, fmt.Sprintf("text %s has several paragraphs", name), "one idea a text is easier to follow")
	}
}

// unspeakable tells why a character must not be in a text; "" if it may.
func unspeakable(c rune) string {
	switch {
	case c == '<' || c == '>' || c == '&':
		return "some clients take it for HTML; use words, or signs such as › and “ ”"
	case c == '\n':
		return ""
	case c < ' ' || c >= 0x7f && c < 0xa0:
		return "leave control characters and tabs out"
	case c == '\ufeff' || c == '\ufffe' || c == '\uffff' || c == '\ufffd':
		return "XMPP cannot carry it"
	default:
		return ""
	}
}
