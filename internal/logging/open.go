package logging

import (
	"context"
	"io"
	"log/slog"
	"sync"
)

// Config says where a log goes.
type Config struct {
	Standard io.Writer // standard error; nil: nothing there
	Format   Format
	Lines    Lines
	Level    slog.Level            // of areas without their own
	Areas    map[string]slog.Level // by name of the area
	Syslog   *Syslog               // nil: none
	Journal  string                // socket, as a rule JournalSocket; empty: none
}

// A Log is the program's log with all its outputs. It may be used by several
// goroutines at once.
type Log struct {
	levels  *Levels
	root    *slog.Logger
	outlet  *outlet // nil: nothing is written on Standard
	here    *swap   // what writes there
	remotes []*remote
	once    sync.Once
}

// lowest is what handlers let through: what is less than wanted ends at the gate.
const lowest = slog.LevelDebug

// Open begins a log. That a server is away is no error: it is said on Standard,
// and what is logged meanwhile waits within bounds.
func Open(c Config) (*Log, error) {
	l := &Log{levels: &Levels{}}
	l.levels.Set(c.Level, c.Areas)
	var here, all []slog.Handler
	if c.Standard != nil {
		l.outlet = &outlet{to: c.Standard}
		l.here = newSwap(newHandler(l.outlet, Options{Level: lowest, Format: c.Format, Lines: c.Lines}))
		here = append(here, l.here)
	}
	all = append(all, here...)
	tell := slog.New(newGate(l.levels, slog.NewMultiHandler(here...))).With(AreaKey, "log")
	if c.Syslog != nil {
		h, r, err := newSyslog(*c.Syslog)
		if err != nil {
			return nil, err
		}
		r.tell = tell.With("to", "syslog")
		all, l.remotes = append(all, h), append(l.remotes, r)
	}
	if c.Journal != "" {
		h, r := newJournal(c.Journal, lowest)
		r.tell = tell.With("to", "journal")
		all, l.remotes = append(all, h), append(l.remotes, r)
	}
	for _, r := range l.remotes {
		go r.run()
	}
	l.root = slog.New(newGate(l.levels, slog.NewMultiHandler(all...)))
	return l, nil
}

// Area is the logger of an area of the program; "" of what belongs to none.
func (l *Log) Area(name string) *slog.Logger {
	if name == "" {
		return l.root
	}
	return l.root.With(AreaKey, name)
}

// Reload takes the levels of c and how it writes on Standard, at once for all loggers that Area has given. Other outputs
// stay as they are.
func (l *Log) Reload(c Config) {
	l.levels.Set(c.Level, c.Areas)
	if l.outlet != nil {
		l.here.replace(newHandler(l.outlet, Options{Level: lowest, Format: c.Format, Lines: c.Lines}))
	}
}

// Dropped is how many messages did not reach Standard (a full disk), a server or the journal so far.
func (l *Log) Dropped() uint64 {
	var n uint64
	if l.outlet != nil {
		n = l.outlet.failed.Load()
	}
	for _, r := range l.remotes {
		n += r.dropped.Load()
	}
	return n
}

// Close sends what waits until ctx ends. Loggers may still be used; they write
// on Standard only.
func (l *Log) Close(ctx context.Context) {
	l.once.Do(func() {
		var all sync.WaitGroup
		for _, r := range l.remotes {
			all.Go(func() { r.close(ctx) })
		}
		all.Wait()
	})
}
