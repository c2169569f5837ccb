package logging

import (
	"io"
	"os"
)

// When says whether lines have colours.
type When string

// When lines have colours; the zero value is Terminal.
const (
	Terminal When = "auto" // on a terminal, unless NO_COLOR is set (no-color.org) or TERM is dumb
	Always   When = "always"
	Never    When = "never"
)

// IsTerminal reports whether what is written goes to a terminal, or another
// device that takes characters.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Choose settles what Auto and Terminal leave open.
func Choose(f Format, w When, terminal bool, getenv func(string) string) (_ Format, colour bool) {
	if f == Auto || f == "" {
		f = Text
		if terminal || w == Always {
			f = Line
		}
	}
	colour = w == Always || w != Never && terminal && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
	return f, colour && f == Line
}
