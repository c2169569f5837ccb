// Package logging makes the program's log: lines on the terminal with colours,
// or as text or JSON, records for a syslog server and for systemd's journal,
// from a level on that each area of the program has for itself, and without
// what must not be in a log.
package logging

import (
	"io"
	"log/slog"
)

// Format is how a record is written on standard error.
type Format string

// The formats; the zero value is Auto.
const (
	Auto Format = "auto" // Line on a terminal, Text elsewhere
	Line Format = "line" // as Lines.Pattern says, for people who watch
	Text Format = "text" // key=value, for files
	JSON Format = "json" // one object a line, for programs
)

// Options say what is written and how.
type Options struct {
	Level  slog.Leveler // least level; nil: info
	Format Format
	Lines  Lines // how Line looks
}

// New makes a logger that writes to w. It may be used by several goroutines at
// once; each record is one Write.
//
// Attributes that are called secret, password, body, jid or token, or have one
// of these words in their name ("peer_jid", "shared-secret"), are hidden, alone
// and in groups; long values are cut. Auto means Text here, as w is not known
// to be a terminal.
func New(w io.Writer, o Options) *slog.Logger { return slog.New(newHandler(w, o)) }

func newHandler(w io.Writer, o Options) slog.Handler {
	h := &slog.HandlerOptions{Level: o.Level, ReplaceAttr: tidy}
	switch o.Format {
	case JSON:
		return slog.NewJSONHandler(w, h)
	case Line:
		return newLineHandler(w, o.Lines, o.Level)
	}
	return slog.NewTextHandler(w, h)
}
