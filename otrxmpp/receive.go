package otrxmpp

import (
	"time"

	"otrbot/otr"
)

// The namespace of OTR in XEP-0380.
const nsOTR = "urn:xmpp:otr:0"

// An exchange that both sides begin at once can break clients, so for so long neither a tag nor a call of Start begins
// another one.
const (
	exchangeTime = 10 * time.Second
	// restartPause is how long an error of the peer does not lead to another key exchange.
	restartPause = time.Minute
)

// arrival is a body on its way through the endpoint.
type arrival struct {
	Message
	traits
	text    string
	device  *device
	channel *channel
	old     bool // kept by a server, and from before OTR was on
}

// Receive takes a message from the peer, of any kind: it is safe, and meant, for all of them. It cannot fail: what a peer
// or a stranger does wrong is an event.
func (e *Endpoint) Receive(m Message, now time.Time) Result {
	e.now = now
	var r Result
	switch {
	case m.Type == "error":
		e.receiveBounce(&r, m)
	case m.Carbon:
		// XEP-0364, "Carbons": a copy of another device's message belongs to another conversation; anyone could
		// have forged it besides.
		r.emit(Ignored{Why: "a carbon copy"})
	case m.Type == "groupchat":
		r.emit(Refused{GroupChat})
	case m.MUCInvite:
		r.emit(Refused{Invitation})
	case m.MUCPrivate:
		r.emit(Refused{MUCPrivate})
	case m.Type == "headline":
		r.emit(Ignored{Why: "a headline"})
	default:
		e.receiveChat(&r, m)
	}
	return r
}

func (e *Endpoint) receiveChat(r *Result, m Message) {
	a := &arrival{Message: m, text: m.body()}
	a.traits = classify(a.text)
	a.old = !m.Delay.IsZero() && (e.since.IsZero() || m.Delay.Before(e.since.Truncate(time.Second)))
	switch {
	case !a.kind.otr() && m.Encryption != "" && m.Encryption != nsOTR:
		r.emit(OtherEncryption{m.Encryption}) // the body, if any, is a note for clients that cannot decrypt
	case a.text == "":
		// Chat states, receipts, markers: nothing was said.
	case a.old && a.kind.otr():
		// Its keys are gone, and an error back would be about something that nobody remembers.
		r.emit(Ignored{Why: "a message of OTR from before"})
	case a.kind == data && e.recent.has(a.text):
		r.emit(Ignored{Why: "a data message that came twice"})
	default:
		e.receiveText(r, a)
	}
}

func (e *Endpoint) receiveText(r *Result, a *arrival) {
	if a.kind == query || a.kind == tagged {
		a.v2 = a.v2 && e.config.OTR.Policy.Has(otr.AllowV2)
		a.v3 = a.v3 && e.config.OTR.Policy.Has(otr.AllowV3)
	}
	if a.device = e.find(a.From); a.Delay.IsZero() {
		a.device = e.meet(a.From)
	} else if a.device == nil {
		a.device = e.meet(a.From)
		a.device.away = e.now // it was there once; whether it still is its presence must tell
	}
	if a.channel = e.channelFor(a.device, a.traits); a.channel == nil {
		r.emit(Ignored{Why: "too many clients of version 2"})
		return
	}
	if a.kind == tagged {
		r.emit(Tagged{})
	}
	a.channel.conv.SetPolicy(e.policyFor(a))
	result := a.channel.conv.Receive(a.text)
	a.channel.conv.SetPolicy(e.config.OTR.Policy)
	if e.isRepeated(a, result.Events) {
		r.emit(Ignored{Why: "a fragment that came twice"})
		return
	}
	if e.since.IsZero() && a.kind.otr() {
		e.since = e.now
	}
	e.note(a, &result)
	e.send(r, a.From, result.Send)
	for _, event := range result.Events {
		e.translate(r, a, event)
	}
	e.settle()
	if a.ReceiptAsked && a.ID != "" && readable(a, &result) {
		r.Send = append(r.Send, Outgoing{To: a.From, ID: e.nextID(), Type: "chat", ReceiptFor: a.ID})
	}
}

// policyFor is the policy, without what would begin a key exchange at the wrong moment.
func (e *Endpoint) policyFor(a *arrival) otr.Policy {
	policy := e.config.OTR.Policy
	busy := e.exchanging()
	if busy || within(e.now, e.queried, exchangeTime) || !a.Delay.IsZero() {
		policy &^= otr.WhitespaceStartAKE
	}
	if busy || within(e.now, e.restarted, restartPause) {
		policy &^= otr.ErrorStartAKE
	}
	return policy
}

// exchanging reports whether a key exchange is under way. One that has not ended by then never will.
func (e *Endpoint) exchanging() bool { return within(e.now, e.exchanged, exchangeTime) }

// within reports whether something happened less than d ago. A clock that was set back has forgotten it.
func within(now, then time.Time, d time.Duration) bool {
	return !then.IsZero() && !now.Before(then) && now.Sub(then) < d
}

// isRepeated reports whether a fragment of a message that was read before has come once more.
func (e *Endpoint) isRepeated(a *arrival, events []otr.Event) bool {
	return a.kind == fragment && rejected(events) && e.recent.has(a.text)
}

// note remembers what later messages are judged by.
func (e *Endpoint) note(a *arrival, result *otr.Result) {
	if (a.kind == data || a.kind == fragment) && !rejected(result.Events) {
		e.recent.add(a.text)
	}
	for _, body := range result.Send {
		switch {
		case a.kind == complaint && classify(body).kind == query:
			e.restarted, e.queried = e.now, e.now
		case startsExchange(body):
			e.exchanged = e.now
		}
	}
}

func rejected(events []otr.Event) bool {
	for _, event := range events {
		if _, ok := event.(otr.Rejected); ok {
			return true
		}
	}
	return false
}

// readable reports whether a message has been understood, so that its arrival may be confirmed. An error is not: XEP-0184,
// "When to Request Receipts" keeps them out of error handling.
func readable(a *arrival, result *otr.Result) bool {
	switch {
	case a.kind == complaint || rejected(result.Events):
		return false
	case a.kind == fragment:
		return len(result.Events)+len(result.Send) > 0 // the last one
	default:
		return true
	}
}

// send addresses bodies of package otr.
func (e *Endpoint) send(r *Result, to string, bodies []string) {
	for _, body := range bodies {
		k := classify(body).kind
		if k == query {
			body = oneLine(body)
		}
		r.Send = append(r.Send, Outgoing{
			To: to, ID: e.nextID(), Type: "chat", Body: body, OTR: k.otr(), EME: k.encoded(),
		})
	}
}
