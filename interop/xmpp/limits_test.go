package xmpp_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"testing"

	"otrbot/internal/xmpp"
	"otrbot/internal/xmpp/stanza"
	"otrbot/interop/servers"
)

func TestRefusals(t *testing.T) {
	t.Parallel()
	servers.Each(t, servers.Options{MaxTLS: tls.VersionTLS12}, func(t *testing.T, s *servers.Server) {
		password := s.AddUser("bot")
		var (
			setup   *xmpp.SetupError
			refused *xmpp.TLSRefused
		)
		for _, v := range []struct {
			name   string
			change func(*xmpp.Config)
			want   func(error) bool
		}{
			{"an authority that we do not know", func(c *xmpp.Config) { c.TLS.Roots = x509.NewCertPool() }, func(err error) bool { return errors.As(err, &setup) }},
			{"a domain that it does not serve", func(c *xmpp.Config) { c.JID = "bot@example.com" }, func(err error) bool { return errors.As(err, &setup) }},
			{"a certificate for another name", func(c *xmpp.Config) { c.JID, c.Server, c.DirectTLS = "bot@example.com", s.DirectTLSAddr(), true }, func(err error) bool { return errors.As(err, &setup) }},
			{"TLS older than wished", func(c *xmpp.Config) { c.TLS.MinVersion = tls.VersionTLS13 }, func(err error) bool { return errors.As(err, &refused) }},
			{"a suite that it has not", func(c *xmpp.Config) { c.TLS.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA} }, func(err error) bool { return errors.As(err, &refused) }},
			{"a wrong password", func(c *xmpp.Config) { c.Password = "wrong" }, func(err error) bool { return errors.Is(err, xmpp.ErrNotAuthorized) }},
		} {
			c := config(s, "bot", password)
			v.change(&c)
			if err := receive(t, "end", start(t, c).ended); !v.want(err) {
				t.Errorf("%s: %v", v.name, err)
			}
		}
	})
}

// The second client with our resource takes it; the first stops, and says why.
func TestConflict(t *testing.T) {
	t.Parallel()
	servers.Each(t, servers.Options{}, func(t *testing.T, s *servers.Server) {
		c := config(s, "bot", s.AddUser("bot"))
		first := login(t, c)
		second := login(t, c)
		if err := receive(t, "end", first.ended); !errors.Is(err, xmpp.ErrConflict) {
			t.Errorf("%v", err)
		}
		second.leave()
	})
}

func TestRosterOfAClass(t *testing.T) {
	t.Parallel()
	servers.Each(t, servers.Options{}, func(t *testing.T, s *servers.Server) {
		learners := 5000
		if s.Kind == servers.KindProsody {
			learners = 600 // it writes the whole roster for each change
		}
		c := config(s, "bot", s.AddUser("bot"))
		b := login(t, c)
		for i := range learners - 1 {
			item := stanza.New(stanza.NSRoster, "item", "jid", fmt.Sprintf("learner%04d@example.org", i), "name", "Learner").Add(stanza.New(stanza.NSRoster, "group").AddText("class"))
			iq := stanza.New(stanza.NSClient, "iq", "type", "set", "id", "r").Add(stanza.New(stanza.NSRoster, "query").Add(item))
			if err := b.Send(iq, 0); err != nil {
				t.Fatal(err)
			}
		}
		last := xmpp.Contact{JID: "last@example.org", Name: "Last", Groups: []string{"class"}}
		if err := b.SetContact(t.Context(), last); err != nil {
			t.Fatal(err)
		}
		list, err := b.Roster(t.Context())
		if err != nil || len(list) != learners {
			t.Fatalf("%d entries, %v", len(list), err)
		}
		if err := b.RemoveContact(t.Context(), last.JID); err != nil {
			t.Error(err)
		}
		if list, err = b.Roster(t.Context()); err != nil || len(list) != learners-1 {
			t.Errorf("%d entries, %v", len(list), err)
		}
		b.leave()
	})
}

// Both servers close the stream over such stanzas; ours are stopped before, and the largest that may pass does.
func TestStanzaLimits(t *testing.T) {
	t.Parallel()
	servers.Each(t, servers.Options{}, func(t *testing.T, s *servers.Server) {
		c := config(s, "alice", s.AddUser("alice"))
		c.Limits.Stranger = 1 << 20
		alice := login(t, c)
		b := login(t, config(s, "bot", s.AddUser("bot")))
		for body, want := range map[string]error{"a\x00b": stanza.ErrIllegalText, "\ufffe": stanza.ErrIllegalText, strings.Repeat("x", 262_144): xmpp.ErrTooBig} {
			m := stanza.New(stanza.NSClient, "message", "to", alice.JID()).Add(stanza.New(stanza.NSClient, "body").AddText(body))
			if err := b.Send(m, 0); !errors.Is(err, want) {
				t.Errorf("%.10q: %v", body, err)
			}
		}
		big := strings.Repeat("x", 200_000)
		b.say(alice.JID(), big)
		b.say(alice.JID(), "after")
		if got := receive(t, "message", alice.bodies); got != big {
			t.Errorf("%d bytes", len(got))
		}
		alice.say(b.JID(), big) // more than the bot takes from others: read past
		alice.say(b.JID(), "after")
		if got := receive(t, "message", b.bodies); got != "after" {
			t.Errorf("%d bytes", len(got))
		}
		receive(t, "message", alice.bodies)
		b.leave()
		alice.leave()
	})
}

// A learner's client sees who the bot is, its picture, and its words of presence; approved before asking where the
// server can.
func TestPresenceAndAvatar(t *testing.T) {
	t.Parallel()
	servers.Each(t, servers.Options{}, func(t *testing.T, s *servers.Server) {
		alice := login(t, config(s, "alice", s.AddUser("alice")))
		b := login(t, config(s, "bot", s.AddUser("bot")))
		software, err := alice.SoftwareVersion(t.Context(), b.JID())
		if err != nil || software.Name != "test" || software.Version != "1" {
			t.Errorf("%+v, %v", software, err)
		}
		if err := b.PublishAvatar(t.Context(), []byte("\x89PNG\r\n\x1a\nimage")); err != nil {
			t.Error(err)
		}
		if err := b.PublishAvatar(t.Context(), []byte("\x89PNG\r\n\x1a\nimage")); err != nil {
			t.Errorf("again: %v", err)
		}
		able, err := b.PreApprove("alice@" + s.Domain)
		if err != nil {
			t.Error(err)
		}
		t.Log("pre-approval:", able)
		b.leave()
		alice.leave()
	})
}

// A server that slows its clients down loses nothing.
func TestSlowServer(t *testing.T) {
	t.Parallel()
	servers.Each(t, servers.Options{Rate: 20_000}, func(t *testing.T, s *servers.Server) {
		const messages = 150
		alice := login(t, config(s, "alice", s.AddUser("alice")))
		b := login(t, config(s, "bot", s.AddUser("bot")))
		for i := range messages {
			m := stanza.New(stanza.NSClient, "message", "type", "chat", "to", alice.JID()).
				Add(stanza.New(stanza.NSClient, "body").AddText(fmt.Sprint(i)), stanza.New("urn:example:none", "x").AddText(strings.Repeat("x", 600)))
			if err := b.Send(m, 0); err != nil {
				t.Fatal(err)
			}
		}
		alice.expect(messages)
		b.leave()
		alice.leave()
	})
}
