// Package locales holds the translations that come with the program, one directory for each language, and reads those
// that somebody puts beside them.
package locales

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"

	"otrbot/gettext"
)

// Source is the language of the texts in the program.
const Source = "en_GB"

// What the translations of a language are called: as translators write them, and compiled.
const (
	textName     = "otrbot.po"
	compiledName = "otrbot.mo"
)

//go:embed */otrbot.po
var files embed.FS

//go:embed messages.pot
var template []byte

// All are the program's languages. The error names the file that is broken.
func All() (*gettext.Set, error) {
	all, faults := load(files, nil)
	return gettext.NewSet(Source, all...), errors.Join(faults...)
}

// Template is all messages of the program, to begin a translation with.
func Template() (*gettext.File, error) { return gettext.ReadPO(bytes.NewReader(template)) }

// Translation is what the program has of a locale, to go on with. fs.ErrNotExist: nothing.
func Translation(locale string) (*gettext.File, error) {
	if !fs.ValidPath(locale) {
		return nil, fs.ErrNotExist
	}
	_, f, err := read(files, locale)
	return f, err
}

// Beside are the program's languages and those in a directory: LOCALE/otrbot.po or, if there is none, LOCALE/otrbot.mo.
// A message that they translate is theirs, also in a language that comes with the program; own are those of the directory
// alone. A file that cannot be read is left out, and so is a message that would show something wrong; a fault names file
// and line.
func Beside(dir fs.FS) (all *gettext.Set, own []*gettext.Catalogue, faults []error) {
	builtIn, faults := load(files, nil)
	own, wrong := load(dir, withoutHarm)
	both := slices.Clone(builtIn)
	for _, c := range own {
		both = append(both, c.Over(named(builtIn, c.Locale())))
	}
	return gettext.NewSet(Source, both...), own, append(faults, wrong...)
}

// named is the catalogue of a locale; nil if there is none.
func named(all []*gettext.Catalogue, locale string) *gettext.Catalogue {
	for _, c := range all {
		if c.Locale() == locale {
			return c
		}
	}
	return nil
}

// load reads the translations of every language in a directory, those without any text left out, as tidy leaves them.
func load(dir fs.FS, tidy func(name string, f *gettext.File) []error) ([]*gettext.Catalogue, []error) {
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return nil, []error{err}
	}
	var all []*gettext.Catalogue
	var faults []error
	for _, e := range entries {
		name, f, err := read(dir, e.Name())
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var c *gettext.Catalogue
		if err == nil && tidy != nil {
			faults = append(faults, tidy(name, f)...)
		}
		if err == nil {
			c, err = gettext.NewCatalogue(e.Name(), f)
		}
		switch {
		case err != nil:
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
		case c.Size() > 0:
			all = append(all, c)
		}
	}
	return all, faults
}

// read reads the file of a language. fs.ErrNotExist: it has none.
func read(dir fs.FS, locale string) (name string, f *gettext.File, err error) {
	name = path.Join(locale, textName)
	text, err := open(dir, name)
	if err == nil {
		f, err = gettext.ReadPO(bytes.NewReader(text))
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return name, f, err
	}
	name = path.Join(locale, compiledName)
	if text, err = open(dir, name); err == nil {
		f, err = gettext.ReadMO(text)
	}
	return name, f, err
}

// open reads a file of a size that is sensible.
func open(dir fs.FS, name string) ([]byte, error) {
	r, err := dir.Open(name)
	if bad := (*fs.PathError)(nil); errors.As(err, &bad) {
		return nil, bad.Err // the caller says where
	}
	if err != nil {
		return nil, err
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, gettext.MaxSize+1))
	if err == nil && len(text) > gettext.MaxSize {
		err = fmt.Errorf("larger than %d MiB", gettext.MaxSize>>20)
	}
	return text, err
}

// withoutHarm takes out what would show something wrong, and tells of it.
func withoutHarm(name string, f *gettext.File) []error {
	var faults []error
	harmful := map[gettext.Key]bool{}
	for _, p := range f.Check(path.Dir(name)) {
		if p.Kind.Harmful() && p.Kind != gettext.InHeader {
			faults = append(faults, fmt.Errorf("%s: %v", place(name, p.Line), p))
			harmful[p.Key] = true
		}
	}
	for _, e := range f.Entries {
		e.Fuzzy = e.Fuzzy || harmful[e.Key]
	}
	return faults
}

// place is a file with a line, if it has lines.
func place(name string, line int) string {
	if line == 0 {
		return name
	}
	return fmt.Sprintf("%s:%d", name, line)
}
