package gettext

import "math/bits"

// similar is how alike two texts are: twice the length of their longest common subsequence, in bytes, over the length
// of both, from 0 to 1. GNU measures so. It is 0 when it is certain to be below least.
func similar(a, b string, least float64) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	total := float64(len(a) + len(b))
	if total == 0 {
		return 1
	}
	if len(b) > longestFuzzy || 2*float64(len(a))/total < least || 2*float64(sharedBytes(a, b))/total < least {
		return 0
	}
	return 2 * float64(commonSubsequence(a, b)) / total
}

// sharedBytes is how many bytes two texts share in whatever order: no common subsequence is longer.
func sharedBytes(a, b string) int {
	var count [256]int
	for i := range len(a) {
		count[a[i]]++
	}
	shared := 0
	for i := range len(b) {
		if count[b[i]] > 0 {
			count[b[i]]--
			shared++
		}
	}
	return shared
}

// commonSubsequence is the length of the longest one, 64 bytes of a at a time: each row of the usual table is a number
// whose zero bits are where the length grows (Crochemore and others, 2001).
func commonSubsequence(a, b string) int {
	words := (len(a) + 63) / 64
	places := make([]uint64, 256*words) // for each byte the places of a that hold it
	for i := range len(a) {
		places[int(a[i])*words+i/64] |= 1 << (i % 64)
	}
	row := make([]uint64, words)
	for i := range row {
		row[i] = ^uint64(0)
	}
	for i := range len(b) {
		var carry uint64
		match := places[int(b[i])*words:][:words]
		for w, v := range row {
			u := v & match[w]
			var sum uint64
			sum, carry = bits.Add64(v, u, carry)
			row[w] = sum | (v - u)
		}
	}
	length := 0
	for i := range len(a) {
		if row[i/64]>>(i%64)&1 == 0 {
			length++
		}
	}
	return length
}
