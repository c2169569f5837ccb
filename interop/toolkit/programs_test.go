package toolkit

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// ours is the command under test, built once.
var ours string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "otrbot")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	ours = filepath.Join(dir, "otrbot")
	if out, err := exec.Command("go", "build", "-o", ours, "otrbot/cmd/otrbot").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building otrbot: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// result is what a program did.
type result struct {
	code   int
	stdout string
	stderr string
}

func execute(t *testing.T, stdin, program string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	c := exec.Command(program, args...)
	c.Stdin = strings.NewReader(stdin)
	c.Stdout, c.Stderr = &stdout, &stderr
	err := c.Run()
	if missing := (*exec.Error)(nil); errors.As(err, &missing) {
		t.Fatalf("%v: install Debian's package libotr5-bin", err)
	}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{c.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// complaint is the sentence about what is wrong, "" when there is only the
// usage, which each of the programs words for itself. Notes are ours alone.
func (r result) complaint() string {
	for line := range strings.Lines(r.stderr) {
		switch {
		case strings.HasPrefix(line, "Usage: "):
			return ""
		case !strings.HasPrefix(line, "Note: "):
			return strings.TrimSuffix(line, "\n")
		}
	}
	return ""
}

// compare runs one tool of both and returns libotr's answer.
func compare(t *testing.T, stdin, tool string, args ...string) result {
	t.Helper()
	want := execute(t, stdin, "otr_"+tool, args...)
	got := execute(t, stdin, ours, append([]string{"toolkit", tool}, args...)...)
	if got.code != want.code || got.stdout != want.stdout || got.complaint() != want.complaint() {
		t.Errorf("%s %q with input %q:\notrbot: %d %q %q\nlibotr: %d %q %q", tool, args, stdin,
			got.code, got.stdout, got.complaint(), want.code, want.stdout, want.complaint())
	}
	if got, want := strings.Contains(got.stderr, "Usage: "), strings.Contains(want.stderr, "Usage: "); got != want {
		t.Errorf("%s %q: usage shown: otrbot %v, libotr %v", tool, args, got, want)
	}
	return want
}
