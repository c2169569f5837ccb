package xmpp

import (
	"errors"
	"strconv"
	"time"

	"otrbot/internal/xmpp/stanza"
)

// enter resumes the session or, failing that, binds a new one. XEP-0198, 5: who binds first has lost the old one.
func (c *Client) enter(l *link, h Handler) error {
	managed := l.features.Child(stanza.NSSM, "sm") != nil
	c.mu.Lock()
	old := c.sm
	c.mu.Unlock()
	if managed && old.id != "" && sameAddress(stanza.Bare(old.jid), c.bare) {
		ok, err := c.resume(l, old)
		if spoils(err) {
			if lost := c.forget(h); lost != nil {
				return lost
			}
		}
		if ok || err != nil {
			return err
		}
	}
	if l.features.Child(stanza.NSBind, "bind") == nil {
		return &SetupError{Problem: "the server offers no session after the login"}
	}
	if err := c.forget(h); err != nil {
		return err
	}
	full, err := c.bind(l)
	if err != nil {
		return err
	}
	m := management{jid: full}
	if managed {
		if err := c.enable(l, &m); err != nil {
			return err
		}
	}
	c.note(l, full)
	return c.begin(m)
}

// note keeps what the server offers.
func (c *Client) note(l *link, full string) {
	o := offers{full: full, preApproval: l.features.Child(stanza.NSPreApproval, "sub") != nil}
	if limits := l.features.Child(stanza.NSStreamLimits, "limits"); limits != nil {
		if m := limits.Child(stanza.NSStreamLimits, "max-bytes"); m != nil {
			if n, err := strconv.Atoi(m.Text()); err == nil && n >= 10_000 { // RFC 6120, 13.12: at least that
				o.maxStanza = n
			}
		}
	}
	l.session.JID = full
	c.mu.Lock()
	c.offers = o
	c.mu.Unlock()
}

// resume reports whether the old session goes on. The server's words on what it had received settle the queue.
func (c *Client) resume(l *link, old management) (bool, error) {
	err := l.send(stanza.New(stanza.NSSM, "resume", "h", strconv.FormatUint(uint64(old.h), 10), "previd", old.id))
	if err != nil {
		return false, err
	}
	e, err := l.next()
	var big *stanza.TooLarge
	switch {
	case errors.As(err, &big):
		return false, errResumed
	case err != nil:
		return false, err
	case e.Space == stanza.NSSM && e.Local == "failed":
		if h, ok := count(e); ok {
			if err := c.confirmed(h); err != nil && !errors.Is(err, errCount) {
				return false, err
			}
		}
		return false, nil
	case e.Space != stanza.NSSM || e.Local != "resumed" || e.Attr("previd") != old.id:
		return false, errResumed
	}
	h, ok := count(e)
	if !ok {
		return false, errCount
	}
	if err := c.confirmed(h); err != nil {
		return false, err
	}
	c.note(l, old.jid)
	l.session.Resumed, l.managed = true, true
	c.mu.Lock()
	for _, s := range c.sm.queue {
		l.again = append(l.again, s.XML)
	}
	l.askDue = true
	c.mu.Unlock()
	return true, nil
}

func count(e *stanza.Element) (uint32, bool) {
	n, err := strconv.ParseUint(e.Attr("h"), 10, 32)
	return uint32(n), err == nil
}

// bind asks for the resource: RFC 6120, 7. The address is the one that the server returns.
func (c *Client) bind(l *link) (string, error) {
	want := stanza.New(stanza.NSBind, "bind")
	if c.conf.Resource != "" {
		want.Add(stanza.New(stanza.NSBind, "resource").AddText(c.conf.Resource))
	}
	result, err := c.ask(l, want)
	if err != nil {
		var refused *QueryError
		if errors.As(err, &refused) && refused.Condition == "conflict" {
			return "", ErrConflict
		}
		return "", err
	}
	var full string
	if b := result.Child(stanza.NSBind, "bind"); b != nil {
		if j := b.Child(stanza.NSBind, "jid"); j != nil {
			full = j.Text()
		}
	}
	if _, _, resource := stanza.SplitJID(full); resource == "" {
		return "", &SetupError{Problem: "the server gave no full address"}
	}
	if s := l.features.Child(stanza.NSSession, "session"); s != nil && s.Child("", "optional") == nil {
		if _, err := c.ask(l, stanza.New(stanza.NSSession, "session")); err != nil { // RFC 3921, 3
			return "", err
		}
	}
	return full, nil
}

// ask puts an IQ to the server during login.
func (c *Client) ask(l *link, payload *stanza.Element) (*stanza.Element, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	if err := l.send(stanza.New(stanza.NSClient, "iq", "type", "set", "id", id).Add(payload)); err != nil {
		return nil, err
	}
	for {
		e, err := l.next()
		if err != nil {
			return nil, err
		}
		if e.Local == "iq" && e.Attr("id") == id {
			return answer(e)
		}
		if err := l.keep(e); err != nil {
			return nil, err
		}
	}
}

// mostEarly is how many stanzas may come between bind and the begin of counting.
const mostEarly = 1000

func (l *link) keep(e *stanza.Element) error {
	if len(l.early) == mostEarly {
		return errors.New("xmpp: the server floods the login")
	}
	l.early = append(l.early, e)
	return nil
}

// enable turns stream management on. Without it the session is still good.
func (c *Client) enable(l *link, m *management) error {
	if err := l.send(stanza.New(stanza.NSSM, "enable", "resume", "true")); err != nil {
		return err
	}
	for {
		e, err := l.next()
		switch {
		case err != nil:
			return err
		case e.Space != stanza.NSSM:
			if err := l.keep(e); err != nil {
				return err
			}
			continue
		case e.Local == "enabled":
			l.managed = true
			if r := e.Attr("resume"); r == "true" || r == "1" {
				m.id = e.Attr("id")
			}
			if s, err := strconv.ParseUint(e.Attr("max"), 10, 31); err == nil {
				m.max = time.Duration(s) * time.Second
			}
		}
		return nil
	}
}
