package logging

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"testing/slogtest"
)

// Every handler keeps to what log/slog asks of handlers.
func TestSlogHandlers(t *testing.T) {
	t.Run("line", func(t *testing.T) {
		var b bytes.Buffer
		slogtest.Run(t, func(*testing.T) slog.Handler {
			b.Reset()
			p, err := ParsePattern("%(asctime)s|%(levelname)s|%(message)s|%(attributes)s", nil)
			if err != nil {
				t.Fatal(err)
			}
			return newLineHandler(&b, Lines{Pattern: p}, nil)
		}, func(*testing.T) map[string]any {
			parts := strings.SplitN(strings.TrimSuffix(b.String(), "\n"), "|", 4)
			seen := map[string]any{"level": parts[1], "msg": parts[2]}
			if parts[0] != "" {
				seen["time"] = parts[0]
			}
			for word := range strings.FieldsSeq(parts[3]) {
				name, value, _ := strings.Cut(word, "=")
				nest(seen, name, value)
			}
			return seen
		})
	})
	t.Run("gate", func(t *testing.T) {
		var b bytes.Buffer
		slogtest.Run(t, func(*testing.T) slog.Handler {
			b.Reset()
			return newGate(&Levels{}, newHandler(&b, Options{Format: JSON}))
		}, func(t *testing.T) map[string]any {
			seen := map[string]any{}
			if err := json.Unmarshal(b.Bytes(), &seen); err != nil {
				t.Fatal(err)
			}
			return seen
		})
	})
}

// nest puts a dotted name into groups.
func nest(in map[string]any, name, value string) {
	group, rest, deeper := strings.Cut(name, ".")
	if !deeper {
		in[name] = value
		return
	}
	if in[group] == nil {
		in[group] = map[string]any{}
	}
	nest(in[group].(map[string]any), rest, value)
}

// The levels of areas change while loggers are in use.
func TestLevelsOfAreas(t *testing.T) {
	var levels Levels
	var b bytes.Buffer
	root := slog.New(newGate(&levels, newHandler(&b, Options{Level: slog.LevelDebug})))
	bot, xmpp := root.With(AreaKey, "bot"), root.With(AreaKey, "xmpp").With("n", 1).WithGroup("g")
	otr := bot.With("session", "1a2b").With(AreaKey, "otr")
	speak := func() string {
		b.Reset()
		for _, log := range []*slog.Logger{root, bot, xmpp, otr} {
			log.Debug("d")
			log.Info("i")
			log.Error("e")
		}
		return shown(b.String())
	}
	steps := []struct {
		general slog.Level
		areas   map[string]slog.Level
		want    string
	}{
		{slog.LevelInfo, nil, "i e bot.i bot.e xmpp.i xmpp.e otr.i otr.e"},
		{slog.LevelError, map[string]slog.Level{"xmpp": slog.LevelDebug}, "e bot.e xmpp.d xmpp.i xmpp.e otr.e"},
		{slog.LevelDebug, map[string]slog.Level{"bot": LevelCritical, "otr": slog.LevelInfo}, "d i e xmpp.d xmpp.i xmpp.e otr.i otr.e"},
	}
	if got := speak(); got != steps[0].want {
		t.Errorf("before Set: %s", got)
	}
	for _, s := range steps {
		levels.Set(s.general, s.areas)
		if got := speak(); got != s.want {
			t.Errorf("%v %v:\n%s, want\n%s", s.general, s.areas, got, s.want)
		}
	}
	b.Reset()
	if xmpp.With(AreaKey, "bot").Info("in a group it is an attribute like others"); !strings.Contains(b.String(), " area=xmpp n=1 g.area=bot") {
		t.Error(b.String())
	}
	b.Reset()
	otr.Info("i")
	if got := b.String(); strings.Count(got, "area=") != 1 || !strings.Contains(got, "session=1a2b") {
		t.Error(got)
	}
}

// shown is who said what.
func shown(log string) string {
	var words []string
	for line := range strings.Lines(log) {
		_, said, _ := strings.Cut(line, "msg=")
		_, area, _ := strings.Cut(line, "area=")
		word := said[:1]
		if fields := strings.Fields(area); len(fields) > 0 {
			word = fields[0] + "." + word
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}
