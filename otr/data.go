package otr

import (
	"otrbot/otr/internal/session"
	"otrbot/otr/internal/wire"
)

// receiveData obeys Protocol v3, "Receiving a Data Message". Outside of a private conversation no error is sent: in
// version 2 the message may be for another client of ours.
func (c *Conversation) receiveData(r *Result, d *wire.Data) {
	tag := InstanceTag(d.Sender)
	silent := d.Flags&wire.FlagIgnoreUnreadable != 0
	i := c.find(tag)
	if i == nil || i.state != Encrypted {
		if !silent {
			r.emit(c.notInPrivate(tag))
		}
		return
	}
	opened, err := i.session.Decrypt(d)
	if err != nil {
		if !silent {
			r.emit(Rejected{Reason: Unreadable, Instance: tag, Detail: "a data message with unknown keys, a wrong MAC or an old counter"})
			c.complain(r, ErrorUnreadable)
		}
		return
	}
	i.lastReceived = c.now()
	i.heard = i.lastReceived
	if opened.Seen && i.last.sole {
		i.last = sentText{}
	}
	c.open(r, i, &opened)
}

func (c *Conversation) notInPrivate(tag InstanceTag) Rejected {
	for _, other := range c.instances {
		if other.state == Encrypted {
			return Rejected{Reason: OtherInstance, Instance: tag, Detail: "a data message of an instance without a private conversation, while another has one"}
		}
	}
	return Rejected{Reason: NotInPrivate, Instance: tag, Detail: "a data message outside of a private conversation"}
}

// open acts on an authenticated plaintext: its text first, then its records in order.
func (c *Conversation) open(r *Result, i *instance, opened *session.Opened) {
	raw, records, _ := wire.ParsePlaintext(opened.Plaintext)
	text := string(raw)
	if text != "" && c.config.Convert != nil {
		text = c.config.Convert(Receiving, text)
	}
	var own []TLV
	acted := false
	for _, t := range records {
		if t.Type > wire.TLVExtraKey {
			own = append(own, TLV(t))
		}
		acted = acted || t.Type != wire.TLVPadding
	}
	switch {
	case text != "" || len(own) > 0:
		r.emit(Received{Instance: i.tag, Fingerprint: i.info.Fingerprint, Text: text, TLVs: own})
	case !acted:
		// "A message with an empty human-readable part [...] is a "heartbeat" packet, and should not be displayed"
		r.emit(Heartbeat{Instance: i.tag})
	}
	for _, t := range records {
		if i.state != Encrypted {
			break
		}
		c.act(r, i, t, opened)
	}
	if text != "" {
		c.heartbeat(r, i)
	}
}

// act obeys one record of Protocol v3, "Data Message".
func (c *Conversation) act(r *Result, i *instance, t wire.TLV, opened *session.Opened) {
	switch t.Type {
	case wire.TLVDisconnected:
		c.finish(r, i)
	case wire.TLVSMP1, wire.TLVSMP1Q, wire.TLVSMP2, wire.TLVSMP3, wire.TLVSMP4, wire.TLVSMPAbort:
		c.receiveSMP(r, i, t)
	case wire.TLVExtraKey:
		c.receiveExtraKey(r, i, t.Value, opened.ExtraKey)
	}
}

// finish obeys "you should transition to MSGSTATE_FINISHED, and inform the user that his correspondent has closed his end
// of the private connection, and the user should do the same."
func (c *Conversation) finish(r *Result, i *instance) {
	c.abandonSMP(r, i)
	c.leave(i)
	i.state = Finished
	c.giveUp(r, i, "the peer has ended the private conversation")
	r.emit(Ended{Instance: i.tag, ByPeer: true})
}

// heartbeat obeys "If you have not sent a message to this correspondent in some (configurable) time, send a "heartbeat"
// message".
func (c *Conversation) heartbeat(r *Result, i *instance) {
	after, silentSince := c.config.HeartbeatAfter, i.lastSent
	if i.state != Encrypted || after < 0 {
		return
	}
	if i.info.Since.After(silentSince) {
		silentSince = i.info.Since // the key exchange was a message too
	}
	if i.lastReceived.Sub(silentSince) < after {
		return
	}
	if err := c.transmit(r, i, "", nil, wire.FlagIgnoreUnreadable); err != nil {
		return // the next text gives another occasion
	}
	r.emit(Heartbeat{Instance: i.tag, Sent: true})
}
