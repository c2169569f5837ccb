package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"regexp"
	"testing"

	"otrbot/internal/logging"
	"otrbot/internal/settings"
	"otrbot/internal/store"
	"otrbot/internal/xmpp"
)

func TestPagesAreServedWhereTheSettingsSay(t *testing.T) {
	db, err := store.Open(t.Context(), ":memory:", store.Key{1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	var log bytes.Buffer
	s := &settings.Settings{
		Locale: "en_GB", XMPP: settings.XMPP{DefaultAccount: "bot@example.org"}, Bot: settings.Bot{Title: "Otto"},
		Web: settings.Web{PublicURL: "http://127.0.0.1:5000", Listen: "127.0.0.1:0"},
	}
	logs, err := logging.Open(logging.Config{Standard: &log, Format: logging.Text})
	if err != nil {
		t.Fatal(err)
	}
	v := &service{now: s, logs: logs, db: db, watch: watchOf(t, s, db, logs)}
	parts, err := v.courseParts()
	if err != nil {
		t.Fatal(err)
	}
	address := regexp.MustCompile(`listen=(\S+)`).FindStringSubmatch(log.String())
	if address == nil {
		t.Fatalf("the log does not say where: %s", &log)
	}
	ctx, stop := context.WithCancelCause(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- together(ctx, parts...) }()
	answer, err := http.Get("http://" + address[1] + "/is_up")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != http.StatusOK || !bytes.Contains(body, []byte("up")) {
		t.Errorf("%s %s %v", answer.Status, body, err)
	}
	stop(xmpp.ErrHandOver)
	if err := <-ended; err != nil {
		t.Errorf("the end: %v", err)
	}

	s.Web.PublicURL = ""
	if parts, err := v.courseParts(); err != nil || len(parts) > 0 {
		t.Errorf("pages without an address: %d parts, %v", len(parts), err)
	}
}

// One part that fails ends the others, and its error is the program's.
func TestTogether(t *testing.T) {
	broken := errors.New("broken")
	patient := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	if err := together(t.Context(), patient, func(context.Context) error { return broken }, patient); !errors.Is(err, broken) {
		t.Error(err)
	}
}

func TestWherePlatformsMayBe(t *testing.T) {
	school := []netip.Prefix{netip.MustParsePrefix("10.1.2.0/24")}
	for _, test := range []struct {
		address string
		local   bool
		ok      bool
	}{
		{"93.184.216.34:443", false, true},
		{"10.1.2.3:443", false, true},
		{"[::ffff:10.1.2.3]:443", false, true},
		{"10.1.3.3:443", false, false},
		{"127.0.0.1:443", false, false},
		{"127.0.0.1:8080", true, true},
		{"[::1]:8080", true, true},
		{"169.254.169.254:80", true, false},
	} {
		if err := reachable(school, test.local)(netip.MustParseAddrPort(test.address)); (err == nil) != test.ok {
			t.Errorf("%s, local %v: %v", test.address, test.local, err)
		}
	}
}
