package otr

import (
	"errors"
	"fmt"

	"otrbot/otr/internal/wire"
)

// Receive takes a message as it came from the network. It is safe, and meant, for all messages, also those without OTR:
// the events say what to show. It accepts anything: what a peer does wrong is an event.
func (c *Conversation) Receive(msg string) Result {
	var r Result
	switch {
	case !c.config.Policy.enabled() && !c.private():
		r.emit(ReceivedInClear{Text: msg})
	case len(msg) > c.config.Limits.MessageBytes:
		r.emit(Rejected{Reason: TooLarge, Detail: fmt.Sprintf("a message of %d bytes; the limit is %d", len(msg), c.config.Limits.MessageBytes)})
	default:
		c.receive(&r, wire.Classify(msg))
	}
	return r
}

func (c *Conversation) receive(r *Result, t wire.Text) {
	switch t.Kind {
	case wire.KindFragment:
		c.receiveFragment(r, &t.Fragment)
	case wire.KindEncoded:
		c.receiveEncoded(r, t.Body)
	default:
		// Protocol v3, "Receiving Fragments": "If you receive a non-OTR message, or an unfragmented message, forget
		// any stored fragment you may have".
		c.partials.forgetAll()
		c.receiveText(r, t)
	}
}

func (c *Conversation) receiveText(r *Result, t wire.Text) {
	switch t.Kind {
	case wire.KindQuery:
		c.receiveQuery(r, t)
	case wire.KindError:
		c.receiveError(r, t.Body)
	case wire.KindTagged:
		c.receiveInClear(r, t.Body)
		if c.config.Policy.Has(WhitespaceStartAKE) {
			c.receiveOffer(r, t.Versions)
		}
	default:
		c.receiveInClear(r, t.Body)
	}
}

// receiveInClear obeys Protocol v3, "Receiving plaintext without the whitespace tag": "Display the message to the user,
// but warn him that the message was received unencrypted."
func (c *Conversation) receiveInClear(r *Result, text string) {
	c.offer = offerRejected
	r.emit(ReceivedInClear{Text: text, Unexpected: c.private() || c.config.Policy.Has(RequireEncryption)})
}

// receiveQuery obeys Protocol v3, "Receiving a Query Message".
func (c *Conversation) receiveQuery(r *Result, t wire.Text) {
	var offered []int
	for v := 1; v <= 3; v++ {
		if t.Versions.Has(v) {
			offered = append(offered, v)
		}
	}
	r.emit(Requested{Text: t.Body, Versions: offered})
	c.receiveOffer(r, t.Versions)
}

// receiveOffer begins a key exchange in the highest version that both sides speak.
func (c *Conversation) receiveOffer(r *Result, offered wire.Versions) {
	version := c.config.Policy.best(offered)
	if version == 0 {
		r.emit(Rejected{Reason: UnsupportedVersion, Detail: "the peer offers no version that the policy allows"})
		return
	}
	c.startAKE(r, version)
}

// receiveError obeys Protocol v3, "Receiving an Error Message". The message is not authenticated, so that it alone makes
// nothing be sent again: the text in doubt waits for new keys of the same peer.
func (c *Conversation) receiveError(r *Result, text string) {
	r.emit(PeerError{Text: text})
	for _, i := range c.instances {
		i.last.lost = i.last.waiting
	}
	if c.config.Policy.Has(ErrorStartAKE) && c.answers.mayQuery(c.now()) {
		r.Send = append(r.Send, c.query())
	}
}

