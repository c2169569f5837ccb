package tutor

import (
	"strings"

	"otrbot/gettext"
	"otrbot/internal/clients"
)

// path is a row of the table of places in the learner's client.
type path struct {
	name    string
	action  clients.Action
	meaning string
	unknown gettext.Msg // where the client, or its label, is not known
	missing gettext.Msg // where the client cannot do it; "" is as unknown
}

// translators: follows “In this program:”
const askInstead gettext.Msg = "your program can answer such a check, but not begin it"

var secretPath = path{"secret_path", clients.VerifySecret, "where to verify by shared secret", "in the OTR menu, at an entry about verifying or authenticating; then choose shared secret", askInstead}

// translators: follows “In this program:” or “Look here:”, where the places of a program are not known
var pathTable = []path{
	{"start_path", clients.Start, "where to start OTR", "in the menu of this chat, at an entry about OTR, or about a private or encrypted conversation", ""},
	{"end_path", clients.End, "where to end OTR", "in the OTR menu, at an entry about ending it", ""},
	{"prepare_path", clients.Prepare, "what is needed once before OTR works", "in the settings of your program, where OTR may have to be switched on", ""},
	secretPath,
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

// places are the variables of the table.
func places() []variable {
	var all []variable
	for _, p := range pathTable {
		all = append(all, variable{p.name, p.meaning, func(u *turn) string { return u.path(p) }})
	}
	return append(all,
		variable{"otr_place", "what to look for to start OTR, in general", (*turn).otrPlace},
		variable{"verify_now_way", "where to begin to verify by shared secret, in general; for clients with commands the command", (*turn).verifyNowWay})
}

// otrPlace does not send anybody to look for menus who types commands.
func (u *turn) otrPlace() string {
	switch c := u.client(); {
	case c.Typed():
		// translators: follows “You are looking for”, as the next two do
		return u.fragment("a command that you type")
	case c.Known():
		return u.fragment("a button or a menu at the edge of this chat")
	}
	return u.fragment("a button, a menu or a command of this chat")
}

// verifyNowWay names the command at once where there is one: who types in the chat window what belongs behind it has
// told the secret.
func (u *turn) verifyNowWay() string {
	if c := u.client(); c.Typed() {
		// translators: a sentence without its full stop; “it” is the secret
		return u.fragment("In {client} it belongs only behind its command: {command}", "client", u.clientName(), "command", u.path(secretPath))
	}
	// translators: a sentence without its full stop; “it” is the secret
	return u.fragment("Where you switched OTR on, look for verify or authenticate, and type it there")
}

// client is what we take the learner's program for.
func (s *Session) client() clients.Client {
	if seen := clients.Recognise(s.Evidence); seen.Known() {
		return seen
	}
	return clients.ByID(s.Named)
}

func (u *turn) client() clients.Client { return u.s.client() }

// lacksOTR reports whether the learner's program is known not to speak OTR;
// one that has just done so is another than we take it for.
func (u *turn) lacksOTR() bool {
	c := u.client()
	return c.Known() && !c.OTR && !u.s.Channel.Encrypted
}

func (u *turn) clientName() string {
	if c := u.client(); c.Known() {
		return u.foreign(c.Name)
	}
	// translators: stands for the name of a program, as in “In your chat program: …”
	return u.fragment("your chat program")
}

func (u *turn) path(p path) string {
	c := u.client()
	form := c.Path(u.labels(), p.action)
	switch {
	case form != "":
		return u.steps(form)
	case c.Gap(p.action) == clients.NoOTR && !strings.HasPrefix(p.name, "state_"):
		// translators: follows “In this program:”
		return u.fragment("as far as I know it does not speak OTR, so please take another program for this lesson")
	case p.missing != "" && c.Gap(p.action) == clients.NotOffered:
		return u.fragment(p.missing)
	}
	return u.fragment(p.unknown)
}

// prepareFirst is what some clients need once, before where OTR is started.
func (u *turn) prepareFirst() string {
	if form := u.client().Path(u.labels(), clients.Prepare); form != "" {
		// translators: stands before where OTR is started; {steps} is a command or a place
		return u.fragment("once, {steps}, then", "steps", u.foreign(form)) + " "
	}
	return ""
}

// steps puts the labels of a menu in quotation marks, and says what the words in capitals of a command stand for.
func (u *turn) steps(form string) string {
	if labels := strings.Split(form, " > "); len(labels) > 1 {
		all := ""
		for _, label := range labels {
			// translators: a button or a menu of the learner's program
			all = u.listed(all, u.fragment("“{label}”", "label", u.foreign(label)))
		}
		return all
	}
	notes := ""
	for _, w := range []struct {
		word  string
		means gettext.Msg
	}{
		{clients.WordSecret, "{word} stands for our secret"},
		{clients.WordAnswer, "{word} stands for our secret"},
		{clients.WordQuestion, "{word} for any words"},
		{clients.WordFingerprint, "{word} for the 40 digits"},
		{clients.WordNick, "{word} for my name in your list"},
	} {
		if strings.Contains(form, w.word) {
			notes = u.listed(notes, u.fragment(w.means, "word", u.foreign(w.word)))
		}
	}
	if notes == "" {
		return u.foreign(form)
	}
	return u.foreign(form) + " (" + notes + ")"
}

// listed adds a part to a list in a sentence.
func (u *turn) listed(list, part string) string {
	if list == "" {
		return part
	}
	// translators: joins the parts of a list
	return u.fragment("{list}, {part}", "list", list, "part", part)
}
