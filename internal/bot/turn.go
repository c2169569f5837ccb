package bot

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"otrbot/internal/chatxml"
	"otrbot/internal/clients"
	"otrbot/internal/record"
	"otrbot/internal/tutor"
	"otrbot/internal/xmpp/stanza"
	"otrbot/otrxmpp"
)

// work is something that concerns one learner.
type work interface{ do(t *turn) }

// A turn is one piece of work being done: it collects what comes of it, keeps all of that in one change, and
// then lets it happen.
type turn struct {
	bot *Bot
	jid string
	now time.Time
	*live
	over  bool // the session has ended
	stale int  // how many of the texts that wait are from before the present effects

	handled, noted int64
	lang           string // of the stanza being handled
	locale         string // that the learner has chosen
	forgetSecret   bool   // that was set for the learner
	unlist         bool   // the learner was on the list for this session only

	progress *record.Progress // for a course page, where there is no session to tell it
	answer   record.Answer    // to what came from the page
	grade    *record.Grade

	out     []*stanza.Element
	news    clients.Evidence // of the learner's client, for the next signal
	after   []func()         // happens when the change is kept
	finally []func()         // happens when the turn is over, kept or not
}

// do is what the workers do.
func (b *Bot) do(jid string, w work) {
	t := &turn{bot: b, jid: jid, now: b.now(), live: b.lives.of(jid)}
	defer t.rescue()
	had := t.live != nil
	t.teach()
	w.do(t)
	t.pause()
	if t.finish(had) {
		for _, f := range t.after {
			f()
		}
	}
	for _, f := range t.finally {
		f()
	}
}

// rescue keeps a fault of the program to one piece of work: it is forgotten, and the learner's session is as it was kept
// last.
func (t *turn) rescue() {
	fault := recover()
	if fault == nil {
		return
	}
	b := t.bot
	b.log.Error("a bug: a piece of work was given up", "fault", fmt.Sprint(fault), "stack", string(debug.Stack()))
	sessions, err := b.store.Sessions(context.Background())
	if err = b.spared(err); err != nil {
		b.storeFailed(err)
		return
	}
	var before *tutor.Tutor
	if t.live != nil {
		before = t.tutor
	}
	b.lives.put(t.jid, nil)
	for _, s := range sessions {
		if s.JID != t.jid {
			continue
		}
		if l, err := b.restore(s, before); err == nil {
			b.lives.put(s.JID, l)
			b.alarms.set(s.JID, s.Due)
		}
	}
	t.drop()
	for _, f := range t.finally {
		f()
	}
}

// finish keeps the change and sends what belongs to it. False means that it could not be kept: the bot stops.
func (t *turn) finish(had bool) bool {
	b := t.bot
	if t.live == nil && !had && len(t.out) == 0 && t.progress == nil {
		return t.drop()
	}
	c := record.Change{JID: t.jid, Handled: t.handled, Noted: t.noted, ForgetSecret: t.forgetSecret, Unlist: t.unlist}
	c.Locale = t.locale
	c.Progress = t.report()
	c.Grade = t.grade
	if t.live != nil && !t.over {
		data, err := t.keep()
		if err != nil {
			b.log.Error("a session cannot be kept", "session", t.id, "err", err)
			b.storeFailed(err)
			return false
		}
		c.Session, c.Due = data, b.due(t.live)
	}
	var written []*stanza.Element
	for _, e := range t.out {
		xml, err := e.Append(nil, "")
		if err != nil {
			b.log.Error("a stanza cannot be written", "err", err)
			continue
		}
		written = append(written, e)
		c.Out = append(c.Out, record.Out{JID: t.jid, Stanza: xml})
	}
	ids, err := b.store.Commit(context.Background(), c)
	if err != nil {
		b.storeFailed(err)
		return false
	}
	b.settle(t, c)
	for i, id := range ids {
		b.outgoing.send(t.jid, written[i], id)
	}
	return true
}

// drop is the end of a piece of work that led to nothing.
func (t *turn) drop() bool {
	ctx := context.Background()
	var err error
	if t.handled != 0 {
		err = t.bot.store.DropIn(ctx, t.handled)
	}
	if t.noted != 0 && err == nil {
		err = t.bot.store.NoteDone(ctx, t.noted)
	}
	if err != nil {
		t.bot.storeFailed(err)
	}
	return err == nil
}

// settle brings memory up to date with what was kept.
func (b *Bot) settle(t *turn, c record.Change) {
	if c.Session == nil {
		if t.live != nil {
			t.endpoint.Close()
		}
		b.lives.put(t.jid, nil)
		b.alarms.set(t.jid, time.Time{})
		return
	}
	b.lives.put(t.jid, t.live)
	b.alarms.set(t.jid, c.Due)
}

// refused drops a stanza that the client will never take.
func (b *Bot) refused(id int64, err error) {
	b.log.Error("a stanza was refused and is dropped", "err", err)
	if id == 0 {
		return
	}
	if err := b.store.DropOut(context.Background(), id); err != nil {
		b.storeFailed(err)
	}
}

// begin makes sure that the learner has a session.
func (t *turn) begin() bool {
	if t.live != nil {
		return !t.over
	}
	learner, ok := t.bot.learners.of(t.jid)
	if !ok {
		return false
	}
	id, known := t.enrolled()
	learner.Enrolment = id
	l, err := t.bot.newLive(learner, t.now)
	if err != nil {
		t.bot.log.Error("no session could begin", "err", err)
		return false
	}
	t.live, l.known = l, &known
	t.bot.log.Info("a session begins", "session", l.id)
	t.giveSecret(t.secret())
	return !t.over
}

// take takes what a call of the endpoint led to.
func (t *turn) take(r otrxmpp.Result, err error) {
	for _, o := range r.Send {
		t.put(o)
	}
	if err != nil {
		t.bot.log.Warn("something could not be done", "session", t.id, "err", err)
	}
	for _, e := range r.Events {
		t.happened(e)
	}
}

// put adds a message to what will be sent.
func (t *turn) put(o otrxmpp.Outgoing) { t.out = append(t.out, chatxml.Write(o)) }
