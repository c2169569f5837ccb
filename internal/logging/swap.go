package logging

import (
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
)

// A swap is a handler that can be replaced while loggers that were made of it are in use.
type swap struct {
	now  *atomic.Pointer[slog.Handler] // shared by all that With has made
	with []func(slog.Handler) slog.Handler
	made *atomic.Pointer[made]
}

// made is what with makes of a handler.
type made struct {
	of *slog.Handler
	h  slog.Handler
}

func newSwap(h slog.Handler) *swap {
	s := &swap{now: new(atomic.Pointer[slog.Handler]), made: new(atomic.Pointer[made])}
	s.replace(h)
	return s
}

// replace takes another handler from the next record on.
func (s *swap) replace(h slog.Handler) { s.now.Store(&h) }

// handler is the present one with all attributes and groups.
func (s *swap) handler() slog.Handler {
	now := s.now.Load()
	if m := s.made.Load(); m != nil && m.of == now {
		return m.h
	}
	h := *now
	for _, with := range s.with {
		h = with(h)
	}
	s.made.Store(&made{now, h})
	return h
}

func (s *swap) Enabled(ctx context.Context, l slog.Level) bool { return s.handler().Enabled(ctx, l) }

func (s *swap) Handle(ctx context.Context, r slog.Record) error { return s.handler().Handle(ctx, r) }

func (s *swap) WithAttrs(attrs []slog.Attr) slog.Handler {
	return s.and(func(h slog.Handler) slog.Handler { return h.WithAttrs(attrs) })
}

func (s *swap) WithGroup(name string) slog.Handler {
	return s.and(func(h slog.Handler) slog.Handler { return h.WithGroup(name) })
}

func (s *swap) and(with func(slog.Handler) slog.Handler) *swap {
	return &swap{now: s.now, with: append(slices.Clip(s.with), with), made: new(atomic.Pointer[made])}
}
