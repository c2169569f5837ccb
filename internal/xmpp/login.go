package xmpp

import (
	"context"
	"crypto/tls"
	"encoding/base64"

	"otrbot/internal/xmpp/stanza"
)

// login connects to one server and goes on until the session is bound or resumed.
func (c *Client) login(ctx context.Context, t target, h Handler) (*link, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.conf.Timers.Login, errSilent)
	defer cancel()
	raw, err := c.conf.Dial(ctx, "tcp", t.address)
	if err != nil {
		return nil, err
	}
	l := &link{raw: raw, conn: raw}
	stop := context.AfterFunc(ctx, func() { raw.Close() }) // also what waits in the middle of a read
	err = c.greet(ctx, l, t, h)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		raw.Close()
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, err
	}
	l.readLimit, l.writeLimit = c.conf.Timers.Read, c.conf.Timers.Write
	return l, nil
}

func (c *Client) greet(ctx context.Context, l *link, t target, h Handler) error {
	domain := c.me.Domainpart()
	if t.direct {
		if err := c.overTLS(ctx, l, true); err != nil {
			return err
		}
	} else {
		if err := l.open(domain, stanza.Limits{}); err != nil {
			return err
		}
		if err := c.startTLS(ctx, l); err != nil {
			return err
		}
	}
	if err := l.open(domain, stanza.Limits{}); err != nil {
		return err
	}
	if err := c.authenticate(l); err != nil {
		return err
	}
	if l.r.Buffered() > 0 {
		return errSCRAM // nothing may come before the new stream: RFC 6120, 6.4.6
	}
	if err := l.open(domain, stanza.Limits{}); err != nil {
		return err
	}
	l.r.SetLimits(c.limits)
	return c.enter(l, h)
}

// limits are wider for our own server and account: a roster is one stanza.
func (c *Client) limits(from string) stanza.Limits {
	if c.isOwn(from) || from == c.me.Domainpart() {
		return stanza.Limits{Bytes: c.conf.Limits.Own, Children: 100_000}
	}
	return stanza.Limits{Bytes: c.conf.Limits.Stranger}
}

// isOwn reports whether from is our account: no address at all, or our bare JID. RFC 6120, 8.1.2.1.
func (c *Client) isOwn(from string) bool { return from == "" || sameAddress(from, c.bare) }

// authenticate is RFC 6120, 6.4, with SCRAM.
func (c *Client) authenticate(l *link) error {
	state := l.conn.(*tls.Conn).ConnectionState()
	pick, err := choose(mechanisms(l.features), bindings(l.features), state, c.conf.RequireChannelBinding)
	if err != nil {
		return err
	}
	login := newSCRAM(pick, c.me.Localpart(), c.conf.Password, state, c.conf.Limits.Iterations)
	msg, err := login.first()
	if err != nil {
		return err
	}
	err = l.send(stanza.New(stanza.NSSASL, "auth", "mechanism", pick.name).AddText(base64.StdEncoding.EncodeToString(msg)))
	for err == nil {
		var e *stanza.Element
		if e, err = l.next(); err != nil {
			break
		}
		switch {
		case e.Space != stanza.NSSASL:
			return errSCRAM
		case e.Local == "challenge":
			if msg, err = login.challenge(e.Text()); err == nil {
				err = l.send(stanza.New(stanza.NSSASL, "response").AddText(base64.StdEncoding.EncodeToString(msg)))
			}
		case e.Local == "success":
			if err = login.success(e.Text()); err != nil {
				return err
			}
			l.session.Mechanism = pick.name
			c.conf.Log.Info("logged in", "mechanism", pick.name, "binding", pick.flag, "tls", l.session.TLSVersion)
			return nil
		case e.Local == "failure":
			return authError(e)
		default:
			return errSCRAM
		}
	}
	return err
}

func authError(e *stanza.Element) error {
	a := &AuthError{Condition: condition(e, stanza.NSSASL)}
	if t := e.Child(stanza.NSSASL, "text"); t != nil {
		a.Text = t.Text()
	}
	return a
}

func mechanisms(features *stanza.Element) []string {
	var names []string
	if list := features.Child(stanza.NSSASL, "mechanisms"); list != nil {
		for m := range list.Children() {
			if m.Local == "mechanism" {
				names = append(names, m.Text())
			}
		}
	}
	return names
}

// bindings are the channel binding types that the server lists (XEP-0440); nil: there is no list.
func bindings(features *stanza.Element) []string {
	list := features.Child(stanza.NSChannelBind, "sasl-channel-binding")
	if list == nil {
		return nil
	}
	types := []string{}
	for b := range list.Children() {
		types = append(types, b.Attr("type"))
	}
	return types
}
