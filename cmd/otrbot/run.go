package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"otrbot/gettext"
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
	"otrbot/locales"
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
	logs, err := logging.Open(s.Log.Config(c.ErrOrStderr(), os.Getenv))
	if err != nil {
		return &coded{err, exitBadSetting}
	}
	defer closeLog(logs)
	for _, w := range s.Warnings {
		logs.Area("").Warn(w)
	}
	h, err := newHerald(os.Getenv, logs.Area(""))
	if err != nil {
		return &failure{err}
	}
	ctx, stop := untilSignalled()
	defer stop()
	return serve(ctx, s, logs, h)
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

// serve runs the bot as the settings say, and has the herald tell of it.
func serve(ctx context.Context, s *settings.Settings, logs *logging.Log, h *herald) error {
	l, err := taught(s)
	if err != nil {
		return err
	}
	db, err := openStore(ctx, s.Store)
	if err != nil {
		return &failure{err}
	}
	defer db.Close()
	release, err := db.Lock(ctx)
	if err != nil {
		return &failure{err}
	}
	defer release()
	config, err := botConfig(ctx, s, l, db)
	if err != nil {
		return err
	}
	w, err := newWatch(s, l, db, logs)
	if err != nil {
		return err
	}
	config.Watch = w
	config.Log = logs.Area("bot")
	config.XMPP.Log = logs.Area("xmpp")
	if w.bot, err = bot.New(config); err != nil {
		return err
	}
	parts, err := courseParts(s, db, logs, w)
	if err != nil {
		return err
	}
	windows, err := w.parts(s.Watch, logs)
	if err != nil {
		return err
	}
	parts = append(append(parts, windows...), w.bot.Run)
	if h.to != nil {
		parts = append(parts, func(ctx context.Context) error { return h.report(ctx, w.bot) })
	}
	return runError(together(ctx, parts...))
}

// runError names the setting that trusts a private authority.
func runError(err error) error {
	if unknown := (x509.UnknownAuthorityError{}); errors.As(err, &unknown) {
		return fmt.Errorf("%w; if you know the server, name a file with the authority's certificate in tls.ca_file", err)
	}
	return err
}

func botConfig(ctx context.Context, s *settings.Settings, l *lesson.Lesson, db *store.DB) (bot.Config, error) {
	account, _ := s.XMPP.Account(s.XMPP.DefaultAccount)
	parameters, err := sharedParameters(ctx, db, nil)
	if err != nil {
		return bot.Config{}, &failure{err}
	}
	t, err := newTutor(s, l)
	if err != nil {
		return bot.Config{}, err
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
			Software: xmpp.Software{Name: "otrbot", Version: thisVersion().Version, Node: "urn:otrbot", Features: features()},
			Timers:   xmpp.Timers{Close: goodbyes},
		},
		Store: db, Tutor: t, Learners: learners, Parameters: parameters, Avatar: account.Picture,
		PartialCredit: s.LTI.PartialCredit,
		TypingSpeed:   speed, LogUserMessages: s.Bot.LogUserMessages, CheckInterval: s.Bot.CheckInterval,
	}, nil
}

// goodbyes is how long the bot waits for its last words to arrive: less than TimeoutStopSec of deploy/otrbot.service.
const goodbyes = 20 * time.Second

// features are what internal/bot does of XEP-0184, XEP-0085 and XEP-0380.
func features() []string {
	return []string{"urn:xmpp:receipts", "http://jabber.org/protocol/chatstates", "urn:xmpp:eme:0"}
}

// taught is the lesson that the settings name. Its faults are faults of the settings.
func taught(s *settings.Settings) (*lesson.Lesson, error) {
	name, source := lessons.BasicName, lessons.Basic
	if s.Bot.LessonText != nil {
		name, source = s.Bot.Lesson, s.Bot.LessonText
	}
	l, err := lesson.Parse(name, source, tutor.Vocabulary())
	if err != nil {
		return nil, &coded{err, exitBadSetting}
	}
	return l, nil
}

func newTutor(s *settings.Settings, l *lesson.Lesson) (*tutor.Tutor, error) {
	languages, err := locales.All()
	if err != nil {
		return nil, err
	}
	return tutor.New(l, tutor.Options{
		BotTitle: s.Bot.Title, BotDescription: gettext.Msg(s.Bot.Description), ProjectName: gettext.Msg(s.Bot.ProjectName), Helper: gettext.Msg(s.Bot.Helper),
		MayStartSMP: s.Bot.MayStartSMP, DefaultSecret: secret.New(s.Bot.DefaultSecret.Reveal()),
		SecretTries: s.Bot.SecretTries, CodeFormat: s.Bot.CodeFormat, CodeTries: s.Bot.CodeTries,
		Warning: s.Bot.WarningTimeout, Expiry: s.Bot.SessionTimeout, NoTyping: !s.Bot.Typing,
		Languages: languages, Locale: s.Locale, CoursePage: coursePage(s),
	}), nil
}

// coursePage is what the lesson calls the page of a learner's course; empty: there are no pages here.
func coursePage(s *settings.Settings) gettext.Msg {
	if s.Web.PublicURL == "" {
		return ""
	}
	// translators: as in “set one on the page of your course”
	return "the page of your course"
}
