package main

import (
	"crypto/x509"
	"slices"
	"strings"
	"testing"
	"time"

	"otrbot/internal/settings"
	"otrbot/internal/xmpp"
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
	config, err := botConfig(t.Context(), s, texts{l, wordsIn("")}, newPlace(t).open(t))
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

// An unknown authority of the server's certificate is mended in the settings; nothing else is answered with that advice.
func TestRunErrors(t *testing.T) {
	unknown := runError(&xmpp.SetupError{Problem: "certificate", Err: x509.UnknownAuthorityError{}})
	if exitCode(unknown) != exitBadSetting || !strings.Contains(unknown.Error(), "in tls.ca_file") {
		t.Errorf("%v", unknown)
	}
	if err := runError(xmpp.ErrNotAuthorized); err != xmpp.ErrNotAuthorized {
		t.Errorf("%v", err)
	}
	if err := runError(nil); err != nil {
		t.Errorf("%v", err)
	}
}
