package browser_test

import (
	"regexp"
	"strings"
	"testing"

	"otrbot/interop/clients"
)

// register makes an account and says how to log in.
func register(t *testing.T, name string) clients.Login {
	t.Helper()
	password, err := prosody.Register(name)
	if err != nil {
		t.Fatal(err)
	}
	return clients.Login{JID: name + "@" + prosody.Domain, Password: password, Addr: prosody.Addr(), CAFile: prosody.CAFile()}
}

var code = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`)

// readCode is what the learner reads on the client's screen.
func readCode(c clients.Client) string {
	return strings.ToLower(code.FindString(c.WaitFor(code)))
}
