package bot

import (
	"context"
	"slices"

	"otrbot/internal/tutor"
	"otrbot/internal/xmpp"
	"otrbot/internal/xmpp/stanza"
)

// handler is what the client calls: one call at a time, none may wait.
type handler struct {
	*Bot
	settled bool // this process has brought the roster up to date
}

var _ xmpp.Handler = (*handler)(nil)

// Online shows us to everybody, unless nobody has seen us leave, and brings the roster up to date.
func (h *handler) Online(s xmpp.Session) {
	h.log.Info("online", "resumed", s.Resumed)
	h.connected.Store(true)
	h.outgoing.stir()
	if !s.Resumed {
		h.outgoing.send(h.account, xmpp.Presence("", "", ""), h.journal.hello)
		for _, jid := range h.lives.all() {
			h.post(jid, anew{})
		}
	}
	if !s.Resumed || !h.settled {
		h.settled = true
		h.interested.Store(false)
		h.settling.start(h.publishAvatar)
	}
	h.lookAtRoster()
}

// Offline is a cut connection. The client has logged it, and tries again.
func (h *handler) Offline(error) { h.connected.Store(false) }

// InDoubt are stanzas that may have been lost: whoever they were for hears from us again.
func (h *handler) InDoubt(sent []xmpp.Sent) {
	var whom []string
	for _, s := range sent {
		e, err := stanza.Parse(s.XML, stanza.Limits{Bytes: keptBytes})
		if err != nil || e.Local != "message" || e.Child(e.Space, "body") == nil { // on the wire its namespace is that of the stream
			continue
		}
		if jid := stanza.Bare(e.Attr("to")); !slices.Contains(whom, jid) {
			whom = append(whom, jid)
		}
	}
	for _, jid := range whom {
		h.post(jid, doubted{})
	}
}

// Stanza takes what has arrived.
func (h *handler) Stanza(e *stanza.Element, in int64) {
	from := stanza.Bare(e.Attr("from"))
	if from == "" || from == h.account {
		return
	}
	if _, ok := h.learners.of(from); !ok {
		h.stranger(e, from)
		h.forgo(in)
		return
	}
	if h.outgoing.crowded(from) || h.post(from, arrived{e, in, h.now()}) == errFull {
		h.log.Warn("a learner sends more than can be answered")
		h.forgo(in)
	}
}

// forgo takes a stanza out of the inbox that nobody will handle.
func (b *Bot) forgo(in int64) {
	if in == 0 {
		return
	}
	if err := b.store.DropIn(context.Background(), in); err != nil {
		b.storeFailed(err)
	}
}

// wanted reports whether a stanza is for a learner's session, and must not be lost.
func (b *Bot) wanted(e *stanza.Element) bool {
	from := stanza.Bare(e.Attr("from"))
	if _, ok := b.learners.of(from); !ok || from == b.account {
		return false
	}
	return e.Local == "message" || e.Local == "presence"
}

// send sends what belongs to no learner's session, such as our presence. If it is lost with the process, the next one
// says it anew.
func (b *Bot) send(e *stanza.Element) { b.outgoing.send(stanza.Bare(e.Attr("to")), e, 0) }

// stranger answers somebody who is not on the list: politely, in the clear, once.
func (b *Bot) stranger(e *stanza.Element, from string) {
	body := e.Local == "message" && e.Child(stanza.NSClient, "body") != nil
	typ := e.Attr("type")
	switch {
	case e.Local == "presence" && typ == "subscribe":
		if b.met.answer("presence "+from, b.now()) {
			b.send(xmpp.Presence(from, "unsubscribed", ""))
		}
	case body && (typ == "" || typ == "chat" || typ == "normal"):
		if !b.met.answer(from, b.now()) {
			return
		}
		for _, effect := range b.options.Load().tutor.Stranger(e.Lang(), b.now()) {
			if say, ok := effect.(tutor.Say); ok {
				m := stanza.New(stanza.NSClient, "message", "to", e.Attr("from"), "type", "chat")
				b.send(m.Add(stanza.New(stanza.NSClient, "body").AddText(say.Text)))
			}
		}
	}
}
