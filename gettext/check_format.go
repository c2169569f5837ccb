package gettext

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// GoFormat marks messages whose format verbs are those of package fmt.
const GoFormat = "go-format"

func (e *Entry) isFormat() bool { return slices.Contains(e.Flags, GoFormat) }

// compareVariables tells which {name} is lost and which is new in a translation, or "". One that counts a single number
// may leave out {n}.
func compareVariables(source, text string, countsOne bool) string {
	want, have := variablesOf(source), variablesOf(text)
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !have[name] && !(countsOne && name == "n") {
			wrong = append(wrong, fmt.Sprintf("{%s} is lost", name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(have)) {
		if !want[name] {
			wrong = append(wrong, fmt.Sprintf("{%s} is unknown", name))
		}
	}
	return strings.Join(wrong, ", ")
}

func variablesOf(text string) map[string]bool {
	names := map[string]bool{}
	for {
		_, name, rest, ok := nextVariable(text)
		if !ok {
			return names
		}
		names[name] = true
		text = rest
	}
}

// verb is one of package fmt: flags, width, precision and argument, then its letter.
var verb = regexp.MustCompile(`%[-+#0]*(?:\[(\d{1,3})\])?(?:\d+|\*)?(?:\.(?:\d+|\*)?)?(?:\[(\d{1,3})\])?(\pL|%)`)

// verbsOf are the letters of a format's verbs by the number of their argument, from 1.
func verbsOf(text string) map[int]string {
	verbs := map[int]string{}
	next := 1
	for _, m := range verb.FindAllStringSubmatch(text, -1) {
		if m[3] == "%" {
			continue
		}
		next += strings.Count(m[0], "*") // widths are arguments too
		if at, err := strconv.Atoi(m[1] + m[2]); err == nil {
			next = at
		}
		verbs[next] = m[3]
		next++
	}
	return verbs
}

// compareVerbs tells which argument is lost, new or shown in another way, or "". One that counts a single number may
// leave out a whole number.
func compareVerbs(source, text string, countsOne bool) string {
	want, have := verbsOf(source), verbsOf(text)
	for _, at := range slices.Sorted(maps.Keys(want)) {
		v, ok := have[at]
		switch {
		case !ok && countsOne && want[at] == "d":
		case !ok:
			return fmt.Sprintf("%%%s, argument %d, is lost", want[at], at)
		case v != want[at]:
			return fmt.Sprintf("argument %d is %%%s in the message and %%%s here", at, want[at], v)
		}
	}
	for _, at := range slices.Sorted(maps.Keys(have)) {
		if _, ok := want[at]; !ok {
			return fmt.Sprintf("%%%s, argument %d, is not in the message", have[at], at)
		}
	}
	return ""
}

// HasVerbs reports whether a text holds verbs of package fmt.
func HasVerbs(text string) bool { return len(verbsOf(text)) > 0 }
