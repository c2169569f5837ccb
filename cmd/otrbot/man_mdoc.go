package main

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// mdoc writes a manual page in the language that mandoc and groff read: mdoc(7).
type mdoc struct {
	strings.Builder
	begun bool // something stands in this section
}

func newMdoc(name, section string, day time.Time) *mdoc {
	p := &mdoc{}
	p.line(".Dd " + day.Format("January 2, 2006"))
	p.line(".Dt " + strings.ToUpper(name) + " " + section)
	p.macro("Os", "otrbot "+thisVersion().Version)
	return p
}

func (p *mdoc) line(s string) { p.WriteString(s + "\n") }

// macro writes a macro with one argument, in quotation marks where it needs them.
func (p *mdoc) macro(name, argument string) { p.line("." + name + " " + quoteMdoc(argument)) }

func (p *mdoc) section(name string) {
	p.line(".Sh " + name)
	p.begun = false
}

// words writes running text, each sentence on a line of its own.
func (p *mdoc) words(text string) {
	text = strings.Join(strings.Fields(text), " ")
	var sentence strings.Builder
	for i, r := range text {
		ends := i > 1 && r == ' ' && strings.ContainsRune(".:?!", rune(text[i-1])) && i+1 < len(text) && unicode.IsUpper(rune(text[i+1]))
		if !ends {
			sentence.WriteRune(r)
			continue
		}
		p.line(escapeLine(sentence.String()))
		sentence.Reset()
	}
	p.line(escapeLine(sentence.String()))
	p.begun = true
}

// prose writes text as commands have it for their help: paragraphs, with tables and commands indented.
func (p *mdoc) prose(text string) {
	var running, indented []string
	flush := func() {
		if len(running) > 0 {
			if p.begun {
				p.line(".Pp")
			}
			p.words(strings.Join(running, " "))
		}
		p.literal(indented)
		running, indented = nil, nil
	}
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		switch {
		case strings.TrimSpace(line) == "":
			flush()
		case strings.ContainsRune(" \t", rune(line[0])) || strings.HasPrefix(line, "#"):
			indented = append(indented, line)
		default:
			if len(indented) > 0 {
				flush()
			}
			running = append(running, line)
		}
	}
	flush()
}

// literal writes lines as they stand, without the white space that all begin with.
func (p *mdoc) literal(lines []string) {
	if len(lines) == 0 {
		return
	}
	margin := len(lines[0])
	for i, line := range lines {
		lines[i] = strings.ReplaceAll(line, "\t", "    ")
		if text := strings.TrimLeft(lines[i], " "); text != "" {
			margin = min(margin, len(lines[i])-len(text))
		}
	}
	p.line(".Bd -literal -offset indent")
	for _, line := range lines {
		p.line(escapeLine(line[min(margin, len(line)):]))
	}
	p.line(".Ed")
	p.begun = true
}

// escapeLine makes a line of text one that cannot be taken for a macro.
func escapeLine(s string) string {
	s = escapeMdoc(s)
	if s != "" && (s[0] == '.' || s[0] == '\'') {
		s = `\&` + s
	}
	return s
}

// escapeMdoc writes text that stands for itself: backslashes, options and what is not ASCII.
func escapeMdoc(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\\':
			b.WriteString(`\e`)
		case r == '-' && (i == 0 || s[i-1] == ' ' || s[i-1] == '-' || s[i-1] == '['):
			b.WriteString(`\-`)
		case r > unicode.MaxASCII:
			fmt.Fprintf(&b, `\[u%04X]`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// quoteMdoc is text as one argument of a macro.
func quoteMdoc(s string) string {
	s = escapeMdoc(s)
	if s == "" || strings.ContainsAny(s, " \"") || macroLike(s) {
		s = `"` + strings.ReplaceAll(s, `"`, `\(dq`) + `"`
	}
	return s
}

// macroLike tells whether a word could be taken for a macro or a delimiter: those have two or three letters, or are one
// sign.
func macroLike(s string) bool {
	return len(s) <= 3
}
