package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"otrbot/internal/bot"
	"otrbot/internal/lesson"
	"otrbot/internal/logging"
	"otrbot/internal/record"
	"otrbot/internal/secret"
	"otrbot/internal/settings"
	"otrbot/internal/store"
	"otrbot/internal/tutor"
	"otrbot/internal/xmpp"
	"otrbot/lessons"
	"otrbot/otr"
)

func runCommand() *cobra.Command {
	var flags runFlags
	c := &cobra.Command{
		Use:     "run",
		Aliases: []string{"runclient"},
		Short:   "Log in and teach",
		Long: `Log in and teach, until SIGINT or SIGTERM: then every learner is told goodbye and
their sessions are erased. SIGUSR1 ends the program without a word, so that the
next one goes on where this one was: the learners notice nothing.`,
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
	src := settings.Source{Path: f.config, Environ: os.Environ()}
	if f.jid != "" {
		src.Flags = append(src.Flags, settings.Override{Flag: "--jid", Key: "xmpp.default_account", Value: f.jid})
	}
	s, err := settings.Load(src)
	if err != nil {
		return err
	}
	log := logging.New(c.ErrOrStderr(), logging.Options{Level: s.Log.Level, Format: logging.Format(s.Log.Format)})
	for _, w := range s.Warnings {
		log.Warn(w)
	}
	ctx, stop := untilSignalled()
	defer stop()
	return serve(ctx, s, log)
}

// untilSignalled is a context that ends as the program shall end.
func untilSignalled() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGUSR1)
	go func() {
		select {
		case s := <-signals:
			if s == syscall.SIGUSR1 {
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

// serve runs the bot as the settings say.
func serve(ctx context.Context, s *settings.Settings, log *slog.Logger) error {
	account, _ := s.XMPP.Account(s.XMPP.DefaultAccount)
	db, err := openStore(ctx, s.Store)
	if err != nil {
		return &failure{err}
	}
	defer db.Close()
	release, err := db.Lock(ctx, account.JID)
	if err != nil {
		return &failure{err}
	}
	defer release()
	config, err := botConfig(ctx, s, account, db)
	if err != nil {
		return err
	}
	config.Log = log
	config.XMPP.Log = log
	b, err := bot.New(config)
	if err != nil {
		return err
	}
	return b.Run(ctx)
}

func botConfig(ctx context.Context, s *settings.Settings, account settings.Account, db *store.DB) (bot.Config, error) {
	t, err := newTutor(s)
	if err != nil {
		return bot.Config{}, err
	}
	parameters, err := sharedParameters(ctx, db, nil)
	if err != nil {
		return bot.Config{}, &failure{err}
	}
	var avatar []byte
	if account.Avatar != "" {
		if avatar, err = os.ReadFile(account.Avatar); err != nil {
			return bot.Config{}, fmt.Errorf("the avatar: %w", err)
		}
	}
	var learners []record.Learner
	for _, l := range s.Learners {
		learners = append(learners, record.Learner{JID: l.JID, Locale: l.Locale, Source: record.FromSettings})
	}
	speed := 0
	if s.Bot.Typing {
		speed = s.Bot.TypingSpeed
	}
	policy := otr.AllowV2 | otr.AllowV3 | otr.ErrorStartAKE
	if s.Bot.OfferOTR {
		policy |= otr.SendWhitespaceTag
	}
	if s.Bot.TakeOffers {
		policy |= otr.WhitespaceStartAKE
	}
	return bot.Config{
		Policy: policy,
		XMPP: xmpp.Config{
			JID: account.JID, Resource: account.Resource, Password: xmpp.Password(account.Password.Reveal()),
			Server: account.Server, DirectTLS: account.DirectTLS, RequireChannelBinding: account.RequireChannelBinding,
			TLS:      xmpp.TLS{MinVersion: s.TLS.MinVersion, CipherSuites: s.TLS.CipherSuites, Roots: s.TLS.Roots},
			Software: xmpp.Software{Name: "otrbot", Version: thisVersion().Version, Node: "urn:otrbot"},
		},
		Store: db, Tutor: t, Learners: learners, Parameters: parameters, Avatar: avatar,
		TypingSpeed: speed, LogUserMessages: s.Bot.LogUserMessages, CheckInterval: s.Bot.CheckInterval,
	}, nil
}

// newTutor makes the tutor of the lesson that the settings name.
func newTutor(s *settings.Settings) (*tutor.Tutor, error) {
	name, source := lessons.BasicName, lessons.Basic
	if strings.HasSuffix(s.Bot.Lesson, ".yaml") {
		var err error
		name = s.Bot.Lesson
		if source, err = os.ReadFile(name); err != nil {
			return nil, fmt.Errorf("the lesson: %w", err)
		}
	}
	l, err := lesson.Parse(name, source, tutor.Vocabulary())
	if err != nil {
		return nil, err
	}
	return tutor.New(l, tutor.Options{
		BotTitle: s.Bot.Title, BotDescription: s.Bot.Description, ProjectName: s.Bot.ProjectName, Helper: s.Bot.Helper,
		MayStartSMP: s.Bot.MayStartSMP, DefaultSecret: secret.New(s.Bot.DefaultSecret.Reveal()),
		SecretTries: s.Bot.SecretTries, CodeFormat: s.Bot.CodeFormat, CodeTries: s.Bot.CodeTries,
		Warning: s.Bot.WarningTimeout, Expiry: s.Bot.SessionTimeout, NoTyping: !s.Bot.Typing,
		Locales: []string{s.Locale},
	}), nil
}
