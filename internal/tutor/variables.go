package tutor

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"otrbot/internal/lesson"
	"otrbot/internal/secret"
)

// variable is a row of the table of variables.
type variable struct {
	name, meaning string
	value         func(u *turn) string
}

var variableTable = append([]variable{
	{"bot_title", "the bot's name", func(u *turn) string { return u.t.o.BotTitle }},
	{"bot_description", "one sentence about the bot", func(u *turn) string { return u.t.o.BotDescription }},
	{"project_name", "where learners come from and can come back to", func(u *turn) string { return u.t.o.ProjectName }},
	{"helper", "who gives secrets and helps", func(u *turn) string { return u.t.o.Helper }},
	{"code", "the code; only in texts of give_code", func(u *turn) string { return u.s.Code.Reveal() }},
	{"reason", "why the secret that arrived is easy to guess", (*turn).reason},
	{"minutes_left", "how long until the session ends, after the warning", (*turn).minutesLeft},
	{"languages", "the languages of the texts", (*turn).languages},
	{"client", "the name of the learner's client", (*turn).clientName},
	{"prepare_first", "empty, or what the client needs once before OTR, and then", (*turn).prepareFirst},
}, slices.Concat(ways(), places())...)

// reasons are the kind words for what zxcvbn finds.
var reasons = map[secret.Reason]string{
	secret.Empty:       "it is empty",
	secret.NotText:     "it holds signs that I cannot read",
	secret.TooShort:    "it is short",
	secret.CommonTerm:  "many people choose it",
	secret.PlainWord:   "it is a word of the dictionary",
	secret.PersonName:  "it is a name",
	secret.OwnWord:     "it has to do with you or me",
	secret.Backwards:   "it is a word written backwards",
	secret.Substituted: "swapping letters for digits is a known trick",
	secret.KeyboardRow: "its keys are neighbours on the keyboard",
	secret.Repeated:    "it repeats itself",
	secret.Sequence:    "it follows a row such as abc or 123",
	secret.Date:        "dates are soon guessed",
}

func (u *turn) reason() string {
	if u.isBurnt(secret.New(u.sig.Text)) {
		return u.translate("it has stood in this chat, or was tried too often")
	}
	for _, r := range u.strength(secret.New(u.sig.Text)).Reasons {
		if text := reasons[r]; text != "" {
			return u.translate(text)
		}
	}
	return u.translate("it is soon guessed")
}

func (u *turn) minutesLeft() string {
	left := (u.t.o.Expiry - u.t.o.Warning).Round(time.Minute)
	if left < 2*time.Minute {
		return u.translate("one minute")
	}
	return fmt.Sprintf(u.translate("%d minutes"), int(left/time.Minute))
}

// languageNames are how languages call themselves, for those most likely.
var languageNames = map[string]string{
	"ar": "العربية", "de": "Deutsch", "en": "English", "es": "español", "fa": "فارسی", "fr": "français", "it": "italiano",
	"nl": "Nederlands", "pl": "polski", "pt": "português", "ru": "русский", "tr": "Türkçe", "uk": "українська", "zh": "中文",
}

func (u *turn) languages() string {
	var all []string
	for _, locale := range u.t.o.Locales {
		short, _, _ := strings.Cut(locale, "_")
		if name := languageNames[short]; name != "" {
			locale = name + " (" + locale + ")"
		}
		all = append(all, locale)
	}
	return strings.Join(all, ", ")
}

// vars are the variables that a text names.
func (u *turn) vars(text string) map[string]string {
	all := map[string]string{}
	for _, v := range variableTable {
		if strings.Contains(text, "{"+v.name+"}") {
			all[v.name] = v.value(u)
		}
	}
	return all
}

func (u *turn) render(name string) string { return u.fill(u.t.lesson.Texts[name].Body) }

func (u *turn) renderAgain(name string) string {
	if again := u.t.lesson.Texts[name].Again; again != "" {
		return u.fill(again)
	}
	return u.render(name)
}

// fill is a text of the lesson in the learner's language, variables filled in.
func (u *turn) fill(text string) string {
	text = u.translate(text)
	return lesson.Render(text, u.vars(text))
}

// tellsCode reports whether a text holds the code.
func (u *turn) tellsCode(name string) bool {
	return strings.Contains(u.t.lesson.Texts[name].Body, "{code}")
}

func (u *turn) translate(text string) string {
	if u.t.o.Translate == nil || text == "" {
		return text
	}
	return u.t.o.Translate(u.s.Locale, text)
}

// speakable takes out what some clients would read as HTML.
func speakable(s string) string {
	return strings.NewReplacer("<", "", ">", "", "&", "+").Replace(s)
}
