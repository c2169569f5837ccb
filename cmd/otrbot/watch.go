package main

import (
	"context"
	"net/http"

	"otrbot/internal/bot"
	"otrbot/internal/lesson"
	"otrbot/internal/logging"
	"otrbot/internal/metrics"
	"otrbot/internal/settings"
	"otrbot/internal/store"
	"otrbot/internal/web"
)

// A watch is what an operator can see of the program. Bot and pages tell it what happens, and are asked for the rest:
// both are set before anybody can look.
type watch struct {
	*metrics.Set
	bot  *bot.Bot
	site *web.Server // nil: there are no pages
}

var (
	_ bot.Watcher = (*metrics.Set)(nil)
	_ web.Watcher = (*metrics.Set)(nil)
)

func newWatch(s *settings.Settings, l *lesson.Lesson, db *store.DB, logs *logging.Log) (*watch, error) {
	w := &watch{}
	c := metrics.Config{
		Version:      thisVersion().Version,
		KeyExchanges: bot.KeyExchanges(), Verifications: bot.Verifications(), Launches: web.Outcomes(),
		Sessions: func() map[string]int { return w.bot.Sessions() },
		Stream:   func() bool { return w.bot.Connected() },
		Waiting:  func(ctx context.Context) (metrics.Waiting, error) { return waiting(ctx, db) },
		Writable: db.Writable, Dropped: logs.Dropped, States: stateNames(l),
		Log: logs.Area(""),
	}
	if s.Web.PublicURL != "" {
		c.Pages = func() int { return w.site.Streams() }
	}
	var err error
	w.Set, err = metrics.New(c)
	return w, err
}

func stateNames(l *lesson.Lesson) []string {
	var names []string
	for _, state := range l.Machine.States() {
		names = append(names, string(state))
	}
	return names
}

// waiting is what the store says in the words of metrics.
func waiting(ctx context.Context, db *store.DB) (metrics.Waiting, error) {
	w, err := db.Waiting(ctx)
	grades := make(map[string]int, len(w.Grades))
	for state, n := range w.Grades {
		grades[string(state)] = n
	}
	return metrics.Waiting{Notes: w.Notes, Grades: grades, Oldest: w.Oldest}, err
}

// parts answer where the settings say.
func (w *watch) parts(s settings.Watch, logs *logging.Log) (all []part, err error) {
	log := logs.Area("")
	answer := func(name, address string, h http.Handler) error {
		open, err := metrics.Listen(address)
		if err != nil {
			return &failure{cannotListen("watch."+name, err)}
		}
		log.Info("watched", "by", name, "at", open.Addr().String())
		all = append(all, func(ctx context.Context) error { return metrics.Serve(ctx, open, h, log) })
		return nil
	}
	if s.Listen != "" {
		err = answer("listen", s.Listen, w.Handler())
	}
	if s.Pprof != "" && err == nil {
		err = answer("pprof_socket", "unix:"+s.Pprof, metrics.Profiles())
	}
	return all, err
}
