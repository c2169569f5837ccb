package bot

import (
	"slices"
	"strings"
	"time"

	"otrbot/internal/chatxml"
	"otrbot/internal/clients"
	"otrbot/internal/record"
	"otrbot/internal/tutor"
	"otrbot/internal/xmpp"
	"otrbot/internal/xmpp/stanza"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

// arrived is a stanza of a learner.
type arrived struct {
	e  *stanza.Element
	in int64     // its number in the inbox
	at time.Time // zero: it was kept by an earlier process
}

func (w arrived) do(t *turn) {
	t.handled, t.lang = w.in, w.e.Lang()
	switch w.e.Local {
	case "message":
		t.message(w.e, w.at)
	case "presence":
		t.presence(w.e)
	}
}

// message takes a message. Only a text begins a session: typing notices and bounces do not.
func (t *turn) message(e *stanza.Element, at time.Time) {
	m, _ := chatxml.Read(e)
	if t.bot.journal.timely(m.Delay) {
		m.Delay = time.Time{}
	}
	began := t.live == nil
	if began && (!opens(m) || !t.begin()) {
		return
	}
	if b := t.bot; len(m.Bodies) > 0 && !at.IsZero() { // typing notices need no answer
		t.after = append(t.after, func() { b.config.Watch.Answered(b.now().Sub(at)) })
	}
	_, _, resource := stanza.SplitJID(m.From)
	t.news = clients.Evidence{Resource: resource, HTML: m.XHTML}
	r := t.endpoint.Receive(m, t.now)
	t.take(r, nil)
	if began && !t.over && slices.ContainsFunc(r.Events, lost) {
		t.signal(tutor.Signal{Event: tutor.Unreadable}) // of a conversation from before a backup was restored
	}
}

// lost reports whether a message was encrypted for an instance of ours that is no more.
func lost(e otrxmpp.Event) bool {
	one, is := e.(otrxmpp.Ignored)
	return is && one.Why == otr.OtherInstance.String()
}

// opens reports whether a message may begin a session. What a learner's program reports by itself does not.
func opens(m otrxmpp.Message) bool {
	if len(m.Bodies) == 0 || m.Type == "error" {
		return false
	}
	return !strings.HasPrefix(m.Bodies[0].Text, "?OTR Error")
}

// presence takes the learner's coming and going, and the answers to invitations.
func (t *turn) presence(e *stanza.Element) {
	from := e.Attr("from")
	switch e.Attr("type") {
	case "subscribe":
		t.bot.learners.decline(t.jid, false)
		t.after = append(t.after, func() { t.bot.approve(t.jid) })
	case "unsubscribed":
		t.bot.learners.decline(t.jid, true)
		t.unreachable(record.TroubleNoAnswer)
	case "error":
		t.unreachable(record.TroubleBounced)
	case "subscribed":
		t.bot.learners.decline(t.jid, false)
		accepted{}.do(t)
	case "":
		t.came(from, e)
	case "unavailable":
		t.left(from)
	}
}

// accepted is the beginning: we see the learner.
type accepted struct{}

func (accepted) do(t *turn) {
	if t.live == nil && t.begin() {
		t.signal(tutor.Signal{Event: tutor.ContactAccepted})
	}
}

// came is a client of the learner that is there now.
func (t *turn) came(from string, e *stanza.Element) {
	if t.live == nil {
		return
	}
	_, _, resource := stanza.SplitJID(from)
	back := len(t.online) == 0
	fresh := !slices.Contains(t.online, resource) && len(t.online) < maxOnline
	if fresh {
		t.online = append(t.online, resource)
	}
	t.take(t.endpoint.Presence(from, true, t.now), nil)
	if fresh && t.status != "" { // what the server showed them on our behalf had no words for them alone
		t.out = append(t.out, xmpp.Presence(t.jid, "", t.status))
	}
	if caps := e.Child(stanza.NSCaps, "c"); caps != nil {
		t.news = clients.Evidence{CapsNode: caps.Attr("node")}
	}
	if back {
		t.signal(tutor.Signal{Event: tutor.LearnerReturned})
	}
	t.speak(false)
	if t.missed {
		t.missed = false
		t.repeat()
	}
}

// maxOnline bounds how many clients of one learner are counted.
const maxOnline = 20

// left is a client of the learner that is gone.
func (t *turn) left(from string) {
	if t.live == nil {
		return
	}
	_, _, resource := stanza.SplitJID(from)
	was := len(t.online)
	t.online = slices.DeleteFunc(t.online, func(r string) bool { return r == resource })
	t.take(t.endpoint.Presence(from, false, t.now), nil)
	if was > 0 && len(t.online) == 0 {
		t.signal(tutor.Signal{Event: tutor.LearnerLeft})
	}
}
