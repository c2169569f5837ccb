package main

import (
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// manCommand is for those who make packages.
func manCommand() *cobra.Command {
	var date string
	c := &cobra.Command{
		Use:     "man DIR",
		Short:   "Write the manual pages of all commands, and of the settings",
		Example: "  otrbot man man1",
		Hidden:  true,
		Args:    cobra.ExactArgs(1),
	}
	c.Flags().StringVar(&date, "date", committed(), "date of the pages (default: that of the commit)")
	c.RunE = func(c *cobra.Command, args []string) error {
		day, err := time.Parse(time.DateOnly, date)
		if err != nil {
			return errors.New("the program does not know the day of its commit: give one with --date, such as 2026-01-31")
		}
		if err := os.MkdirAll(args[0], 0o755); err != nil {
			return err
		}
		for _, p := range append(manPages(c.Root(), day), manPage{"otrbot.toml.5", settingsPage(day)}) {
			if err := os.WriteFile(filepath.Join(args[0], p.name), []byte(p.text), 0o644); err != nil {
				return err
			}
		}
		return nil
	}
	return c
}

// committed is the day of the commit that the program was built from, "" if it does not know.
func committed() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.time" {
			day, _, _ := strings.Cut(s.Value, "T")
			return day
		}
	}
	return ""
}

// A manPage is a manual page and the name of its file.
type manPage struct{ name, text string }

// manPages are the pages of a command and all below it, but for hidden ones.
func manPages(c *cobra.Command, day time.Time) []manPage {
	pages := []manPage{{manName(c) + ".1", commandPage(c, day)}}
	for _, below := range c.Commands() {
		if documented(below) {
			pages = append(pages, manPages(below, day)...)
		}
	}
	return pages
}

func documented(c *cobra.Command) bool { return c.IsAvailableCommand() && c.Name() != "help" }

// manName is what the page of a command is called: otrbot-learner-add.
func manName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// commandPage is the manual page of one command.
func commandPage(c *cobra.Command, day time.Time) string {
	p := newMdoc(manName(c), "1", day)
	p.section("NAME")
	p.macro("Nm", manName(c))
	p.macro("Nd", strings.TrimSuffix(c.Short, "."))
	p.section("SYNOPSIS")
	p.synopsis(c)
	p.section("DESCRIPTION")
	about := c.Long
	if about == "" {
		about = c.Short + "."
	}
	p.prose(about)
	if len(c.Aliases) > 0 {
		p.line(".Pp")
		p.words("Other names: " + strings.Join(c.Aliases, ", ") + ".")
	}
	p.commands(c)
	p.options(c)
	if !c.HasParent() {
		p.files()
	}
	if c.HasParent() {
		p.section("EXIT STATUS")
		p.words("The codes are those of")
		p.line(".Xr otrbot 1 .")
	}
	if c.Example != "" {
		p.section("EXAMPLES")
		p.literal(strings.Split(c.Example, "\n"))
	}
	p.seeAlso(c)
	return p.String()
}
