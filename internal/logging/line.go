package logging

import (
	"io"
	"log/slog"
	"strings"
	"sync"
)

// Lines say how Line looks. The zero value is the original's, without colours.
type Lines struct {
	Pattern    Pattern // zero: DefaultPattern
	Schemes    Schemes // nil: DefaultSchemes
	Colour     bool
	NoColourNL bool // colour nothing after a new line
}

// stamp is how a line tells the time: as Python does, with a point.
const stamp = "2006-01-02 15:04:05.000"

// further begins the other lines of a message, so that none of them can look
// like a line of its own.
const further = "    "

func newLineHandler(w io.Writer, l Lines, level slog.Leveler) slog.Handler {
	if l.Schemes == nil {
		l.Schemes = DefaultSchemes()
	}
	if l.Pattern.pieces == nil {
		l.Pattern, _ = ParsePattern(DefaultPattern, DefaultSchemes()) // a test proves that it is right
	}
	var one sync.Mutex
	return &handler{level: level, write: func(e entry) error {
		text := l.line(e)
		one.Lock()
		defer one.Unlock()
		_, err := io.WriteString(w, text)
		return err
	}}
}

// line is an entry as text, with the new line at its end.
func (l Lines) line(e entry) string {
	d := drawing{lines: l}
	spaced := false // an empty part takes the space behind it along
	for _, p := range l.Pattern.pieces {
		switch {
		case p.scheme != "":
			d.style(p.scheme, e.level)
		case p.part != "":
			text := l.part(p.part, e)
			d.write(text)
			spaced = text == ""
			continue
		case spaced:
			d.write(strings.TrimPrefix(p.text, " "))
		default:
			d.write(p.text)
		}
		spaced = false
	}
	d.end()
	return strings.TrimRight(d.b.String(), " ") + "\n"
}

func (l Lines) part(name string, e entry) string {
	switch name {
	case "asctime":
		if e.time.IsZero() {
			return ""
		}
		return e.time.Format(stamp)
	case "levelname":
		return gradeOf(e.level).name
	case "name":
		return visible(e.area)
	case "attributes":
		return e.attributes()
	}
	var rows []string
	for row := range strings.SplitSeq(strings.TrimRight(e.message, "\n"), "\n") {
		rows = append(rows, visible(row))
	}
	text := strings.Join(rows, "\n"+further)
	if attributes := e.attributes(); attributes != "" && !l.Pattern.has("attributes") {
		text += " " + attributes
	}
	return text
}

// A drawing is a line in the making.
type drawing struct {
	lines Lines
	b     strings.Builder
	on    bool // a colour is
	nl    bool // a new line has come
}

func (d *drawing) style(scheme string, level slog.Level) {
	switch sequence := d.lines.Schemes[scheme].of(level).sequence(); {
	case !d.lines.Colour || d.nl && d.lines.NoColourNL:
	case scheme == noScheme:
		d.end()
	case sequence != "":
		d.end()
		d.b.WriteString(sequence)
		d.on = true
	}
}

func (d *drawing) end() {
	if d.on {
		d.b.WriteString(reset)
		d.on = false
	}
}

func (d *drawing) write(text string) {
	first, rest, nl := strings.Cut(text, "\n")
	d.b.WriteString(first)
	if !nl {
		return
	}
	if d.lines.NoColourNL {
		d.end()
	}
	d.nl = true
	d.b.WriteString("\n" + rest)
}
