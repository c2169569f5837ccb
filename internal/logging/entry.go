package logging

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// An entry is a record as our own handlers write it: groups are dotted names,
// nothing is left that must not be in a log.
type entry struct {
	time    time.Time // may be zero
	level   slog.Level
	area    string // the attribute of this name; may be empty
	message string
	fields  []field
}

type field struct{ name, value string }

// text is the message with the fields behind it, for those who see one text only.
func (e entry) text() string {
	return strings.TrimSuffix(visible(e.message)+" "+e.attributes(), " ")
}

func (e entry) attributes() string {
	var b strings.Builder
	for i, f := range e.fields {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(quoted(f.name) + "=" + quoted(f.value))
	}
	return b.String()
}

// quoted puts a word into quotation marks unless it ends where it seems to.
func quoted(s string) string {
	if s == "" || strings.ContainsFunc(s, func(c rune) bool {
		return c == ' ' || c == '"' || c == '=' || c == '\\' || c == unicode.ReplacementChar || !unicode.IsPrint(c)
	}) {
		return strconv.Quote(s)
	}
	return s
}

// visible makes what does not print visible: no value moves the cursor, ends a
// line or turns writing around.
func visible(s string) string {
	if !strings.ContainsFunc(s, func(c rune) bool { return c == unicode.ReplacementChar || !unicode.IsPrint(c) }) {
		return s
	}
	var b strings.Builder
	for _, c := range strings.ToValidUTF8(s, "\ufffd") {
		if unicode.IsPrint(c) {
			b.WriteRune(c)
		} else {
			q := strconv.QuoteRune(c)
			b.WriteString(q[1 : len(q)-1])
		}
	}
	return b.String()
}

// handler gives entries to a function. What differs between a terminal, syslog
// and the journal is that function alone.
type handler struct {
	level  slog.Leveler
	write  func(entry) error
	groups []string
	area   string
	fields []field
}

func (h *handler) Enabled(_ context.Context, l slog.Level) bool { return atLeast(h.level, l) }

func (h *handler) Handle(_ context.Context, r slog.Record) error {
	all := *h
	all.fields = slices.Clip(h.fields)
	r.Attrs(func(a slog.Attr) bool {
		all.add(h.groups, a)
		return true
	})
	return h.write(entry{time: r.Time, level: r.Level, area: all.area, message: cut(r.Message), fields: all.fields})
}

func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	with.fields = slices.Clip(h.fields)
	for _, a := range attrs {
		with.add(h.groups, a)
	}
	return &with
}

func (h *handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	in := *h
	in.groups = append(slices.Clip(h.groups), name)
	return &in
}

// add flattens an attribute into fields.
func (h *handler) add(groups []string, a slog.Attr) {
	a.Value = a.Value.Resolve()
	switch {
	case a.Equal(slog.Attr{}):
		return
	case a.Value.Kind() == slog.KindGroup:
		if a.Key != "" {
			groups = append(slices.Clip(groups), a.Key)
		}
		for _, member := range a.Value.Group() {
			h.add(groups, member)
		}
		return
	case a.Key == AreaKey && len(groups) == 0:
		h.area = cut(a.Value.String())
		return
	}
	a = tidy(groups, a)
	h.fields = append(h.fields, field{strings.Join(append(slices.Clip(groups), a.Key), "."), written(a.Value)})
}

func written(v slog.Value) string {
	switch v.Kind() {
	case slog.KindTime:
		return v.Time().Format(time.RFC3339Nano)
	case slog.KindAny:
		_, short := said(v.Any())
		return short
	}
	return v.String()
}
