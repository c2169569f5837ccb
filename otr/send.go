package otr

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"otrbot/otr/internal/wire"
)

// Send sends a text that a person typed, to the selected instance, with records of the program's own beside it: Protocol
// v3, "User types a message to be sent". In a private conversation it goes out encrypted. Under RequireEncryption a text
// in clear is held, with the event [Held], until the conversation is private. TLVs need a private conversation. A query
// typed by hand, such as "?OTRv23?" alone, becomes that of Start.
//
// Any string without a NUL can be sent; people expect UTF-8. An empty text in a private conversation is a heartbeat. After
// an error nothing was sent and nothing is kept; never send the text by another way instead.
func (c *Conversation) Send(text string, tlvs ...TLV) (Result, error) {
	var r Result
	i := c.selected()
	if i != nil && i.state == Finished {
		return r, ErrFinished
	}
	if i == nil || i.state == Plaintext {
		if len(tlvs) > 0 {
			return r, ErrNotEncrypted
		}
		err := c.sendInClear(&r, text)
		return r, err
	}
	records, err := appTLVs(tlvs)
	if err != nil {
		return r, err
	}
	converted, err := c.carriable(i, text, records)
	if err != nil {
		return r, err
	}
	if err := i.session.Ready(c.config.Rand); err != nil {
		return r, fmt.Errorf("otr: encrypting: %w", err)
	}
	c.deliverHeld(&r, i) // what could not be sent yet comes first; nothing that follows can fail
	err = c.sendConverted(&r, i, text, converted, records)
	return r, err
}

func (c *Conversation) sendInClear(r *Result, text string) error {
	policy := c.config.Policy
	switch {
	case !policy.enabled() && policy.Has(RequireEncryption):
		return ErrPolicy
	case !policy.enabled():
		r.Send = append(r.Send, text)
	case isQuery(text):
		r.Send = append(r.Send, c.query())
	case policy.Has(RequireEncryption):
		if len(c.held) >= c.config.Limits.HeldTexts {
			return ErrTooManyHeld
		}
		if err := checkText(text); err != nil {
			return err
		}
		c.held = append(c.held, text)
		r.emit(Held{Text: text})
		r.Send = append(r.Send, c.query())
	case policy.Has(SendWhitespaceTag) && c.offer != offerRejected:
		r.Send = append(r.Send, text+wire.WhitespaceTag(policy.versions()))
	default:
		r.Send = append(r.Send, text)
	}
	return nil
}

// isQuery says whether a person typed a query by hand, and nothing else: a sentence about one is a sentence.
func isQuery(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasPrefix(text, "?OTR") && !strings.ContainsAny(text, " \t\r\n") && wire.Classify(text).Kind == wire.KindQuery
}

// checkText refuses a text that cannot be carried whole: the first NUL byte ends the text of a Data Message.
func checkText(text string) error {
	if n := strings.IndexByte(text, 0); n >= 0 {
		return fmt.Errorf("%w: the text has a NUL at byte %d", ErrText, n)
	}
	return nil
}

// carriable is a text as Config.Convert makes it, or the error that it cannot be carried to an instance.
func (c *Conversation) carriable(i *instance, text string, tlvs []wire.TLV) (converted string, err error) {
	if c.config.Convert != nil {
		text = c.config.Convert(Sending, text)
	}
	if err := checkText(text); err != nil {
		return "", err
	}
	return text, c.checkSize(i, text, c.padded(text, tlvs))
}

func (c *Conversation) sendConverted(r *Result, i *instance, text, converted string, tlvs []wire.TLV) error {
	sole := i.session.First()
	if err := c.transmit(r, i, converted, tlvs, 0); err != nil {
		return err
	}
	if text != "" {
		c.giveUp(r, i, "another text was sent since")
		i.last = sentText{
			text: text, converted: converted, fingerprint: i.info.Fingerprint, at: i.lastSent, waiting: true, sole: sole,
		}
	}
	return nil
}

