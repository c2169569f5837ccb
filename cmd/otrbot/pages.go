package main

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"

	"otrbot/internal/grades"
	"otrbot/internal/web"
	"otrbot/lti"
)

// A part is something that runs until its context ends.
type part func(context.Context) error

// courseParts are the pages for courses, which the watch gets to know, and the courier who takes grades to platforms; none
// without a public address.
func (v *service) courseParts() ([]part, error) {
	s, logs := v.now, v.logs
	if s.Web.PublicURL == "" {
		return nil, nil
	}
	tool, err := v.courseTool()
	if err != nil {
		return nil, err
	}
	v.watch.site, err = web.New(web.Config{
		Tool: tool, Store: v.db, Base: s.Web.PublicURL, Bot: s.XMPP.DefaultAccount, Options: webOptions(s, v.texts.words),
		Log: logs.Area("web"), Watch: v.watch,
	})
	if err != nil {
		return nil, err
	}
	courier, err := grades.New(grades.Config{Store: v.db, Tool: tool, Log: logs.Area("grades")})
	if err != nil {
		return nil, err
	}
	open, err := net.Listen("tcp", s.Web.Listen)
	if err != nil {
		return nil, &failure{cannotListen("web.listen", err)}
	}
	logs.Area("web").Info("course pages", "at", s.Web.PublicURL, "listen", open.Addr().String())
	return []part{courier.Run, func(ctx context.Context) error { return v.watch.site.Serve(ctx, open) }}, nil
}

// courseTool is what talks to platforms.
func (v *service) courseTool() (*lti.Tool, error) {
	local := strings.HasPrefix(v.now.Web.PublicURL, "http:") // which the settings take for this machine only
	v.networks.Store(&v.now.LTI.AllowNetworks)
	return lti.New(lti.Config{
		Base: v.now.Web.PublicURL, Loopback: local,
		Consumers: v.db, Registrations: v.db, Nonces: v.db, States: v.db, Keys: v.db,
		HTTP: lti.NewHTTPClient(func(to netip.AddrPort) error { return reachable(*v.networks.Load(), local)(to) }),
	})
}

// reachable says which addresses platforms may have: those of the Internet, and the private ones that the operator names.
func reachable(networks []netip.Prefix, local bool) func(netip.AddrPort) error {
	return func(to netip.AddrPort) error {
		at := to.Addr().Unmap()
		for _, network := range networks {
			if network.Contains(at) {
				return nil
			}
		}
		if local && at.IsLoopback() {
			return nil
		}
		return lti.PublicOnly(to)
	}
}

// errPartEnded is why the others end: the cause of their context.
var errPartEnded = errors.New("another part of the program has ended")

// together runs all parts until ctx ends or one of them does, which ends the others.
func together(ctx context.Context, parts ...part) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ended := make(chan error, len(parts))
	for _, run := range parts {
		go func() { ended <- run(ctx) }()
	}
	var all error
	for range parts {
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			all = errors.Join(all, err)
		}
		cancel(errPartEnded)
	}
	return all
}
