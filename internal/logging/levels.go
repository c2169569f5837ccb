package logging

import (
	"context"
	"log/slog"
	"maps"
	"sync/atomic"
)

// AreaKey is the attribute that says which area of the program speaks:
// log.With(logging.AreaKey, "xmpp"). It may be set again, but not in a group.
const AreaKey = "area"

// Levels say from which level on the areas of the program write. They may be
// set while the program runs, by any goroutine. The zero value is info for all.
type Levels struct{ now atomic.Pointer[levels] }

type levels struct {
	general slog.Level
	areas   map[string]slog.Level
}

// Set changes all levels at once: that of the areas that are named, and the
// general one of those that are not.
func (l *Levels) Set(general slog.Level, areas map[string]slog.Level) {
	l.now.Store(&levels{general, maps.Clone(areas)})
}

// Of returns the level of an area; "" is what belongs to none.
func (l *Levels) Of(area string) slog.Level {
	now := l.now.Load()
	if now == nil {
		return slog.LevelInfo
	}
	if level, ok := now.areas[area]; ok {
		return level
	}
	return now.general
}

// A gate lets through what is of the level of its area. Handlers behind it see
// the area as an attribute.
type gate struct {
	levels *Levels
	area   string
	next   slog.Handler
	bare   slog.Handler // next without the area, so that another can be set; nil within a group
}

func newGate(l *Levels, h slog.Handler) slog.Handler { return &gate{levels: l, next: h, bare: h} }

func (g *gate) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= g.levels.Of(g.area) && g.next.Enabled(ctx, l)
}

func (g *gate) Handle(ctx context.Context, r slog.Record) error { return g.next.Handle(ctx, r) }

func (g *gate) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *g
	if g.bare == nil {
		with.next = g.next.WithAttrs(attrs)
		return &with
	}
	var others []slog.Attr
	for _, a := range attrs {
		if a.Key == AreaKey && a.Value.Kind() == slog.KindString {
			with.area = a.Value.String()
		} else {
			others = append(others, a)
		}
	}
	if len(others) > 0 {
		with.next, with.bare = g.next.WithAttrs(others), g.bare.WithAttrs(others)
	}
	if with.area != g.area {
		with.next = with.bare.WithAttrs([]slog.Attr{slog.String(AreaKey, with.area)})
	}
	return &with
}

func (g *gate) WithGroup(name string) slog.Handler {
	if name == "" {
		return g
	}
	in := *g
	in.next, in.bare = g.next.WithGroup(name), nil
	return &in
}

// Areas are the areas of the program whose levels can be set.
func Areas() []string { return []string{"bot", "xmpp", "otr", "web", "grades"} }
