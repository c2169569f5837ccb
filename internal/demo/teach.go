package demo

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"sync"

	"otrbot/gettext"
	"otrbot/internal/bot"
	"otrbot/internal/lesson"
	"otrbot/internal/record"
	"otrbot/internal/store"
	"otrbot/internal/tutor"
	"otrbot/internal/xmpp"
	"otrbot/lessons"
	"otrbot/locales"
	"otrbot/otr"
)

// typingSpeed is the default of the settings, in characters a second.
const typingSpeed = 20

// teach runs the bot until ctx ends.
func (h *house) teach(ctx context.Context, c Config) error {
	t, err := h.tutor(c)
	if err != nil {
		return err
	}
	parameters, err := otr.GenerateParameters(nil)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, ":memory:", store.NewKey())
	if err != nil {
		return err
	}
	defer db.Close()
	config := bot.Config{
		XMPP: h.login(), Store: announcing{db, h.ready(c)}, Tutor: t, Learners: h.learners(), Parameters: parameters, Log: c.Log,
	}
	config.XMPP.Log = c.Log
	if c.Typing {
		config.TypingSpeed = typingSpeed
	}
	b, err := bot.New(config)
	if err != nil {
		return err
	}
	if h.school != nil {
		if err := h.school.furnish(ctx, h, c, db); err != nil {
			return err
		}
	}
	return together(ctx, append(h.school.parts(), b.Run)...)
}

// languages are never nil.
func (c Config) languages() (*gettext.Set, error) {
	if c.Languages != nil {
		return c.Languages, nil
	}
	return locales.All()
}

// log is never nil.
func (c Config) log() *slog.Logger {
	if c.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return c.Log
}

// A part is something that runs until its context ends.
type part func(context.Context) error

// together runs all parts until ctx ends, or one of them does, which ends the others.
func together(ctx context.Context, parts ...part) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, len(parts))
	for _, run := range parts {
		go func() { ended <- run(ctx) }()
	}
	var all error
	for range parts {
		if err := <-ended; !errors.Is(err, context.Canceled) {
			all = errors.Join(all, err)
		}
		stop()
	}
	return all
}

// botTitle is the bot's name in chat and pages.
const botTitle = "OTR Bot"

// where is who gives secrets and helps, in the lesson's words.
// translators: as in “ask the demo in your terminal”
const where gettext.Msg = "the demo in your terminal"

// coursePage is where learners who come from the course go on, in the lesson's words.
// translators: as in “set one on the course page in your browser”
const coursePage gettext.Msg = "the course page in your browser"

// tutor teaches the lesson. The secret is lent to everybody, so that it holds for each new lesson too.
func (h *house) tutor(c Config) (*tutor.Tutor, error) {
	l := c.Lesson
	if l == nil {
		var err error
		if l, err = lesson.Parse(lessons.BasicName, lessons.Basic, tutor.Vocabulary()); err != nil {
			return nil, err
		}
	}
	languages, err := c.languages()
	if err != nil {
		return nil, err
	}
	o := tutor.Options{BotTitle: botTitle, DefaultSecret: h.Secret, Helper: where, ProjectName: where, NoTyping: !c.Typing, Languages: languages}
	if h.school != nil {
		o.CoursePage = coursePage
	}
	return tutor.New(l, o), nil
}

// login is the bot's. It trusts this very server and no other.
func (h *house) login() xmpp.Config {
	certificate, _ := h.server.Certificate()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certificate)
	return xmpp.Config{
		JID: h.Bot, Resource: botName, Password: xmpp.Password(h.password.Reveal()), Server: h.Address.String(),
		TLS: xmpp.TLS{Roots: roots}, Software: xmpp.Software{Name: "otrbot", Node: "urn:otrbot"},
	}
}

func (h *house) learners() (all []record.Learner) {
	for _, a := range h.Accounts {
		all = append(all, record.Learner{JID: a.JID, Source: record.FromSettings})
	}
	return all
}

// ready tells the caller, once, that the demo is.
func (h *house) ready(c Config) func() {
	return sync.OnceFunc(func() {
		if c.Ready != nil {
			c.Ready(h.Scene)
		}
	})
}

// announcing is a store that notices when the bot is there: the first stanza that it sends is its presence.
type announcing struct {
	*store.DB
	ready func()
}

// StreamSent keeps the stanza and says that there is one.
func (a announcing) StreamSent(ctx context.Context, account string, q record.Queued) error {
	err := a.DB.StreamSent(ctx, account, q)
	if err == nil {
		a.ready()
	}
	return err
}
