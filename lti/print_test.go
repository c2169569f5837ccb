package lti_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"otrbot/lti"
)

// However a secret is printed, logged or marshalled, it stays one.
func TestSecretsDoNotPrint(t *testing.T) {
	key := ring(t).Current
	private, err := key.PEM()
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []any{
		lti.Secret("correct horse"), private, key, &key, ring(t),
		lti.Consumer{Key: "k", Secrets: []lti.Secret{"correct horse"}}, lti.RegisterRequest{Token: "correct horse"}, &lti.StorageNeeded{IDToken: "correct horse"},
	} {
		var out bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb, secret)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "secret", secret)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "secret", secret)
		b, err := json.Marshal(secret)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(b)
		for _, part := range []string{"correct", "636f7272", "PRIVATE", string(private)[40:80]} {
			if strings.Contains(out.String(), part) {
				t.Errorf("%T shows %q", secret, part)
			}
		}
	}
}

func TestKeys(t *testing.T) {
	r := ring(t)
	text, err := r.Current.PEM()
	if err != nil {
		t.Fatal(err)
	}
	again, err := lti.ParseKey(text)
	if err != nil || again.ID() != r.Current.ID() {
		t.Errorf("read again: %v %v", again, err)
	}
	for _, bad := range []lti.Secret{"", "x", text + text, lti.Secret(strings.Replace(string(text), "PRIVATE", "RSA PRIVATE", 2)), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		if _, err := lti.ParseKey(bad); err == nil {
			t.Errorf("accepted a key of %d bytes", len(bad))
		}
	}
	public, err := r.Current.PublicPEM()
	if err != nil || !strings.HasPrefix(public, "-----BEGIN PUBLIC KEY-----") {
		t.Error(public, err)
	}
	published, err := r.JWKS()
	if err != nil || strings.Contains(string(published), `"d"`) || strings.Count(string(published), `"kid"`) != 2 || strings.Count(string(published), `"RS256"`) != 2 {
		t.Errorf("%s %v", published, err)
	}
	rotated, err := r.Rotate()
	if err != nil || rotated.Current.ID() != r.Next.ID() || rotated.Previous.ID() != r.Current.ID() || rotated.Next.ID() == r.Next.ID() {
		t.Error(rotated, err)
	}
	if published, err = rotated.JWKS(); err != nil || strings.Count(string(published), `"kid"`) != 3 {
		t.Errorf("%s %v", published, err)
	}
	if _, err := (lti.KeyRing{Current: r.Current}).Rotate(); err == nil {
		t.Error("rotated to a key that no platform has seen")
	}
	if empty, err := (lti.KeyRing{}).JWKS(); err != nil || string(empty) != `{"keys":[]}` {
		t.Errorf("%s %v", empty, err)
	}
}
