package gettext

import "fmt"

// place is how far an entry has been read.
type place int

const (
	atNothing place = iota
	atContext
	atID
	atPlural
	atStr
)

var places = map[string]place{"msgctxt": atContext, "msgid": atID, "msgid_plural": atPlural, "msgstr": atStr}

func (a place) String() string {
	for word, at := range places {
		if at == a {
			return word
		}
	}
	return "comments"
}

// A draft is an entry that is being read.
type draft struct {
	entry    Entry
	at       place
	previous place // how far the previous message has been read

	open                       *string // the text that strings continue
	text                       []byte  // what it has so far
	openObsolete, openPrevious bool
}

// ends reports whether a word of a line belongs to the next entry.
func (d *draft) ends(at place, previous bool) bool {
	if previous {
		return d.at == atStr
	}
	return at <= atID && d.at >= atID
}

// enter begins the text of a place. It returns what is wrong with that, or "".
func (d *draft) enter(at place, form int, indexed, obsolete, previous bool) string {
	d.close()
	d.openObsolete, d.openPrevious = obsolete, previous
	if indexed != (at == atStr && d.entry.Plural != "") && !previous {
		return indexProblem(at, indexed)
	}
	if previous {
		return d.enterPrevious(at, obsolete)
	}
	if d.at != atNothing && d.entry.Obsolete != obsolete {
		return "an entry must have #~ in all its lines or in none"
	}
	d.entry.Obsolete = obsolete
	if !d.follows(at) {
		return fmt.Sprintf("%v cannot follow %v", at, d.at)
	}
	d.at = at
	switch at {
	case atContext:
		d.entry.HasContext = true
		d.open = &d.entry.Context
	case atID:
		d.open = &d.entry.ID
	case atPlural:
		d.open = &d.entry.Plural
	case atStr:
		if form != len(d.entry.Str) {
			return fmt.Sprintf("msgstr[%d] stands where msgstr[%d] must", form, len(d.entry.Str))
		}
		if form >= mostForms {
			return fmt.Sprintf("more than %d plural forms", mostForms)
		}
		d.entry.Str = append(d.entry.Str, "")
		d.open = &d.entry.Str[form]
	}
	return ""
}

func indexProblem(at place, indexed bool) string {
	switch {
	case at != atStr:
		return fmt.Sprintf("%v has no forms", at)
	case indexed:
		return "msgstr[N] needs a msgid_plural"
	}
	return "after msgid_plural msgstr has a form's number, as in msgstr[0]"
}

func (d *draft) follows(at place) bool {
	switch at {
	case atContext:
		return d.at == atNothing
	case atID:
		return d.at <= atContext
	case atPlural:
		return d.at == atID
	}
	return d.at == atID || d.at == atPlural || d.at == atStr && d.entry.Plural != ""
}

func (d *draft) enterPrevious(at place, obsolete bool) string {
	if d.at != atNothing || at == atStr || at <= d.previous {
		return fmt.Sprintf("a previous %v cannot stand here", at)
	}
	d.previous = at
	if d.entry.Previous == nil {
		d.entry.Previous = &Previous{}
	}
	switch old := d.entry.Previous; at {
	case atContext:
		old.HasContext = true
		d.open = &old.Context
	case atID:
		d.open = &old.ID
	case atPlural:
		d.open = &old.Plural
	}
	d.entry.Obsolete = obsolete
	return ""
}

// close ends the text that was being read.
func (d *draft) close() {
	if d.open != nil {
		*d.open = string(d.text)
		d.open, d.text = nil, d.text[:0]
	}
}

// done is the entry, or what is wrong with it as a whole.
func (d *draft) done() (*Entry, string) {
	d.close()
	e := &d.entry
	switch {
	case d.at == atPlural || d.at == atID:
		return nil, fmt.Sprintf("the message of line %d has no msgstr", e.Line)
	case d.at != atStr:
		return nil, fmt.Sprintf("the entry of line %d has no msgid", e.Line)
	}
	return e, storable(e)
}
