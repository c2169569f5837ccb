package otrxmpp

import (
	"slices"
	"strings"
	"time"

	"otrbot/otr"
)

// Presence says that a resource of the peer became available or unavailable. A private conversation with a client that
// goes away is frozen: see Away.
//
// That a bare JID is unavailable means all resources whose presence was told: RFC 6121, "Server Processing of Inbound
// Presence Probe". It is also what some servers answer to a request for a subscription, and then says nothing about a
// client that is known by its messages alone.
func (e *Endpoint) Presence(from string, available bool, now time.Time) Result {
	e.now = now
	var r Result
	switch {
	case available:
		e.meet(from).shown = true
	case strings.Contains(from, "/"):
		e.leaves(e.find(from))
	default:
		for _, d := range slices.Clone(e.devices) {
			if d.shown {
				e.leaves(d)
			}
		}
	}
	return r
}

// leaves says that a device is not there any more. One that no conversation needs is forgotten.
func (e *Endpoint) leaves(d *device) {
	if d == nil {
		return
	}
	if d.here() {
		d.away = e.now
	}
	if d != e.current && e.stateOf(d) == otr.Plaintext {
		e.drop(d)
	}
}

// receiveBounce takes a message of ours that came back. What it quotes is never looked at.
func (e *Endpoint) receiveBounce(r *Result, m Message) {
	r.emit(Bounced{ID: m.ID, Condition: m.ErrorCondition})
	if !strings.HasPrefix(m.ID, e.prefix+"-") || !isGone(m.ErrorCondition) {
		return
	}
	d := e.find(m.From)
	if d == nil && m.From == e.config.Peer {
		d = e.current // the server answers for a client that has just left
	}
	if d == nil {
		return
	}
	if e.stateOf(d) == otr.Encrypted {
		e.lose(r, d)
	}
	e.leaves(d)
	e.settle()
}

// isGone reports whether a stanza error says that nobody is there: RFC 6120, "Defined Conditions". Others, such as
// "policy-violation" or "resource-constraint", are about the one message.
func isGone(condition string) bool {
	switch condition {
	case "service-unavailable", "recipient-unavailable", "item-not-found", "gone", "remote-server-not-found":
		return true
	}
	return false
}

// lose ends the private conversation with a device that cannot be reached any more. The program hears of it, and texts
// are refused until it says End: nothing that comes unprotected may turn a private conversation into an open one.
func (e *Endpoint) lose(r *Result, d *device) {
	for _, event := range e.hangUp(d) {
		if aborted, ok := event.(otr.SMPAborted); ok {
			e.smpAborted(r, d, aborted.Reason)
		}
		translateSent(r, event)
	}
	if d == e.current && e.on {
		d.lost = true
		e.on = false
		r.emit(OTRDisabled{Lost: true})
	}
}
