package xmpp

import "otrbot/internal/xmpp/stanza"

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

// Unsubscribe gives it up: RFC 6121, 3.3.
func (c *Client) Unsubscribe(jid string) error { return c.Send(Presence(jid, "unsubscribe", ""), 0) }

// Approve grants a request to see our presence: RFC 6121, 3.1.5.
func (c *Client) Approve(jid string) error { return c.Send(Presence(jid, "subscribed", ""), 0) }

// Refuse refuses it, or takes the grant back: RFC 6121, 3.2.
func (c *Client) Refuse(jid string) error { return c.Send(Presence(jid, "unsubscribed", ""), 0) }

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

// decorate adds to a presence without type what others may want to know of us.
func (c *Client) decorate(e *stanza.Element) *stanza.Element {
	if e.Local != "presence" || e.Attr("type") != "" {
		return e
	}
	d := copyOf(e)
	if s := c.conf.Software; s.Node != "" && d.Child(stanza.NSCaps, "c") == nil {
		d.Add(stanza.New(stanza.NSCaps, "c", "hash", "sha-1", "node", s.Node, "ver", s.hash()))
	}
	c.mu.Lock()
	photo := c.photo
	c.mu.Unlock()
	if photo != nil && d.Child(stanza.NSVCardUpdate, "x") == nil {
		d.Add(stanza.New(stanza.NSVCardUpdate, "x").Add(stanza.New(stanza.NSVCardUpdate, "photo").AddText(*photo)))
	}
	return d
}
