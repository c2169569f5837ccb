package gettext

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// pageWidth is where lines are broken if they can be, in columns, as GNU does.
const pageWidth = 79

// WritePO writes a .po or .pot file. Entries that no such file can hold are an error, and then nothing is written:
// those with zero bytes, with texts that are not UTF-8, or with the key of another one.
func (f *File) WritePO(w io.Writer) error {
	if err := f.writable(); err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	first := true
	if f.hasHeader() {
		writeEntry(b, &Entry{Comments: f.Header.Comments, Fuzzy: f.Header.Fuzzy, Str: []string{f.Header.text()}})
		first = false
	}
	for _, e := range f.Entries {
		if !first {
			b.WriteByte('\n')
		}
		first = false
		writeEntry(b, e)
	}
	return b.Flush()
}

func (f *File) hasHeader() bool { return len(f.Header.Fields)+len(f.Header.Comments) > 0 }

// writable tells what keeps the file from being written.
func (f *File) writable() error {
	seen := map[Key]bool{{}: true} // the header
	for _, e := range f.Entries {
		if problem := storable(e); problem != "" {
			return fmt.Errorf("%q: %s", e.ID, problem)
		}
		if len(e.Str) > 1 && e.Plural == "" || len(e.Str) > mostForms {
			return fmt.Errorf("%q has %d forms", e.ID, len(e.Str))
		}
		if !e.Obsolete && seen[e.Key] {
			return fmt.Errorf("%q is there twice", e.ID)
		}
		seen[e.Key] = seen[e.Key] || !e.Obsolete
	}
	for _, field := range f.Header.Fields {
		if strings.ContainsAny(field.Name+field.Value, "\n"+nul) || strings.Contains(field.Name, ":") {
			return fmt.Errorf("a header cannot have %q", field.Name+": "+field.Value)
		}
	}
	return nil
}

func writeEntry(b *bufio.Writer, e *Entry) {
	writeComments(b, "#", e.Comments)
	writeComments(b, "#.", e.Extracted)
	writeReferences(b, e.References)
	if flags := e.allFlags(); len(flags) > 0 {
		b.WriteString("#, " + strings.Join(flags, ", ") + "\n")
	}
	lead, leadPrevious := "", "#| "
	if e.Obsolete {
		lead, leadPrevious = "#~ ", "#~| "
	}
	wrap := e.wraps()
	if old := e.Previous; old != nil {
		writeKey(b, leadPrevious, old.Key, old.Plural, wrap)
	}
	writeKey(b, lead, e.Key, e.Plural, wrap)
	switch {
	case e.Plural != "":
		for i := range max(len(e.Str), 1) {
			writeText(b, lead, fmt.Sprintf("msgstr[%d]", i), e.str(i), wrap)
		}
	default:
		writeText(b, lead, "msgstr", e.str(0), wrap)
	}
}

func (e *Entry) str(form int) string {
	if form < len(e.Str) {
		return e.Str[form]
	}
	return ""
}

func (e *Entry) allFlags() []string {
	if e.Fuzzy {
		return append([]string{"fuzzy"}, e.Flags...)
	}
	return e.Flags
}

func (e *Entry) wraps() bool {
	for _, flag := range e.Flags {
		if flag == "no-wrap" {
			return false
		}
	}
	return true
}

// writeComments writes a line for each comment, and for each line of one.
func writeComments(b *bufio.Writer, mark string, comments []string) {
	for _, comment := range comments {
		for line := range strings.SplitSeq(strings.ToValidUTF8(comment, "\ufffd"), "\n") {
			b.WriteString(strings.TrimRight(mark+" "+line, " \t\r") + "\n")
		}
	}
}

func writeReferences(b *bufio.Writer, references []string) {
	column := 0
	for _, r := range references {
		r = strings.ToValidUTF8(strings.ReplaceAll(r, "\n", " "), "\ufffd")
		if column > 0 && column+1+width(r) >= pageWidth {
			b.WriteByte('\n')
			column = 0
		}
		if column == 0 {
			b.WriteString("#:")
			column = 2
		}
		b.WriteString(" " + r)
		column += 1 + width(r)
	}
	if column > 0 {
		b.WriteByte('\n')
	}
}

func writeKey(b *bufio.Writer, lead string, k Key, plural string, wrap bool) {
	if k.HasContext {
		writeText(b, lead, "msgctxt", k.Context, wrap)
	}
	writeText(b, lead, "msgid", k.ID, wrap)
	if plural != "" {
		writeText(b, lead, "msgid_plural", plural, wrap)
	}
}

// writeText writes a text on the line of its word if it fits there, else on lines of its own.
func writeText(b *bufio.Writer, lead, word, text string, wrap bool) {
	lines := breakText(text, wrap, pageWidth-width(lead)-2)
	if len(lines) == 1 && (!wrap || width(lead+word)+3+width(lines[0]) <= pageWidth) {
		fmt.Fprintf(b, "%s%s \"%s\"\n", lead, word, lines[0])
		return
	}
	fmt.Fprintf(b, "%s%s \"\"\n", lead, word)
	for _, line := range lines {
		fmt.Fprintf(b, "%s\"%s\"\n", lead, line)
	}
}
