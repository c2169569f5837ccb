package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"otrbot/internal/course"
)

func ltiCommand() *cobra.Command {
	var from storeFlags
	c := &cobra.Command{
		Use:   "lti",
		Short: "Connect learning platforms, and look after grades",
		Long: `Connect learning platforms such as Moodle, Canvas and Open edX by LTI 1.3 or 1.1,
and look after the grades on their way to them. A running bot notices at once.

The database is the one that the settings name; --store and --key-file together
stand for the settings. Run these commands as the user that the bot runs as, so
that both can read the files.

Exit codes: 0 all went well; 1 wrong arguments, or a request that cannot be met;
2 the database or a file failed; 3 a setting is wrong; 4 there are no settings.`,
		Example: `  otrbot lti register dynamic "Our Moodle"
  otrbot lti register v1p1 "Our Open edX"
  otrbot lti list`,
	}
	from.on(c)
	c.AddCommand(ltiRegisterCommand(&from), ltiListCommand(&from), ltiApproveCommand(&from), ltiSecretCommand(&from),
		ltiHostsCommand(&from), ltiFramesCommand(&from), ltiRemoveCommand(&from), ltiKeysCommand(&from), ltiOutboxCommand(&from))
	return group(c)
}

// ltiAction makes a command on the store. needs are its arguments in words, such as "the number or name of a platform".
func ltiAction(c *cobra.Command, from *storeFlags, needs string, run func(c *cobra.Command, s *learnerStore, args []string) error) *cobra.Command {
	c.DisableFlagsInUseLine = true
	c.SetFlagErrorFunc(withHelp)
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		switch {
		case needs == "" && len(args) > 0:
			return withHelp(c, fmt.Errorf("%q is too much: this command takes no arguments", args[0]))
		case needs != "" && len(args) != 1:
			return withHelp(c, fmt.Errorf("one argument is needed: %s; put a name with blanks in quotes", needs))
		}
		return from.with(c, func(s *learnerStore) error { return run(c, s, args) })
	}
	return c
}

const aPlatform = "the number or the name of a platform"

// platform finds a platform by its number or its name.
func (s *learnerStore) platform(ctx context.Context, which string) (course.Platform, error) {
	all, err := s.db.Platforms(ctx)
	id, _ := strconv.ParseInt(which, 10, 64)
	found := slices.DeleteFunc(slices.Clone(all), func(p course.Platform) bool { return p.ID != id && p.Name != which })
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return course.Platform{}, fmt.Errorf("%d platforms are called %q: write the number of the one that you mean, as otrbot lti list shows it", len(found), which)
	case err != nil:
		return course.Platform{}, &failure{err}
	}
	return course.Platform{}, fmt.Errorf("no platform has the number or the name %q: otrbot lti list shows them all", which)
}

// A limit on what people and platforms call things.
const longestName = 200

func checkText(what, text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return fmt.Errorf("%s is empty", what)
	case len(text) > longestName:
		return fmt.Errorf("%s is longer than %d bytes", what, longestName)
	case text != printable(text):
		return fmt.Errorf("%s holds characters that cannot be seen", what)
	}
	return nil
}

// printable is text that does nothing to a terminal: it may come from a platform.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) && r != unicode.ReplacementChar {
			return r
		}
		return '·'
	}, text)
}

// failed is an error of the store, if it is one that no argument can change.
func failed(err error) error {
	if err == nil || errors.Is(err, course.ErrNone) || errors.Is(err, course.ErrKnown) {
		return err
	}
	return &failure{err}
}
