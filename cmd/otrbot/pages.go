package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"

	"otrbot/internal/grades"
	"otrbot/internal/logging"
	"otrbot/internal/settings"
	"otrbot/internal/store"
	"otrbot/internal/web"
	"otrbot/locales"
	"otrbot/lti"
)

// A part is something that runs until its context ends.
type part func(context.Context) error

// courseParts are the pages for courses, which w gets to know, and the courier who takes grades to platforms; none without
// a public address.
func courseParts(s *settings.Settings, db *store.DB, logs *logging.Log, w *watch) ([]part, error) {
	if s.Web.PublicURL == "" {
		return nil, nil
	}
	tool, err := courseTool(s, db)
	if err != nil {
		return nil, err
	}
	languages, err := locales.All()
	if err != nil {
		return nil, err
	}
	w.site, err = web.New(web.Config{
		Tool: tool, Store: db, Base: s.Web.PublicURL, CSSURL: s.Web.CSSURL, Languages: languages, Locale: s.Locale,
		Bot: s.XMPP.DefaultAccount, BotTitle: s.Bot.Title, BotDescription: s.Bot.Description,
		SecretWords: []string{s.Bot.Title, s.Bot.ProjectName}, AutoApprove: s.LTI.ApproveDeployments, Keep: s.LTI.Retention, Proxies: s.Web.Proxies,
		Log: logs.Area("web"), Watch: w,
	})
	if err != nil {
		return nil, err
	}
	courier, err := grades.New(grades.Config{Store: db, Tool: tool, Log: logs.Area("grades")})
	if err != nil {
		return nil, err
	}
	open, err := net.Listen("tcp", s.Web.Listen)
	if err != nil {
		return nil, &failure{fmt.Errorf("web.listen: %w", err)}
	}
	logs.Area("web").Info("course pages", "at", s.Web.PublicURL, "listen", open.Addr().String())
	return []part{courier.Run, func(ctx context.Context) error { return w.site.Serve(ctx, open) }}, nil
}

// courseTool is what talks to platforms.
func courseTool(s *settings.Settings, db *store.DB) (*lti.Tool, error) {
	local := strings.HasPrefix(s.Web.PublicURL, "http:") // which the settings take for this machine only
	return lti.New(lti.Config{
		Base: s.Web.PublicURL, Loopback: local,
		Consumers: db, Registrations: db, Nonces: db, States: db, Keys: db,
		HTTP: lti.NewHTTPClient(reachable(s.LTI.AllowNetworks, local)),
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
		cancel(errors.New("another part of the program has ended"))
	}
	return all
}
