// Package logging makes the program's logger: lines of text or JSON, at least
// of a level, and without what must not be in a log.
package logging

import (
	"io"
	"log/slog"
	"slices"
	"strings"
	"unicode/utf8"
)

// Format is how a record is written.
type Format string

// The formats; the zero value is Text.
const (
	Text Format = "text" // key=value, for people
	JSON Format = "json" // one object a line, for programs
)

// Options say what is written and how.
type Options struct {
	Level  slog.Leveler // least level; nil: info
	Format Format
}

// New makes a logger that writes to w. It may be used by several goroutines at
// once; each record is one Write.
//
// Attributes that are called secret, password, body or jid, or have one of
// these words in their name ("peer_jid", "shared-secret"), are hidden, alone
// and in groups; long values are cut.
func New(w io.Writer, o Options) *slog.Logger {
	h := &slog.HandlerOptions{Level: o.Level, ReplaceAttr: tidy}
	if o.Format == JSON {
		return slog.New(slog.NewJSONHandler(w, h))
	}
	return slog.New(slog.NewTextHandler(w, h))
}

// Hidden stands in the place of a value that must not be in a log.
const Hidden = "[hidden]"

// Of a text longer than longest bytes, the first and last kept characters are
// written: pictures and stanzas do not fill a log.
const (
	longest = 1024
	kept    = 60
)

func tidy(groups []string, a slog.Attr) slog.Attr {
	if confidential(a.Key) || slices.ContainsFunc(groups, confidential) {
		return slog.String(a.Key, Hidden)
	}
	if a.Value.Kind() == slog.KindString {
		return slog.String(a.Key, cut(a.Value.String()))
	}
	return a
}

func confidential(key string) bool {
	for word := range strings.FieldsFuncSeq(strings.ToLower(key), func(c rune) bool { return c == '_' || c == '-' || c == '.' || c == ' ' }) {
		switch word {
		case "secret", "secrets", "password", "passwords", "body", "jid", "jids":
			return true
		}
	}
	return false
}

func cut(s string) string {
	if len(s) <= longest {
		return s
	}
	from, to := kept, len(s)-kept
	for from > 0 && !utf8.RuneStart(s[from]) {
		from--
	}
	for to < len(s) && !utf8.RuneStart(s[to]) {
		to++
	}
	return s[:from] + "…" + s[to:]
}
