package otrxmpp

import (
	"strings"
	"time"

	"otrbot/otr"
)

func (r *Result) add(more Result) {
	r.Send = append(r.Send, more.Send...)
	r.Events = append(r.Events, more.Events...)
}

// reach is the conversation of the current device, set to its instance, for something that only a private conversation
// with a client that is there can do.
func (e *Endpoint) reach() (*otr.Conversation, error) {
	switch {
	case e.State() == otr.Finished:
		return nil, otr.ErrFinished
	case e.State() != otr.Encrypted:
		return nil, otr.ErrNotEncrypted
	case !e.current.here():
		return nil, ErrAway
	}
	return e.selected(e.current), nil
}

// Send sends a text: encrypted in a private conversation, else in clear, or held if the policy requires encryption. A peer
// whose client sends HTML gets the text escaped, for it would take it for HTML. The errors are ErrAway and those of
// package otr, such as otr.ErrFinished after the peer has ended the private conversation; then nothing was sent, and
// nothing is kept. An empty text is nothing.
func (e *Endpoint) Send(text string, now time.Time) (Result, error) {
	e.now = now
	var r Result
	if text == "" {
		return r, nil
	}
	if e.State() == otr.Plaintext {
		err := e.sendInClear(&r, text)
		return r, err
	}
	conv, err := e.reach()
	if err != nil {
		return r, err
	}
	result, err := conv.Send(e.current.style.write(text))
	e.take(&r, e.current.route, result)
	return r, err
}

// sendInClear leaves to package otr what the policy says about texts in clear. It must not be asked where it would encrypt
// for another device instead.
func (e *Endpoint) sendInClear(r *Result, text string) error {
	conv := e.selected(e.current)
	if conv.State() == otr.Plaintext {
		result, err := conv.Send(text)
		if len(result.Send) > 0 && classify(result.Send[0]).kind == query {
			if e.exchanging() || within(e.now, e.queried, exchangeTime) {
				result.Send = nil // the text is held; the query before this one is being answered
			}
			e.asked()
		}
		e.take(r, e.Route(), result)
		return err
	}
	if e.config.OTR.Policy.Has(otr.RequireEncryption) {
		return otr.ErrNotEncrypted
	}
	e.send(r, e.Route(), []string{text})
	return nil
}

// take passes on the result of an action of ours.
func (e *Endpoint) take(r *Result, to string, result otr.Result) {
	e.send(r, to, result.Send)
	for _, event := range result.Events {
		translateSent(r, event)
	}
}

// asked notes that a query of ours goes out.
func (e *Endpoint) asked() {
	e.queried = e.now
	if e.since.IsZero() {
		e.since = e.now
	}
}

// Start asks the peer for a private conversation; in one, for new keys. While a key exchange is under way it does nothing:
// some clients do not survive two at once. Call it again after ten seconds if nothing has come of it. ErrAway says that
// the peer was here and has left.
func (e *Endpoint) Start(now time.Time) (Result, error) {
	e.now = now
	var r Result
	if e.exchanging() {
		return r, nil
	}
	if e.gone() {
		return r, ErrAway
	}
	result, err := e.channels[0].conv.Start()
	if err != nil {
		return r, err
	}
	e.asked()
	e.send(&r, e.Route(), result.Send)
	return r, nil
}

// gone reports whether devices were seen and none of them is here any more.
func (e *Endpoint) gone() bool {
	for _, d := range e.devices {
		if d.here() {
			return false
		}
	}
	return len(e.devices) > 0
}

// Refresh makes new keys for the private conversation.
func (e *Endpoint) Refresh(now time.Time) (Result, error) {
	e.now = now
	var r Result
	conv, err := e.reach()
	if err != nil {
		return r, err
	}
	result, err := conv.Refresh()
	if err == nil {
		e.exchanged = now
	}
	e.take(&r, e.current.route, result)
	return r, err
}

// End ends the private conversation; texts go out in clear from then on, to the device that wrote last. After the peer
// has ended it, or lost it, it says that the program knows. In clear it does nothing.
func (e *Endpoint) End(now time.Time) (Result, error) {
	e.now = now
	var r Result
	if e.current == nil {
		return r, nil
	}
	if err := e.end(&r, e.current); err != nil {
		return r, err
	}
	if e.on {
		e.on = false
		r.emit(OTRDisabled{})
	}
	e.settle()
	if d := e.find(e.heard); d != nil && e.stateOf(d) == otr.Plaintext {
		e.current = d
	}
	return r, nil
}

// EndAll ends the private conversations with all of the peer's devices.
func (e *Endpoint) EndAll(now time.Time) (Result, error) {
	e.now = now
	var r Result
	for _, d := range e.devices {
		if d == e.current {
			continue
		}
		if err := e.end(&r, d); err != nil {
			return r, err
		}
	}
	last, err := e.End(now)
	r.add(last)
	return r, err
}

// end says goodbye to a device, if it is there to hear it.
func (e *Endpoint) end(r *Result, d *device) error {
	d.lost = false
	if d.channel == nil {
		return nil
	}
	result, err := e.selected(d).End()
	if err != nil {
		return err
	}
	for _, event := range result.Events {
		if aborted, ok := event.(otr.SMPAborted); ok {
			e.smpAborted(r, d, aborted.Reason)
		}
	}
	if d.here() {
		e.take(r, d.route, result)
	}
	return nil
}

// Tick is to be called about every otr.TickInterval. It wipes what has grown stale, and gives up private conversations
// with clients that have been away too long. The error is nil in this version.
func (e *Endpoint) Tick(now time.Time) (Result, error) {
	e.now = now
	var r Result
	for _, c := range e.channels {
		e.take(&r, e.Route(), c.conv.Tick())
	}
	for _, d := range e.devices {
		if !d.here() && now.Sub(d.away) >= e.config.AwayLimit && e.stateOf(d) == otr.Encrypted {
			e.lose(&r, d)
		}
	}
	e.settle()
	return r, nil
}

// oneLine keeps a query in one message: some gateways make one of each line.
func oneLine(query string) string { return strings.Join(strings.Fields(query), " ") }
