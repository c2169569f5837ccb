package libotr

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

const protocol = "prpl-jabber"

// bench is what all tests share: the compiled helper, and keys that libotr
// generated for the accounts alice, bob and carol.
var bench struct {
	program string
	keys    string // path of libotr's private key file
}

func TestMain(m *testing.M) {
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "otrpeer")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}()
	if err := prepare(dir); err != nil {
		fmt.Fprintln(os.Stderr, "FAIL: tests against libotr cannot run:", err)
		return 1
	}
	return m.Run()
}

func prepare(dir string) error {
	var err error
	if bench.program, err = Build(dir); err != nil {
		return err
	}
	p, err := Start(bench.program)
	if err != nil {
		return err
	}
	bench.keys = filepath.Join(dir, "keys")
	for _, account := range []string{"alice", "bob", "carol"} {
		u, err := p.NewUser(account, account, protocol, 0, 0)
		if err == nil && account != "alice" {
			err = u.ReadKeys(bench.keys)
		}
		if err == nil {
			err = u.WriteKeys(bench.keys)
		}
		if err != nil {
			return err
		}
	}
	return p.Close()
}

// process starts a helper that ends with the test. A helper that died fails
// the test unless the test closed it itself.
func process(t *testing.T) *Process {
	t.Helper()
	p, err := Start(bench.program)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}
