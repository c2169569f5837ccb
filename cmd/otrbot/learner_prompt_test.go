package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// The test runs itself again at a terminal, which script(1) of bsdutils provides.
const atTerminal = "OTRBOT_TEST_AT_TERMINAL"

func TestASecretIsAskedForAndNotShown(t *testing.T) {
	if os.Getenv(atTerminal) != "" {
		askAtTerminal(t)
		return
	}
	for typed, want := range map[[2]string]string{
		{"white rabbit", "white rabbit"}: "read 12 characters",
		{"white rabbit", "white rabit"}:  "the two are not the same",
	} {
		c := exec.CommandContext(t.Context(), "script", "-qec", os.Args[0]+" -test.run=^"+t.Name()+"$", os.DevNull)
		c.Env = append(os.Environ(), atTerminal+"=1")
		in, err := c.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatalf("%v: install bsdutils", err)
		}
		said := answer(t, out, in, map[string]string{"Secret: ": typed[0], "Again: ": typed[1]})
		if err := c.Wait(); err != nil {
			t.Errorf("%v", err)
		}
		if !strings.Contains(said, want) || strings.Contains(said, "white") {
			t.Errorf("want %q: %s", want, said)
		}
	}
}

// answer types an answer after each question, and returns all that was on the terminal.
func answer(t *testing.T, terminal io.Reader, keyboard io.WriteCloser, answers map[string]string) string {
	t.Helper()
	var said bytes.Buffer
	for b := make([]byte, 1); ; {
		if _, err := terminal.Read(b); err != nil {
			return said.String()
		}
		said.Write(b)
		for question, reply := range answers {
			if bytes.HasSuffix(said.Bytes(), []byte(question)) {
				if _, err := io.WriteString(keyboard, reply+"\n"); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

func askAtTerminal(t *testing.T) {
	c := &cobra.Command{}
	c.SetIn(os.Stdin)
	c.SetErr(os.Stdout)
	text, err := readSecret(c)
	if err != nil {
		t.Logf("refused: %v", err)
		os.Stdout.WriteString(err.Error() + "\n")
		return
	}
	c.PrintErrf("read %d characters\n", len(text.Reveal()))
}
