package gettext

import (
	"cmp"
	"slices"
)

// Bounds of the search for a similar message.
const (
	leastSimilar = 0.6      // as GNU's
	longestFuzzy = 16 << 10 // bytes; longer messages have no similar ones
	mostTried    = 40       // messages that share most with the one that is looked for
	sameContext  = 0.00001  // what a common context adds, as GNU does
)

// A similarIndex finds messages that are like a given one, by the runs of three bytes that they share.
type similarIndex struct {
	entries  []*Entry
	trigrams map[[3]byte][]int32 // for each run the entries that have it, once each
	shared   []int32             // of the entries, while one is looked for
}

func newSimilarIndex(entries []*Entry) *similarIndex {
	x := &similarIndex{entries: entries, trigrams: map[[3]byte][]int32{}, shared: make([]int32, len(entries))}
	for i, e := range entries {
		for t := range trigramsOf(e.ID) {
			x.trigrams[t] = append(x.trigrams[t], int32(i))
		}
	}
	return x
}

// trigramsOf are the runs of a text with its ends marked, so that short texts have some.
func trigramsOf(text string) map[[3]byte]bool {
	if len(text) > longestFuzzy {
		return nil
	}
	runs := map[[3]byte]bool{}
	padded := "\x01" + text + "\x02"
	for i := 0; i+3 <= len(padded); i++ {
		runs[[3]byte([]byte(padded[i:i+3]))] = true
	}
	return runs
}

// find is the entry most like e, nil when none is alike enough. Of equals it is the first.
func (x *similarIndex) find(e *Entry) *Entry {
	var tried []*Entry
	for _, i := range x.candidates(e.ID) {
		tried = append(tried, x.entries[i])
	}
	return mostSimilar(tried, e)
}

// mostSimilar is the first of the entries that are most like e, nil when none is alike enough.
func mostSimilar(tried []*Entry, e *Entry) *Entry {
	best, found := leastSimilar, (*Entry)(nil)
	for _, other := range tried {
		like := similar(e.ID, other.ID, best)
		if e.HasContext == other.HasContext && e.Context == other.Context {
			like += sameContext
		}
		if like > best {
			best, found = like, other
		}
	}
	return found
}

// candidates are the entries that share most runs with a text, for their length.
func (x *similarIndex) candidates(id string) []int32 {
	var met []int32
	for t := range trigramsOf(id) {
		for _, i := range x.trigrams[t] {
			if x.shared[i] == 0 {
				met = append(met, i)
			}
			x.shared[i]++
		}
	}
	likeness := func(i int32) float64 {
		return float64(x.shared[i]) / float64(len(id)+len(x.entries[i].ID))
	}
	slices.SortFunc(met, func(a, b int32) int {
		return cmp.Or(cmp.Compare(likeness(b), likeness(a)), cmp.Compare(a, b))
	})
	for _, i := range met[min(len(met), mostTried):] {
		x.shared[i] = 0
	}
	met = met[:min(len(met), mostTried)]
	for _, i := range met {
		x.shared[i] = 0
	}
	slices.Sort(met)
	return met
}
