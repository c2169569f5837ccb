package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"sync/atomic"

	"otrbot/internal/bot"
	"otrbot/internal/logging"
	"otrbot/internal/settings"
	"otrbot/internal/store"
)

// A service is the bot with all that surrounds it, as its settings say.
type service struct {
	source   settings.Source
	now      *settings.Settings // in force; of the goroutine that reloads, once the bot runs
	logs     *logging.Log
	standard io.Writer // standard error
	herald   *herald
	deaf     bool // was started so as to survive its terminal: nohup

	db       *store.DB
	texts    texts // likewise
	watch    *watch
	networks atomic.Pointer[[]netip.Prefix] // private ones in which platforms may be
}

// run teaches until ctx ends, and reads the settings again whenever a signal comes.
func (v *service) run(ctx context.Context, again <-chan os.Signal) error {
	v.texts.words = wordsIn(v.now.LocalesDir)
	v.sayWarnings()
	parts, closeStore, err := v.start(ctx)
	if err != nil {
		return err
	}
	defer closeStore()
	parts = append(parts, func(ctx context.Context) error { return v.reloads(ctx, again) })
	if v.herald.to != nil {
		parts = append(parts, func(ctx context.Context) error { return v.herald.report(ctx, v.watch.bot) })
	}
	return runError(together(ctx, parts...))
}

// start makes all parts, and listens where it has to, so that what cannot be is said before anything begins.
func (v *service) start(ctx context.Context) (parts []part, closeStore func(), err error) {
	s := v.now
	if v.texts.lesson, err = taught(s); err != nil {
		return nil, nil, err
	}
	if v.db, err = openStore(ctx, s.Store); err != nil {
		return nil, nil, &failure{err}
	}
	release, err := v.db.Lock(ctx)
	if err != nil {
		v.db.Close()
		return nil, nil, &failure{err}
	}
	closeStore = func() { release(); v.db.Close() }
	if parts, err = v.surroundings(ctx); err != nil {
		closeStore()
		return nil, nil, err
	}
	return append(parts, v.watch.bot.Run), closeStore, nil
}

// surroundings are all parts but the bot, which they know.
func (v *service) surroundings(ctx context.Context) ([]part, error) {
	s := v.now
	config, err := botConfig(ctx, s, v.texts, v.db)
	if err != nil {
		return nil, err
	}
	if v.watch, err = newWatch(s, v.texts.lesson, v.db, v.logs); err != nil {
		return nil, err
	}
	config.Watch = v.watch
	config.Log = v.logs.Area("bot")
	config.XMPP.Log = v.logs.Area("xmpp")
	if v.watch.bot, err = bot.New(config); err != nil {
		return nil, err
	}
	parts, err := v.courseParts()
	if err != nil {
		return nil, err
	}
	windows, err := v.watch.parts(s.Watch, v.logs)
	if err != nil {
		return nil, err
	}
	return append(parts, windows...), nil
}

// sayWarnings says in the log what is allowed in the settings but should not stay so.
func (v *service) sayWarnings() {
	for _, w := range warnings(v.now, v.texts.words) {
		v.logs.Area("").Warn(w)
	}
}

// runError names the setting that trusts a private authority.
func runError(err error) error {
	if unknown := (x509.UnknownAuthorityError{}); errors.As(err, &unknown) {
		return fmt.Errorf("%w; if you know the server, name a file with the authority's certificate in tls.ca_file", err)
	}
	return err
}
