package bot

import (
	"errors"
	"time"

	"otrbot/internal/tutor"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

// say takes a text of the tutor: it goes out at once, or is typed.
func (t *turn) say(s tutor.Say) {
	one := saying{Text: s.Text, Private: s.Private || t.endpoint.State() == otr.Encrypted, Begin: t.now, Due: t.now}
	if s.Urgent {
		// What was being typed before may not be true any more.
		t.sayings = append([]saying{one}, t.sayings[min(t.stale, len(t.sayings)):]...)
		t.stale = 0
	} else {
		t.line(one, t.duration(s.Text))
	}
	t.speak(false)
}

// duration is how long the bot types a text for this learner.
func (t *turn) duration(text string) time.Duration {
	if t.session.Fast {
		return 0
	}
	return pace{t.bot.options.Load().typingSpeed}.typing(text, t.bot.dice())
}

// speak sends the texts that are due: all of them when hurry is true, for somebody who writes meanwhile is faster than
// the bot and need not wait. It tells the learner when the typing of the next one begins.
func (t *turn) speak(hurry bool) {
	for len(t.sayings) > 0 && (hurry || !t.sayings[0].Due.After(t.now)) {
		first := t.sayings[0]
		t.sayings = t.sayings[1:]
		if !t.utter(first) {
			t.sayings = append([]saying{first}, t.sayings...)
			return
		}
	}
	if len(t.sayings) == 0 {
		t.sayings = nil
		return
	}
	if first := t.sayings[0]; !t.composing && !first.short() && !first.Begin.After(t.now) {
		t.composing = true
		t.put(otrxmpp.Outgoing{To: t.endpoint.Route(), Type: "chat", ChatState: "composing"})
	}
}

// pause ends a typing notice that no text has ended, because it was not to be said any more.
func (t *turn) pause() {
	if t.live != nil && !t.over && t.composing && len(t.sayings) == 0 {
		t.composing = false
		t.put(otrxmpp.Outgoing{To: t.endpoint.Route(), Type: "chat", ChatState: "active"})
	}
}

// utter sends a text, unless the conversation is not what it was meant for any more. False means that the learner's
// client is away and could not read it.
func (t *turn) utter(s saying) bool {
	if s.Private != (t.endpoint.State() == otr.Encrypted) {
		return true
	}
	r, err := t.endpoint.Send(s.Text, t.now)
	if errors.Is(err, otrxmpp.ErrAway) {
		return false
	}
	for i := range r.Send {
		if t.composing {
			r.Send[i].ChatState = "active"
		}
	}
	t.composing = false
	t.take(r, err)
	return true
}
