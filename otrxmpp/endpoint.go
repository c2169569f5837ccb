package otrxmpp

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"otrbot/otr"
)

// Endpoint is one account's end of what it and one peer say to each other, whichever clients the peer uses. It belongs
// to one goroutine at a time. Each call says what time it is; time never runs backwards.
type Endpoint struct {
	config Config
	now    time.Time

	// channels are the OTR conversations. The first one has all instances of version 3, which name themselves, and one
	// client of version 2; each further client of version 2 has a channel of its own, because it has no name but its
	// route.
	channels []*channel
	devices  []*device
	current  *device // the one that the person is at; nil before anything was heard
	heard    string  // the route that the latest text came from

	on     bool   // what the program was told last
	secret secret // for the next verification; nil: none

	since     time.Time // when OTR began to be spoken; zero: it is not
	queried   time.Time // our latest query
	exchanged time.Time // our latest message of a key exchange that has not ended yet; zero: none
	restarted time.Time // our latest query that answered an error
	recent    recent    // data messages

	prefix string // of the ids of our stanzas
	count  uint64 // of our stanzas
}

// channel is an OTR conversation. Route is that of its client of version 2; empty: it has none.
type channel struct {
	conv  *otr.Conversation
	route string
}

// ErrAway means that none of the peer's clients is there that could read the message. It was not sent and is not kept:
// OTR does not go through a server's store for absent users.
var ErrAway = errors.New("otrxmpp: the peer's client is away")

// State is what happens to a text: sent in clear, sent encrypted, or refused because the private conversation is over and
// the program has not called End yet.
func (e *Endpoint) State() otr.MessageState {
	switch {
	case e.current == nil:
		return otr.Plaintext
	case e.current.lost:
		return otr.Finished
	default:
		return e.stateOf(e.current)
	}
}

// Session describes the private conversation; false if there is none.
func (e *Endpoint) Session() (otr.Session, bool) {
	if e.State() != otr.Encrypted {
		return otr.Session{}, false
	}
	return e.current.channel.conv.SessionOf(e.current.tag)
}

// Verified reports whether the conversation is private with a key that is trusted.
func (e *Endpoint) Verified() bool {
	s, ok := e.Session()
	return ok && s.Trust.Trusted()
}

// SMPRunning reports whether a verification is under way.
func (e *Endpoint) SMPRunning() bool { return e.smpState() != otr.SMPIdle }

func (e *Endpoint) smpState() otr.SMPState {
	if e.State() != otr.Encrypted {
		return otr.SMPIdle
	}
	return e.selected(e.current).SMPState()
}

// Route is where the next text goes: the full JID that the person wrote from last, or the bare one.
func (e *Endpoint) Route() string {
	if d := e.current; d != nil && (d.here() || e.stateOf(d) == otr.Encrypted) {
		return d.route
	}
	return e.config.Peer
}

// Away reports whether the private conversation is frozen, because the client it is with went away. Send and the other
// actions that need the client give ErrAway until it comes back, under whatever resource.
func (e *Endpoint) Away() bool { return e.State() == otr.Encrypted && !e.current.here() }

// Close wipes all secrets without telling the peer: prefer EndAll first.
func (e *Endpoint) Close() {
	for _, c := range e.channels {
		c.conv.Close()
	}
	e.devices, e.current, e.on = nil, nil, false
	e.since, e.exchanged = time.Time{}, time.Time{}
	e.keep(nil)
}

// Format writes what this is, whatever the verb: its keys, its secret and who the peer is never print.
func (Endpoint) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("otrxmpp endpoint")) }

func (e *Endpoint) nextID() string {
	e.count++
	return e.prefix + "-" + strconv.FormatUint(e.count, 36)
}
