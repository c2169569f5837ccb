package logging

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
)

// A Log that is reloaded writes otherwise from the next line on, also for loggers that have attributes and groups already.
func TestReload(t *testing.T) {
	var b strings.Builder
	plain, err := ParsePattern("%(levelname)s %(name)s %(message)s", DefaultSchemes())
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Standard: &b, Format: Text, Level: slog.LevelWarn}
	l, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	bot, deep := l.Area("bot"), l.Area("xmpp").With("session", "1a").WithGroup("g").With("n", 1)
	said := func() string { defer b.Reset(); return b.String() }

	bot.Info("unseen")
	deep.Warn("old", "m", 2)
	if got := said(); strings.Contains(got, "unseen") || !strings.Contains(got, "level=WARN msg=old area=xmpp session=1a g.n=1 g.m=2") {
		t.Errorf("before: %s", got)
	}
	c.Level, c.Format, c.Lines = slog.LevelInfo, Line, Lines{Pattern: plain}
	l.Reload(c)
	bot.Info("seen")
	deep.Warn("new", "m", 2)
	if got := said(); got != "INFO bot seen\nWARNING xmpp new session=1a g.n=1 g.m=2\n" {
		t.Errorf("after: %q", got)
	}
	c.Format, c.Areas = JSON, map[string]slog.Level{"bot": slog.LevelError}
	l.Reload(c)
	bot.Warn("unseen")
	deep.Warn("new", "m", 2)
	var record struct {
		Area, Session string
		G             struct{ N, M int }
	}
	if err := json.Unmarshal([]byte(said()), &record); err != nil || record.Area != "xmpp" || record.Session != "1a" || record.G.N != 1 || record.G.M != 2 {
		t.Errorf("as JSON: %+v, %v", record, err)
	}
}

// Whoever logs while the log is reloaded loses no line, and no two lines mix.
func TestReloadWhileLogging(t *testing.T) {
	var b strings.Builder
	c := Config{Standard: &b, Format: Text}
	l, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	const each = 500
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			log := l.Area("bot").With("n", 1)
			for range each {
				log.Info("said")
			}
		})
	}
	all.Go(func() {
		for i := range each {
			c.Format = []Format{Text, Line, JSON}[i%3]
			l.Reload(c)
		}
	})
	all.Wait()
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) != 4*each {
		t.Errorf("%d lines, want %d", len(lines), 4*each)
	}
	for _, line := range lines {
		if strings.Count(line, "said") != 1 {
			t.Errorf("mixed: %s", line)
		}
	}
}

// broken is a writer that takes nothing.
type broken struct{ io.Writer }

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// A full disk holds up nobody, and what it does not take is counted.
func TestFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	for name, w := range map[string]io.Writer{"a full disk": full, "a writer that fails": broken{}} {
		for _, format := range []Format{Text, Line, JSON} {
			l, err := Open(Config{Standard: w, Format: format})
			if err != nil {
				t.Fatal(err)
			}
			l.Area("bot").Info("a")
			l.Area("").Warn("b")
			l.Area("").Debug("not wanted")
			if n := l.Dropped(); n != 2 {
				t.Errorf("%s, %s: %d dropped", name, format, n)
			}
		}
	}
}
