package main

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"otrbot/gettext"
)

func localeCompileCommand() *cobra.Command {
	var dir, locale string
	c := &cobra.Command{
		Use:   "compile",
		Short: "Make binary files of translations",
		Long: `Make otrbot.mo beside each otrbot.po, the form in which programs with GNU gettext
read translations. Fuzzy and missing translations are left out. A file whose
translations would show something wrong is not compiled.`,
		Example: `  otrbot locale compile
  otrbot locale compile -l nl`,
	}
	localesFlag(c, &dir)
	c.Flags().StringVarP(&locale, "locale", "l", "", "only this locale")
	return arguments(c, cobra.NoArgs, "", func(c *cobra.Command, _ []string) error {
		out := newOutput(c)
		err := eachCatalogue(dir, locale, func(file string, f *gettext.File) error {
			if wrong := problemsOf(file, f, gettext.Kind.Harmful); len(wrong) > 0 {
				return errors.New(strings.Join(wrong, "\n"))
			}
			var compiled bytes.Buffer
			if err := f.WriteMO(&compiled); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			into := filepath.Join(filepath.Dir(file), compiledName)
			out.text(into, ": ", coverageText(f.Coverage()), "\n")
			return replaceFile(into, compiled.Bytes())
		})
		return errors.Join(err, out.flush())
	})
}

func localeCheckCommand() *cobra.Command {
	var dir, locale string
	var complete bool
	c := &cobra.Command{
		Use:   "check",
		Short: "Tell what is wrong with translations and how far they are",
		Long: `Tell what is wrong with translations: lost or new {variables} and format verbs,
wrong numbers of plural forms, messages that are fuzzy or not translated; and how
far each language is.

Fuzzy and missing translations do not change the exit code: the program shows
the English text. With --complete they do.`,
		Example: `  otrbot locale check
  otrbot locale check -l nl --complete`,
	}
	localesFlag(c, &dir)
	c.Flags().StringVarP(&locale, "locale", "l", "", "only this locale")
	c.Flags().BoolVar(&complete, "complete", false, "fuzzy and missing translations are wrong too")
	return arguments(c, cobra.NoArgs, "", func(c *cobra.Command, _ []string) error {
		out := newOutput(c)
		any := func(gettext.Kind) bool { return true }
		err := eachCatalogue(dir, locale, func(file string, f *gettext.File) error {
			for _, line := range problemsOf(file, f, any) {
				out.text(line, "\n")
			}
			cover := f.Coverage()
			out.text(fmt.Sprintf("%-8s %s %3d %%  %s\n", localeOf(file), bar(cover.Percent()), cover.Percent(), coverageText(cover)))
			wrong := gettext.Kind.Harmful
			if complete {
				wrong = any
			}
			if n := len(problemsOf(file, f, wrong)); n > 0 {
				return fmt.Errorf("%s: %s", file, plural(n, "thing to correct", "things to correct"))
			}
			return nil
		})
		return errors.Join(out.flush(), err)
	})
}

// eachCatalogue looks at the translations of one locale or of all, also after one that is broken.
func eachCatalogue(dir, locale string, look func(file string, f *gettext.File) error) error {
	files, err := catalogues(dir, locale)
	if err != nil {
		return err
	}
	var wrong []error
	for _, file := range files {
		f, err := readPO(file)
		if err == nil {
			err = look(file, f)
		}
		wrong = append(wrong, err)
	}
	return errors.Join(wrong...)
}

// problemsOf are the problems of some kinds, a line for each.
func problemsOf(file string, f *gettext.File, wanted func(gettext.Kind) bool) []string {
	var lines []string
	for _, p := range f.Check(localeOf(file)) {
		if wanted(p.Kind) {
			lines = append(lines, fmt.Sprintf("%s:%d: %v", file, p.Line, p))
		}
	}
	return lines
}

// bar draws per cent in ten steps; only all of it fills the last one.
func bar(percent int) string {
	full := percent / 10
	return "[" + strings.Repeat("#", full) + strings.Repeat(".", 10-full) + "]"
}
