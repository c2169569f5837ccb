package main

import (
	"bytes"
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A program is otrbot, built for one processor, and what is known of it.
type program struct {
	path     string
	arch     string // as Go says it, and Debian for those that we build for
	version  string // of the module: from the tag, else made of time and commit
	debian   string // the same as Debian orders versions, with a revision
	commit   string
	time     time.Time // of the commit, or SOURCE_DATE_EPOCH
	compiler string    // go1.26.8
	modules  []module
}

// build compiles otrbot without C, without paths of this machine and without a table of symbols, so that only the commit
// and the compiler decide what comes out.
func build(source, arch, into string) (*program, error) {
	into, err := filepath.Abs(into)
	if err != nil {
		return nil, err
	}
	if _, err := goCommand(source, arch, "build", "-buildvcs=true", "-ldflags=-s -w", "-o", into, mainPackage); err != nil {
		return nil, err
	}
	p := &program{path: into, arch: arch}
	if err := p.readBuildInfo(); err != nil {
		return nil, err
	}
	p.modules, err = linkedModules(p, source)
	return p, err
}

const mainPackage = "./cmd/otrbot"

// environment is that of each go command: nothing of the caller's changes what is built, and what one has compiled the next
// one finds.
func environment(arch string) []string {
	return append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch, "GOAMD64=v1", "GOARM64=v8.0",
		"GOFLAGS=-mod=readonly -trimpath", "GOEXPERIMENT=", "GOWORK=off")
}

// goCommand runs the go command in the checkout.
func goCommand(source, arch string, args ...string) ([]byte, error) {
	c := exec.Command("go", args...)
	c.Dir = source
	c.Env = environment(arch)
	var complaint bytes.Buffer
	c.Stderr = &complaint
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", args[0], err, complaint.Bytes())
	}
	return out, nil
}

// readBuildInfo takes version, commit and time from the program itself.
func (p *program) readBuildInfo() error {
	info, err := buildinfo.ReadFile(p.path)
	if err != nil {
		return err
	}
	p.version, p.compiler = info.Main.Version, info.GoVersion
	var committed string
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			p.commit = s.Value
		case "vcs.time":
			committed = s.Value
		}
	}
	if p.commit == "" || !strings.HasPrefix(p.version, "v") {
		return errors.New("the program does not know its commit: build from a checkout with git")
	}
	if p.debian, err = debianVersion(p.version); err != nil {
		return err
	}
	if p.time, err = time.Parse(time.RFC3339, committed); err != nil {
		return err
	}
	if epoch := os.Getenv("SOURCE_DATE_EPOCH"); epoch != "" {
		seconds, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil {
			return fmt.Errorf("SOURCE_DATE_EPOCH: %q is not a number of seconds", epoch)
		}
		p.time = time.Unix(seconds, 0)
	}
	p.time = p.time.UTC()
	return nil
}

// revision is Debian's count of packages made of one version.
const revision = "-1"

// debianVersion writes a version of a Go module such as v1.2.3-rc.1+dirty as Debian orders them: what comes before a
// release has a tilde.
func debianVersion(v string) (string, error) {
	v = strings.TrimPrefix(v, "v")
	core, rest, early := strings.Cut(v, "-")
	if early {
		core += "~" + strings.ReplaceAll(rest, "-", ".")
	}
	if core == "" || strings.Trim(core, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.+~") != "" || core[0] < '0' || core[0] > '9' {
		return "", fmt.Errorf("version %q cannot be a Debian version", v)
	}
	return core + revision, nil
}
