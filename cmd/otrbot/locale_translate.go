package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"otrbot/gettext"
	"otrbot/locales"
)

func localeInitCommand() *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use:   "init [POT] LOCALE",
		Short: "Begin the translation into a language",
		Long: `Begin the translation into a language: make LOCALE/otrbot.po in the directory of
the translations from the template POT, with the plural forms of the language.
Without POT the messages are those of this very program. Where the program has a
translation into the language, the file begins with it, to be improved.

A file that is there already is left alone.`,
		Example: `  otrbot locale init nl
  otrbot locale init messages.pot nl`,
	}
	localesFlag(c, &dir)
	return arguments(c, cobra.RangeArgs(1, 2), "name the template, if it is not that of this program, and the locale, as in: messages.pot nl", func(c *cobra.Command, args []string) error {
		l, template, err := wanted(args)
		if err != nil {
			return err
		}
		file := cataloguePath(dir, l)
		switch _, err := os.Stat(file); {
		case err == nil:
			return fmt.Errorf("%s is there already; to bring it up to date: otrbot locale update %s", file, strings.Join(args, " "))
		case !errors.Is(err, os.ErrNotExist):
			return &failure{err}
		}
		start, err := begun(template, l)
		if err != nil {
			return err
		}
		stamp(start)
		if err := writePO(file, start); err != nil {
			return err
		}
		out := newOutput(c)
		out.text(file, ": ", begunText(start), "\n")
		return out.flush()
	})
}

// begun is a new translation, with what the program has of it already.
func begun(template *gettext.File, l gettext.Locale) (*gettext.File, error) {
	own, err := locales.Translation(l.String())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	known := map[gettext.Key]bool{}
	for _, e := range template.Entries {
		known[e.Key] = true
	}
	if own != nil {
		own.Entries = slices.DeleteFunc(own.Entries, func(e *gettext.Entry) bool { return e.Obsolete || !known[e.Key] })
	}
	if own == nil || len(own.Entries) == 0 {
		return gettext.NewTranslation(template, l.String())
	}
	start := gettext.Merge(own, template)
	for _, e := range start.Entries {
		if e.Fuzzy { // a guess from another message, which nobody has asked for
			e.Fuzzy, e.Previous, e.Str = false, nil, make([]string, len(e.Str))
		}
	}
	start.Entries = slices.DeleteFunc(start.Entries, func(e *gettext.Entry) bool { return e.Obsolete })
	return start, nil
}

// begunText says what a new file holds.
func begunText(f *gettext.File) string {
	all := plural(len(f.Entries), "message", "messages")
	switch cover := f.Coverage(); cover.Translated {
	case 0:
		return fmt.Sprintf("%s to translate; %s", all, f.Header.Value("Plural-Forms"))
	case cover.Total():
		return all + ", all with the program's own translation, for you to improve"
	default:
		return fmt.Sprintf("%s, %d with the program's own translation, %d to translate", all, cover.Translated, cover.Untranslated)
	}
}

// wanted reads the arguments: a locale, before it perhaps a template, which else is that of this program.
func wanted(args []string) (gettext.Locale, *gettext.File, error) {
	name := args[len(args)-1]
	l, err := gettext.ParseLocale(name)
	switch {
	case err != nil && len(args) == 1 && filepath.Ext(name) != "":
		return l, nil, fmt.Errorf("the locale is missing, as in: %s nl", name)
	case err != nil:
		return l, nil, err
	case len(args) == 1:
		template, err := locales.Template()
		return l, template, err
	}
	template, err := readPO(args[0])
	return l, template, err
}

// stamp notes when a translation was worked on.
func stamp(f *gettext.File) {
	f.Header.Set("PO-Revision-Date", time.Now().UTC().Format("2006-01-02 15:04-0700"))
}

func localeUpdateCommand() *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use:   "update [POT] LOCALE",
		Short: "Bring translations up to date with the messages",
		Long: `Bring the translations of a language up to date with the template POT, or without
it with the messages of this very program.

New messages take the translation of a similar old one, marked fuzzy, with the
message it was made for: correct it and take the mark away; until then it is not
shown. Translations of messages that are gone are put away at the end of the file:
those of a lesson of yours too, unless POT has its messages. An update with them
takes them out again.`,
		Example: `  otrbot locale update nl
  otrbot locale update messages.pot nl`,
	}
	localesFlag(c, &dir)
	return arguments(c, cobra.RangeArgs(1, 2), "name the template, if it is not that of this program, and the locale, as in: messages.pot nl", func(c *cobra.Command, args []string) error {
		l, template, err := wanted(args)
		if err != nil {
			return err
		}
		file := cataloguePath(dir, l)
		if err := isBegun(file, args); err != nil {
			return err
		}
		old, err := readPO(file)
		if err != nil {
			return err
		}
		merged := gettext.Merge(old, template)
		if err := writePO(file, merged); err != nil {
			return err
		}
		out := newOutput(c)
		out.text(file, ": ", coverageText(merged.Coverage()), putAway(old, merged), "\n")
		return out.flush()
	})
}

// putAway says how many translations have left the program's sight.
func putAway(old, merged *gettext.File) string {
	live := map[gettext.Key]bool{}
	for _, e := range old.Entries {
		live[e.Key] = live[e.Key] || !e.Obsolete
	}
	n := 0
	for _, e := range merged.Entries {
		if e.Obsolete && live[e.Key] {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("; %s put away at the end, of messages that are gone", plural(n, "translation", "translations"))
}

func coverageText(c gettext.Coverage) string {
	return fmt.Sprintf("%d translated, %d fuzzy, %d untranslated", c.Translated, c.Fuzzy, c.Untranslated)
}
