package bot

import (
	"context"
	"encoding/json"
	"time"

	"otrbot/fsm"
	"otrbot/internal/record"
	"otrbot/internal/tutor"
)

// enrolled is the part in a course that the learner's address belongs to at present, and what is known of it there; 0:
// none.
func (t *turn) enrolled() (id int64, known record.Progress) {
	id, known, err := t.bot.store.Enrolled(context.Background(), t.jid)
	if err = t.bot.spared(err); err != nil {
		t.bot.storeFailed(err)
	}
	return id, known
}

// enrol finds out which course page the session belongs to now. A session leads through one lesson for one page, or for
// none, and ends when that changes: anybody may enter an address on a page, and must neither see nor take over what
// somebody has begun there.
func (t *turn) enrol() (id int64, known record.Progress) {
	id, known = t.enrolled()
	if t.live == nil || t.over {
		return id, known
	}
	before := t.enrolment
	t.enrolment, t.known, t.session.Page = id, &known, id != 0
	if id == before {
		return id, known
	}
	t.signal(tutor.Signal{Event: tutor.Reset})
	if id != 0 {
		t.progress = invited(known, t.now)
	}
	return id, known
}

// claimed comes when the address belongs to another enrolment, or the learner asks on the page to be invited again.
func (t *turn) claimed() {
	id, known := t.enrol()
	if id == 0 || t.live != nil && !t.over {
		return
	}
	t.progress = invited(known, t.now)
	if t.bot.learners.refuses(t.jid) {
		t.progress.Trouble = record.TroubleNoAnswer
	}
	since := t.progress.Since
	t.after = append(t.after, func() { t.bot.expect(t.jid, since) })
}

// asked comes when an invitation went out.
type asked struct{ at time.Time }

func (w asked) do(t *turn) {
	if t.live != nil {
		return
	}
	if id, p := t.enrolled(); id != 0 && p.Step == record.StepInvited && !p.Ended {
		p.Invited = w.at
		t.progress = &p
	}
}

// expect sees to it that somebody from a course page is greeted, or invited. A session that ended meanwhile may have
// taken them off our list; the store has kept them there.
func (b *Bot) expect(jid string, since time.Time) {
	if _, listed := b.learners.of(jid); !listed {
		if err := b.readLearners(context.Background()); err != nil {
			b.storeFailed(err)
			return
		}
	}
	b.learners.await(jid, since, true)
	b.lookAtRoster()
}

// invited is the progress of somebody who has no session yet. Who waits for an invitation already keeps the place in
// the line.
func invited(known record.Progress, now time.Time) *record.Progress {
	p := record.Progress{Step: record.StepInvited, Since: now, Active: known.Active}.After(known)
	if known.Step == record.StepInvited && known.Trouble == record.NoTrouble && known.Invited.IsZero() {
		p.Since = known.Since
	}
	return &p
}

// unreachable tells the page why an invitation leads to nothing.
func (t *turn) unreachable(why record.Trouble) {
	if t.live != nil {
		return
	}
	if id, p := t.enrolled(); id != 0 && p.Step == record.StepInvited && !p.Ended && p.Trouble != why {
		p.Trouble, p.Since = why, t.now
		t.progress = &p
	}
}

// submitted is a code or a fingerprint from a page. The page gets its answer together with what follows from it, unless
// the address is not that page's any more.
func (t *turn) submitted(note record.Note, as fsm.Event) {
	var s record.Submission
	if err := json.Unmarshal(note.Data, &s); err != nil {
		t.bot.log.Error("a note of a page cannot be read", "err", err)
		return
	}
	id, known := t.enrol()
	if id != s.Enrolment {
		return
	}
	t.answer = record.Answer{Note: note.ID, Verdict: record.VerdictNone}
	if t.live != nil {
		t.signal(tutor.Signal{Event: as, Text: s.Text})
	}
	if t.answer.Verdict == record.VerdictNone && as == tutor.CodeReceived && known.Best.Number() >= record.StepCode.Number() {
		t.answer.Verdict = record.VerdictOld
	}
	if t.live == nil {
		known.Active = t.now
		t.progress = &known
	}
}

// report is what a course page is to know after this turn; nil: nothing new.
func (t *turn) report() *record.Progress {
	switch {
	case t.progress != nil:
		p := *t.progress
		p.Answer = t.answer
		return &p
	case t.live == nil || t.enrolment == 0:
		return nil
	}
	if t.known == nil { // this process has not told anything yet
		_, known := t.enrolled()
		t.known = &known
	}
	p := t.session.Progress()
	p.Answer = t.answer
	p = p.After(*t.known)
	if p == *t.known {
		return nil
	}
	t.credit(t.known.Best, p.Best)
	t.known = &p
	return &p
}

// credits are what steps are worth that lead to the whole: only with Config.PartialCredit.
var credits = map[record.Step]float64{
	record.StepChatting: .25, record.StepEncrypted: .5, record.StepVerified: .75, record.StepCode: .75,
}

// credit grades a step that was never reached before.
func (t *turn) credit(before, now record.Step) {
	if t.bot.options.Load().partialCredit && t.grade == nil && credits[now] > credits[before] && before != record.StepDone {
		t.give(credits[now], false)
		t.bot.log.Info("a step was graded", "session", t.id, "score", credits[now])
	}
}

// give is a grade for the enrolment, if the learner has one.
func (t *turn) give(score float64, done bool) {
	if t.enrolment != 0 {
		t.grade = &record.Grade{Enrolment: t.enrolment, Score: score, Done: done, At: t.now}
	}
}
