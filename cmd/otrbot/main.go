// Command otrbot is the tutor on XMPP with everything around it: otrbot --help.
//
// Exit codes are in exit.go.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the program: arguments and streams in, exit code out.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.Execute()
	if err == nil {
		return exitOK
	}
	fmt.Fprintln(stderr, err)
	return exitCode(err)
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "otrbot",
		Short:         "Off-the-Record messaging",
		Long:          "Off-the-Record messaging: a tutor on XMPP, and the tools around it.\n\n" + exitHelp,
		SilenceErrors: true, // run prints them
		SilenceUsage:  true,
	}
	root.AddCommand(runCommand(), chatCommand(), demoCommand(), toolkitCommand(), lessonCommand())
	root.AddCommand(learnerCommand(), dataCommand(), backupCommand(), restoreCommand(), ltiCommand(), keyCommand(), localeCommand())
	root.AddCommand(secretCommand(), configCommand(), versionCommand(), manCommand())
	return completions(group(root))
}

// group makes c a command that does nothing itself: alone it shows its help.
func group(c *cobra.Command) *cobra.Command {
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	c.DisableFlagsInUseLine = true
	c.SuggestionsMinimumDistance = 2
	c.Args = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		text := fmt.Sprintf("unknown command %q for %q", args[0], c.CommandPath())
		if meant := c.SuggestionsFor(args[0]); len(meant) > 0 {
			text += "; did you mean " + strings.Join(meant, " or ") + "?"
		}
		return withHelp(c, errors.New(text))
	}
	c.SetFlagErrorFunc(withHelp)
	return c
}

// withHelp is an error followed by where to look.
func withHelp(c *cobra.Command, err error) error {
	return fmt.Errorf("%w\ntry %s --help", err, c.CommandPath())
}
