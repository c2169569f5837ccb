package xmpp

import (
	"sync"

	"otrbot/internal/xmpp/stanza"
)

// Presence makes a presence stanza. to: empty for everybody who is subscribed, else directed; typ: empty for
// available, or one of RFC 6121, 4.7.1; status: words for people.
func Presence(to, typ, status string) *stanza.Element {
	p := stanza.New(stanza.NSClient, "presence", "to", to, "type", typ)
	if status != "" {
		p.Add(stanza.New(stanza.NSClient, "status").AddText(status))
	}
	return p
}

// Subscribe asks to see somebody's presence: RFC 6121, 3.1. The errors of this and the next methods are those of
// [Client.Send].
func (c *Client) Subscribe(jid string) error { return c.Send(Presence(jid, "subscribe", ""), 0) }

// Approve grants a request to see our presence: RFC 6121, 3.1.5.
func (c *Client) Approve(jid string) error { return c.Send(Presence(jid, "subscribed", ""), 0) }

// PreApprove grants a request before it is made, where the server can: RFC 6121, 3.4. False: it cannot, and
// nothing was sent.
func (c *Client) PreApprove(jid string) (bool, error) {
	c.mu.Lock()
	able := c.offers.preApproval
	c.mu.Unlock()
	if !able {
		return false, nil
	}
	return true, c.Approve(jid)
}

// shown is what others see of us. Its lock is held until a presence is queued, so that the latest is the last.
type shown struct {
	sync.Mutex
	presence *stanza.Element // the last for everybody; nil: none, or we took leave
	photo    string          // hash of the avatar; empty: unknown
}

// show queues a presence.
func (c *Client) show(e *stanza.Element, ref int64) error {
	c.shown.Lock()
	defer c.shown.Unlock()
	err := c.enqueue(item{ref: ref}, c.decorate(e))
	if err != nil || e.Attr("to") != "" {
		return err
	}
	switch e.Attr("type") {
	case "":
		c.shown.presence = copyOf(e)
	case "unavailable":
		c.shown.presence = nil
	}
	return nil
}

// decorate adds to a presence without type what others may want to know of us. c.shown is held.
func (c *Client) decorate(e *stanza.Element) *stanza.Element {
	if e.Attr("type") != "" {
		return e
	}
	d := copyOf(e)
	if s := c.conf.Software; s.Node != "" && d.Child(stanza.NSCaps, "c") == nil {
		d.Add(stanza.New(stanza.NSCaps, "c", "hash", "sha-1", "node", s.Node, "ver", s.hash()))
	}
	if photo := c.shown.photo; photo != "" && d.Child(stanza.NSVCardUpdate, "x") == nil {
		d.Add(stanza.New(stanza.NSVCardUpdate, "x").Add(stanza.New(stanza.NSVCardUpdate, "photo").AddText(photo)))
	}
	return d
}
