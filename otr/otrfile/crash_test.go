package otrfile

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// crashHere makes the test program save over the file that it names, and die in the middle.
const crashHere = "OTRFILE_TEST_CRASH"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashHere); path != "" {
		crash(path)
	}
	os.Exit(m.Run())
}

func crash(path string) {
	err := replaceFile(path, func(w io.Writer) error {
		if _, err := io.WriteString(w, "(privkeys\n (acc"); err != nil {
			return err
		}
		self, err := os.FindProcess(os.Getpid())
		if err != nil {
			return err
		}
		if err := self.Kill(); err != nil {
			return err
		}
		select {} // until the kill arrives
	})
	os.Stderr.WriteString(err.Error())
	os.Exit(0)
}

func TestCrashDuringSave(t *testing.T) {
	dir := sampleDir(t)
	path := filepath.Join(dir, KeysName)
	before := get(t, path)
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), crashHere+"="+path)
	var exit *exec.ExitError
	if out, err := c.CombinedOutput(); !errors.As(err, &exit) {
		t.Fatalf("the program did not die: %v, %s", err, out)
	}
	if get(t, path) != before {
		t.Error("the file is not the old one")
	}
	if !strings.Contains(names(t, dir), temporarySuffix) {
		t.Error("the program did not die in the middle of saving")
	}
	other := filepath.Join(dir, ".otr.private_key.notes"+temporarySuffix) // not a name of ours
	put(t, other, "notes")
	d, _ := loaded(t, dir)
	if err := d.Keys.Save(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(other); err != nil {
		t.Errorf("a file of somebody else is gone: %v", err)
	}
	if strings.Contains(names(t, dir), temporarySuffix) || get(t, path) != before {
		t.Errorf("after the next save: %s", names(t, dir))
	}
}
