package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"otrbot/internal/logging"
	"otrbot/internal/settings"
	"otrbot/internal/xmpp"
)

func runCommand() *cobra.Command {
	var flags runFlags
	c := &cobra.Command{
		Use:     "run",
		Aliases: []string{"runclient"},
		Short:   "Log in and teach",
		Long: `Log in and teach, until SIGINT or SIGTERM: then every learner is told goodbye and
their sessions are erased. SIGUSR1 ends the program without a word, so that the
next one goes on where this one was: the learners notice nothing.

SIGHUP has it read its settings again. Settings with a fault are named in the
log, and all goes on as it was.`,
		Example: "  otrbot run --config otrbot.toml\n  otrbot run --jid bot@example.org",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return flags.run(c) },
	}
	c.Flags().StringVar(&flags.config, "config", "", "settings file (default: "+strings.Join(settings.Places(), " or ")+")")
	c.Flags().StringVarP(&flags.jid, "jid", "j", "", "account to log in with (default: xmpp.default_account of the settings)")
	return c
}

type runFlags struct{ config, jid string }

func (f *runFlags) run(c *cobra.Command) error {
	if len(sizeLimit) > 0 { // Ignore without signals would take all
		signal.Ignore(sizeLimit...)
	}
	deaf := signal.Ignored(syscall.SIGHUP)
	again, stopListening := reloadSignals()
	defer stopListening()
	src := settings.Source{Path: f.config, Environ: os.Environ(), Lesson: lessonFaults}
	if f.jid != "" {
		src.Flags = append(src.Flags, settings.Override{Flag: "--jid", Key: "xmpp.default_account", Value: f.jid})
	}
	s, err := settings.Load(src)
	if err != nil {
		return err
	}
	logs, err := logging.Open(s.Log.Config(c.ErrOrStderr(), os.Getenv))
	if err != nil {
		return &coded{err, exitBadSetting}
	}
	defer closeLog(logs)
	h, err := newHerald(os.Getenv, logs.Area(""))
	if err != nil {
		return &failure{err}
	}
	ctx, stop := untilSignalled()
	defer stop()
	v := &service{source: src, now: s, logs: logs, herald: h, standard: c.ErrOrStderr(), deaf: deaf}
	return v.run(ctx, again)
}

// closeLog sends what still waits for a server.
func closeLog(logs *logging.Log) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	logs.Close(ctx)
}

// untilSignalled is a context that ends as the program shall end.
func untilSignalled() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, append(handOver, os.Interrupt, syscall.SIGTERM)...)
	go func() {
		select {
		case s := <-signals:
			if slices.Contains(handOver, s) {
				cancel(xmpp.ErrHandOver)
			} else {
				cancel(errors.New(s.String()))
			}
			signal.Stop(signals) // a second one ends the program at once
		case <-ctx.Done():
		}
	}()
	return ctx, func() { signal.Stop(signals); cancel(nil) }
}
