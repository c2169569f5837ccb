package bot

import (
	"otrbot/internal/record"
	"otrbot/internal/tutor"
	"otrbot/internal/xmpp"
	"otrbot/otrxmpp"
)

// perform does what the tutor says.
func (t *turn) perform(effects []tutor.Effect) {
	t.stale = len(t.sayings)
	for _, e := range effects {
		if t.over {
			return
		}
		switch e := e.(type) {
		case tutor.Say:
			t.say(e)
		case tutor.StartOTR:
			t.take(t.endpoint.Start(t.now))
		case tutor.EndOTR:
			t.take(t.endpoint.EndAll(t.now))
		case tutor.StartSMP:
			t.verify(t.endpoint.StartSMP([]byte(e.Secret.Reveal()), t.now))
		case tutor.AskSMP:
			t.verify(t.endpoint.AskSMP(e.Question, []byte(e.Secret.Reveal()), t.now))
		case tutor.AnswerSMP:
			t.verify(t.endpoint.AnswerSMP([]byte(e.Secret.Reveal()), t.now))
		case tutor.AbortSMP:
			t.take(t.endpoint.AbortSMP(t.now))
		case tutor.Status:
			t.showStatus(e.Text)
		case tutor.Pace:
			if !e.On {
				t.speak(true)
			}
		case tutor.AskVersion:
			t.askVersion()
		case tutor.Grade:
			t.bot.log.Info("a lesson was graded", "session", t.id, "passed", e.Passed)
			t.give(1, true)
		case tutor.Judged:
			t.answer.Verdict, t.answer.Left = e.Verdict, e.Left
		case tutor.ForgetSecret:
			t.forgetSecret = true
		case tutor.Language:
			t.choose(e.Locale)
		case tutor.Retire:
			t.retire(e.Status)
		}
	}
}

// verify takes what a step of a verification led to. One that could not be made is given up, so that the lesson does not
// wait for it.
func (t *turn) verify(r otrxmpp.Result, err error) {
	t.take(r, err)
	if err != nil {
		t.signal(tutor.Signal{Event: tutor.SMPAborted, ByPeer: true})
	}
}

// showStatus changes the status text of our presence for the learner.
func (t *turn) showStatus(text string) {
	if t.status == text {
		return
	}
	t.status = text
	t.out = append(t.out, xmpp.Presence(t.jid, "", text))
}

// retire ends the session: nothing of it is kept. For the learner we go offline, with a status that says how to come
// back. Whom a course has put on the list stays there until the lesson is passed: "hello" is all that it takes to go on.
func (t *turn) retire(status string) {
	t.speak(true)
	t.over = true
	t.take(t.endpoint.EndAll(t.now))
	t.out = append(t.out, xmpp.Presence(t.jid, "unavailable", status))
	t.bot.log.Info("a session ends", "session", t.id, "state", string(t.session.State))
	if learner, _ := t.bot.learners.of(t.jid); learner.Source == record.FromCourse && t.session.Passed {
		t.unlist = true // the page can put them there again
		t.after = append(t.after, func() {
			t.bot.learners.unlist(t.jid)
			t.bot.lookAtRoster()
		})
	}
}
