package logging

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// say gives one record to a line handler.
func say(t *testing.T, l Lines, level slog.Level, message string, args ...any) string {
	t.Helper()
	var b bytes.Buffer
	r := slog.NewRecord(time.Date(2026, 3, 1, 12, 30, 5, 7e6, time.UTC), level, message, 0)
	r.Add(args...)
	if err := newLineHandler(&b, l, nil).Handle(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func pattern(t *testing.T, s string, schemes Schemes) Pattern {
	t.Helper()
	p, err := ParsePattern(s, schemes)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The lines of the original's manual, byte for byte.
func TestColoursOfTheOriginal(t *testing.T) {
	l := Lines{Colour: true, Pattern: pattern(t, "$lvl[%(levelname)s]$reset $msg%(name)s %(message)s", DefaultSchemes())}
	for _, x := range []struct {
		level         slog.Level
		message, want string
	}{
		{slog.LevelDebug, "This is detailed information..", "\x1b[44;37m[DEBUG]\x1b[0m \x1b[34m_main_ This is detailed information..\x1b[0m\n"},
		{slog.LevelInfo, "This somewhat more useful..", "\x1b[42;30m[INFO]\x1b[0m \x1b[32m_main_ This somewhat more useful..\x1b[0m\n"},
		{slog.LevelWarn, "This might be dangerous..", "\x1b[43;30m[WARNING]\x1b[0m \x1b[33m_main_ This might be dangerous..\x1b[0m\n"},
		{slog.LevelError, "Something might have gone a bit wrong", "\x1b[41;37m[ERROR]\x1b[0m \x1b[31m_main_ Something might have gone a bit wrong\x1b[0m\n"},
		{LevelCritical, "Woah! do something!!", "\x1b[41;33;1m[CRITICAL]\x1b[0m \x1b[31;1m_main_ Woah! do something!!\x1b[0m\n"},
	} {
		if got := say(t, l, x.level, x.message, AreaKey, "_main_"); got != x.want {
			t.Errorf("%q, want %q", got, x.want)
		}
	}
}

func TestLines(t *testing.T) {
	own := Schemes{"msg": {Info: Style{Fore: Red}}, "time-of_day": {Info: Style{Cyan, Magenta, true}}}
	for _, x := range []struct {
		name, pattern string
		lines         Lines
		message       string
		args          []any
		want          string
	}{
		{"as it comes", DefaultPattern, Lines{}, "online", []any{AreaKey, "bot", "n", 5}, "2026-03-01 12:30:05.007 [INFO] bot online n=5\n"},
		{"no area", DefaultPattern, Lines{}, "online", nil, "2026-03-01 12:30:05.007 [INFO] online\n"},
		{"a scheme of one's own", "${time-of_day}%(asctime)s$reset $msg%(message)s 5%% $$", Lines{Schemes: own, Colour: true}, "hello", nil,
			"\x1b[45;36;1m2026-03-01 12:30:05.007\x1b[0m \x1b[31mhello 5% $\x1b[0m\n"},
		{"colours change without reset", "$lvl%(levelname)s$msg%(message)s", Lines{Colour: true}, "m", nil, "\x1b[42;30mINFO\x1b[0m\x1b[32mm\x1b[0m\n"},
		{"attributes elsewhere", "%(attributes)s: %(message)s", Lines{}, "m", []any{"a", "b c", "d", errors.New("e")}, "a=\"b c\" d=e: m\n"},
		{"colour after a new line", "$msg%(message)s", Lines{Colour: true}, "one\ntwo", []any{"a", 1}, "\x1b[32mone\n    two a=1\x1b[0m\n"},
		{"none after a new line", "$msg%(message)s $lvl[%(levelname)s]", Lines{Colour: true, NoColourNL: true}, "one\ntwo", nil, "\x1b[32mone\x1b[0m\n    two [INFO]\n"},
		{"none before either", "$msg%(message)s $lvl[%(levelname)s]", Lines{NoColourNL: true}, "one\ntwo", nil, "one\n    two [INFO]\n"},
		{"what others say cannot draw", "%(message)s", Lines{}, "m\x1b[2J\r\ufffd", []any{"a", "\n[ERROR] forged\x1b[31m", "b\x07", "\u202e"},
			"m\\x1b[2J\\r\ufffd a=\"\\n[ERROR] forged\\x1b[31m\" \"b\\a\"=\"\\u202e\"\n"},
	} {
		schemes := x.lines.Schemes
		if schemes == nil {
			schemes = DefaultSchemes()
		}
		x.lines.Pattern = pattern(t, x.pattern, schemes)
		if got := say(t, x.lines, slog.LevelInfo, x.message, x.args...); got != x.want {
			t.Errorf("%s: %q, want %q", x.name, got, x.want)
		}
	}
	if got := say(t, Lines{}, slog.LevelWarn, "m"); got != "2026-03-01 12:30:05.007 [WARNING] m\n" {
		t.Errorf("without a pattern: %q", got)
	}
}

func TestPatternsThatMeanNothing(t *testing.T) {
	for pattern, want := range map[string]string{
		"":                          "message",
		"%(name)s":                  "message",
		"%(message)s $":             "$$",
		"100% %(message)s":          "%%",
		"%(massage)s":               "massage",
		"$nobody%(message)s":        `"nobody"`,
		"%(message)s\x1b[0m":        "control",
		strings.Repeat("long", 300): "1024",
	} {
		if _, err := ParsePattern(pattern, DefaultSchemes()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %s", pattern, err, want)
		}
	}
	for name, good := range map[string]bool{"lvl": true, "a-B_9": true, "9a": false, "": false, "reset": false, "a b": false, "ä": false} {
		if err := CheckSchemeName(name); (err == nil) != good {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestStyles(t *testing.T) {
	for text, want := range map[string]struct {
		sequence string
		again    string
	}{
		"none":            {"", "none"},
		"red":             {"\x1b[31m", "red"},
		"bold white":      {"\x1b[37;1m", "bold white"},
		"black on yellow": {"\x1b[43;30m", "black on yellow"},
		"none on green":   {"\x1b[42m", "none on green"},
		"red on none":     {"\x1b[31m", "red"},
		"bold none":       {"\x1b[1m", "bold none"},
	} {
		s, err := ParseStyle(text)
		if err != nil || s.sequence() != want.sequence || s.String() != want.again {
			t.Errorf("%q: %q, %q, %v", text, s.sequence(), s, err)
		}
	}
	for _, text := range []string{"", "pink", "red on", "on red", "bold", "red on blue on green", "Red"} {
		if _, err := ParseStyle(text); err == nil {
			t.Errorf("%q is a style", text)
		}
	}
}

// However wild a pattern, it is refused or gives one line.
func FuzzPattern(f *testing.F) {
	f.Add(DefaultPattern, "hello\nthere")
	f.Add("$$%%${lvl}%(message)s$msg", "")
	f.Fuzz(func(t *testing.T, s, message string) {
		p, err := ParsePattern(s, DefaultSchemes())
		if err != nil || len(message) > longest {
			return
		}
		got := Lines{Pattern: p, Schemes: DefaultSchemes(), Colour: true}.line(entry{message: message})
		if !strings.HasSuffix(got, "\n") || strings.Count(got, "\x1b[")%2 != 0 || strings.ContainsAny(got, "\r\x07") {
			t.Errorf("%q", got)
		}
		for line := range strings.Lines(got[strings.IndexByte(got, '\n')+1:]) {
			if !strings.HasPrefix(line, further) && strings.Count(s, "%(message)s") == 1 && strings.TrimSpace(message) == message {
				t.Errorf("%q begins a line of its own in %q", line, got)
			}
		}
	})
}
