package clients

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"otrbot/interop/libotr"
)

// Programs that the tests run, compiled from this checkout.
var (
	helper  string // of interop/libotr
	program string // otrbot
)

var (
	built    = flag.String("otrbot", "", "path of the `program` to test; default: built from this checkout")
	together = flag.String("together", "6", "how many `cells` of the matrix run at the same time; most of their time is waiting")
)

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	flag.Parse()
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
	if err := prepare(dir); err != nil {
		fmt.Fprintln(os.Stderr, "FAIL: tests with real clients cannot run:", err)
		return 1
	}
	return m.Run()
}

func prepare(dir string) error {
	if err := flag.Set("test.parallel", *together); err != nil {
		return err
	}
	var err error
	if helper, err = libotr.Build(dir); err != nil {
		return err
	}
	if program = *built; program != "" {
		return nil
	}
	program = filepath.Join(dir, "otrbot")
	if out, err := exec.Command("go", "build", "-o", program, "otrbot/cmd/otrbot").CombinedOutput(); err != nil {
		return fmt.Errorf("build otrbot: %w\n%s", err, out)
	}
	return nil
}
