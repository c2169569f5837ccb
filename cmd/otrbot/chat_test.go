package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"otrbot/internal/chat"
	"otrbot/internal/xmpp"
	"otrbot/otr"
)

// What is wrong with the arguments is said before anything is asked or connected.
func TestChatArguments(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	empty, wrong, password := write("empty", "\n"), write("wrong", "/expect\n"), write("password", "sesame\n")
	for _, tt := range []struct {
		args []string
		says string
	}{
		{nil, "your own address is needed"},
		{[]string{"a@example.org", "b@example.org", "c@example.org"}, "your own address is needed"},
		{[]string{"ana"}, `address "ana": the part before the @ is missing`},
		{[]string{"ana@example.org", "ben"}, `address "ben"`},
		{[]string{"ana@example.org", "Ana@Example.org"}, "ana@example.org is your own address"},
		{[]string{"ana@example.org", "--policy", "never"}, `--policy "never": write manual, opportunistic or always`},
		{[]string{"ana@example.org", "--direct-tls"}, "--server, which is missing"},
		{[]string{"ana@example.org", "--server", "127.0.0.1"}, `--server "127.0.0.1": write host and port`},
		{[]string{"ana@example.org", "--server", ":5222"}, `--server ":5222": write host and port`},
		{[]string{"ana@example.org", "--ca-file", empty}, "holds no certificate in PEM form"},
		{[]string{"ana@example.org", "--ca-file", filepath.Join(dir, "none")}, "--ca-file: open"},
		{[]string{"ana@example.org", "--script", filepath.Join(dir, "none")}, "--script: open"},
		{[]string{"ana@example.org", "--script", wrong, "--password-file", password}, "wrong:1: /expect what?"},
		{[]string{"ana@example.org", "--password-file", empty}, "is empty"},
		{[]string{"ana@example.org"}, "there is no terminal to ask for the password"},
		{[]string{"ana@example.org", "--password", "sesame"}, "unknown flag: --password"},
	} {
		execute("", append([]string{"chat", "--dir", filepath.Join(dir, "keys")}, tt.args...)...).want(t, 1, tt.says)
	}
	if _, err := os.Stat(filepath.Join(dir, "keys")); err == nil {
		t.Error("keys were made")
	}
}

func TestChatErrors(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{&chat.NotSeen{}, 1},
		{&otr.FileError{}, 1},
		{xmpp.ErrConflict, 3},
		{errors.New("disk full"), 2},
		{xmpp.ErrNotAuthorized, 3},
		{&xmpp.TLSRefused{}, 127},
	} {
		if got := exitCode(chatError(tt.err)); got != tt.want {
			t.Errorf("%v: %d, want %d", tt.err, got, tt.want)
		}
	}
}