func (c *Conversation) receiveFragment(r *Result, f *wire.Fragment) {
	from := InstanceTag(f.Sender)
	if !c.config.Policy.allows(f.Version) && !c.privateWith(from) {
		r.emit(Rejected{Reason: UnsupportedVersion, Instance: from, Detail: "a fragment of a version that the policy does not allow"})
		return
	}
	if f.Version == wire.V3 {
		if rejected, ok := c.misdirected(wire.Header{Version: wire.V3, Sender: f.Sender, Receiver: f.Receiver}, true); ok {
			r.emit(rejected)
			return
		}
	}
	msg, complete, err := c.partials.add(f, &c.config.Limits)
	switch {
	case errors.Is(err, wire.ErrTooLarge):
		r.emit(Rejected{Reason: TooLarge, Instance: from, Detail: err.Error()})
	case err != nil:
		r.emit(Rejected{Reason: Malformed, Instance: from, Detail: err.Error()})
	case complete:
		t := wire.Classify(msg)
		if t.Kind == wire.KindFragment {
			// "Note that fragments are not themselves messages that can be fragmented"
			r.emit(Rejected{Reason: Malformed, Instance: from, Detail: "a fragment in a fragment"})
			return
		}
		c.receive(r, t)
	}
}

// receiveEncoded sorts the messages of a key exchange from data.
func (c *Conversation) receiveEncoded(r *Result, armored string) {
	raw, err := wire.Decode(armored)
	if err != nil {
		r.emit(Rejected{Reason: Malformed, Detail: err.Error()})
		return
	}
	h, kind, err := wire.ParseHeader(raw)
	if err != nil {
		r.emit(headerRejected(err))
		return
	}
	if !c.config.Policy.allows(h.Version) && !(kind == wire.TypeData && c.privateWith(InstanceTag(h.Sender))) {
		r.emit(Rejected{Reason: UnsupportedVersion, Instance: InstanceTag(h.Sender), Detail: fmt.Sprintf("version %d is not allowed by the policy", h.Version)})
		return
	}
	if h.Version == wire.V3 {
		if rejected, ok := c.misdirected(h, kind == wire.TypeDHCommit); ok {
			r.emit(rejected)
			return
		}
	}
	c.partials.forget(h)
	if kind == wire.TypeData {
		data, err := wire.ParseData(raw)
		if err != nil {
			c.receiveDamaged(r, raw, InstanceTag(h.Sender), err)
			return
		}
		c.receiveData(r, &data)
		return
	}
	msg, err := wire.Parse(raw)
	if err != nil {
		r.emit(Rejected{Reason: Malformed, Instance: InstanceTag(h.Sender), Detail: err.Error()})
		return
	}
	c.receiveAKE(r, msg)
}

// privateWith reports whether the conversation with an instance is private. It then goes on, whatever the policy has
// become since.
func (c *Conversation) privateWith(tag InstanceTag) bool {
	i := c.find(tag)
	return i != nil && i.state == Encrypted
}

// misdirected obeys Protocol v3, "Instance Tags". Zero says whether the receiver's tag may be left open.
func (c *Conversation) misdirected(h wire.Header, zero bool) (Rejected, bool) {
	from := InstanceTag(h.Sender)
	to := InstanceTag(h.Receiver)
	switch {
	case from < firstInstanceTag:
		return Rejected{Reason: Malformed, Instance: from, Detail: "the sender's instance tag is below 0x100"}, true
	case to != 0 && to < firstInstanceTag:
		return Rejected{Reason: Malformed, Instance: from, Detail: "the receiver's instance tag is below 0x100"}, true
	case from == c.tag:
		return Rejected{Reason: Reflected, Instance: from, Detail: "the sender's instance tag is our own"}, true
	case to == 0 && !zero, to != 0 && to != c.tag:
		return Rejected{Reason: OtherInstance, Instance: from, Detail: "for another instance of this account"}, true
	}
	return Rejected{}, false
}

// receiveDamaged reports a Data Message whose body does not follow the format.
func (c *Conversation) receiveDamaged(r *Result, raw []byte, from InstanceTag, err error) {
	if flags, ok := wire.DataFlags(raw); ok && flags&wire.FlagIgnoreUnreadable != 0 {
		return
	}
	r.emit(Rejected{Reason: Malformed, Instance: from, Detail: err.Error()})
	if i := c.find(from); i != nil && i.state == Encrypted {
		c.complain(r, ErrorMalformed)
	}
}
