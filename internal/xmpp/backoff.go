package xmpp

import (
	"errors"
	"net"
	"time"
)

// backoff is the pause before another try: it doubles, with jitter, so that the clients of a server that comes back
// do not all come at once. RFC 6120, 3.3.
type backoff struct {
	min   time.Duration
	tries int
}

// next is between half of the pause and all of it.
func (b *backoff) next(longest time.Duration, throw func(n uint64) (uint64, error)) (time.Duration, error) {
	pause := b.min
	for range b.tries {
		if pause >= longest {
			break
		}
		pause *= 2
	}
	pause = min(pause, longest)
	b.tries++
	extra, err := throw(uint64(pause/2) + 1)
	return pause - pause/2 + time.Duration(extra), err
}

func (b *backoff) reset() { b.tries = 0 }

// longest keeps the pause far below the time for which the server holds the session.
func (c *Client) longest(lost time.Time) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sm.id != "" && (c.sm.max == 0 || time.Since(lost) < c.sm.max) {
		return c.conf.Timers.BackoffMax
	}
	return c.conf.Timers.IdleMax
}

func (c *Client) throw(n uint64) (uint64, error) {
	c.dice.Lock()
	defer c.dice.Unlock()
	return below(c.conf.Rand, n)
}

func redirects(err error) bool {
	var s *StreamError
	return errors.As(err, &s) && s.Host != ""
}

// follow reports whether the server sends us to another one: RFC 6120, 4.9.3.19. Once, until a session has begun
// there: two servers that point at each other must not keep us busy.
func (c *Client) follow(err error) bool {
	var s *StreamError
	if c.redirected || !errors.As(err, &s) || s.Host == "" {
		c.redirected = false
		return false
	}
	c.redirected, c.redirect = true, withPort(s.Host)
	return true
}

// withPort adds the port where the server names none; IPv6 addresses come in brackets.
func withPort(host string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	if len(host) > 1 && host[0] == '[' && host[len(host)-1] == ']' {
		host = host[1 : len(host)-1]
	}
	return net.JoinHostPort(host, "5222")
}

// plain is an error for the log. A server's own words do not go there.
func plain(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
