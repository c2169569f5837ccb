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
	found := make(chan findings, 1)
	go func() { found <- v.look() }() // a file system that does not answer must not hold up the end
	var err error
	select {
	case f := <-found:
		if err = f.err; err == nil {
			err = v.adopt(ctx, f)
		}
	case <-ctx.Done():
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

// findings are what the settings say now, and all that they name.
type findings struct {
	next    *settings.Settings
	restart []string // what of it has to wait
	texts   texts
	err     error // what is wrong
}

// look reads everything anew, and changes nothing.
func (v *service) look() (f findings) {
	fresh, err := settings.Load(v.source)
	if err != nil {
		return findings{err: err}
	}
	f.next, f.restart = v.now.Reload(fresh)
	f.texts.lesson, f.err = v.nextLesson(f.next)
	f.texts.words = wordsIn(f.next.LocalesDir)
	return f
}

// adopt takes what is right by itself. After an error nothing of it was taken, or the program ends.
func (v *service) adopt(ctx context.Context, f findings) error {
	next := f.next
	if v.watch.site != nil { // which alone can refuse something
		if err := v.watch.site.Reload(webOptions(next, f.texts.words)); err != nil {
			return err
		}
	}
	if err := v.watch.bot.Reload(ctx, teaching(next, f.texts)); err != nil {
		return err
	}
	v.networks.Store(&next.LTI.AllowNetworks)
	v.logs.Reload(next.Log.Config(v.standard, os.Getenv))
	if l := f.texts.lesson; l != v.texts.lesson {
		v.watch.Teach(stateNames(l))
	}
	changed := next.Changed(v.now)
	v.now, v.texts = next, f.texts
	v.sayWarnings()
	log := v.logs.Area("")
	if next.LocalesDir != "" {
		log.Info(f.texts.words.readAgain())
	}
	switch {
	case len(changed) > 0:
		log.Info("the settings were read again", "changed", strings.Join(changed, ", "))
	case next.LocalesDir == "":
		log.Info("the settings were read again: nothing has changed that can be taken now")
	}
	for _, name := range f.restart {
		log.Warn(name + " has changed and needs a restart; until then it is as before")
	}
	return nil
}

// nextLesson is the present one if it is still that of the settings: sessions go on with it.
func (v *service) nextLesson(next *settings.Settings) (*lesson.Lesson, error) {
	if next.Bot.Lesson == v.now.Bot.Lesson && string(next.Bot.LessonText) == string(v.now.Bot.LessonText) {
		return v.texts.lesson, nil
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
func webOptions(s *settings.Settings, w words) web.Options {
	return web.Options{
		BotTitle: s.Bot.Title, BotDescription: s.Bot.Description, CSSURL: s.Web.CSSURL, Languages: w.all, Locale: s.Locale,
		SecretWords: []string{s.Bot.Title, s.Bot.ProjectName}, AutoApprove: s.LTI.ApproveDeployments, Keep: s.LTI.Retention, Proxies: s.Web.Proxies,
	}
}
