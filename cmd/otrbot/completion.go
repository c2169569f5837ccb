package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// completions teaches the shell what values flags of a command and all below it can have, where that is cheap to know.
func completions(root *cobra.Command) *cobra.Command {
	root.InitDefaultCompletionCmd()
	if c, _, err := root.Find([]string{"completion"}); err == nil {
		group(c) // cobra's own takes any shell for a good one
	}
	eachCommand(root, func(c *cobra.Command) {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if complete := flagValues(f.Name); complete != nil && f.Value.Type() == "string" {
				_ = c.RegisterFlagCompletionFunc(f.Name, complete) // refused where one is registered already: then that counts
			}
		})
	})
	return root
}

func eachCommand(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, below := range c.Commands() {
		eachCommand(below, visit)
	}
}

// flagValues says what a flag of this name can have; nil: nobody knows, and the shell proposes files.
func flagValues(flag string) cobra.CompletionFunc {
	switch flag {
	case "locale":
		return func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			languages, faults := languagesBeside("")
			if len(faults) > 0 {
				return nil, cobra.ShellCompDirectiveError
			}
			return languages.Locales(), cobra.ShellCompDirectiveNoFileComp
		}
	case "jid":
		return accounts
	case "config":
		return cobra.FixedCompletions([]cobra.Completion{"toml"}, cobra.ShellCompDirectiveFilterFileExt)
	case "lesson":
		return cobra.FixedCompletions([]cobra.Completion{"yaml"}, cobra.ShellCompDirectiveFilterFileExt)
	}
	return nil
}

// accounts are those of the settings; none where these cannot be read.
func accounts(c *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var list []cobra.Completion
	if path, err := c.Flags().GetString("config"); err == nil {
		if s, err := loadSettings(path); err == nil {
			for _, a := range s.XMPP.Accounts {
				list = append(list, a.JID)
			}
		}
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}
