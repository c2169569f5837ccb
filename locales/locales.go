// Package locales holds the translations that come with the program, one directory for each language.
package locales

import (
	"embed"
	"fmt"
	"io/fs"
	"path"

	"otrbot/gettext"
)

// Source is the language of the texts in the program.
const Source = "en_GB"

// fileName is what the translations of a language are called.
const fileName = "otrbot.po"

//go:embed */otrbot.po
var files embed.FS

// All are the program's languages. The error names the file that is broken.
func All() (*gettext.Set, error) { return load(files) }

func load(fsys fs.FS) (*gettext.Set, error) {
	names, err := fs.Glob(fsys, "*/"+fileName)
	if err != nil {
		return nil, err
	}
	var all []*gettext.Catalogue
	for _, name := range names {
		c, err := catalogue(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, c)
	}
	return gettext.NewSet(Source, all...), nil
}

func catalogue(fsys fs.FS, name string) (*gettext.Catalogue, error) {
	r, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	f, err := gettext.ReadPO(r)
	if err != nil {
		return nil, err
	}
	return gettext.NewCatalogue(path.Dir(name), f)
}
