package gettext

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// MaxSize bounds a file that is read, in bytes.
const MaxSize = 32 << 20

// ReadPO reads a .po or .pot file, which must be UTF-8 without a byte order mark. Where it is not written as it must
// be, the error is [SyntaxErrors]: the first 20 places, after each of which reading goes on at the next blank line.
func ReadPO(r io.Reader) (*File, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, err
	}
	if len(text) > MaxSize {
		return nil, fmt.Errorf("the file has more than %d bytes", MaxSize)
	}
	if bytes.HasPrefix(text, []byte("\ufeff")) {
		return nil, SyntaxErrors{{1, 1, "the file begins with a byte order mark; save it as UTF-8 without one"}}
	}
	p := poReader{file: &File{}, seen: map[Key]int{}}
	for line := range strings.Lines(string(text)) {
		p.line++
		p.read(strings.TrimRight(line, "\r\n"))
		if len(p.errs) == mostErrors {
			break
		}
	}
	p.failing(p.finish())
	if len(p.errs) > 0 {
		return nil, p.errs
	}
	return p.file, nil
}

type poReader struct {
	file *File
	line int
	errs SyntaxErrors
	lost bool // after an error: until the next blank line

	draft *draft // the entry that is being read, nil between entries
	seen  map[Key]int
}

// problem is an error at an offset of the line, in bytes.
type problem struct {
	offset int
	text   string
}

func (p *problem) Error() string { return p.text }

func wrong(offset int, format string, a ...any) error {
	return &problem{offset, fmt.Sprintf(format, a...)}
}

func (p *poReader) read(line string) {
	switch {
	case strings.TrimSpace(line) == "":
		if p.lost {
			p.draft, p.lost = nil, false
		}
	case !p.lost:
		p.failing(p.readLine(line))
	}
}

// failing notes what is wrong with the line, if anything is.
func (p *poReader) failing(err error) {
	if err == nil {
		return
	}
	column := 1
	var at *problem
	if errors.As(err, &at) {
		column = at.offset + 1
	}
	p.errs = append(p.errs, &SyntaxError{p.line, column, err.Error()})
	p.lost = true
}

func (p *poReader) readLine(line string) error {
	if i := invalidUTF8(line); i >= 0 {
		return wrong(utf8.RuneCountInString(line[:i]), "byte %#02x is not UTF-8; save the file as UTF-8", line[i])
	}
	s := &scanner{line: line}
	s.space()
	obsolete, previous := s.skip("#~"), false
	if obsolete {
		previous = s.skip("|")
		s.space()
	} else {
		previous = s.skip("#|")
		s.space()
	}
	if !previous && s.skip("#") {
		return p.comment(s, obsolete)
	}
	return p.statement(s, obsolete, previous)
}

// comment reads the line after its "#".
func (p *poReader) comment(s *scanner, obsolete bool) error {
	if obsolete {
		return nil // a comment within what is a comment already
	}
	if p.draft == nil || p.draft.at != atNothing {
		if err := p.begin(); err != nil {
			return err
		}
	}
	e := &p.draft.entry
	switch {
	case s.skip("."):
		e.Extracted = append(e.Extracted, s.commentText())
	case s.skip(":"):
		e.References = append(e.References, references(s.rest())...)
	case s.skip(","):
		p.flags(s.rest())
	default:
		e.Comments = append(e.Comments, s.commentText())
	}
	return nil
}

func (p *poReader) flags(text string) {
	for flag := range strings.SplitSeq(text, ",") {
		switch flag = strings.TrimSpace(flag); flag {
		case "":
		case "fuzzy":
			p.draft.entry.Fuzzy = true
		default:
			p.draft.entry.Flags = append(p.draft.entry.Flags, flag)
		}
	}
}

// references are separated by spaces, but for those within U+2068 and U+2069, which GNU puts around a file name that
// has some.
func references(text string) []string {
	isolated := 0
	return strings.FieldsFunc(text, func(r rune) bool {
		switch r {
		case '\u2068':
			isolated++
		case '\u2069':
			isolated--
		}
		return isolated <= 0 && (r == ' ' || r == '\t')
	})
}

// begin ends the entry that was being read and begins another.
func (p *poReader) begin() error {
	if err := p.finish(); err != nil {
		return err
	}
	p.draft = &draft{}
	return nil
}

// statement reads "msgid "…"", or a string that continues one.
func (p *poReader) statement(s *scanner, obsolete, previous bool) error {
	start := s.at
	word := s.word()
	if word == "" {
		return p.strings(s, obsolete, previous)
	}
	at, ok := places[word]
	if !ok {
		return wrong(s.column(start), "%q is no word of such a file", word)
	}
	form, indexed, err := s.index()
	if err != nil {
		return err
	}
	if p.draft == nil || p.draft.ends(at, previous) {
		if err := p.begin(); err != nil {
			return err
		}
	}
	if p.draft.entry.Line == 0 && !previous {
		p.draft.entry.Line = p.line
	}
	if problem := p.draft.enter(at, form, indexed, obsolete, previous); problem != "" {
		return wrong(s.column(start), "%s", problem)
	}
	s.space()
	if !strings.HasPrefix(s.rest(), `"`) {
		return wrong(s.column(s.at), "%s has no text in quotes", word)
	}
	return p.strings(s, obsolete, previous)
}

// strings reads one quoted string or more, to the end of the line.
func (p *poReader) strings(s *scanner, obsolete, previous bool) error {
	for s.space(); s.rest() != ""; s.space() {
		start := s.at
		text, err := s.quoted()
		if err != nil {
			return err
		}
		if p.draft == nil || p.draft.open == nil {
			return wrong(s.column(start), "this text belongs to nothing")
		}
		if p.draft.openObsolete != obsolete || p.draft.openPrevious != previous {
			return wrong(s.column(start), "this text continues a line that begins in another way")
		}
		p.draft.text = append(p.draft.text, text...)
	}
	return nil
}

// finish adds the entry that was being read.
func (p *poReader) finish() error {
	d := p.draft
	p.draft = nil
	if d == nil || d.at == atNothing {
		return nil // comments that belong to nothing
	}
	e, problem := d.done()
	if problem != "" {
		return errors.New(problem)
	}
	if !e.Obsolete {
		if first := p.seen[e.Key]; first > 0 {
			return fmt.Errorf("the message of line %d stands in line %d already", e.Line, first)
		}
		p.seen[e.Key] = e.Line
	}
	if e.Key == (Key{}) && !e.Obsolete {
		return p.header(e)
	}
	p.file.Entries = append(p.file.Entries, e)
	return nil
}

func (p *poReader) header(e *Entry) error {
	if len(p.file.Entries) > 0 {
		return fmt.Errorf("the header, the empty message of line %d, must stand first", e.Line)
	}
	h, err := readHeader(e)
	p.file.Header = h
	return err
}
