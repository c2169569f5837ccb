package browser_test

import (
	"fmt"
	"os"
	"testing"

	"otrbot/interop/servers"
)

// prosody is where everybody of these tests has an account.
var prosody *servers.Instance

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if prosody, err = servers.Start(servers.KindProsody, servers.Options{}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer prosody.Close()
		return m.Run()
	}())
}
