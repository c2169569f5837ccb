package otrxmpp

import (
	"strings"
	"time"

	"otrbot/otr"
)

// device is a client of the peer. It is known by its route, the full JID that it writes from.
type device struct {
	route   string
	channel *channel        // of the instance; nil: none was heard
	tag     otr.InstanceTag // of the instance; 0 in version 2
	away    time.Time       // since when it is not there; zero: it is
	shown   bool            // its presence was told; not kept in snapshots, taken for true after a restart
	lost    bool            // its private conversation is over without a goodbye, and the program has not called End yet
	asked   bool            // its user asked for OTR: that is where the person is
	style   style           // of its private texts
	smp     smpRun
}

// maxDevices bounds what is remembered of one peer's clients.
const maxDevices = 8

// resource is the part of a full JID that names the client; XMPP Address Format, "Fundamentals": all after the first
// slash. Any string has one.
func resource(jid string) string {
	_, r, _ := strings.Cut(jid, "/")
	return r
}

func (d *device) here() bool { return d.away.IsZero() }

func (e *Endpoint) find(route string) *device {
	for _, d := range e.devices {
		if d.route == route {
			return d
		}
	}
	return nil
}

// meet is the device of a route, from now on remembered, and there.
func (e *Endpoint) meet(route string) *device {
	d := e.find(route)
	if d == nil {
		d = &device{route: route}
		e.makeRoom()
		e.devices = append(e.devices, d)
	}
	d.away = time.Time{}
	return d
}

// makeRoom forgets the device that was met first and has no private conversation, if there are too many.
func (e *Endpoint) makeRoom() {
	if len(e.devices) < maxDevices {
		return
	}
	for _, d := range e.devices {
		if d != e.current && e.stateOf(d) != otr.Encrypted {
			e.drop(d)
			return
		}
	}
	for _, d := range e.devices {
		if d != e.current {
			e.hangUp(d)
			e.drop(d)
			return
		}
	}
}

func (e *Endpoint) drop(d *device) {
	for n, other := range e.devices {
		if other == d {
			e.devices = append(e.devices[:n:n], e.devices[n+1:]...)
			return
		}
	}
}

// stateOf is the message state of a device's instance.
func (e *Endpoint) stateOf(d *device) otr.MessageState {
	if d.channel == nil || d.channel.conv.Select(d.tag) != nil {
		return otr.Plaintext
	}
	return d.channel.conv.State()
}

// selected is the conversation of a device, set to its instance. A device without one has the first channel.
func (e *Endpoint) selected(d *device) *otr.Conversation {
	if d == nil || d.channel == nil {
		conv := e.channels[0].conv
		_ = conv.Select(otr.Best)
		return conv
	}
	_ = d.channel.conv.Select(d.tag)
	return d.channel.conv
}

// private reports whether any device has a private conversation.
func (e *Endpoint) private() bool {
	for _, d := range e.devices {
		if e.stateOf(d) == otr.Encrypted {
			return true
		}
	}
	return false
}

// owner is the device of an instance; nil: none.
func (e *Endpoint) owner(c *channel, tag otr.InstanceTag) *device {
	for _, d := range e.devices {
		if d.channel == c && d.tag == tag {
			return d
		}
	}
	return nil
}

// bind says that an instance, which has just proved to be itself, speaks from a device's route. It may have had another
// one: then it is the same client after a reconnect, and what was known of it moves along. It reports whether it did.
func (e *Endpoint) bind(d *device, c *channel, tag otr.InstanceTag) (moved bool) {
	if d.channel == c && d.tag == tag {
		return false
	}
	before := e.owner(c, tag)
	if d.channel != nil {
		e.hangUp(d) // another instance at this route: the client has forgotten its former self
	}
	d.channel, d.tag, d.lost = c, tag, false
	if tag == 0 {
		c.route = d.route
	}
	if before == nil {
		return false
	}
	d.style, d.smp = before.style, before.smp
	if e.current == before {
		e.current = d
		moved = e.on
	}
	e.drop(before)
	return moved
}

// hangUp ends a device's private conversation here alone: its client would not understand the goodbye.
func (e *Endpoint) hangUp(d *device) []otr.Event {
	if d.channel == nil || d.channel.conv.Select(d.tag) != nil {
		return nil
	}
	r, _ := d.channel.conv.End() // fails when the goodbye cannot be made: then Close is all that is left
	return r.Events
}

// maxChannels bounds how many clients of version 2 a peer may use.
const maxChannels = 4

// channelFor is the channel of what a device says; nil: there are too many.
func (e *Endpoint) channelFor(d *device, t traits) *channel {
	if t.v3 || !t.v2 {
		if (t.kind == complaint || t.kind == plain) && d.channel != nil {
			return d.channel
		}
		return e.channels[0]
	}
	for _, c := range e.channels {
		if c.route == d.route {
			return c
		}
	}
	if c := e.frozen(t); c != nil {
		return c
	}
	for _, c := range e.channels {
		if e.idle(c) {
			c.route = d.route
			return c
		}
	}
	if len(e.channels) >= maxChannels {
		return nil
	}
	c, err := e.newChannel()
	if err != nil {
		return nil // the first channel could be made: our key was taken away meanwhile
	}
	c.route = d.route
	e.channels = append(e.channels, c)
	return c
}

// frozen is the channel of a client of version 2 that went away, if a data message comes from a new route: it may be the
// same client after a reconnect.
func (e *Endpoint) frozen(t traits) *channel {
	if t.kind != data && t.kind != fragment {
		return nil
	}
	for _, d := range e.devices {
		if d.channel != nil && d.tag == 0 && !d.here() && e.stateOf(d) == otr.Encrypted {
			return d.channel
		}
	}
	return nil
}

// idle reports whether no client of version 2 needs a channel.
func (e *Endpoint) idle(c *channel) bool {
	if c.route == "" {
		return true
	}
	if c.conv.Select(0) != nil {
		return e.find(c.route) == nil
	}
	return c.conv.State() == otr.Plaintext && c.conv.AuthState() == otr.AuthNone
}
