package tutor

import (
	"slices"
	"strings"
	"time"

	"otrbot/gettext"
	"otrbot/internal/lesson"
	"otrbot/internal/secret"
)

// variable is a row of the table of variables.
type variable struct {
	name, meaning string
	value         func(u *turn) string
}

var variableTable = append([]variable{
	{"bot_title", "the bot's name", func(u *turn) string { return u.foreign(u.t.o.BotTitle) }},
	{"bot_description", "one sentence about the bot", func(u *turn) string { return u.own(u.t.o.BotDescription) }},
	{"project_name", "where learners come from and can come back to", func(u *turn) string { return u.own(u.t.o.ProjectName) }},
	{"helper", "who gives secrets and helps", func(u *turn) string { return u.own(u.t.o.Helper) }},
	{"code", "the code; only in texts of give_code", func(u *turn) string { return u.foreign(u.s.Code.Reveal()) }},
	{"reason", "why the secret that arrived is easy to guess", (*turn).reason},
	{"minutes_left", "how long until the session ends, after the warning", (*turn).minutesLeft},
	{"languages", "the languages of the texts", (*turn).languages},
	{"client", "the name of the learner's client", (*turn).clientName},
	{"prepare_first", "empty, or what the client needs once before OTR, and then", (*turn).prepareFirst},
}, slices.Concat(ways(), places())...)

// reasons are the kind words for what zxcvbn finds.
//
// translators: why a secret is easy to guess; “it” is the secret
var reasons = map[secret.Reason]gettext.Msg{
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
		return u.fragment("it has stood in this chat, or was tried too often")
	}
	for _, r := range u.strength(secret.New(u.sig.Text)).Reasons {
		if message := reasons[r]; message != "" {
			return u.fragment(message)
		}
	}
	return u.fragment("it is soon guessed")
}

func (u *turn) minutesLeft() string {
	left := (u.t.o.Expiry - u.t.o.Warning).Round(time.Minute)
	// translators: as in “In 5 minutes I end this session”
	return u.in.Count("{n} minute", "{n} minutes", max(1, int(left/time.Minute)))
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

func (u *turn) render(name string) string { return u.fill(name, u.t.lesson.Texts[name].Body) }

func (u *turn) renderAgain(name string) string {
	if again := u.t.lesson.Texts[name].Again; again != "" {
		return u.fill(name, again)
	}
	return u.render(name)
}

// fill is a text of the lesson in the learner's language, variables filled in.
func (u *turn) fill(name, text string) string {
	text = u.in.In(u.t.lesson.Context(name), gettext.Msg(text))
	return lesson.Render(text, u.vars(text))
}

// tellsCode reports whether a text holds the code.
func (u *turn) tellsCode(name string) bool {
	return strings.Contains(u.t.lesson.Texts[name].Body, "{code}")
}
