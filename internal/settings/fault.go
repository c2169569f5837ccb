package settings

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Fault is one thing that is wrong with the settings.
type Fault struct {
	Source  string // path of the file, name of the environment variable or flag
	Line    int    // in the file, from 1; 0 outside a file, or where something is missing
	Column  int    // in bytes, from 1
	Key     string // "bot.warning_timeout"; may be empty
	Problem string // what is wrong and what would be right; never holds a secret
}

func (f Fault) Error() string {
	where := f.Source
	if f.Line > 0 {
		where = fmt.Sprintf("%s:%d:%d", f.Source, f.Line, f.Column)
	}
	if f.Key != "" && f.Key != f.Source {
		where += ": " + f.Key
	}
	return where + ": " + f.Problem
}

// ForLog is Error without what names a learner, which is in no log.
func (f Fault) ForLog() string {
	switch {
	case f.Key == "learners" || strings.HasPrefix(f.Key, "learners."):
		f.Key, f.Problem = "learners", "a learner's table is wrong; otrbot config check says how"
	case strings.HasSuffix(f.Problem, tomlAdvice) && strings.Contains(f.Problem, "@"):
		f.Problem = "this is not TOML; otrbot config check says why"
	}
	return f.Error()
}

// Faults are all that is wrong, in the order of the file.
type Faults []Fault

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i := range f {
		lines[i] = f[i].Error()
	}
	return strings.Join(lines, "\n")
}

// sorted brings the faults into the order of the file; those of other files come behind them, and last what is missing.
func (f Faults) sorted(file string) Faults {
	place := func(one Fault) int {
		switch {
		case one.Line == 0:
			return 2
		case one.Source != file:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(f, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return f
}

// NotFound means that there are no settings yet.
type NotFound struct{ Tried []string }

func (e *NotFound) Error() string {
	file := "otrbot.toml"
	if len(e.Tried) == 1 {
		file = e.Tried[0] // named by --config
	}
	return "no settings found; looked for " + strings.Join(e.Tried, " and ") + `

To write them:
  otrbot config sample > ` + file + `
  chmod 600 ` + file + `
Then put the bot's address into it, and its password into a file of its own:
the comments say where. "otrbot config check" tells what is still missing.`
}
