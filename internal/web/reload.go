package web

import (
	"net/netip"
	"time"

	"otrbot/gettext"
)

// Options are what may change while the pages are served; each is that of Config.
type Options struct {
	BotTitle, BotDescription string
	CSSURL                   string
	Languages                *gettext.Set
	Locale                   string
	SecretWords              []string
	AutoApprove              bool
	Keep                     time.Duration
	Proxies                  []netip.Prefix
}

// Reload goes on with other options, from the next request on: those under way, and pages that are open, end as they
// began. An error says what is wrong with them, and then all stays as it is. It is safe for concurrent use with requests,
// and called by one goroutine at a time.
func (s *Server) Reload(o Options) error {
	c := s.c
	c.BotTitle, c.BotDescription, c.CSSURL = o.BotTitle, o.BotDescription, o.CSSURL
	c.Languages, c.Locale, c.SecretWords = o.Languages, o.Locale, o.SecretWords
	c.AutoApprove, c.Keep, c.Proxies = o.AutoApprove, o.Keep, o.Proxies
	next, err := assemble(c.withDefaults(), s.shared)
	if err != nil {
		return err
	}
	s.shared.now.Store(next)
	return nil
}
