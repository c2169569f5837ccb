package tutor

import (
	"slices"

	"otrbot/gettext"
)

// A Clash is a wording that stands in two lists which mean different things.
type Clash struct {
	Words string         // in small letters, without punctuation
	Lists [2]gettext.Key // the messages that have it
	// Foreign: the second list is that of the source's language, whose words learners of every language may write. Those
	// of their own count first. Else both are of one language, and the bot takes the wording for neither.
	Foreign bool
}

// Clashes are those of a translation. What it has not translated is not looked at, unless it is that of the source.
func Clashes(in *gettext.Catalogue, source bool) []Clash {
	own := lists(func(x gettext.Ctxt, m gettext.Msg) string {
		if text := in.In(x, m); source || text != string(m) {
			return text
		}
		return ""
	})
	var all []Clash
	first := map[string]list{}
	for _, l := range own {
		for _, words := range l.words {
			before, twice := first[words]
			switch {
			case !twice:
				first[words] = l
			case before.means != l.means:
				all = append(all, Clash{Words: words, Lists: [2]gettext.Key{before.key, l.key}})
			}
		}
	}
	for _, l := range lists(func(_ gettext.Ctxt, m gettext.Msg) string { return string(m) }) {
		for _, words := range l.words {
			if here, taken := first[words]; taken && here.means != l.means && !source {
				all = append(all, Clash{Words: words, Lists: [2]gettext.Key{here.key, l.key}, Foreign: true})
			}
		}
	}
	return all
}

// A list is what learners may write to say one thing.
type list struct {
	key   gettext.Key
	means string
	words []string
}

// lists are all lists, with the texts that they have in some language.
func lists(text func(gettext.Ctxt, gettext.Msg) string) []list {
	var all []list
	add := func(x gettext.Ctxt, m gettext.Msg, means string) {
		words := slices.DeleteFunc(listed(text(x, m)), func(s string) bool { return s == "" })
		all = append(all, list{gettext.Key{ID: string(m), Context: string(x), HasContext: true}, means, words})
	}
	for _, w := range wordTable {
		add(w.in, w.words, "means "+string(w.means))
	}
	for _, n := range languageTable {
		add(n.in, n.words, "names "+n.language)
	}
	return all
}
