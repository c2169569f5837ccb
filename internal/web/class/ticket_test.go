package class

import (
	"strings"
	"testing"
	"time"

	"otrbot/lti"
)

// Whatever comes in place of a ticket, only what was sealed here is opened.
func FuzzTicket(f *testing.F) {
	ring, err := lti.NewKeyRing()
	if err != nil {
		f.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	data := "opaque <&> éé"
	whole := ticket{
		Platform: 1, Issuer: "https://lms.example", Client: "c", Deployment: "1", Locale: "nl", Expires: now.Add(time.Minute),
		Settings: lti.DeepLinkSettings{ReturnURL: "https://lms.example/d", AcceptTypes: []string{resourceLink}, Data: &data},
	}
	sealed, err := whole.seal(f.Context(), ring)
	if err != nil {
		f.Fatal(err)
	}
	if got, err := openTicket(f.Context(), ring, sealed, now); err != nil || got.Settings.ReturnURL != whole.Settings.ReturnURL || *got.Settings.Data != data {
		f.Fatalf("%+v %v", got, err)
	}
	body, sum, _ := strings.Cut(sealed, ".")
	for _, seed := range []string{"", ".", sealed, body, "." + sum, body + "." + sum + "x", sealed + ".", "e30." + sum} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := openTicket(t.Context(), ring, text, now); err == nil && text != sealed {
			t.Errorf("%q was opened", text)
		}
	})
}
