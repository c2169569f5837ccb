package main

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"otrbot/internal/record"
	"otrbot/internal/settings"
)

func learnerCommand() *cobra.Command {
	var from storeFlags
	c := &cobra.Command{
		Use:   "learner",
		Short: "Say who may talk to the bot",
		Long: `Say who may talk to the bot, also while it runs: it notices within seconds.

The database is the one that the settings name; --store and --key-file together
stand for the settings. Run these commands as the user that the bot runs as, so
that both can read the files.

Exit codes: 0 all went well; 1 wrong arguments, or a request that cannot be met;
2 the database or a file failed; 3 a setting is wrong; 4 there are no settings.`,
		Example: `  otrbot learner add ana@example.org --locale nl --generate-secret
  otrbot learner list`,
	}
	from.on(c)
	c.AddCommand(learnerAddCommand(&from), learnerListCommand(&from), learnerRemoveCommand(&from),
		learnerResetCommand(&from), learnerSecretCommand(&from))
	return group(c)
}

// learnerAction makes a command about one learner.
func learnerAction(c *cobra.Command, from *storeFlags, run func(c *cobra.Command, s *learnerStore, jid string) error) *cobra.Command {
	c.DisableFlagsInUseLine = true
	c.SetFlagErrorFunc(withHelp)
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) != 1 {
			return withHelp(c, fmt.Errorf("one address is needed, such as %s ana@example.org", c.CommandPath()))
		}
		jid, err := settings.ParseJID(args[0])
		if err != nil {
			return err
		}
		return from.with(c, func(s *learnerStore) error { return run(c, s, jid) })
	}
	return c
}

var localeForm = regexp.MustCompile(`^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8}){0,3}$`)

func learnerAddCommand(from *storeFlags) *cobra.Command {
	var locale string
	var generate bool
	c := &cobra.Command{
		Use:   "add JID",
		Short: "Let somebody talk to the bot, and invite them",
		Long: `Let somebody talk to the bot, and invite them. For a learner who is there already,
--locale changes the language of the lesson. Where there are no texts in it, they
are those of the settings' language; the names of buttons and menus are in it all
the same. Learners can choose another one in the chat: "language", then its name.

--generate-secret makes a shared secret and shows it once: hand it to the
learner in person, best on paper, and never in a chat.`,
		Example: `  otrbot learner add ana@example.org --locale pt_BR`,
	}
	c.Flags().StringVar(&locale, "locale", "", "language, such as nl or pt_BR (default: that of the settings)")
	c.Flags().BoolVar(&generate, "generate-secret", false, "make a shared secret and show it")
	return learnerAction(c, from, func(c *cobra.Command, s *learnerStore, jid string) error {
		if locale != "" && !localeForm.MatchString(locale) {
			return fmt.Errorf("%q is no locale: write one such as nl or pt_BR", locale)
		}
		if s.inSettings(jid) {
			return fmt.Errorf("%s is a learner already, by %s", jid, s.settings.File)
		}
		if err := addLearner(c, s, jid, locale); err != nil {
			return err
		}
		if generate {
			return generateSecret(c, s, jid)
		}
		return remindOfSecret(c, s, jid)
	})
}

func addLearner(c *cobra.Command, s *learnerStore, jid, locale string) error {
	l, known, err := s.find(c.Context(), jid)
	if err != nil {
		return err
	}
	if !known {
		l = record.Learner{JID: jid, Source: record.FromCommand, Added: time.Now()}
	}
	if locale != "" {
		l.Locale = locale
	}
	if err := s.db.PutLearner(c.Context(), l); err != nil {
		return &failure{err}
	}
	if known {
		return tell(c, "%s is a learner already%s.\n", jid, spoken(l.Locale))
	}
	return tell(c, "%s may talk to the bot now%s. It invites them: now if it runs, else when it starts.\n", jid, spoken(l.Locale))
}

// spoken is the end of a sentence about a learner.
func spoken(locale string) string {
	if locale == "" {
		return ""
	}
	return ", in locale " + locale
}

func learnerRemoveCommand(from *storeFlags) *cobra.Command {
	c := &cobra.Command{
		Use:   "remove JID",
		Short: "Let somebody talk to the bot no more, and erase all about them",
		Long: `Let somebody talk to the bot no more, and erase everything about them at once:
session, OTR keys, secret, waiting messages. A running bot says goodbye.

A part in a course stays, without the address: otrbot data erase JID erases that
too, with its grades, and otrbot data export JID shows what there is.`,
	}
	return learnerAction(c, from, func(c *cobra.Command, s *learnerStore, jid string) error {
		if s.inSettings(jid) {
			return fmt.Errorf("%s is listed in %s: take them out there; otrbot learner reset erases their session", jid, s.settings.File)
		}
		found, err := s.db.RemoveLearner(c.Context(), jid)
		return s.erased(c, jid, found, err, "%s is removed, and everything about them is erased.\n")
	})
}

func learnerResetCommand(from *storeFlags) *cobra.Command {
	c := &cobra.Command{
		Use:   "reset JID",
		Short: "Erase a learner's session; the next one starts from the beginning",
		Long: `Erase a learner's session at once: state of the lesson, OTR keys, secret, waiting
messages. The learner stays, and starts from the beginning with the next message.`,
	}
	return learnerAction(c, from, func(c *cobra.Command, s *learnerStore, jid string) error {
		found, err := s.db.ResetLearner(c.Context(), jid)
		return s.erased(c, jid, found || s.inSettings(jid), err, "%s starts from the beginning with the next message; what was kept is erased.\n")
	})
}

// erased tells how an erasure went.
func (s *learnerStore) erased(c *cobra.Command, jid string, found bool, err error, sentence string) error {
	switch {
	case err != nil:
		return &failure{err}
	case !found:
		return notALearner(jid)
	}
	return tell(c, sentence, jid)
}

func notALearner(jid string) error {
	return errors.New(jid + " is not a learner: otrbot learner list shows who is, otrbot learner add adds somebody")
}

// tell writes a sentence to standard output.
func tell(c *cobra.Command, format string, args ...any) error {
	if _, err := fmt.Fprintf(c.OutOrStdout(), format, args...); err != nil {
		return &failure{fmt.Errorf("standard output: %w", err)}
	}
	return nil
}
