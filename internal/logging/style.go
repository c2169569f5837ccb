package logging

import (
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
)

// A Colour of a terminal, by the original's names. The zero value is none: the
// terminal's own.
type Colour uint8

// The colours, in the order of their ANSI numbers.
const (
	Black Colour = iota + 1
	Red
	Green
	Yellow
	Blue
	Magenta
	Cyan
	White
)

var colourNames = []string{"none", "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"}

func (c Colour) String() string { return colourNames[c] }

// A Style is the look of a piece of a line. The zero value leaves it as it is.
type Style struct {
	Fore, Back Colour
	Bold       bool
}

// ParseStyle reads "white on blue", "bold red", "none on green" or "none".
func ParseStyle(s string) (Style, error) {
	rest, bold := strings.CutPrefix(s, "bold ")
	fore, back, on := strings.Cut(rest, " on ")
	f, b := slices.Index(colourNames, fore), slices.Index(colourNames, back)
	if !on {
		b = 0
	}
	if f < 0 || b < 0 {
		return Style{}, fmt.Errorf(`%q: write a colour such as "red", "bold red" or "white on blue", of %s`, cut(s), strings.Join(colourNames, ", "))
	}
	return Style{Colour(f), Colour(b), bold}, nil
}

// String writes what ParseStyle reads.
func (s Style) String() string {
	text := s.Fore.String()
	if s.Back != 0 {
		text += " on " + s.Back.String()
	}
	if s.Bold {
		text = "bold " + text
	}
	return text
}

const reset = "\x1b[0m"

// sequence turns the style on. The numbers are in the original's order.
func (s Style) sequence() string {
	var numbers []string
	if s.Back != 0 {
		numbers = append(numbers, strconv.Itoa(39+int(s.Back)))
	}
	if s.Fore != 0 {
		numbers = append(numbers, strconv.Itoa(29+int(s.Fore)))
	}
	if s.Bold {
		numbers = append(numbers, "1")
	}
	if len(numbers) == 0 {
		return ""
	}
	return "\x1b[" + strings.Join(numbers, ";") + "m"
}

// A Scheme has a style for each level.
type Scheme struct{ Debug, Info, Warning, Error, Critical Style }

func (s Scheme) of(l slog.Level) Style {
	switch gradeOf(l).least {
	case LevelCritical:
		return s.Critical
	case slog.LevelError:
		return s.Error
	case slog.LevelWarn:
		return s.Warning
	case slog.LevelInfo:
		return s.Info
	}
	return s.Debug
}

// Schemes are named; a pattern says where which begins.
type Schemes map[string]Scheme

// DefaultSchemes are the original's: lvl with backgrounds for the name of the
// level, msg without for the rest.
func DefaultSchemes() Schemes {
	return Schemes{
		"lvl": {Debug: Style{White, Blue, false}, Info: Style{Black, Green, false}, Warning: Style{Black, Yellow, false},
			Error: Style{White, Red, false}, Critical: Style{Yellow, Red, true}},
		"msg": {Debug: Style{Fore: Blue}, Info: Style{Fore: Green}, Warning: Style{Fore: Yellow},
			Error: Style{Fore: Red}, Critical: Style{Fore: Red, Bold: true}},
	}
}
