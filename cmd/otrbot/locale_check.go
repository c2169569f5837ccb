package main

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
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
			if wrong := linesOf(file, problemsOf(file, f), isFault); len(wrong) > 0 {
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
		Long: `Tell what is wrong with translations and how far each language is.

Faults would show something wrong, or have a learner misunderstood: lost or new
{variables} and format verbs, a wrong number of plural forms, a wording of learners
that stands in two lists. Warnings are for a second look: a plural form that is
empty, another number of lines, a wording that means something else in English.

Fuzzy and missing translations are only counted: the program shows the English
text. With --complete they are listed and are faults, and warnings are too.`,
		Example: `  otrbot locale check
  otrbot locale check -l nl --complete`,
	}
	localesFlag(c, &dir)
	c.Flags().StringVarP(&locale, "locale", "l", "", "only this locale")
	c.Flags().BoolVar(&complete, "complete", false, "fuzzy and missing translations are wrong too")
	return arguments(c, cobra.NoArgs, "", func(c *cobra.Command, _ []string) error {
		out := newOutput(c)
		err := eachCatalogue(dir, locale, func(file string, f *gettext.File) error {
			problems := problemsOf(file, f)
			faults, warnings := linesOf(file, problems, isFault), linesOf(file, problems, isWarning)
			if complete {
				faults, warnings = linesOf(file, problems, func(gettext.Kind) bool { return true }), nil
			}
			for _, line := range slices.Concat(faults, warnings) {
				out.text(line, "\n")
			}
			cover := f.Coverage()
			out.text(fmt.Sprintf("%-8s %s %3d %%  %s\n", localeOf(file), bar(cover.Percent()), cover.Percent(), coverageText(cover)))
			if len(faults) == 0 {
				return nil
			}
			sum := plural(len(faults), "thing to correct", "things to correct")
			if len(warnings) > 0 {
				sum += ", " + plural(len(warnings), "warning", "warnings")
			}
			return fmt.Errorf("%s: %s", file, sum)
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

// linesOf are the problems of some kinds, a line for each.
func linesOf(file string, problems []gettext.Problem, wanted func(gettext.Kind) bool) []string {
	var lines []string
	for _, p := range problems {
		mark := ""
		if isWarning(p.Kind) {
			mark = "warning: "
		}
		if wanted(p.Kind) {
			lines = append(lines, fmt.Sprintf("%s:%d: %s%v", file, p.Line, mark, p))
		}
	}
	return lines
}

// bar draws per cent in ten steps; only all of it fills the last one.
func bar(percent int) string {
	full := percent / 10
	return "[" + strings.Repeat("#", full) + strings.Repeat(".", 10-full) + "]"
}
