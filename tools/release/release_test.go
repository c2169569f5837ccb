package main

import (
	"crypto/x509"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// What needs a whole build is in interop/packages.

func TestDebianVersion(t *testing.T) {
	for version, want := range map[string]string{
		"v1.2.3":                               "1.2.3-1",
		"v1.2.3-rc.1":                          "1.2.3~rc.1-1", // before 1.2.3
		"v1.2.4-0.20260102030405-abcdef012345": "1.2.4~0.20260102030405.abcdef012345-1",
		"v0.0.0-20260102030405-abcdef012345":   "0.0.0~20260102030405.abcdef012345-1",
		"v1.2.3+dirty":                         "1.2.3+dirty-1",
		"v1.2.4-0.20260102030405-abcdef+dirty": "1.2.4~0.20260102030405.abcdef+dirty-1",
		"(devel)":                              "",
		"":                                     "",
		"v1.2.3 rm -rf":                        "",
		"vnext":                                "",
	} {
		got, err := debianVersion(version)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v, want %q", version, got, err, want)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"-arch sparc", `architecture "sparc": write amd64 or arm64`},
		{"-arch amd64,", `architecture ""`},
		{"now", `unknown argument "now"`},
		{"-source " + t.TempDir() + " -out " + t.TempDir(), "go build"},
	} {
		if err := run(strings.Fields(c.args), io.Discard); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("release %s: %v, want %q", c.args, err, c.want)
		}
	}
}

const mit = `Copyright (c) 2020 Somebody

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`

func TestLicences(t *testing.T) {
	dir := t.TempDir()
	for name, body := range map[string]string{"LICENSE.md": mit + "\r\n", "Notice": "Made by somebody.", "license.go": "package x", "PATENTS": mit, "README": mit} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	texts, err := legalFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range texts {
		names = append(names, l.name)
	}
	if want := []string{"LICENSE.md", "Notice", "PATENTS"}; !slices.Equal(names, want) {
		t.Errorf("files about licences: %q, want %q", names, want)
	}
	if got := recognise(texts); !slices.Equal(got, []string{"MIT"}) {
		t.Errorf("recognised %q", got)
	}
	if got := recognise([]text{{"LICENSE", "Do what I say, and nothing else."}, {"PATENTS", mit}}); got != nil {
		t.Errorf("recognised %q in what is no licence that we know", got)
	}
}

// Each text is there once, with all whose it is.
func TestCopyright(t *testing.T) {
	source := t.TempDir()
	if err := os.WriteFile(filepath.Join(source, "NOTICE"), []byte("Ours.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	one, odd := text{"LICENSE", mit}, text{"COPYING", "Do what I say."}
	b, err := copyright(&program{modules: []module{
		{path: "one.example", version: "v1", licences: []string{"MIT"}, texts: []text{one}},
		{path: "two.example", version: "v2", licences: []string{"MIT"}, texts: []text{one}},
		{path: "odd.example", version: "v3", texts: []text{odd}},
	}}, source)
	if err != nil {
		t.Fatal(err)
	}
	got := string(b)
	for _, want := range []string{"Ours.\n", "  two.example v2: MIT\n", "  odd.example v3: a licence of its own, see below\n",
		"one.example: LICENSE\ntwo.example: LICENSE\n\n" + mit, "odd.example: COPYING\n\nDo what I say.\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("the file does not say %q:\n%s", want, got)
		}
	}
	if strings.Count(got, "Permission is hereby granted") != 1 {
		t.Error("a text is there twice")
	}
}

func TestSums(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeSums(dir, []string{"a"}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, sumsName))
	if want := "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a\n"; err != nil || string(got) != want { // FIPS 180-2, B.1
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}

func TestUUID(t *testing.T) {
	got := uuid([32]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(got) {
		t.Error(got)
	}
}

func TestRoots(t *testing.T) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(roots()) {
		t.Fatal("no certificates")
	}
	if n := strings.Count(string(roots()), "BEGIN CERTIFICATE"); n < 80 {
		t.Errorf("%d certificates are too few", n)
	}
}

// sample is a program that was not built.
func sample(t *testing.T) *program {
	t.Helper()
	path := filepath.Join(t.TempDir(), "otrbot")
	if err := os.WriteFile(path, []byte("the program"), 0o600); err != nil {
		t.Fatal(err)
	}
	return &program{path: path, arch: "arm64", version: "v1.2.3", debian: "1.2.3-1", commit: "abcdef", time: time.Unix(1767323045, 0).UTC(),
		modules: []module{{path: "std", version: "1.26.8", licences: []string{"BSD-3-Clause"}}, {path: "odd.example/x", version: "v3.0.0", sum: "h1:abc="}}}
}
