package main

import (
	"cmp"
	"fmt"
	"slices"

	"otrbot/gettext"
	"otrbot/internal/tutor"
	"otrbot/locales"
)

// What only the tutor knows of a translation: which messages are lists of what learners write.
const (
	twoMeanings gettext.Kind = "two-meanings" // a wording stands in two lists
	likeSource  gettext.Kind = "like-source"  // a wording means something else in the language of the source
)

// isFault reports whether something wrong would be shown, or a learner misunderstood.
func isFault(k gettext.Kind) bool { return k.Harmful() && k != likeSource }

// isWarning reports whether somebody should look once more.
func isWarning(k gettext.Kind) bool { return !isFault(k) && !k.Missing() }

// problemsOf is what is wrong with a file of translations, in its order.
func problemsOf(file string, f *gettext.File) []gettext.Problem {
	problems := append(f.Check(localeOf(file)), wordProblems(localeOf(file), f)...)
	slices.SortStableFunc(problems, func(a, b gettext.Problem) int { return cmp.Compare(a.Line, b.Line) })
	return problems
}

// wordProblems are the wordings of learners that are not clear. Those that a file leaves out are the program's own.
func wordProblems(locale string, f *gettext.File) (problems []gettext.Problem) {
	words := &gettext.File{}
	lines := map[gettext.Key]int{}
	for _, e := range f.Entries {
		if !e.Obsolete && !e.Fuzzy && e.Plural == "" {
			words.Entries = append(words.Entries, e)
			lines[e.Key] = e.Line
		}
	}
	in, err := gettext.NewCatalogue(locale, words)
	if err != nil {
		return nil // which the check of the header tells
	}
	for _, c := range tutor.Clashes(in.Over(programs(in.Locale())), in.Locale() == locales.Source) {
		problems = append(problems, wordProblem(c, lines))
	}
	return problems
}

// wordProblem says where the two lists are.
func wordProblem(c tutor.Clash, lines map[gettext.Key]int) gettext.Problem {
	if c.Foreign {
		return gettext.Problem{Line: lines[c.Lists[0]], Key: c.Lists[0], Kind: likeSource,
			Text: fmt.Sprintf("“%s” means something else in English; learners of this language are taken to mean yours", c.Words)}
	}
	one, other := c.Lists[1], c.Lists[0]
	if lines[one] == 0 {
		one, other = other, one
	}
	where := "the program's own translation"
	if lines[other] != 0 {
		where = fmt.Sprintf("line %d", lines[other])
	}
	return gettext.Problem{Line: lines[one], Key: one, Kind: twoMeanings,
		Text: fmt.Sprintf("“%s” is in the list of %s too, which means something else: leave it in one of them", c.Words, where)}
}

// programs is the program's own translation into a locale; nil if it has none.
func programs(locale string) *gettext.Catalogue {
	f, err := locales.Translation(locale)
	if err != nil {
		return nil
	}
	in, err := gettext.NewCatalogue(locale, f)
	if err != nil {
		return nil
	}
	return in
}
