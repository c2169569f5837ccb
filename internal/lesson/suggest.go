package lesson

import (
	"slices"
	"strings"
)

// known finds a word in a list. An unknown word is a fault; then the word that was
// probably meant is the answer, so that one slip is reported once, or "".
func (r *reader) known(kind string, s spot, list []string) string {
	if slices.Contains(list, s.text) {
		return s.text
	}
	problem, remedy, meant := "unknown "+kind+" "+quote(s.text), "", ""
	if len(r.faults) < maxFaults {
		meant = nearest(s.text, list)
	}
	switch {
	case meant != "":
		remedy = "did you mean " + meant + "?"
	case len(list) > 0:
		remedy = "there is " + enumerate(list)
	default:
		remedy = "there is none"
	}
	r.fault(s.at, problem, remedy)
	return meant
}

// quote shows a word of the file so that a reader sees where it ends.
func quote(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return "“" + strings.Join(strings.Fields(s), " ") + "”"
}

// enumerate lists words, but not endlessly.
func enumerate(list []string) string {
	const most = 40
	list = slices.Sorted(slices.Values(list))
	if len(list) > most {
		return strings.Join(list[:most], ", ") + " …"
	}
	return strings.Join(list, ", ")
}

// nearest is the word of the list that was probably meant; "" if none is near.
func nearest(s string, list []string) string {
	s = strings.ReplaceAll(strings.ToLower(s), "-", "_")
	best, least := "", max(1, len(s)/3)+1
	if len(s) > maxWord {
		return ""
	}
	for _, w := range slices.Sorted(slices.Values(list)) {
		if d := distance(s, w); d < least && d < len(w) {
			best, least = w, d
		}
	}
	return best
}

// distance counts the letters to insert, remove, change, or swap with their
// neighbour to make b of a (optimal string alignment).
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
