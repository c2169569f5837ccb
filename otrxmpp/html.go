package otrxmpp

import (
	"html"
	"strings"
)

// style says whether a client puts HTML into its private texts. Pidgin and its like escape all they send, most others
// send what was typed.
type style byte

const (
	unknownStyle style = iota
	typedStyle         // something came that is no HTML
	htmlStyle          // something came that is
)

// read makes a private text readable, and learns from it.
func (s *style) read(text string) string {
	if !strings.ContainsAny(text, "<&") {
		return text
	}
	readable, ok := fromHTML(text)
	switch {
	case !ok:
		*s = typedStyle // a client that writes HTML would have escaped it
		return text
	case *s == typedStyle:
		return text
	}
	*s = htmlStyle
	return readable
}

// write makes a text that the client shows as it was meant.
func (s style) write(text string) string {
	if s != htmlStyle {
		return text
	}
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// The elements that chat clients put into texts: whether they end a line, and whether they are empty.
var elements = map[string]struct{ line, empty bool }{
	"html": {}, "body": {}, "span": {}, "font": {}, "a": {}, "b": {}, "strong": {}, "i": {}, "em": {}, "u": {}, "s": {},
	"strike": {}, "del": {}, "sub": {}, "sup": {}, "tt": {}, "code": {}, "big": {}, "small": {}, "ul": {}, "ol": {},
	"p": {line: true}, "div": {line: true}, "li": {line: true}, "blockquote": {line: true}, "pre": {line: true},
	"h1": {line: true}, "h2": {line: true}, "h3": {line: true},
	"br": {line: true, empty: true}, "hr": {line: true, empty: true}, "img": {empty: true},
}

// fromHTML is the text of a piece of HTML. It is HTML only as a whole: every "<" begins a known element or ends the one
// that is open, every "&" a character that exists. A secret such as "a<b>&amp;" is none.
func fromHTML(text string) (readable string, ok bool) {
	var out strings.Builder
	var open []string
	for text != "" {
		at := strings.IndexAny(text, "<&")
		if at < 0 {
			out.WriteString(text)
			break
		}
		out.WriteString(text[:at])
		text = text[at:]
		if text[0] == '&' {
			character, rest, ok := cutEntity(text)
			if !ok {
				return "", false
			}
			out.WriteString(character)
			text = rest
			continue
		}
		t, rest, ok := cutTag(text)
		if !ok {
			return "", false
		}
		text = rest
		line := elements[t.name].line
		switch {
		case t.end && (len(open) == 0 || open[len(open)-1] != t.name):
			return "", false
		case t.end:
			open = open[:len(open)-1]
			line = line && text != "" && !strings.HasPrefix(text, "</")
		case t.empty:
		default:
			open = append(open, t.name)
			line = false
		}
		if line {
			out.WriteByte('\n')
		}
	}
	return out.String(), len(open) == 0
}

// cutEntity decodes the reference at the start of s once. A blank that was kept from breaking is a blank.
func cutEntity(s string) (character, rest string, ok bool) {
	const longest = len("&CounterClockwiseContourIntegral;")
	end := strings.IndexByte(s[:min(len(s), longest)], ';')
	if end < 2 {
		return "", "", false
	}
	name := s[:end+1]
	if strings.ContainsAny(name[1:], "&< \t\n") {
		return "", "", false
	}
	character = html.UnescapeString(name)
	if strings.HasSuffix(character, ";") && character != ";" { // unknown, or only its beginning is known
		return "", "", false
	}
	if character == "\u00a0" {
		character = " "
	}
	return character, s[end+1:], true
}

type tag struct {
	name       string
	end, empty bool
}

// cutTag reads the tag at the start of s, attributes and all.
func cutTag(s string) (t tag, rest string, ok bool) {
	s, t.end = strings.CutPrefix(s[1:], "/")
	n := 0
	for n < len(s) && isNameByte(s[n]) {
		n++
	}
	t.name = strings.ToLower(s[:n])
	known, ok := elements[t.name]
	if !ok {
		return t, "", false
	}
	end := tagEnd(s[n:])
	if end < 0 || end > 0 && !strings.ContainsRune(" \t\n/", rune(s[n])) {
		return t, "", false
	}
	t.empty = known.empty || strings.HasSuffix(s[:n+end], "/")
	if t.end && end > 0 {
		return t, "", false
	}
	return t, s[n+end+1:], true
}

func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '1' <= c && c <= '3'
}

// tagEnd finds the ">" that no attribute quotes; -1 if there is none.
func tagEnd(s string) int {
	var quote byte
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		case c == '<':
			return -1
		}
	}
	return -1
}
