package web

import (
	"net/netip"
	"time"

	"otrbot/gettext"
)

// Options are what may change while the pages are served, and part of Config.
type Options struct {
	BotTitle, BotDescription string
	CSSURL                   string         // one more stylesheet; "" none
	Languages                *gettext.Set   // nil: the source's only
	Locale                   string         // the language of those who wish for none that we have
	SecretWords              []string       // what a secret must not be made of, beside the learner's own name and address
	AutoApprove              bool           // a new deployment of a known registration is welcome
	Keep                     time.Duration  // how long enrolments are kept after the last launch; 0: for ever
	Proxies                  []netip.Prefix // reverse proxies whose X-Forwarded-For is believed, beside those on this machine
}

// Reload goes on with other options, from the next request on: those under way, and pages that are open, end as they
// began. An error says what is wrong with them, and then all stays as it is. It is safe for concurrent use with requests,
// and called by one goroutine at a time.
func (s *Server) Reload(o Options) error {
	c := s.c
	c.Options = o
	next, err := assemble(c.withDefaults(), s.shared)
	if err != nil {
		return err
	}
	s.shared.now.Store(next)
	return nil
}
