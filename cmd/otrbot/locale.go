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
)

// Names of the files of translators.
const (
	templateName   = "messages.pot"
	catalogueName  = "otrbot.po"
	compiledName   = "otrbot.mo"
	localesName    = "locales"
	projectInFiles = "otrbot"
)

func localeCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "locale",
		Short: "Translate what is said to learners and teachers",
		Long: `Translate what is said to learners and teachers, with the files of GNU gettext:
a template of all messages (messages.pot), and for each language a file of
translations, locales/LOCALE/otrbot.po, which any editor for such files opens.
docs/translating.md leads through it; nothing but this program is needed.

A locale is written as in nl, pt_BR or sr@latin.

Exit codes: 0 all went well; 1 wrong arguments, a file that is broken, or
translations that would show something wrong; 2 a file could not be read or
written.`,
		Example: `  otrbot locale init nl
  otrbot locale check -l nl
  otrbot lesson play --locale nl --locales-dir locales
  otrbot locale update nl`,
	}
	c.AddCommand(localeExtractCommand(), localeInitCommand(), localeUpdateCommand(), localeCompileCommand(), localeCheckCommand())
	return group(c)
}

// arguments completes a command: what it takes, and what to say to somebody who gives other things.
func arguments(c *cobra.Command, count cobra.PositionalArgs, missing string, run func(*cobra.Command, []string) error) *cobra.Command {
	c.DisableFlagsInUseLine = true
	c.SetFlagErrorFunc(withHelp)
	c.Args = func(c *cobra.Command, args []string) error {
		err := count(c, args)
		if err != nil && len(args) == 0 {
			err = errors.New(missing)
		}
		if err != nil {
			return withHelp(c, err)
		}
		return nil
	}
	c.RunE = run
	return c
}

// localesFlag says where the translations are.
func localesFlag(c *cobra.Command, dir *string) {
	c.Flags().StringVar(dir, "dir", localesName, "the directory of the translations")
	_ = c.MarkFlagDirname("dir")
}

// cataloguePath is where the translations into a locale are.
func cataloguePath(dir string, l gettext.Locale) string {
	return filepath.Join(dir, l.String(), catalogueName)
}

// catalogues are the files of one locale, or of all when none is named.
func catalogues(dir, locale string) ([]string, error) {
	if locale != "" {
		l, err := gettext.ParseLocale(locale)
		if err != nil {
			return nil, err
		}
		return []string{cataloguePath(dir, l)}, isBegun(cataloguePath(dir, l), []string{l.String()})
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("there is no folder %s; begin with: otrbot locale init LOCALE", dir)
	}
	if err != nil {
		return nil, &failure{err}
	}
	var files []string
	for _, e := range entries {
		file := filepath.Join(dir, e.Name(), catalogueName)
		if _, err := os.Stat(file); err == nil {
			files = append(files, file)
		}
	}
	if len(files) > 0 {
		return files, nil
	}
	if _, err := os.Stat(filepath.Join(dir, catalogueName)); err == nil {
		return nil, fmt.Errorf("%s holds %s, not LOCALE/%s: name the folder above", dir, catalogueName, catalogueName)
	}
	return nil, errors.New(dir + " has no translations yet; begin with: otrbot locale init LOCALE")
}

// isBegun tells somebody who wants to go on with a translation that it has not been begun.
func isBegun(file string, args []string) error {
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("there is no %s; begin it with: otrbot locale init %s", file, strings.Join(args, " "))
	}
	return nil
}

// localeOf is the locale of a file of translations.
func localeOf(file string) string { return filepath.Base(filepath.Dir(file)) }