// transmit encrypts and queues one Data Message. The error leaves the conversation as it was.
func (c *Conversation) transmit(r *Result, i *instance, text string, tlvs []wire.TLV, flags byte) error {
	tlvs = c.padded(text, tlvs)
	if err := c.checkSize(i, text, tlvs); err != nil {
		return err
	}
	h := i.header(c.tag, uint16(i.info.Version))
	raw, err := i.session.Encrypt(h, flags, text, tlvs, c.config.Rand)
	if err != nil {
		return fmt.Errorf("otr: encrypting: %w", err)
	}
	if r.Send, err = wire.AppendSplit(r.Send, wire.Encode(raw), c.config.MaxMessageSize, h); err != nil {
		return fmt.Errorf("%w: %w", ErrText, err)
	}
	i.lastSent = c.now()
	i.last.sole = false // what the peer answers may be this message
	return nil
}

// checkSize refuses a message of more fragments than there can be.
func (c *Conversation) checkSize(i *instance, text string, tlvs []wire.TLV) error {
	h := i.header(c.tag, uint16(i.info.Version))
	if limit := c.config.MaxMessageSize; limit > 0 {
		if err := wire.CheckSplit(wire.EncodedSize(i.session.MaxSize(h, text, tlvs)), limit, h); err != nil {
			return fmt.Errorf("%w: %w", ErrText, err)
		}
	}
	return nil
}

// padded are the TLVs of a text with those that hide its length.
func (c *Conversation) padded(text string, tlvs []wire.TLV) []wire.TLV {
	if pad := c.padding(wire.PlaintextSize(text, tlvs)); pad != nil {
		return append(slices.Clip(tlvs), *pad)
	}
	return tlvs
}

// padding is the TLV that brings a plaintext of n bytes to the wanted multiple; nil for none.
func (c *Conversation) padding(n int) *wire.TLV {
	if c.config.PadTo == 0 {
		return nil
	}
	const header = 4 // type and length
	missing := c.config.PadTo - (n+header)%c.config.PadTo
	if missing == c.config.PadTo {
		missing = 0
	}
	return &wire.TLV{Type: wire.TLVPadding, Value: make([]byte, missing)}
}

// enqueue adds a key exchange message to what is to be sent. Such a message always can be cut: it is far below what the
// least MaxMessageSize allows.
func (c *Conversation) enqueue(r *Result, raw []byte, h wire.Header) {
	r.Send, _ = wire.AppendSplit(r.Send, wire.Encode(raw), c.config.MaxMessageSize, h)
}

// deliverHeld sends the texts that waited for a private conversation, once, in their order. One that cannot be carried is
// given back; when the random source fails, they wait on.
func (c *Conversation) deliverHeld(r *Result, i *instance) {
	for ; len(c.held) > 0; c.held = c.held[1:] {
		text := c.held[0]
		converted, err := c.carriable(i, text, nil)
		if err == nil {
			err = c.sendConverted(r, i, text, converted, nil)
		}
		switch {
		case err == nil:
			r.emit(Resent{Instance: i.tag, Text: text, First: true})
		case errors.Is(err, ErrText):
			r.emit(NotSent{Instance: i.tag, Text: text, Detail: err.Error()})
		default:
			return
		}
	}
	c.held = nil
}

// resend repeats the last text if the peer reported an error after it. Protocol v3, "Receiving a Signature Message": "If
// there is a recent stored message, encrypt it and send it as a Data Message." It goes to the same key only, and only
// once. A text of which nothing was heard stays in mind: the error may still be under way.
func (c *Conversation) resend(r *Result, i *instance) {
	last := i.last
	switch {
	case last.fingerprint != i.info.Fingerprint:
		c.giveUp(r, i, "the peer has another key now")
	case c.now().Sub(last.at) > resendWindow:
		c.giveUp(r, i, "too old to be sent again")
	case last.lost:
		i.last = sentText{}
		if err := c.transmit(r, i, c.config.ResendPrefix+last.converted, nil, 0); err != nil {
			r.emit(NotSent{Instance: i.tag, Text: last.text, Detail: err.Error()})
			return
		}
		r.emit(Resent{Instance: i.tag, Text: last.text})
	}
}

// giveUp forgets the last text, and gives it back if the peer is known to have missed it.
func (c *Conversation) giveUp(r *Result, i *instance, why string) {
	if i.last.lost {
		r.emit(NotSent{Instance: i.tag, Text: i.last.text, Detail: why})
	}
	i.last = sentText{}
}
