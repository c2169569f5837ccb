package main

import (
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"otrbot/internal/lesson"
	"otrbot/internal/settings"
	"otrbot/internal/tutor"
)

func configCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "config",
		Short: "Write, check and show the settings",
		Long: `Write, check and show the settings. They come from a file, then from variables
of the environment (OTRBOT_BOT_TITLE for title in [bot]), then from flags; what
comes later wins. The file is --config, else ` + strings.Join(settings.Places(), ", else ") + `.`,
		Example: "  otrbot config sample > otrbot.toml\n  otrbot config check",
	}
	c.AddCommand(configSampleCommand(), configCheckCommand(), configShowCommand())
	return group(c)
}

func configSampleCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "sample",
		Short:   "Write a settings file with a comment on every key",
		Example: "  otrbot config sample > otrbot.toml",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			out := newOutput(c)
			out.text(settings.Sample())
			return out.flush()
		},
	}
}

// configFlag lets a command read a settings file.
func configFlag(c *cobra.Command) *string {
	return c.Flags().String("config", "", "settings file (default "+strings.Join(settings.Places(), ", else ")+")")
}

func loadSettings(path string) (*settings.Settings, error) {
	return settings.Load(settings.Source{Path: path, Environ: os.Environ(), Outside: true, Lesson: lessonFaults})
}

// lessonFaults are what is wrong with a lesson that the settings name.
func lessonFaults(path string, text []byte) []settings.Fault {
	_, err := lesson.Parse(path, text, tutor.Vocabulary())
	var all []settings.Fault
	for _, f := range lesson.Faults(err) {
		problem := f.Problem
		if f.Remedy != "" {
			problem += "; " + f.Remedy
		}
		all = append(all, settings.Fault{Source: f.File, Line: f.Line, Column: f.Column, Problem: problem})
	}
	if err != nil && len(all) == 0 {
		all = append(all, settings.Fault{Source: path, Problem: err.Error()})
	}
	return all
}

func configCheckCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "check",
		Short: "Say everything that is wrong with the settings",
		Long: `Say everything that is wrong with the settings, one line each, with the line and
column of the file. The files of passwords, certificates, lesson and avatar are
read too; the server is not asked.`,
		Example: "  otrbot config check --config otrbot.toml",
		Args:    cobra.NoArgs,
	}
	path := configFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		s, err := loadSettings(*path)
		if err != nil {
			return err
		}
		for _, w := range warnings(s, wordsIn(s.LocalesDir)) {
			if !strings.HasSuffix(w, "?") {
				w += "."
			}
			c.PrintErrln("Warning: " + w)
		}
		out := newOutput(c)
		out.text("The settings are complete; the bot logs in as ", s.XMPP.DefaultAccount, ".\n")
		return out.flush()
	}
	return c
}

func configShowCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "show",
		Short:   "Show every setting and where it comes from, without secrets",
		Example: "  otrbot config show --json",
		Args:    cobra.NoArgs,
	}
	path := configFlag(c)
	c.Flags().BoolVar(&asJSON, "json", false, "write JSON, one setting a line")
	c.RunE = func(c *cobra.Command, _ []string) error {
		s, err := loadSettings(*path)
		if err != nil {
			return err
		}
		out := newOutput(c)
		if asJSON {
			for _, v := range s.Values() {
				out.json(v)
			}
			return out.flush()
		}
		columns := tabwriter.NewWriter(out.w, 0, 0, 2, ' ', 0)
		for _, v := range s.Values() {
			fmt.Fprintf(columns, "%s\t%s\t(%s)\n", v.Key, v.Value, v.Source)
		}
		columns.Flush()
		return out.flush()
	}
	return c
}
