package otrxmpp

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"otrbot/otr"
)

// ErrSnapshot is wrapped by the errors of Restore that the snapshot causes.
var ErrSnapshot = errors.New("otrxmpp: unusable snapshot")

// snapshotFormat begins every snapshot; its last byte is the version of the format.
const snapshotFormat = "otrxmpp endpoint\x01"

// Snapshot is everything that Restore needs to go on after a restart. Take one after each call that returns a Result, and
// keep it before the stanzas of the Result are sent: then no message is lost or accepted twice. It holds keys and a
// secret: the caller must seal it, as [otr.Conversation.Snapshot] says. The error is nil in this version.
func (e *Endpoint) Snapshot() ([]byte, error) {
	var conversations [][]byte
	for _, c := range e.channels {
		b, err := c.conv.Snapshot()
		if err != nil {
			return nil, err
		}
		conversations = append(conversations, b)
	}
	return e.write(conversations), nil
}

// write is a snapshot with those of the channels' conversations.
func (e *Endpoint) write(conversations [][]byte) []byte {
	w := writer(snapshotFormat)
	w.text(e.config.Account.Name)
	w.text(e.config.Account.Protocol)
	w.text(e.config.Peer)
	w.text(e.prefix)
	w.long(e.count)
	w.text(e.heard)
	w.flags(e.on, e.secret != nil)
	w.bytes(e.secret)
	w.times(e.since, e.queried, e.exchanged, e.restarted)
	w.long(uint64(len(e.recent)))
	for _, d := range e.recent {
		w.long(d)
	}
	w.long(uint64(len(e.channels)))
	for i, c := range e.channels {
		w.text(c.route)
		w.bytes(conversations[i])
	}
	w.long(uint64(len(e.devices)))
	for _, d := range e.devices {
		e.writeDevice(&w, d)
	}
	w.long(uint64(slices.Index(e.devices, e.current) + 1))
	return w
}

func (e *Endpoint) writeDevice(w *writer, d *device) {
	w.text(d.route)
	w.long(uint64(slices.Index(e.channels, d.channel) + 1))
	w.long(uint64(d.tag))
	w.times(d.away)
	w.flags(d.lost, d.asked, d.smp.running, d.smp.asked, d.smp.question)
	w.long(uint64(d.style))
}

// Restore goes on from the latest snapshot, with the same account and peer; the rest of the configuration may be another.
// It asks Config.OTR.Time, or the machine, what time it is.
//
// The error wraps ErrSnapshot if the snapshot has no meaning, is of another version, or of another conversation; only the
// seal finds every damage.
func Restore(c Config, snapshot []byte) (*Endpoint, error) {
	e, err := newEndpoint(c)
	if err != nil {
		return nil, err
	}
	body, ok := bytes.CutPrefix(snapshot, []byte(snapshotFormat))
	if !ok {
		return nil, fmt.Errorf("%w: not an endpoint, or of another version of the format", ErrSnapshot)
	}
	r := &reader{rest: body}
	if r.text() != c.Account.Name || r.text() != c.Account.Protocol || r.text() != c.Peer {
		return nil, fmt.Errorf("%w: of another conversation", ErrSnapshot)
	}
	e.now = clock(c.OTR)() // package otr makes message counters of it, so that none comes twice
	conversations, err := e.read(r)
	if err != nil {
		e.Close()
		return nil, fmt.Errorf("%w: %w", ErrSnapshot, err)
	}
	// What reads well but is not what Snapshot writes was made or changed by something else. Package otr looks at its
	// own parts in the same way.
	if !bytes.Equal(e.write(conversations), snapshot) {
		e.Close()
		return nil, fmt.Errorf("%w: not in its only form", ErrSnapshot)
	}
	return e, nil
}

func clock(c otr.Config) func() time.Time {
	if c.Time != nil {
		return c.Time
	}
	return time.Now
}

var errValue = errors.New("a value that never occurs")

// read takes in a snapshot, and also returns those of the conversations in it.
func (e *Endpoint) read(r *reader) (conversations [][]byte, err error) {
	e.prefix, e.count, e.heard = r.text(), r.long(), r.text()
	var kept bool
	r.flags(&e.on, &kept)
	if s := r.bytes(); kept {
		e.secret = append(secret{}, s...)
	}
	r.times(&e.since, &e.queried, &e.exchanged, &e.restarted)
	for range r.count(recentLength) {
		e.recent = append(e.recent, r.long())
	}
	for range r.count(maxChannels) {
		conversation, err := e.readChannel(r)
		if err != nil {
			return nil, err
		}
		conversations = append(conversations, conversation)
	}
	if len(e.channels) == 0 {
		return nil, errValue
	}
	for range r.count(maxDevices) {
		if err := e.readDevice(r); err != nil {
			return nil, err
		}
	}
	if n := r.count(len(e.devices)); n > 0 {
		e.current = e.devices[n-1]
	}
	return conversations, r.done()
}

func (e *Endpoint) readChannel(r *reader) (conversation []byte, err error) {
	route, conversation := r.text(), r.bytes()
	if r.err != nil {
		return nil, r.err
	}
	conv, err := e.config.User.RestoreConversation(e.peer(), e.config.OTR, conversation)
	if err != nil {
		return nil, err
	}
	e.channels = append(e.channels, &channel{conv: conv, route: route})
	return conversation, nil
}

func (e *Endpoint) readDevice(r *reader) error {
	d := &device{route: r.text(), shown: true}
	if n := r.count(len(e.channels)); n > 0 {
		d.channel = e.channels[n-1]
	}
	tag := r.long()
	d.tag = otr.InstanceTag(tag)
	r.times(&d.away)
	r.flags(&d.lost, &d.asked, &d.smp.running, &d.smp.asked, &d.smp.question)
	d.style = style(r.long())
	if r.err != nil {
		return r.err
	}
	if d.style > htmlStyle || uint64(d.tag) != tag || e.find(d.route) != nil {
		return errValue
	}
	e.devices = append(e.devices, d)
	return nil
}
