package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"strings"

	"otrbot/internal/lesson"
	"otrbot/internal/settings"
	"otrbot/internal/web"
)

// reloadSignals says when a signal asks for the settings to be read again.
func reloadSignals() (again <-chan os.Signal, stop func()) {
	asked := make(chan os.Signal, 1)
	if len(reloading) > 0 { // Notify without signals would take all
		signal.Notify(asked, reloading...)
	}
	return asked, func() { signal.Stop(asked) }
}

// reloads reads the settings again whenever it is asked to, until ctx ends. The same signal comes when the terminal is
// closed in which somebody has started the program: then it ends.
func (v *service) reloads(ctx context.Context, again <-chan os.Signal) error {
	before := attended() && !v.deaf
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-again:
			if before && !attended() {
				return nil
			}
			v.herald.reload(func() { v.reload(ctx) })
		}
	}
}

// reload takes what the settings say now, and says what became of it. Settings that cannot be used change nothing.
func (v *service) reload(ctx context.Context) {
	log := v.logs.Area("")
	fresh, err := settings.Load(v.source)
	if err == nil {
		err = v.adopt(ctx, fresh)
	}
	if ctx.Err() != nil {
		return
	}
	v.watch.Reloaded(err == nil)
	if err == nil {
		return
	}
	for _, line := range faults(err) {
		log.Error(line)
	}
	log.Error("the settings are not taken: all goes on as it was")
}

// adopt takes settings that are right by themselves; an error means that nothing was taken.
func (v *service) adopt(ctx context.Context, fresh *settings.Settings) error {
	next, restart := v.now.Reload(fresh)
	l, err := v.nextLesson(next)
	if err != nil {
		return err
	}
	if v.watch.site != nil {
		if err := v.watch.site.Reload(webOptions(next)); err != nil {
			return err
		}
	}
	if err := v.watch.bot.Reload(ctx, teaching(next, l)); err != nil {
		return err
	}
	v.networks.Store(&next.LTI.AllowNetworks)
	v.logs.Reload(next.Log.Config(v.standard, os.Getenv))
	if l != v.lesson {
		v.watch.Teach(stateNames(l))
	}
	changed := next.Changed(v.now)
	v.now, v.lesson = next, l
	v.sayWarnings()
	log := v.logs.Area("")
	if next.LocalesDir != "" {
		log.Info(readAgain(next.LocalesDir))
	}
	switch {
	case len(changed) > 0:
		log.Info("the settings were read again", "changed", strings.Join(changed, ", "))
	case next.LocalesDir == "":
		log.Info("the settings were read again: nothing has changed that can be taken now")
	}
	for _, name := range restart {
		log.Warn(name + " has changed and needs a restart; until then it is as before")
	}
	return nil
}

// nextLesson is the present one if it is still that of the settings: sessions go on with it.
func (v *service) nextLesson(next *settings.Settings) (*lesson.Lesson, error) {
	if next.Bot.Lesson == v.now.Bot.Lesson && string(next.Bot.LessonText) == string(v.now.Bot.LessonText) {
		return v.lesson, nil
	}
	return taught(next)
}

// faults are lines for the log, one for each thing that is wrong.
func faults(err error) []string {
	var all settings.Faults
	var missing *settings.NotFound
	switch {
	case errors.As(err, &all):
		var lines []string
		for _, f := range all {
			lines = append(lines, f.ForLog())
		}
		return lines
	case errors.As(err, &missing):
		return []string{"no settings found; looked for " + strings.Join(missing.Tried, " and ")}
	}
	return strings.Split(err.Error(), "\n")
}

// webOptions are what of the pages may change while they are served.
func webOptions(s *settings.Settings) web.Options {
	languages, _ := languagesBeside(s.LocalesDir) // warnings tells the faults
	return web.Options{
		BotTitle: s.Bot.Title, BotDescription: s.Bot.Description, CSSURL: s.Web.CSSURL, Languages: languages, Locale: s.Locale,
		SecretWords: []string{s.Bot.Title, s.Bot.ProjectName}, AutoApprove: s.LTI.ApproveDeployments, Keep: s.LTI.Retention, Proxies: s.Web.Proxies,
	}
}
