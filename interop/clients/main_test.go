package clients

import (
	"fmt"
	"os"
	"testing"

	"otrbot/interop/libotr"
)

// helper is the compiled program of interop/libotr.
var helper string

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "clients-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}()
	if helper, err = libotr.Build(dir); err != nil {
		fmt.Fprintln(os.Stderr, "FAIL: tests with real clients cannot run:", err)
		return 1
	}
	return m.Run()
}
