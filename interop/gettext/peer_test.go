package gettext_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"otrbot/gettext"
)

// gnu runs one of GNU's programs on what it reads from its standard input.
func gnu(t *testing.T, stdin []byte, name string, args ...string) []byte {
	t.Helper()
	out, complaints, err := tryGNU(t, stdin, name, args...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, complaints)
	}
	return out
}

// tryGNU runs a program that may refuse.
func tryGNU(t *testing.T, stdin []byte, name string, args ...string) (out, complaints []byte, err error) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%v (Debian: apt-get install gettext)", err)
	}
	c := exec.CommandContext(t.Context(), path, args...)
	c.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "LANGUAGE=")
	c.Stdin = bytes.NewReader(stdin)
	var o, e bytes.Buffer
	c.Stdout, c.Stderr = &o, &e
	err = c.Run()
	return o.Bytes(), e.Bytes(), err
}

// real are the translations of programs into all languages that come with Debian's packages: those of gettext itself,
// which are on every machine that has it, and some others where they are installed. As text in UTF-8, by file name.
func real(t *testing.T, domains ...string) map[string][]byte {
	t.Helper()
	texts := map[string][]byte{}
	for _, domain := range domains {
		files, err := filepath.Glob("/usr/share/locale/*/LC_MESSAGES/" + domain + ".mo")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			texts[file] = gnu(t, gnu(t, nil, "msgunfmt", file), "msgconv", "--to-code=UTF-8")
		}
	}
	if len(texts) < 30 {
		t.Fatalf("only %d translations of %v below /usr/share/locale (Debian: apt-get install --reinstall gettext gettext-base; "+
			"if dpkg leaves translations out, see path-exclude in /etc/dpkg/dpkg.cfg.d)", len(texts), domains)
	}
	return texts
}

func readPO(t *testing.T, text []byte) *gettext.File {
	t.Helper()
	f, err := gettext.ReadPO(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func writePO(t *testing.T, f *gettext.File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.WritePO(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readMO(t *testing.T, b []byte) *gettext.File {
	t.Helper()
	f, err := gettext.ReadMO(b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
