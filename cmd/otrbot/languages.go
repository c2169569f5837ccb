package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"otrbot/gettext"
	"otrbot/locales"
)

// languagesBeside are the program's languages and those in a directory of somebody's own; "" is none. Each fault tells
// of something there that is left out.
func languagesBeside(dir string) (*gettext.Set, []error) {
	if dir == "" {
		all, err := locales.All()
		if err != nil {
			return all, []error{err}
		}
		return all, nil
	}
	all, faults := locales.Beside(os.DirFS(dir))
	for i, fault := range faults {
		faults[i] = fmt.Errorf("translations in %s: %w", dir, fault)
	}
	return all, faults
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
