package xmpp

import "otrbot/internal/xmpp/stanza"

// reaction decides what becomes of a stanza: what the client does itself, and whether the handler gets it.
func (c *Client) reaction(l *link, e *stanza.Element) (act func() error, forHandler bool) {
	typ := e.Attr("type")
	switch {
	case typ == dropped:
		return nil, false
	case e.Local != "iq":
		return nil, true
	case typ == "get" || typ == "set":
		return func() error { c.reply(e); return nil }, false
	case typ != "result" && typ != "error":
		return nil, false
	case l.pinged(c, e):
		return func() error { return c.pong(l) }, false
	}
	if q := c.asker(e); q != nil {
		return func() error { q.result <- reply{e: e}; return nil }, false
	}
	return nil, true
}

// pinged reports whether e answers our ping. An error answers as well.
func (l *link) pinged(c *Client, e *stanza.Element) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return l.pingID != "" && e.Attr("id") == l.pingID && c.answers(c.me.Domainpart(), e.Attr("from"))
}

func (c *Client) pong(l *link) error {
	c.mu.Lock()
	seq := l.askedAt
	c.mu.Unlock()
	c.answered(l)
	return c.arrived(seq)
}

// reply answers an IQ of type get or set: RFC 6120, 8.2.3, every one gets an answer. A flood of them must not push
// out what the program has to say.
func (c *Client) reply(e *stanza.Element) {
	c.mu.Lock()
	busy := len(c.waiting.items) > c.conf.Limits.Waiting/2 || c.waiting.bytes > c.conf.Limits.WaitingBytes/2
	c.mu.Unlock()
	if busy {
		c.conf.Log.Debug("left an IQ unanswered: too much waits to be sent")
		return
	}
	if err := c.enqueue(item{}, c.answerTo(e)); err != nil {
		c.conf.Log.Debug("could not answer an IQ", "reason", err)
	}
}

// answerTo finds the answer by the request's payload.
func (c *Client) answerTo(e *stanza.Element) *stanza.Element {
	payload := e.Child("", "")
	if payload == nil {
		return stanza.ErrorReply(e, "modify", "bad-request")
	}
	get := e.Attr("type") == "get"
	switch {
	case get && payload.Space == stanza.NSPing:
		return stanza.Reply(e, "result")
	case get && payload.Space == stanza.NSVersion:
		return stanza.Reply(e, "result").Add(c.version())
	case get && payload.Space == stanza.NSDiscoInfo:
		return c.discoInfo(e, payload.Attr("node"))
	case get && payload.Space == stanza.NSDiscoItems && payload.Attr("node") == "":
		return stanza.Reply(e, "result").Add(stanza.New(stanza.NSDiscoItems, "query"))
	case !get && payload.Space == stanza.NSRoster && c.pushed(e.Attr("from"), payload):
		return stanza.Reply(e, "result")
	}
	return stanza.ErrorReply(e, "cancel", "service-unavailable")
}
