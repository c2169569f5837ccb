package otrxmpp

import (
	"time"

	"otrbot/otr"
)

// smpRun is a verification under way.
type smpRun struct {
	running  bool
	asked    bool // we asked
	question bool // with a question
}

// translateSMP obeys the original's names: two for a request, two for a result, one for none.
func (e *Endpoint) translateSMP(r *Result, a *arrival, event otr.Event) {
	switch event := event.(type) {
	case otr.SMPAsked:
		e.authentic(r, a, event.Instance)
		e.acts(r, a.device)
		e.smpAsked(r, a, event)
	case otr.SMPAdvanced:
		e.authentic(r, a, event.Instance)
	case otr.SMPSucceeded:
		e.authentic(r, a, event.Instance)
		e.smpDone(r, a.device, CorrectSecretReceived{Asked: a.device.smp.asked, Question: a.device.smp.question})
	case otr.SMPFailed:
		e.authentic(r, a, event.Instance)
		e.smpDone(r, a.device, IncorrectSecretReceived{Asked: a.device.smp.asked, Question: a.device.smp.question})
	case otr.SMPAborted:
		e.smpAborted(r, e.owner(a.channel, event.Instance), event.Reason)
	case otr.TrustChanged:
		r.emit(TrustChanged{Fingerprint: event.Fingerprint, Trust: event.Trust})
	}
}

func (e *Endpoint) smpAsked(r *Result, a *arrival, event otr.SMPAsked) {
	a.device.smp = smpRun{running: true, question: event.HasQuestion}
	if event.HasQuestion {
		r.emit(SMPQuestionUsed{event.Question})
	} else {
		r.emit(SMPStarted{})
	}
	if e.secret == nil {
		return
	}
	if answer, err := e.AnswerSMP(e.secret, e.now); err == nil {
		r.add(answer)
		e.used()
	}
}

// smpDone tells a result. One of a device that the person has left meanwhile says nothing about who is here.
func (e *Endpoint) smpDone(r *Result, d *device, result Event) {
	d.smp = smpRun{}
	if d == e.current {
		r.emit(result)
	} else {
		r.emit(Ignored{Why: "the result of a verification at another device"})
	}
}

// smpAborted tells the end of a verification; some clients send an abort without one.
func (e *Endpoint) smpAborted(r *Result, d *device, reason otr.SMPAbortReason) {
	if d == nil || !d.smp.running {
		return
	}
	d.smp = smpRun{}
	if d == e.current {
		r.emit(SMPAborted{ByPeer: reason == otr.AbortedByPeer, Reason: reason})
	}
}

// SetSecret is the original's set_secret: it gives the secret for the next verification, which answers the one that waits,
// if there is one. With start it begins one. Otherwise it is kept, and answers the next that the peer asks for. The
// Endpoint takes a copy, and wipes it when it is used; nil forgets the secret that is kept.
func (e *Endpoint) SetSecret(s []byte, start bool, now time.Time) (Result, error) {
	e.now = now
	e.keep(s)
	var r Result
	if s == nil {
		return r, nil
	}
	r.emit(SecretReceived{})
	var next Result
	var err error
	switch {
	case e.smpState() == otr.SMPAwaitingUser:
		next, err = e.AnswerSMP(s, now)
	case start:
		next, err = e.StartSMP(s, now)
	default:
		return r, nil
	}
	if err == nil {
		e.used()
	}
	r.add(next)
	return r, err
}

// used forgets the secret that a verification has taken, unless it is for all of them.
func (e *Endpoint) used() {
	if !e.config.AutoAnswer {
		e.keep(nil)
	}
}

// StartSMP asks the peer to prove that they know the same secret.
func (e *Endpoint) StartSMP(s []byte, now time.Time) (Result, error) {
	return e.smpAction(now, smpRun{running: true, asked: true}, func(c *otr.Conversation) (otr.Result, error) { return c.StartSMP(s) })
}

// AskSMP does the same with a question, whose answer is the secret. Its success says something about the peer to us, and
// nothing about us to the peer.
func (e *Endpoint) AskSMP(question string, s []byte, now time.Time) (Result, error) {
	return e.smpAction(now, smpRun{running: true, asked: true, question: true}, func(c *otr.Conversation) (otr.Result, error) {
		return c.AskSMP(question, s)
	})
}

// AnswerSMP gives our secret to the verification that the peer asked for; otr.ErrNoSMPRequest if none waits.
func (e *Endpoint) AnswerSMP(s []byte, now time.Time) (Result, error) {
	e.now = now
	if e.smpState() != otr.SMPAwaitingUser {
		return Result{}, otr.ErrNoSMPRequest
	}
	return e.smpAction(now, e.current.smp, func(c *otr.Conversation) (otr.Result, error) { return c.AnswerSMP(s) })
}

// AbortSMP breaks off the verification.
func (e *Endpoint) AbortSMP(now time.Time) (Result, error) {
	return e.smpAction(now, smpRun{}, func(c *otr.Conversation) (otr.Result, error) { return c.AbortSMP() })
}

// smpAction does something about a verification, which is at next afterwards.
func (e *Endpoint) smpAction(now time.Time, next smpRun, do func(*otr.Conversation) (otr.Result, error)) (Result, error) {
	e.now = now
	var r Result
	conv, err := e.reach()
	if err != nil {
		return r, err
	}
	result, err := do(conv)
	if err != nil {
		return r, err
	}
	for _, event := range result.Events {
		if aborted, ok := event.(otr.SMPAborted); ok {
			e.smpAborted(&r, e.current, aborted.Reason)
		}
	}
	e.current.smp = next
	e.send(&r, e.current.route, result.Send)
	return r, nil
}
