package settings

import (
	"crypto/x509"
	"slices"
	"strings"
)

// Effect is when a setting that was changed takes effect in a bot that reads its settings again.
type Effect string

// The effects, in the words of docs/settings.md.
const (
	AtOnce         Effect = "at once"
	NewSessions    Effect = "new sessions" // those that began before go on as they did
	NextConnection Effect = "next connection"
	AtRestart      Effect = "restart"
)

// effect is when the key takes effect.
func (k key) effect() Effect {
	in := func(names ...string) bool { return slices.Contains(names, k.name) }
	switch {
	case in("bot.lesson", "bot.default_secret", "bot.code_format", "bot.offer_otr", "bot.take_offers"):
		return NewSessions
	case in("tls.ca_file"):
		return NextConnection
	case in("log.journal") || strings.HasPrefix(k.name, "log.syslog."), in("web.public_url", "web.listen"):
		return AtRestart
	}
	switch table, _, _ := strings.Cut(k.name, "."); table {
	case "locale", "locales_dir", "bot", "lti", "log", "learners", "web":
		return AtOnce
	}
	return AtRestart
}

// Reload is what is in force of fresh settings in a program that runs with s: all but what takes effect after a restart,
// which stays as it is in s. It names what a restart would change. Neither s nor fresh are changed.
func (s *Settings) Reload(fresh *Settings) (now *Settings, restart []string) {
	next := *fresh
	next.XMPP, next.Store, next.Watch = s.XMPP, s.Store, s.Watch
	next.TLS.MinVersion, next.TLS.CipherSuites = s.TLS.MinVersion, s.TLS.CipherSuites
	next.Web.PublicURL, next.Web.Listen = s.Web.PublicURL, s.Web.Listen
	next.Log.Syslog, next.Log.Journal = s.Log.Syslog, s.Log.Journal
	next.values = slices.DeleteFunc(slices.Clone(fresh.values), func(v Value) bool { return v.Effect == AtRestart })
	for _, v := range s.values {
		if v.Effect == AtRestart {
			next.values = append(next.values, v)
		}
	}
	return &next, differ(s, fresh)
}

// Changed names the settings that differ, in their order; those of learners without addresses, as "learners".
func (s *Settings) Changed(from *Settings) []string {
	var names []string
	for _, v := range s.values {
		if v.Effect != AtRestart && !slices.ContainsFunc(from.values, v.same) {
			names = append(names, nameless(v.Key))
		}
	}
	for _, v := range from.values {
		if v.Effect != AtRestart && !slices.ContainsFunc(s.values, func(w Value) bool { return w.Key == v.Key }) {
			names = append(names, nameless(v.Key)) // it was in a table that has gone
		}
	}
	return slices.Compact(names)
}

func nameless(key string) string {
	if strings.HasPrefix(key, "learners.") {
		return "learners"
	}
	return key
}

// differ names what a restart would change.
func differ(s, fresh *Settings) []string {
	var names []string
	for _, list := range [][2]*Settings{{s, fresh}, {fresh, s}} {
		for _, v := range list[0].values {
			if v.Effect == AtRestart && !slices.ContainsFunc(list[1].values, v.same) && !slices.Contains(names, v.Key) {
				names = append(names, v.Key)
			}
		}
	}
	if !samePool(s.Log.Syslog.Roots, fresh.Log.Syslog.Roots) && !slices.Contains(names, "log.syslog.ca_file") {
		names = append(names, "log.syslog.ca_file")
	}
	return names
}

// same reports whether two values are of the same key and mean the same.
func (v Value) same(w Value) bool {
	return v.Key == w.Key && v.Value == w.Value && v.content == w.content
}

func samePool(a, b *x509.CertPool) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(b)
}
