package packages_test

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestSameCommitSameBytes(t *testing.T) {
	one, other := must(t, first), must(t, again)
	want, err := os.ReadFile(one.sums())
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(other.sums())
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("checksums of the same commit in two folders:\n%s\n%s", want, got)
	}
	if lines := strings.Count(string(want), "\n"); lines != 3 {
		t.Errorf("%d checksums, want those of package, image and bill", lines)
	}
	if _, err := command(one.dir, "sha256sum", "--check", "--strict", "SHA256SUMS"); err != nil {
		t.Error(err)
	}
}

func TestLintian(t *testing.T) {
	if out := need(t, "lintian", "--fail-on", "error,warning", "--allow-root", must(t, first).deb()); out != "" {
		t.Error(out)
	}
	unused := need(t, "lintian", "--allow-root", "--tags", "unused-override,mismatched-override", must(t, first).deb())
	if unused != "" {
		t.Error(unused)
	}
}

// unpacked is what the package installs.
func unpacked(t *testing.T) string {
	dir := t.TempDir()
	need(t, "dpkg-deb", "--extract", must(t, first).deb(), dir)
	return dir
}

func TestManPages(t *testing.T) {
	pages, err := filepath.Glob(unpacked(t) + "/usr/share/man/man*/*.gz")
	if err != nil || len(pages) < 50 {
		t.Fatal("too few manual pages:", pages, err)
	}
	plain := filepath.Join(t.TempDir(), "page")
	for _, page := range pages {
		gunzip(t, page, plain)
		if out, err := command(".", "mandoc", "-T", "lint", "-W", "warning", plain); err != nil || out != "" {
			t.Error(filepath.Base(page), out, err)
		}
	}
}

func gunzip(t *testing.T, from, to string) {
	t.Helper()
	f, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A page of the manual reads as one expects.
func TestManPageReads(t *testing.T) {
	page := filepath.Join(unpacked(t), "usr/share/man/man1/otrbot-run.1.gz")
	text := regexp.MustCompile(".\b").ReplaceAllString(need(t, "mandoc", "-T", "ascii", page), "") // bold is a letter over itself
	for _, want := range []string{"otrbot-run - Log in and teach", "otrbot run [--config string] [--jid string]", "-j, --jid string", "otrbot run --config otrbot.toml"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
}

// TestUnit judges the unit as systemd does: 10 is as open as can be, 0 is closed.
func TestUnit(t *testing.T) {
	unit := filepath.Join(unpacked(t), "usr/lib/systemd/system/otrbot.service")
	need(t, "systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", unit)
}

// What is not to be found by everybody: links of the documents lead to files that are installed, or to the checkout's
// own that operators have no use for.
func TestDocuments(t *testing.T) {
	root := filepath.Join(unpacked(t), "usr/share/doc/otrbot")
	link := regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
	for _, name := range []string{"docs/operating.md", "docs/settings.md", "docs/privacy.md", "docs/courses.md", "docs/lessons.md"} {
		b, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, m := range link.FindAllStringSubmatch(string(b), -1) {
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(name), m[1])); err != nil {
				t.Errorf("%s: %s is not in the package", name, m[1])
			}
		}
	}
	rights, err := os.ReadFile(filepath.Join(root, "copyright"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"modernc.org/sqlite v", "github.com/spf13/cobra v", "Permission is hereby granted, free of charge", "The Go Authors"} {
		if !strings.Contains(string(rights), want) {
			t.Errorf("the copyright file does not say %q", want)
		}
	}
}
