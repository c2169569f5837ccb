package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"otrbot/gettext"
	"otrbot/internal/regular"
	"otrbot/internal/tutor"
	"otrbot/locales"
)

// languagesBeside are the program's languages and those in a directory of somebody's own; "" is none. Each fault tells
// of something there that is left out.
func languagesBeside(dir string) (*gettext.Set, []error) {
	w := wordsIn(dir)
	return w.all, w.faults
}

// words are the program's languages and those in a directory of somebody's own, as they were when it was read.
type words struct {
	all    *gettext.Set
	own    []*gettext.Catalogue // of the directory, by themselves
	faults []error              // what is left out there
}

// wordsIn reads a directory; "" is none.
func wordsIn(dir string) words {
	all, own, faults := translationsIn(dir)
	return words{all, own, faults}
}

func translationsIn(dir string) (all *gettext.Set, own []*gettext.Catalogue, faults []error) {
	if dir == "" {
		all, err := locales.All()
		if err != nil {
			return all, nil, []error{err}
		}
		return all, nil, nil
	}
	if err := holdsTranslations(dir); err != nil {
		all, faults := languagesBeside("")
		return all, nil, append(faults, fmt.Errorf("translations: %w", err))
	}
	all, own, faults = locales.Beside(regular.Dir(dir))
	for _, c := range own {
		faults = append(faults, unclear(all.For(c.Locale()))...)
	}
	for i, fault := range faults {
		faults[i] = fmt.Errorf("translations in %s: %w", dir, fault)
	}
	return all, own, faults
}

// unclear are the wordings of a language that the tutor takes for nothing.
func unclear(in *gettext.Catalogue) (faults []error) {
	for _, c := range tutor.Clashes(in, in.Locale() == locales.Source) {
		if !c.Foreign {
			faults = append(faults, fmt.Errorf("%s: learners who write “%s” are not understood: it stands in two lists; otrbot locale check tells where", in.Locale(), c.Words))
		}
	}
	return faults
}

// holdsTranslations tells somebody who has named a directory without translations what is the matter with it.
func holdsTranslations(dir string) error {
	switch info, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no folder %s", dir)
	case err == nil && !info.IsDir():
		return fmt.Errorf("%s is a file: name the folder that holds LOCALE/%s", dir, catalogueName)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		for _, name := range []string{catalogueName, compiledName} {
			if _, err := os.Stat(filepath.Join(dir, e.Name(), name)); err == nil || errors.Is(err, fs.ErrPermission) {
				return nil // what cannot be read is told of by itself
			}
		}
	}
	for _, e := range entries {
		if e.Name() == catalogueName || e.Name() == compiledName {
			return fmt.Errorf("%s holds %s, not LOCALE/%s: name the folder above", dir, e.Name(), e.Name())
		}
	}
	return fmt.Errorf("%s holds no translations: no file LOCALE/%s, such as nl/%s", dir, catalogueName, catalogueName)
}

// readAgain says which translations of somebody's own are in force.
func (w words) readAgain() string {
	var names []string
	for _, c := range w.own {
		count := plural(c.Size(), "message", "messages")
		if len(names) > 0 {
			count = fmt.Sprint(c.Size())
		}
		names = append(names, fmt.Sprintf("%s (%s)", c.Locale(), count))
	}
	if len(names) == 0 {
		return "translations read again: none but the program's own"
	}
	return "translations read again: " + strings.Join(names, ", ")
}

// triedLanguages are those for somebody who tries translations out, who wants to know what is wrong with them.
func triedLanguages(c *cobra.Command, dir string) *gettext.Set {
	all, faults := languagesBeside(dir)
	for _, fault := range faults {
		fmt.Fprintln(c.ErrOrStderr(), "otrbot:", fault)
	}
	return all
}

// triedFlag names a directory of translations to try out.
func triedFlag(c *cobra.Command, dir *string) {
	c.Flags().StringVar(dir, "locales-dir", "", "directory of translations of yours, LOCALE/otrbot.po, to try out")
	_ = c.MarkFlagDirname("locales-dir")
}
