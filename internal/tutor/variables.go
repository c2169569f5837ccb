package tutor

import (
	"fmt"
	"strings"
	"time"

	"otrbot/internal/clients"
	"otrbot/internal/lesson"
	"otrbot/internal/secret"
)

// variable is a row of the table of variables.
type variable struct {
	name, meaning string
	value         func(u *turn) string
}

func variableTable() []variable {
	all := []variable{
		{"bot_title", "the bot's name", func(u *turn) string { return u.t.o.BotTitle }},
		{"bot_description", "one sentence about the bot", func(u *turn) string { return u.t.o.BotDescription }},
		{"project_name", "where learners come from and can come back to", func(u *turn) string { return u.t.o.ProjectName }},
		{"helper", "who gives secrets and helps", func(u *turn) string { return u.t.o.Helper }},
		{"client", "the name of the learner's client", (*turn).clientName},
		{"code", "the code; only in texts of give_code", func(u *turn) string { return u.s.Code.Reveal() }},
		{"reason", "why the secret that arrived is easy to guess", (*turn).reason},
		{"minutes_left", "how long until the session ends, after the warning", (*turn).minutesLeft},
		{"languages", "the languages of the texts", (*turn).languages},
	}
	all = append(all, variable{"prepare_first", "empty, or what the client needs once before OTR, and then", (*turn).prepareFirst})
	for _, p := range pathTable {
		all = append(all, variable{p.name, p.meaning, func(u *turn) string { return u.path(p) }})
	}
	return all
}

// path is a row of the table of places in the learner's client.
type path struct {
	name    string
	action  clients.Action
	meaning string
	unknown string // where the client, or its label, is not known
	missing string // where the client cannot do it; "" is as unknown
}

const askInstead = "your program can answer such a check, but not begin it"

var pathTable = []path{
	{"start_path", clients.Start, "where to start OTR", "in the menu of this chat, at an entry about OTR, or about a private or encrypted conversation", ""},
	{"end_path", clients.End, "where to end OTR", "in the OTR menu, at an entry about ending it", ""},
	{"prepare_path", clients.Prepare, "what is needed once before OTR works", "in the settings of your program, where OTR may have to be switched on", ""},
	{"secret_path", clients.VerifySecret, "where to verify by shared secret", "in the OTR menu, at an entry about verifying or authenticating; then choose shared secret", askInstead},
	{"question_path", clients.VerifyQuestion, "where to verify by question", "in the OTR menu, at an entry about verifying or authenticating; then choose question and answer", askInstead},
	{"fingerprint_path", clients.VerifyFingerprint, "where to see our fingerprint", "in the OTR menu, at an entry about fingerprints", ""},
	{"own_fingerprint_path", clients.OwnFingerprint, "where to see the own fingerprint", "in the OTR menu, at an entry about your own fingerprint", ""},
	{"answer_path", clients.Answer, "how to answer our verification", "in the window or the line that has come up", ""},
	{"answer_question_path", clients.AnswerQuestion, "how to answer our question", "in the window or the line that has come up", ""},
	{"state_plain", clients.StatePlain, "the client's words for not encrypted", "not private", ""},
	{"state_unverified", clients.StateUnverified, "the client's words for encrypted but not verified", "unverified", ""},
	{"state_verified", clients.StateVerified, "the client's words for verified", "verified", ""},
	{"state_finished", clients.StateFinished, "the client's words for ended by the other side", "finished", ""},
}

// client is what we take the learner's program for.
func (u *turn) client() clients.Client {
	if seen := clients.Recognise(u.s.Evidence); seen.Known() {
		return seen
	}
	return clients.ByID(u.s.Named)
}

func (u *turn) clientName() string {
	if c := u.client(); c.Known() {
		return speakable(c.Name)
	}
	return u.translate("your chat program")
}

func (u *turn) path(p path) string {
	c := u.client()
	form := c.Path(u.s.Locale, p.action)
	switch {
	case form != "":
		return speakable(u.steps(form))
	case p.missing != "" && c.Gap(p.action) == clients.NotOffered:
		return u.translate(p.missing)
	}
	return u.translate(p.unknown)
}

// prepareFirst is what some clients need once, before where OTR is started.
func (u *turn) prepareFirst() string {
	if form := u.client().Path(u.s.Locale, clients.Prepare); form != "" {
		return fmt.Sprintf(u.translate("once, %s, then "), speakable(form))
	}
	return ""
}

// steps puts the labels of a menu in quotation marks, and says what the words
// in capitals of a command stand for.
func (u *turn) steps(form string) string {
	if labels := strings.Split(form, " > "); len(labels) > 1 {
		return "“" + strings.Join(labels, "”, “") + "”"
	}
	var notes []string
	for _, w := range []struct{ word, means string }{
		{clients.WordSecret, "SECRET stands for our secret"},
		{clients.WordAnswer, "ANSWER stands for our secret"},
		{clients.WordQuestion, "QUESTION for any words"},
		{clients.WordFingerprint, "FINGERPRINT for the 40 digits"},
		{clients.WordNick, "NICK for my name in your list"},
	} {
		if strings.Contains(form, w.word) {
			notes = append(notes, u.translate(w.means))
		}
	}
	if len(notes) == 0 {
		return form
	}
	return form + " (" + strings.Join(notes, ", ") + ")"
}

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

func (u *turn) vars() map[string]string {
	all := map[string]string{}
	for _, v := range variableTable() {
		all[v.name] = v.value(u)
	}
	return all
}

func (u *turn) render(name string) string {
	return lesson.Render(u.translate(u.t.lesson.Texts[name].Body), u.vars())
}

func (u *turn) renderAgain(name string) string {
	again := u.t.lesson.Texts[name].Again
	if again == "" {
		return u.render(name)
	}
	return lesson.Render(u.translate(again), u.vars())
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
