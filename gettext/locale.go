package gettext

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// A Locale is a language as gettext names it: language, and where it matters, territory and variant, as in "nl",
// "pt_BR", "sr@latin".
type Locale struct {
	name string
	tag  language.Tag
}

// longestLocale bounds names from outside.
const longestLocale = 40

// scripts are the variants of locales that are scripts, by their names in BCP 47.
var scripts = map[string]string{
	"latin": "Latn", "cyrillic": "Cyrl", "arabic": "Arab", "devanagari": "Deva", "iqtelif": "Latn", "shaw": "Shaw",
}

// rightToLeft are the scripts that are written from right to left and are in use today.
var rightToLeft = []string{"Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"}

// ParseLocale reads a locale's name. A character set after a dot is allowed and dropped, and a dash may stand for the
// underscore. The error tells of a name that cannot be a language's.
func ParseLocale(name string) (Locale, error) {
	wrong := fmt.Errorf("%q is no locale; write one as in nl, pt_BR or sr@latin", name)
	if len(name) > longestLocale {
		return Locale{}, fmt.Errorf("a locale's name has %d bytes, more than %d", len(name), longestLocale)
	}
	rest, variant, hasVariant := strings.Cut(name, "@")
	rest, _, _ = strings.Cut(rest, ".")
	parts := strings.Split(strings.ReplaceAll(rest, "-", "_"), "_")
	tag := slices.Clone(parts)
	if hasVariant {
		if variant == "" || !isWord(variant) {
			return Locale{}, wrong
		}
		if script, ok := scripts[variant]; ok {
			tag = slices.Insert(tag, 1, script)
		}
	}
	t, err := language.Raw.Parse(strings.Join(tag, "-"))
	if base, _, _ := t.Raw(); err != nil || base.String() == "und" {
		return Locale{}, wrong
	}
	l := Locale{name: gettextName(parts), tag: t}
	if hasVariant {
		l.name += "@" + variant
	}
	return l, nil
}

// gettextName joins language, script and territory in the usual case.
func gettextName(parts []string) string {
	out := []string{strings.ToLower(parts[0])}
	for _, p := range parts[1:] {
		switch len(p) {
		case 2:
			p = strings.ToUpper(p)
		case 4:
			p = strings.ToUpper(p[:1]) + strings.ToLower(p[1:])
		}
		out = append(out, p)
	}
	return strings.Join(out, "_")
}

func isWord(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 127 || !isNameByte(byte(r)) })
}

// String is the name, as in "pt_BR".
func (l Locale) String() string { return l.name }

// Tag is the language by BCP 47.
func (l Locale) Tag() language.Tag { return l.tag }

// Dir is "rtl" for a language that is written from right to left, else "ltr".
func (l Locale) Dir() string {
	script, _ := l.tag.Script()
	if slices.Contains(rightToLeft, script.String()) {
		return "rtl"
	}
	return "ltr"
}

// language is the name without territory and variant.
func (l Locale) language() string {
	base, _, _ := strings.Cut(l.name, "@")
	base, _, _ = strings.Cut(base, "_")
	return base
}
