package main

import (
	"slices"
	"testing"
	"time"

	"otrbot/internal/settings"
)

// The bot announces what it does, and stays until its goodbyes have arrived, for less time than the unit gives it.
func TestTheBotsConnection(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "otrbot.toml", "[xmpp.accounts.\"bot@example.org\"]\npassword = \"open sesame\"\n")
	s, err := settings.Load(settings.Source{Path: "otrbot.toml"})
	if err != nil {
		t.Fatal(err)
	}
	l, err := taught(s)
	if err != nil {
		t.Fatal(err)
	}
	config, err := botConfig(t.Context(), s, l, newPlace(t).open(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, feature := range []string{"urn:xmpp:receipts", "http://jabber.org/protocol/chatstates", "urn:xmpp:eme:0"} {
		if !slices.Contains(config.XMPP.Software.Features, feature) {
			t.Errorf("%s is not announced", feature)
		}
	}
	if wait := config.XMPP.Timers.Close; wait < 10*time.Second || wait > 25*time.Second {
		t.Errorf("goodbyes get %v", wait)
	}
}
