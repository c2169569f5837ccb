package gettext

import (
	"fmt"
	"slices"
	"strings"
)

// Merge brings a translation up to a new template, as GNU's msgmerge does: the messages, comments of programmers,
// references and flags are the template's; the translations and the comments of translators are the old ones. A new
// message takes the translation of the most similar old one, as a fuzzy one with the message it was made for: one that
// has gone from the same context, as a text that was changed has, before any other. What the template has no more is kept
// at the end as obsolete, if it was translated. Neither file is changed.
func Merge(old, template *File) *File {
	m := merger{
		forms: old.forms(), byKey: map[Key]*Entry{}, gone: map[string][]*Entry{}, used: map[*Entry]bool{},
		out: &File{Header: mergeHeaders(&old.Header, &template.Header)},
	}
	m.learn(old, template)
	for _, e := range template.Entries {
		if !e.Obsolete {
			m.out.Entries = append(m.out.Entries, m.merge(e))
		}
	}
	for _, e := range old.Entries {
		if !m.used[e] && slices.ContainsFunc(e.Str, func(s string) bool { return s != "" }) {
			m.out.Entries = append(m.out.Entries, obsolete(e))
		}
	}
	return m.out
}

// NewTranslation begins the translation of a template into a locale.
func NewTranslation(template *File, locale string) (*File, error) {
	l, err := ParseLocale(locale)
	if err != nil {
		return nil, err
	}
	start := &File{Header: Header{Fields: slices.Clone(template.Header.Fields)}}
	start.Header.Set("Language", l.String())
	start.Header.Set("MIME-Version", "1.0")
	start.Header.Set("Content-Type", "text/plain; charset=UTF-8")
	start.Header.Set("Content-Transfer-Encoding", "8bit")
	forms, known := PluralFormsOf(l.String())
	if !known {
		return nil, fmt.Errorf("the plural forms of %s are not known here; begin with the file of a language that counts alike, and set its Language", l)
	}
	start.Header.Set(pluralForms, forms)
	return Merge(start, template), nil
}

// forms is how many forms a message with a plural has in the file's language; 2 if the file does not know.
func (f *File) forms() int {
	rule, err := ParsePluralForms(f.Header.Value(pluralForms))
	if err != nil {
		return 2
	}
	return rule.Forms()
}

type merger struct {
	forms int
	byKey map[Key]*Entry
	gone  map[string][]*Entry // by their contexts: what the template has no more
	alike *similarIndex
	used  map[*Entry]bool
	out   *File
}

// learn makes the old entries ready to be found. Of two with the same key the living one counts.
func (m *merger) learn(old, template *File) {
	stays := map[Key]bool{}
	for _, e := range template.Entries {
		stays[e.Key] = stays[e.Key] || !e.Obsolete
	}
	var translated []*Entry
	for _, e := range old.Entries {
		if first := m.byKey[e.Key]; first == nil || first.Obsolete && !e.Obsolete {
			m.byKey[e.Key] = e
		}
		if e.str(0) != "" {
			translated = append(translated, e)
			if e.HasContext && !e.Obsolete && !stays[e.Key] {
				m.gone[e.Context] = append(m.gone[e.Context], e)
			}
		}
	}
	m.alike = newSimilarIndex(translated)
}

// merge is the template's entry with what is known of its translation.
func (m *merger) merge(e *Entry) *Entry {
	out := *e
	out.Str, out.Comments, out.Fuzzy, out.Previous, out.Line = nil, nil, false, nil, 0
	source := m.byKey[e.Key]
	guess := false
	if source == nil {
		source = m.guess(e)
		guess = source != nil
	}
	if source == nil {
		out.Str = make([]string, m.formsOf(e))
		return &out
	}
	m.used[source] = true
	out.Comments = source.Comments
	out.Str = m.fit(source.Str, e)
	out.Fuzzy = out.Translated() && (guess || source.Fuzzy || source.Plural != e.Plural)
	if out.Fuzzy {
		out.Previous = source.madeFor(e)
	}
	return &out
}

// guess is the old entry whose translation may fit a new message; nil if none does.
func (m *merger) guess(e *Entry) *Entry {
	if gone := m.gone[e.Context]; e.HasContext && len(gone) <= mostTried { // else the context does not tell what was what
		if own := mostSimilar(gone, e); own != nil {
			return own
		}
	}
	return m.alike.find(e)
}

func (m *merger) formsOf(e *Entry) int {
	if e.Plural == "" {
		return 1
	}
	return m.forms
}

// fit gives a translation as many forms as the message has now.
func (m *merger) fit(str []string, e *Entry) []string {
	want := m.formsOf(e)
	out := make([]string, want)
	for i := range out {
		if len(str) > 0 {
			out[i] = str[min(i, len(str)-1)]
		}
	}
	return out
}

// madeFor is the message that a translation was made for, which a guess of long ago remembers; nil if it is e's.
func (e *Entry) madeFor(now *Entry) *Previous {
	if e.Fuzzy {
		return e.Previous
	}
	return &Previous{Key: e.Key, Plural: e.Plural}
}

// obsolete is an entry that the program has no more.
func obsolete(e *Entry) *Entry {
	out := *e
	out.Obsolete, out.Extracted, out.References, out.Line = true, nil, nil, 0
	return &out
}

// mergeHeaders is the old header with what the template knows better.
func mergeHeaders(old, template *Header) Header {
	h := Header{Comments: old.Comments, Fuzzy: old.Fuzzy, Fields: slices.Clone(old.Fields)}
	for _, name := range []string{potCreationDate, "Report-Msgid-Bugs-To"} {
		if v := template.Value(name); v != "" {
			h.Set(name, v)
		}
	}
	if h.Value("Content-Type") == "" {
		h.Set("Content-Type", "text/plain; charset=UTF-8")
	}
	h.arrange()
	return h
}

// usualFields are the fields that GNU writes, in its order.
var usualFields = []string{
	"Project-Id-Version", "Report-Msgid-Bugs-To", potCreationDate, "PO-Revision-Date", "Last-Translator", "Language-Team",
	"Language", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", pluralForms,
}

// arrange puts the fields into the usual order, others behind them.
func (h *Header) arrange() {
	place := func(f Field) int {
		i := slices.IndexFunc(usualFields, func(name string) bool { return strings.EqualFold(name, f.Name) })
		if i < 0 {
			return len(usualFields)
		}
		return i
	}
	slices.SortStableFunc(h.Fields, func(a, b Field) int { return place(a) - place(b) })
}
