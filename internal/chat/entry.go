package chat

import (
	"slices"
	"strings"
	"unicode"

	"charm.land/lipgloss/v2"
)

// entry is the line that is being typed: a value.
type entry struct {
	text []rune
	at   int // where the next character goes
}

// maxEntry bounds it, in characters.
const maxEntry = 16 << 10

func (e entry) String() string { return string(e.text) }

// entryOf is a line with the cursor at its end.
func entryOf(text string) entry {
	r := []rune(text)
	return entry{r, len(r)}
}

// insert types a text; what is no character becomes a space.
func (e entry) insert(text string) entry {
	typed := []rune(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text))
	typed = typed[:min(len(typed), maxEntry-len(e.text))]
	return entry{slices.Concat(e.text[:e.at], typed, e.text[e.at:]), e.at + len(typed)}
}

// cut removes what stands from one place to another.
func (e entry) cut(from, to int) entry {
	from, to = max(0, from), min(len(e.text), to)
	return entry{slices.Concat(e.text[:from], e.text[to:]), from}
}

// press takes a key by its name, as terminals and shells have them; false if it means nothing here.
func (e entry) press(key string) (entry, bool) {
	switch key {
	case "left", "ctrl+b":
		e.at = max(0, e.at-1)
	case "right", "ctrl+f":
		e.at = min(len(e.text), e.at+1)
	case "home", "ctrl+a":
		e.at = 0
	case "end", "ctrl+e":
		e.at = len(e.text)
	case "ctrl+left", "alt+left", "alt+b":
		e.at = e.wordBefore()
	case "ctrl+right", "alt+right", "alt+f":
		for e.at < len(e.text) && e.text[e.at] == ' ' {
			e.at++
		}
		for e.at < len(e.text) && e.text[e.at] != ' ' {
			e.at++
		}
	case "backspace", "ctrl+h":
		return e.cut(e.at-1, e.at), true
	case "delete", "ctrl+d":
		return e.cut(e.at, e.at+1), true
	case "ctrl+w", "alt+backspace":
		return e.cut(e.wordBefore(), e.at), true
	case "ctrl+u":
		return e.cut(0, e.at), true
	case "ctrl+k":
		at := e.at
		e = e.cut(at, len(e.text))
	default:
		return e, false
	}
	return e, true
}

// wordBefore is where the word before the cursor begins.
func (e entry) wordBefore() int {
	i := e.at
	for i > 0 && e.text[i-1] == ' ' {
		i--
	}
	for i > 0 && e.text[i-1] != ' ' {
		i--
	}
	return i
}

// show is the line as it may be seen, from character hidden on as stars (-1: none), in at most width columns around the
// cursor; column is where that stands.
func (e entry) show(width, hidden int) (text string, column int) {
	seen := slices.Clone(e.text)
	for i := range seen {
		if hidden >= 0 && i >= hidden {
			seen[i] = '*'
		}
	}
	first := 0
	for first < e.at && lipgloss.Width(string(seen[first:e.at])) >= width {
		first++
	}
	last := len(seen)
	for last > e.at && lipgloss.Width(string(seen[first:last])) > width {
		last--
	}
	return string(seen[first:last]), lipgloss.Width(string(seen[first:e.at]))
}
