package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"otrbot/internal/bot"
	"otrbot/internal/settings"
	"otrbot/internal/store"
	"otrbot/internal/xmpp"
)

func TestExitCodes(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errors.New("wrong argument"), 1},
		{&failure{errors.New("disk full")}, 2},
		{settings.Faults{{Source: "x", Problem: "y"}}, 3},
		{fmt.Errorf("run: %w", xmpp.ErrNotAuthorized), 3},
		{&xmpp.SetupError{Problem: "no TLS"}, 3},
		{fmt.Errorf("run: %w", xmpp.ErrConflict), 3},
		{fmt.Errorf("run: %w", bot.ErrStore), 2},
		{&xmpp.JournalError{Err: errors.New("disk full")}, 2},
		{&failure{store.ErrLocked}, 2},
		{&settings.NotFound{}, 4},
		{&coded{errors.New("no such program"), exitMissingDependency}, 5},
		{&failure{&xmpp.TLSRefused{Problem: "suite"}}, 127},
	} {
		if got := exitCode(tt.err); got != tt.want {
			t.Errorf("%v: %d, want %d", tt.err, got, tt.want)
		}
	}
	help := execute("", "--help").stdout
	for _, name := range []string{"invalid argument", "bad setting", "no settings", "missing dependency", "wrong TLS cipher negotiated", "unknown exception", "127"} {
		if !strings.Contains(help, name) {
			t.Errorf("the help does not name %q", name)
		}
	}
	guide, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	for code := range strings.FieldsSeq("0 1 2 3 4 5 127") {
		if !strings.Contains(string(guide), "\n| "+code+" |") {
			t.Errorf("docs/operating.md does not name code %s", code)
		}
	}
}
