package web

import (
	"net/url"
	"strconv"

	"otrbot/gettext"
	"otrbot/internal/record"
	"otrbot/internal/secret"
)

// An answer is what the bot makes of something that the learner entered.
type answer struct {
	Fingerprint bool // it was one; else a code
	Checking    bool // the bot has not said yet
	Verdict     record.Verdict
	Left        int
}

// answerOf is the verdict on the note that the page's address names.
func answerOf(p record.Progress, q url.Values) answer {
	for _, kind := range []string{"code", "fingerprint"} {
		note, err := strconv.ParseInt(q.Get(kind), 10, 64)
		if err != nil || note <= 0 {
			continue
		}
		a := answer{Fingerprint: kind == "fingerprint"}
		switch {
		case p.Answer.Note == note && timely(p, a.Fingerprint):
			a.Verdict, a.Left = p.Answer.Verdict, p.Answer.Left
		case p.Answer.Note < note:
			a.Checking = true
		}
		return a
	}
	return answer{}
}

// timely reports whether the bot's answer is still about what is: the address of the page stays, and the chat goes on.
func timely(p record.Progress, fingerprint bool) bool {
	encrypted := reached(p, record.StepEncrypted) && !p.Ended
	code := reached(p, record.StepCode) && !p.Ended
	switch v := p.Answer.Verdict; {
	case fingerprint && v == record.VerdictNone:
		return !encrypted || code // at the last step OTR may be off, and the code counts even so
	case fingerprint:
		return encrypted
	case v == record.VerdictWrong || v == record.VerdictWornOut:
		return code
	case v == record.VerdictRight:
		return p.Step == record.StepDone
	}
	return !code
}

// accepted is what is said of a secret that was set a moment ago, by its score; "" nothing.
func accepted(score string, has bool) gettext.Msg {
	n, err := strconv.Atoi(score)
	if err != nil || !has || n < secret.Enough || n >= secret.Enough+len(strengths) {
		return ""
	}
	return strengths[n-secret.Enough]
}

// strengths are in words what secret.Strength counts, from secret.Enough on.
var strengths = [...]gettext.Msg{
	"Your secret is set. It is good enough here: whoever guesses has to guess in the chat, where you notice it. A longer one would be better for other purposes.",
	"Your secret is set. It is a good one, and would take very long to guess.",
	"Your secret is set. It is a very good one: nobody will guess it.",
}
