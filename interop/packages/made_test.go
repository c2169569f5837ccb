package packages_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// A release is what tools/release has made.
type release struct{ dir, version string }

func (r release) deb() string    { return filepath.Join(r.dir, "otrbot_"+r.version+"-1_amd64.deb") }
func (r release) image() string  { return filepath.Join(r.dir, "otrbot_"+r.version+"-1_amd64.oci.tar") }
func (r release) bill() string   { return filepath.Join(r.dir, "otrbot_"+r.version+"-1_amd64.cdx.json") }
func (r release) source() string { return filepath.Join(filepath.Dir(r.dir), "source") }
func (r release) sums() string   { return filepath.Join(r.dir, "SHA256SUMS") }

// scratch is where releases are, removed by TestMain.
var scratch = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "otrbot-packages") })

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := scratch(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

var (
	first = sync.OnceValues(func() (release, error) { return released("a", "1.0.0", "../..") })

	// The same commit in another folder.
	again = sync.OnceValues(func() (release, error) { return fromFirst("a longer name/of-a-folder", "1.0.0") })

	second = sync.OnceValues(func() (release, error) { return fromFirst("b", "1.1.0") })
)

func fromFirst(folder, version string) (release, error) {
	r, err := first()
	if err != nil {
		return r, err
	}
	return released(folder, version, r.source())
}

func must(t *testing.T, made func() (release, error)) release {
	t.Helper()
	r, err := made()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// released makes the packages of a version: of a copy of a repository with an empty commit on top, unless that is there,
// and the version as its tag. What is not committed is not in it.
func released(folder, version, repository string) (release, error) {
	dir, err := scratch()
	if err != nil {
		return release{}, err
	}
	if repository, err = filepath.Abs(repository); err != nil {
		return release{}, err
	}
	r := release{filepath.Join(dir, folder, "dist"), version}
	if _, err := command(".", "git", "clone", "--quiet", "--depth=1", "file://"+repository, r.source()); err != nil {
		return r, err
	}
	if known, err := command(r.source(), "git", "tag", "--points-at", "HEAD"); err != nil || strings.TrimSpace(known) != "v"+version {
		for _, args := range [][]string{
			{"git", "-c", "user.name=release", "-c", "user.email=release@example.org", "commit", "--quiet", "--allow-empty", "--message", version},
			{"git", "tag", "v" + version},
		} {
			if _, err := command(r.source(), args...); err != nil {
				return r, err
			}
		}
	}
	_, err = command(filepath.Join(r.source(), "tools"), "go", "run", "./release", "-out", r.dir)
	return r, err
}

// command runs a program and returns what it writes to standard output. All commits are of one time.
func command(dir string, args ...string) (string, error) {
	c := exec.Command(args[0], args[1:]...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GIT_AUTHOR_DATE=2026-01-02T03:04:05Z", "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z", "LC_ALL=C.UTF-8")
	var complaint bytes.Buffer
	c.Stderr = &complaint
	out, err := c.Output()
	if err != nil {
		return string(out), &failed{args, err, string(out) + complaint.String()}
	}
	return string(out), nil
}

// failed says what a program had to say.
type failed struct {
	args []string
	err  error
	text string
}

func (f *failed) Error() string {
	return strings.Join(f.args, " ") + ": " + f.err.Error() + "\n" + f.text
}

// need runs a program that scripts/install-peers installs.
func need(t *testing.T, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(args[0]); err != nil {
		t.Fatalf("%s is missing: run scripts/install-peers", args[0])
	}
	out, err := command(".", args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
