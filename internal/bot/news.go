package bot

import (
	"context"
	"maps"
	"time"

	"otrbot/internal/clients"
	"otrbot/internal/record"
	"otrbot/internal/tutor"
	"otrbot/internal/xmpp"
)

// woken is an alarm: a timer of the lesson, or a text that has been typed.
type woken struct{}

func (woken) do(t *turn) {
	if t.live == nil {
		return
	}
	t.speak(false)
	if at, ok := t.tutor.Due(t.session); ok && !at.After(t.now) {
		t.perform(t.tutor.Tick(t.session, t.now))
	}
	if !t.over {
		t.take(t.endpoint.Tick(t.now))
	}
}

// anew comes after a login that is no resumption: who is there will be told again, and what only directed presence has
// said must be said again.
type anew struct{}

func (anew) do(t *turn) {
	if t.live == nil {
		return
	}
	if len(t.online) > 0 {
		t.online = nil
		t.signal(tutor.Signal{Event: tutor.LearnerLeft})
	}
	shown{}.do(t)
}

// shown comes after presence for everybody, which has replaced the learner's own status (RFC 6121, 4.6).
type shown struct{}

func (shown) do(t *turn) {
	if t.live != nil && t.status != "" {
		t.out = append(t.out, xmpp.Presence(t.jid, "", t.status))
	}
}

// doubted means that stanzas to the learner may have been lost: the lesson's step is told again.
type doubted struct{}

func (doubted) do(t *turn) {
	if t.live == nil {
		return
	}
	t.repeat()
}

// repeat tells the step of the lesson again.
func (t *turn) repeat() {
	effects, err := t.tutor.Order(t.session, "repeat", t.now)
	if err != nil {
		return // the lesson has nothing to repeat here
	}
	t.perform(effects)
}

// seen is the answer to a version query.
type seen struct{ client clients.Evidence }

func (w seen) do(t *turn) {
	if t.live != nil {
		t.signal(tutor.Signal{Event: tutor.ClientSeen, Client: w.client})
	}
}

// askVersion asks the learner's client for its name: XEP-0092. The answer comes as seen.
func (t *turn) askVersion() {
	b, jid, whom := t.bot, t.jid, t.endpoint.Route()
	if whom == jid {
		return // no client is known yet
	}
	t.after = append(t.after, func() {
		b.settling.start(func(ctx context.Context) {
			s, err := b.client.SoftwareVersion(ctx, whom)
			if err != nil {
				return // many clients do not say
			}
			b.post(jid, seen{clients.Evidence{Software: s.Name, Version: s.Version, OS: s.OS}})
		})
	})
}

// closing says goodbye: the bot stops for good.
type closing struct{ done func() }

func (w closing) do(t *turn) {
	if t.live != nil {
		t.signal(tutor.Signal{Event: tutor.Closing})
	}
	t.finally = append(t.finally, w.done)
}

// noted is a note of another process.
type noted struct{ note record.Note }

func (w noted) do(t *turn) {
	t.noted = w.note.ID
	switch w.note.Kind {
	case record.NoteSecret:
		t.heardOfSecret()
	case record.NoteWeakSecret:
		if t.live != nil {
			t.signal(tutor.Signal{Event: tutor.SecretReceived, Text: string(w.note.Data), Weak: true})
		}
	case record.NoteCode:
		t.submitted(w.note, tutor.CodeReceived)
	case record.NoteFingerprint:
		t.submitted(w.note, tutor.FingerprintReceived)
	case record.NoteEnrolled:
		t.claimed()
	case record.NoteRestored:
		accepted{}.do(t)
	case record.NoteReset:
		if t.live != nil {
			t.signal(tutor.Signal{Event: tutor.Reset})
		}
	case record.NoteRemove:
		if t.live != nil {
			t.removed()
		}
		t.after = append(t.after, func() { t.bot.dismiss(t.jid) })
	case record.NoteInvite:
		t.after = append(t.after, t.bot.lookAtRoster)
	}
}

// removed ends the session of somebody who was taken off the list, or has changed the address on a page and back.
func (t *turn) removed() {
	ev := tutor.Removed
	if _, listed := t.bot.learners.of(t.jid); listed {
		ev = tutor.Reset
	}
	t.signal(tutor.Signal{Event: ev})
}

// listen takes notes of pages and commands, in this process or another, until ctx ends. Somebody waits for the answer
// to some of them: the question whether there are any costs microseconds.
func (b *Bot) listen(ctx context.Context) {
	const every = 100 * time.Millisecond
	tick := time.NewTicker(every)
	defer tick.Stop()
	taken := make(map[int64]bool)
	for more := true; ; {
		changed, err := b.store.Changed(ctx)
		if err == nil && (changed || more) {
			more, err = b.takeNotes(ctx, taken)
		}
		if err != nil && ctx.Err() == nil {
			b.storeFailed(err)
			return
		}
		select {
		case <-ctx.Done():
			return
		case asked := <-b.pulse.notes:
			close(asked)
		case c := <-b.changes:
			if err := b.adopt(ctx, c.Config); err != nil && ctx.Err() == nil {
				b.storeFailed(err)
				return
			}
			close(c.taken)
		case <-tick.C:
		}
	}
}

// takeNotes hands out the notes that were not taken yet. It reports whether some are left, because too much waits for
// their learner: of one learner none may overtake another.
func (b *Bot) takeNotes(ctx context.Context, taken map[int64]bool) (more bool, err error) {
	notes, err := b.store.Notes(ctx)
	if err = b.spared(err); err != nil {
		return false, err
	}
	if err := b.readLearners(ctx); err != nil {
		return false, err
	}
	open := make(map[int64]bool, len(notes))
	full := make(map[string]bool)
	for _, n := range notes {
		open[n.ID] = true
		switch {
		case taken[n.ID]:
		case full[n.JID] || b.post(n.JID, noted{n}) != nil:
			full[n.JID] = true
		default:
			taken[n.ID] = true
		}
	}
	maps.DeleteFunc(taken, func(id int64, _ bool) bool { return !open[id] })
	return len(full) > 0, nil
}
