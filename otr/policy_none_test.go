package otr_test

import (
	"errors"
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
)

// RequireEncryption without a version could send nothing at all: no conversation begins so.
func TestRequireEncryptionNeedsAVersion(t *testing.T) {
	user := testkit.User(t, testkit.Alice)
	peer := testkit.PeerOf(testkit.Alice, testkit.Bob)
	for _, flags := range []otr.Policy{0, otr.SendWhitespaceTag, otr.WhitespaceStartAKE | otr.ErrorStartAKE} {
		if _, err := user.NewConversation(peer, otr.Config{Policy: otr.RequireEncryption | flags}); !errors.Is(err, otr.ErrConfig) {
			t.Errorf("policy %#x: error %v, want ErrConfig", otr.RequireEncryption|flags, err)
		}
	}
	if tag, ok := user.InstanceTag(peer.Account); ok {
		t.Errorf("the instance tag %#x was made", tag)
	}
	for _, version := range []otr.Policy{otr.AllowV2, otr.AllowV3} {
		if _, err := user.NewConversation(peer, otr.Config{Policy: otr.RequireEncryption | version, Rand: testkit.Rand("tag")}); err != nil {
			t.Errorf("with version flag %#x: %v", version, err)
		}
	}
}

// A policy can become so later. Then nothing is sent and nothing is kept: not the text, not a query.
func TestRequireEncryptionWithoutVersionSendsNothing(t *testing.T) {
	for name, text := range map[string]string{"a text": "for Bob alone", "a query typed by hand": "?OTRv3?", "no text": ""} {
		t.Run(name, func(t *testing.T) {
			p := testkit.NewPair(t)
			p.Alice.SetPolicy(otr.RequireEncryption)
			before := snapshotOf(t, p.Alice)
			r, err := p.Alice.Send(text)
			if !errors.Is(err, otr.ErrPolicy) {
				t.Errorf("error %v, want ErrPolicy", err)
			}
			silent(t, r)
			if len(r.Events) > 0 {
				t.Errorf("events %+v", r.Events)
			}
			if string(snapshotOf(t, p.Alice)) != string(before) {
				t.Error("something was kept")
			}
			if r, err := p.Alice.Start(); !errors.Is(err, otr.ErrPolicy) || len(r.Send) > 0 {
				t.Errorf("Start: error %v, sent %q", err, r.Send)
			}

			p.Alice.SetPolicy(otr.Manual | otr.RequireEncryption)
			p.Alice.Say("now")
			p.Flow()
			if got := receivedBy(p.Bob); len(got) != 1 || got[0] != "now" {
				t.Errorf("Bob received %q", got)
			}
		})
	}
}
