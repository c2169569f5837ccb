package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"otrbot/gettext"
	"otrbot/internal/bot"
	"otrbot/internal/lesson"
	"otrbot/internal/record"
	"otrbot/internal/secret"
	"otrbot/internal/settings"
	"otrbot/internal/store"
	"otrbot/internal/tutor"
	"otrbot/internal/xmpp"
	"otrbot/lessons"
	"otrbot/otr"
)

func botConfig(ctx context.Context, s *settings.Settings, t texts, db *store.DB) (bot.Config, error) {
	account, _ := s.XMPP.Account(s.XMPP.DefaultAccount)
	parameters, err := sharedParameters(ctx, db, nil)
	if err != nil {
		return bot.Config{}, &failure{err}
	}
	c := teaching(s, t)
	c.Store, c.Parameters, c.Avatar = db, parameters, account.Picture
	c.XMPP.JID, c.XMPP.Resource, c.XMPP.Password = account.JID, account.Resource, xmpp.Password(account.Password.Reveal())
	c.XMPP.Server, c.XMPP.DirectTLS, c.XMPP.RequireChannelBinding = account.Server, account.DirectTLS, account.RequireChannelBinding
	c.XMPP.Software = xmpp.Software{Name: "otrbot", Version: thisVersion().Version, Node: "urn:otrbot", Features: features()}
	c.XMPP.Timers = xmpp.Timers{Close: goodbyes}
	return c, nil
}

// teaching is what of the bot's configuration may change while it runs: see bot.Reload.
func teaching(s *settings.Settings, t texts) bot.Config {
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
		Tutor: newTutor(s, t), Learners: learners, Policy: policy, PartialCredit: s.LTI.PartialCredit,
		TypingSpeed: speed, LogUserMessages: s.Bot.LogUserMessages, CheckInterval: s.Bot.CheckInterval,
		XMPP: xmpp.Config{TLS: xmpp.TLS{MinVersion: s.TLS.MinVersion, CipherSuites: s.TLS.CipherSuites, Roots: s.TLS.Roots}},
	}
}

// goodbyes is how long the bot waits for its last words to arrive: less than TimeoutStopSec of deploy/otrbot.service.
const goodbyes = 20 * time.Second

// features are what internal/bot does of XEP-0184, XEP-0085 and XEP-0380.
func features() []string {
	return []string{"urn:xmpp:receipts", "http://jabber.org/protocol/chatstates", "urn:xmpp:eme:0"}
}

// texts are what learners read, as it was when the settings that name it were read.
type texts struct {
	lesson *lesson.Lesson // that new sessions begin with
	words  words
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

func newTutor(s *settings.Settings, t texts) *tutor.Tutor {
	return tutor.New(t.lesson, tutor.Options{
		BotTitle: s.Bot.Title, BotDescription: gettext.Msg(s.Bot.Description), ProjectName: gettext.Msg(s.Bot.ProjectName), Helper: gettext.Msg(s.Bot.Helper),
		MayStartSMP: s.Bot.MayStartSMP, DefaultSecret: secret.New(s.Bot.DefaultSecret.Reveal()),
		SecretTries: s.Bot.SecretTries, CodeFormat: s.Bot.CodeFormat, CodeTries: s.Bot.CodeTries,
		Warning: s.Bot.WarningTimeout, Expiry: s.Bot.SessionTimeout, NoTyping: !s.Bot.Typing,
		Languages: t.words.all, Locale: s.Locale, CoursePage: coursePage(s),
	})
}

// coursePage is what the lesson calls the page of a learner's course; empty: there are no pages here.
func coursePage(s *settings.Settings) gettext.Msg {
	if s.Web.PublicURL == "" {
		return ""
	}
	// translators: as in “set one on the page of your course”
	return "the page of your course"
}

// warnings are those of the settings, and of the translations that they name.
func warnings(s *settings.Settings, w words) []string {
	all := slices.Clone(s.Warnings)
	for _, fault := range w.faults {
		all = append(all, fault.Error())
	}
	languages := w.all
	if s.Locale != "" && !strings.HasPrefix(s.Locale, "en") && languages.Match(s.Locale).Locale() == languages.Match().Locale() {
		all = append(all, fmt.Sprintf("locale: there are no texts in %q; there are %s", s.Locale, strings.Join(languages.Locales(), ", ")))
	}
	return all
}
