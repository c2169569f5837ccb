package logging

import "log/slog"

// LevelCritical is the original's CRITICAL: the program cannot go on.
const LevelCritical = slog.LevelError + 4

// A grade is one of the original's five levels, with what others call it.
type grade struct {
	least    slog.Level
	name     string
	severity int // of RFC 5424, "6.2.1. PRI", which systemd's PRIORITY= shares
}

// grades begin with the highest.
var grades = [...]grade{
	{LevelCritical, "CRITICAL", 2},
	{slog.LevelError, "ERROR", 3},
	{slog.LevelWarn, "WARNING", 4},
	{slog.LevelInfo, "INFO", 6},
}

// debug is all that is below the others.
var debug = grade{slog.LevelDebug, "DEBUG", 7}

func gradeOf(l slog.Level) grade {
	for _, g := range grades {
		if l >= g.least {
			return g
		}
	}
	return debug
}

// atLeast lets through what is of a level or above.
func atLeast(l slog.Leveler, level slog.Level) bool {
	least := slog.LevelInfo
	if l != nil {
		least = l.Level()
	}
	return level >= least
}
