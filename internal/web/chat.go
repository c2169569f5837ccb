package web

import (
	"slices"
	"strings"

	"otrbot/gettext"
	"otrbot/internal/clients"
	"otrbot/internal/record"
)

// A chat is what the bot sees of it, and what to do next.
type chat struct {
	Seen        []seenLine
	Next        act
	Fingerprint string // the bot's; "" until the learner has entered it as their own program shows it
	Compare     bool   // there is something to compare
	Form        bool   // compare it here and now
	ShowsIt     string // where the learner's program shows it; "" not known
}

// A seenLine is one thing that the bot can see.
type seenLine struct {
	What  gettext.Msg
	State string // "done", "now" or "later"
}

// An act is what a learner does next in the chat program.
type act struct {
	What    gettext.Msg
	Program string      // recognised; "" is not
	In      []group     // the program; or several, if none was recognised
	Word    string      // stands for the secret in a command; "" there is none
	Why     gettext.Msg // no way: what else
}

// A way is a menu path or a command of one program.
type way struct {
	Program, Path string
	Typed         bool
	When          gettext.Msg // in which case; "" in every one
}

// cases tell actions apart where several may be right.
var cases = map[clients.Action]gettext.Msg{
	clients.Prepare:      "Once, before the first time",
	clients.VerifySecret: "If you begin",
	clients.Answer:       "If the bot asks you",
}

// recommended are the programs for those who have none yet, best first.
var recommended = []string{"thunderbird", "coyim"}

func chatOf(p record.Progress, lang string, compare bool) chat {
	c := chat{Next: nextAct(p, lang)}
	lines := []struct {
		step record.Step
		what gettext.Msg
	}{
		{record.StepChatting, "You and the bot can write to each other"},
		{record.StepEncrypted, "The conversation is encrypted"},
		{record.StepVerified, "You both know who the other is"},
		{record.StepCode, "The bot has told you the code"},
	}
	now := false
	for _, l := range lines {
		state := "later"
		switch {
		case reached(p, l.step):
			state = "done"
		case !now:
			state, now = "now", true
		}
		c.Seen = append(c.Seen, seenLine{l.what, state})
	}
	if reached(p, record.StepEncrypted) {
		c.Fingerprint, c.Compare, c.Form = p.Fingerprint, p.Fingerprint == "", compare
		c.ShowsIt = clients.ByID(p.Client).Path(lang, clients.VerifyFingerprint)
	}
	return c
}

// nextAct is the one thing to do now.
func nextAct(p record.Progress, lang string) act {
	switch {
	case p.Ended && reached(p, record.StepChatting):
		return act{What: "Write “hello” to the bot in your chat program: it begins again, and this page goes on with it."}
	case reached(p, record.StepVerified):
		return act{What: "Read on in the chat: the bot is about to tell you a code. Enter it here."}
	case reached(p, record.StepEncrypted):
		return actIn(p.Client, lang, "Check that you are really talking to the bot, with your shared secret:", clients.VerifySecret, clients.Answer)
	case reached(p, record.StepChatting):
		return actIn(p.Client, lang, "Start an encrypted conversation with the bot:", clients.Prepare, clients.Start)
	}
	if p.Invited.IsZero() {
		return act{What: "Add the bot as a contact in your chat program: that is the quickest. Then write “hello” to it."}
	}
	return act{What: "Accept the bot's invitation in your chat program, or add the bot as a contact there. Then write “hello” to it."}
}

// actIn is an act by the program's own menus. Of several actions all are named that the program has a path for.
func actIn(client, lang string, what gettext.Msg, actions ...clients.Action) act {
	a := act{What: what}
	ids := recommended
	if c := clients.ByID(client); c.Known() && c.OTR {
		a.Program, ids = c.Name, []string{client}
	}
	for _, id := range ids {
		c := clients.ByID(id)
		ways := waysOf(c, lang, actions)
		if len(ways) == 0 {
			continue
		}
		a.In = append(a.In, group{c.Name, ways})
		if c.Typed() && slices.ContainsFunc(ways, func(w way) bool { return strings.Contains(w.Path, clients.WordSecret) }) {
			a.Word = clients.WordSecret
		}
	}
	if len(a.In) == 0 {
		a.Why = "Look for a menu or a button named OTR, or for a lock; the bot tells you more in the chat."
	}
	return a
}

// A group is the ways of one program.
type group struct {
	Program string
	Ways    []way
}

func waysOf(c clients.Client, lang string, actions []clients.Action) []way {
	var all []way
	for _, a := range actions {
		if path := c.Path(lang, a); path != "" && !slices.ContainsFunc(all, func(w way) bool { return w.Path == path }) {
			all = append(all, way{c.Name, path, c.Typed(), cases[a]})
		}
	}
	if len(all) == 1 && all[0].When != cases[clients.Answer] {
		all[0].When = ""
	}
	return all
}

// programs are the chat programs that a learner may know.
type programs struct {
	Best    []way    // with OTR: where it is started
	Others  []string // with OTR too
	Without []string // good programs for other things
}

// programsIn lists them with the menu paths of a language.
func programsIn(lang string) programs {
	var p programs
	for _, c := range clients.All() {
		w := way{Program: c.Name, Path: c.Path(lang, clients.Start), Typed: c.Typed()}
		switch {
		case slices.Contains(recommended, c.ID):
			p.Best = append(p.Best, w)
		case c.OTR && c.Living:
			p.Others = append(p.Others, c.Name)
		case c.Living:
			p.Without = append(p.Without, c.Name)
		}
	}
	slices.SortStableFunc(p.Best, func(a, b way) int { return rank(a.Program) - rank(b.Program) })
	return p
}

func rank(program string) int {
	return slices.IndexFunc(recommended, func(id string) bool { return clients.ByID(id).Name == program })
}
