package gettext

import (
	"fmt"
	"strconv"
)

// A Catalogue is the translations of one language. It does not change; any number of goroutines may use it at once.
// A nil Catalogue gives every text as it stands in the source.
type Catalogue struct {
	locale Locale
	plural *PluralRule
	texts  map[lookup][]string
	under  *Catalogue // asked for what is not in texts; may be nil
}

// lookup is a message as the program asks for it: there no context is the empty context.
type lookup struct{ context, id string }

// NewCatalogue makes the translations of a file ready for use. The locale is written as gettext does: "nl", "pt_BR",
// "sr@latin". A file without Plural-Forms has those of its language, as far as they are known.
//
// The error tells of a locale that is none, of a plural expression that is wrong, and of a translation with another
// number of forms than the file says. Fuzzy, obsolete and untranslated entries are left out.
func NewCatalogue(locale string, f *File) (*Catalogue, error) {
	l, err := ParseLocale(locale)
	if err != nil {
		return nil, err
	}
	rule, err := f.pluralRule(l)
	if err != nil {
		return nil, err
	}
	c := &Catalogue{locale: l, plural: rule, texts: make(map[lookup][]string, len(f.Entries))}
	for _, e := range f.Entries {
		if !e.shown() {
			continue
		}
		if e.Plural != "" && len(e.Str) != rule.Forms() {
			return nil, fmt.Errorf("%s has %d forms of %q, not %d", locale, len(e.Str), e.ID, rule.Forms())
		}
		c.texts[lookup{e.Context, e.ID}] = e.Str
	}
	return c, nil
}

// Over is these translations, with another catalogue's where there are none.
func (c *Catalogue) Over(under *Catalogue) *Catalogue {
	if c == nil {
		return under
	}
	both := *c
	both.under = c.under.Over(under)
	return &both
}

// Size is how many messages are translated.
func (c *Catalogue) Size() int {
	if c == nil {
		return 0
	}
	return len(c.texts)
}

// pluralRule is that of the header, else that of the language, else the one of English.
func (f *File) pluralRule(l Locale) (*PluralRule, error) {
	if forms := f.Header.Value(pluralForms); forms != "" {
		return ParsePluralForms(forms)
	}
	if rule, ok := PluralFormsOf(l.String()); ok {
		return ParsePluralForms(rule)
	}
	return ParsePluralForms(germanic)
}

// Text is the translation of a message that has no context.
func (c *Catalogue) Text(m Msg) string { return c.In("", m) }

// In is the translation of a message in its context.
func (c *Catalogue) In(x Ctxt, m Msg) string {
	for ; c != nil; c = c.under {
		if t, ok := c.texts[lookup{string(x), string(m)}]; ok {
			return t[0]
		}
	}
	return string(m)
}

// Count is the form of a message for n things, with {n} filled in. A negative number takes the form of its amount.
func (c *Catalogue) Count(one Msg, many Plural, n int) string {
	return Fill(c.form(one, many, n), "n", strconv.Itoa(n))
}

func (c *Catalogue) form(one Msg, many Plural, n int) string {
	amount := uint64(n)
	if n < 0 {
		amount = -amount
	}
	for ; c != nil; c = c.under {
		if t, ok := c.texts[lookup{"", string(one)}]; ok {
			return t[min(c.plural.Form(amount), len(t)-1)]
		}
	}
	if amount == 1 {
		return string(one)
	}
	return string(many)
}

// Locale is the language as gettext writes it: "nl", "pt_BR". It is "" for a nil Catalogue.
func (c *Catalogue) Locale() string {
	if c == nil {
		return ""
	}
	return c.locale.String()
}

// Tag is the language by BCP 47, as in the lang attribute of HTML: "nl", "pt-BR". It is "und" for a nil Catalogue.
func (c *Catalogue) Tag() string {
	if c == nil {
		return "und"
	}
	return c.locale.Tag().String()
}

// Dir is the direction in which the language is written: "ltr" or "rtl", as in the dir attribute of HTML.
func (c *Catalogue) Dir() string {
	if c == nil {
		return "ltr"
	}
	return c.locale.Dir()
}
