package otrxmpp

import (
	"strings"
	"time"

	"otrbot/otr"
)

// translate says in terms of people and devices what happened in an OTR conversation.
func (e *Endpoint) translate(r *Result, a *arrival, event otr.Event) {
	switch event := event.(type) {
	case otr.Received:
		e.heardPrivate(r, a, event)
	case otr.ReceivedInClear:
		e.heardInClear(r, a, event)
	case otr.Heartbeat:
		if !event.Sent {
			e.authentic(r, a, event.Instance)
		}
	case otr.Requested:
		e.requested(r, a, event)
	case otr.Secured:
		e.secured(r, a, event)
	case otr.Ended:
		e.ended(r, a, event)
	case otr.NewFingerprint:
		r.emit(NewKey{event.Fingerprint})
	case otr.PeerError:
		r.emit(PeerError{event.Text})
	case otr.Rejected:
		e.rejected(r, a, event)
	default:
		e.translateSMP(r, a, event)
		translateSent(r, event)
	}
}

// authentic says that a message proved to be from an instance: its client is at the route that the message came by.
func (e *Endpoint) authentic(r *Result, a *arrival, tag otr.InstanceTag) {
	if !e.bind(a.device, a.channel, tag) || a.device != e.current {
		return
	}
	if s, ok := a.channel.conv.SessionOf(tag); ok {
		r.emit(OTRAlreadySetup{Session: s, Resumed: true})
	}
}

// acts says that the person did something at a device, so that the conversation goes on there. It may be private there.
func (e *Endpoint) acts(r *Result, d *device) {
	if d == e.current && e.on {
		return
	}
	if d != e.current && e.on {
		r.emit(OtherDevice{Resource: resource(d.route), Moved: true})
	}
	e.current = d
	if s, ok := e.Session(); ok && !e.on {
		e.on = true
		r.emit(OTREnabled{Session: s, PeerStarted: true})
	}
}

func (e *Endpoint) heardPrivate(r *Result, a *arrival, event otr.Received) {
	e.authentic(r, a, event.Instance)
	if event.Text == "" {
		return // records of other programs, for which there is no use here
	}
	e.acts(r, a.device)
	e.heard = a.From
	trust, _ := e.config.User.Trust(e.peer(), event.Fingerprint)
	r.emit(MessageReceived{
		Text: a.device.style.read(event.Text), Raw: event.Text, Encrypted: true, Verified: trust.Trusted(),
		Delayed: !a.Delay.IsZero(), Resource: resource(a.From), ID: a.ID,
	})
}

// heardInClear obeys Protocol v3, "Receiving plaintext without the whitespace tag". What came unprotected never moves or
// ends a private conversation: that is the program's part, which knows whether to warn or to ask.
func (e *Endpoint) heardInClear(r *Result, a *arrival, event otr.ReceivedInClear) {
	if strings.TrimSpace(event.Text) == "" && a.kind == tagged {
		return
	}
	if a.Delay.IsZero() {
		e.heard = a.From
		switch {
		case e.State() == otr.Plaintext:
			e.acts(r, a.device)
		case a.device != e.current:
			r.emit(OtherDevice{Resource: resource(a.From)})
		}
	}
	r.emit(MessageReceived{
		Text: event.Text, Raw: event.Text, Leak: e.private() && !a.old,
		Delayed: !a.Delay.IsZero(), Resource: resource(a.From), ID: a.ID,
	})
}

func (e *Endpoint) requested(r *Result, a *arrival, event otr.Requested) {
	a.device.asked = true
	r.emit(Requested{Text: event.Text, Versions: event.Versions})
	if e.State() == otr.Plaintext {
		e.acts(r, a.device)
	}
}

// secured takes in a new private conversation, or new keys. It becomes the one that counts unless another device has one
// and its person has not asked for this one.
func (e *Endpoint) secured(r *Result, a *arrival, event otr.Secured) {
	before := e.owner(a.channel, event.Session.Instance)
	renewed := e.on && before != nil && before == e.current
	e.bind(a.device, a.channel, event.Session.Instance)
	a.device.lost, a.device.smp = false, smpRun{}
	if !renewed {
		a.device.style = unknownStyle
	}
	asked := a.device.asked
	a.device.asked = false
	e.exchanged = time.Time{}
	if e.on && a.device != e.current && e.current.here() && !asked {
		r.emit(OtherDevice{Resource: resource(a.From)})
		return
	}
	if e.on && a.device != e.current {
		r.emit(OtherDevice{Resource: resource(a.From), Moved: true})
	}
	e.current = a.device
	if e.on {
		r.emit(OTRAlreadySetup{Session: event.Session, PeerStarted: event.PeerStarted, KeyChanged: renewed && !event.Refreshed})
		return
	}
	e.on = true
	r.emit(OTREnabled{Session: event.Session, PeerStarted: event.PeerStarted})
}

func (e *Endpoint) ended(r *Result, a *arrival, event otr.Ended) {
	if !event.ByPeer {
		return
	}
	e.authentic(r, a, event.Instance)
	if a.device == e.current && e.on {
		e.on = false
		r.emit(OTRDisabled{ByPeer: true})
	}
}

// settle forgets when OTR began once nobody speaks it any more.
func (e *Endpoint) settle() {
	underWay := within(e.now, e.exchanged, restartPause) || within(e.now, e.queried, restartPause)
	if !e.on && !underWay && !e.private() {
		e.since = time.Time{}
	}
}

func (e *Endpoint) rejected(r *Result, a *arrival, event otr.Rejected) {
	ours := a.receiver != 0 && a.receiver == a.channel.conv.OurInstance()
	switch event.Reason {
	case otr.Unreadable, otr.NotInPrivate, otr.Malformed, otr.TooLarge:
	case otr.OtherInstance:
		if ours { // of an instance that we have no keys of any more
			break
		}
		fallthrough // Protocol v3, "Instance Tags": for another client of ours, "discard the message"
	default:
		r.emit(Ignored{Why: event.Reason.String(), Detail: event.Detail, Handshake: event.Reason == otr.HandshakeFailed})
		return
	}
	r.emit(Unreadable{Reason: event.Reason, Detail: event.Detail, Resource: resource(a.From)})
}

// translateSent tells what became of texts that waited.
func translateSent(r *Result, event otr.Event) {
	switch event := event.(type) {
	case otr.Held:
		r.emit(Held{event.Text})
	case otr.Resent:
		r.emit(Resent{event.Text})
	case otr.NotSent:
		r.emit(NotSent{event.Text})
	}
}
