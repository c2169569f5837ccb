package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"otrbot/internal/demo"
	"otrbot/internal/lesson"
	"otrbot/internal/tutor"
)

func demoCommand() *cobra.Command {
	var flags demoFlags
	c := &cobra.Command{
		Use:   "demo",
		Short: "Try the bot out: server, bot, two accounts and a course, on this machine alone",
		Long: `Try the bot out. A small XMPP server, the bot and two accounts for learners run in
this one process, on the loopback interface, and so does a course: a small learning
management system, to be opened in a browser, which launches the bot's pages by LTI
and shows the grades that arrive. Nothing has to be installed or set up, nothing is
reachable from another machine, nothing remains. It tells what to do next with your
browser and your chat client. Control-C ends it.

Accounts, passwords, the shared secret and the certificate are new at each start.
The passwords are shown on standard output, and in the course everybody may be
anybody: the demo is for trying out only.

Exit codes: 0 ended by SIGINT or SIGTERM; 1 wrong arguments, or a lesson with
faults; 2 an address is in use, or the machine failed.`,
		Example: `  otrbot demo
  otrbot demo --listen 127.0.0.1:0 --no-typing
  otrbot demo --no-web
  otrbot demo --lesson my-lesson.yaml`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return flags.run(c) },
	}
	c.Flags().StringVar(&flags.listen, "listen", "127.0.0.1:5222", "loopback address and port of the server; port 0 is a free one")
	c.Flags().StringVar(&flags.web, "web", "127.0.0.1:5000", "the same for the bot's pages; by default another port where this one is in use")
	c.Flags().StringVar(&flags.lms, "lms", "127.0.0.1:5001", "the same for the course")
	c.Flags().BoolVar(&flags.noWeb, "no-web", false, "no course and no pages: the chat only")
	c.Flags().StringVar(&flags.lesson, "lesson", "", "lesson to teach, a file (default: the one that the program holds)")
	triedFlag(c, &flags.localesDir)
	c.Flags().BoolVar(&flags.noTyping, "no-typing", false, "answer at once, not as if typing")
	c.Flags().BoolVar(&flags.asJSON, "json", false, "write one line of JSON instead of what to do next")
	c.SetFlagErrorFunc(withHelp)
	return c
}

type demoFlags struct {
	listen, lesson          string
	web, lms                string
	noWeb, noTyping, asJSON bool
	localesDir              string
}

func (f *demoFlags) run(c *cobra.Command) error {
	l, err := f.readLesson()
	if err != nil {
		return err
	}
	// SIGHUP is a terminal that was closed: the files with passwords shall not stay behind.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	// The second Control-C ends the program at once.
	context.AfterFunc(ctx, stop)

	if f.noWeb {
		f.web, f.lms = "", ""
	}
	var shown error
	err = demo.Run(ctx, demo.Config{
		Listen: f.listen, Lesson: l, Languages: triedLanguages(c, f.localesDir), Typing: !f.noTyping,
		Web: f.web, LMS: f.lms, SpareWeb: !c.Flags().Changed("web") && !c.Flags().Changed("lms"),
		Log: slog.New(slog.NewTextHandler(c.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn})),
		Ready: func(s demo.Scene) {
			if shown = f.show(c, s); shown != nil {
				stop() // nobody would know the passwords
			}
		},
	})
	taken, inUse := errors.AsType[*demo.TakenError](err)
	switch {
	case shown != nil:
		return &failure{fmt.Errorf("standard output: %w", shown)}
	case inUse:
		return &failure{fmt.Errorf("%s is in use, perhaps by another demo%s 127.0.0.1:0 takes a free port", taken.Address, f.remedy(taken.Address))}
	case err == nil || errors.Is(err, demo.ErrAddress):
		return err
	}
	return &failure{err}
}

// remedy names the flag for another address.
func (f *demoFlags) remedy(address string) string {
	switch address {
	case f.listen:
		return " or an XMPP server; --listen"
	case f.web:
		return "; --web"
	}
	return "; --lms"
}

// readLesson reads the lesson of --lesson; nil without.
func (f *demoFlags) readLesson() (*lesson.Lesson, error) {
	if f.lesson == "" {
		return nil, nil
	}
	source, err := os.ReadFile(f.lesson)
	if err != nil {
		return nil, fmt.Errorf("the lesson: %w", err)
	}
	return lesson.Parse(f.lesson, source, tutor.Vocabulary())
}

func (f *demoFlags) show(c *cobra.Command, s demo.Scene) error {
	if f.asJSON {
		out := newOutput(c)
		out.json(describe(s))
		return out.flush()
	}
	_, err := io.WriteString(c.OutOrStdout(), program(s))
	return err
}
