package settings

import "strings"

// nearest returns the word that was probably meant, "" if none is near.
func nearest(word string, words []string) string {
	best, least := "", max(1, len(word)/3, min(2, len(word)/2))+1
	for _, w := range words {
		if d := distance(strings.ToLower(word), strings.ToLower(w)); d < least {
			best, least = w, d
		}
	}
	return best
}

// maxWord bounds the work of distance: no key is longer.
const maxWord = 64

// distance is Levenshtein's: how many letters to change, add or leave out.
func distance(a, b string) int {
	if len(a) > maxWord || len(b) > maxWord {
		return maxWord
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
