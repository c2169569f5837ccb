package gettext

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Characters that .mo files use as separators, which no text may have therefore.
const (
	nul = "\x00" // between forms
	eot = "\x04" // between context and message
)

// storable tells what keeps an entry out of any file, or "".
func storable(e *Entry) string {
	texts := append([]string{e.Context, e.ID, e.Plural}, e.Str...)
	for _, text := range texts {
		switch {
		case strings.Contains(text, nul):
			return fmt.Sprintf("the message of line %d has a zero byte", e.Line)
		case !utf8.ValidString(text):
			return fmt.Sprintf("the message of line %d is not UTF-8: see its backslashes", e.Line)
		}
	}
	if strings.Contains(e.Context+e.ID, eot) {
		return fmt.Sprintf("the message of line %d has the character 4, which parts context from message", e.Line)
	}
	return ""
}

// readHeader takes the header out of its entry.
func readHeader(e *Entry) (Header, error) {
	h := Header{Comments: e.Comments, Fuzzy: e.Fuzzy, Line: e.Line}
	if e.Plural != "" {
		return h, fmt.Errorf("the header of line %d has a plural", e.Line)
	}
	if e.Str[0] == "" {
		return h, nil
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(e.Str[0], "\n"), "\n") {
		name, value, ok := strings.Cut(line, ":")
		if ok && name != "" {
			h.Fields = append(h.Fields, Field{name, strings.TrimPrefix(value, " ")})
		} else {
			h.Fields = append(h.Fields, Field{Value: line})
		}
	}
	return h, checkCharset(h.Value("Content-Type"))
}

// checkCharset refuses every character set but UTF-8 and what is contained in it. CHARSET is how templates say that
// nobody has chosen yet.
func checkCharset(contentType string) error {
	_, name, ok := strings.Cut(strings.ToLower(contentType), "charset=")
	name = strings.Trim(name, " \t;")
	switch {
	case !ok, name == "utf-8", name == "utf8", name == "us-ascii", name == "ascii", name == "charset":
		return nil
	}
	return fmt.Errorf("the header says charset %s; only UTF-8 is read: save the file as UTF-8 and say so", name)
}

// text is the header as a translation of the empty message.
func (h *Header) text() string {
	var b strings.Builder
	for _, f := range h.Fields {
		if f.Name != "" {
			b.WriteString(f.Name + ": ")
		}
		b.WriteString(f.Value + "\n")
	}
	return b.String()
}
