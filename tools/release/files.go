package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
)

// A packed file is one of a package.
type packed struct {
	path     string // absolute, as it is installed
	mode     fs.FileMode
	body     []byte
	settings bool // Debian asks before it replaces what a person has changed
}

// Where files of the package go.
const (
	docDir   = "/usr/share/doc/otrbot/"
	shareDir = "/usr/share/otrbot/"
	manDir   = "/usr/share/man/"
)

// commonFiles are those that do not depend on the processor: what the program writes about itself, and what the checkout
// has for operators.
func commonFiles(source, program, scratch string) ([]packed, error) {
	var list []packed
	for _, some := range []func() ([]packed, error){
		func() ([]packed, error) { return printed(program) },
		func() ([]packed, error) { return manPages(program, filepath.Join(scratch, "man")) },
		func() ([]packed, error) { return template(program, source, filepath.Join(scratch, "messages.pot")) },
		func() ([]packed, error) { return copied(source) },
	} {
		files, err := some()
		if err != nil {
			return nil, err
		}
		list = append(list, files...)
	}
	return list, nil
}

// printed is what the program writes to standard output.
func printed(program string) ([]packed, error) {
	var list []packed
	for _, f := range []struct {
		args     []string
		path     string
		mode     fs.FileMode
		settings bool
	}{
		{[]string{"config", "sample"}, "/etc/otrbot/otrbot.toml", 0o640, true},
		{[]string{"completion", "bash"}, "/usr/share/bash-completion/completions/otrbot", 0o644, false},
		{[]string{"completion", "zsh"}, "/usr/share/zsh/vendor-completions/_otrbot", 0o644, false},
		{[]string{"completion", "fish"}, "/usr/share/fish/vendor_completions.d/otrbot.fish", 0o644, false},
	} {
		out, err := exec.Command(program, f.args...).Output()
		if err != nil {
			return nil, fmt.Errorf("otrbot %s: %w", strings.Join(f.args, " "), err)
		}
		list = append(list, packed{f.path, f.mode, out, f.settings})
	}
	return list, nil
}

func manPages(program, dir string) ([]packed, error) {
	if out, err := exec.Command(program, "man", dir).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("otrbot man: %w\n%s", err, out)
	}
	pages, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var list []packed
	for _, page := range pages {
		b, err := os.ReadFile(filepath.Join(dir, page.Name()))
		if err != nil {
			return nil, err
		}
		section := strings.TrimPrefix(path.Ext(page.Name()), ".")
		list = append(list, packed{manDir + "man" + section + "/" + page.Name() + ".gz", 0o644, squeeze(b, gzip.BestCompression), false})
	}
	return list, nil
}

// template is what translators of lessons of their own begin with.
func template(program, source, into string) ([]packed, error) {
	c := exec.Command(program, "locale", "extract", "--output", into, source)
	c.Env = environment(runtime.GOARCH) // it asks the go command, which has compiled all that already
	if out, err := c.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("otrbot locale extract: %w\n%s", err, out)
	}
	b, err := os.ReadFile(into)
	return []packed{{shareDir + "messages.pot", 0o644, b, false}}, err
}

// copies are files of the checkout, by pattern, and the directory they go to. A pattern that ends in /... is a whole
// folder. Links between the documents hold, since they stand to each other as in the checkout.
var copies = []struct{ from, to string }{
	{"deploy/otrbot.service", "/usr/lib/systemd/system/"}, {"deploy/otrbot@.service", "/usr/lib/systemd/system/"},
	{"deploy/deb/tmpfiles.conf", "/usr/lib/tmpfiles.d/otrbot.conf"},
	{"deploy/deb/sysusers.conf", "/usr/lib/sysusers.d/otrbot.conf"},
	{"deploy/deb/lintian-overrides", "/usr/share/lintian/overrides/otrbot"},
	{"docs/lesson.schema.json", shareDir},
	{"README.md", docDir}, {"SECURITY.md", docDir}, {"CHANGELOG.md", docDir}, {"deploy/otrbot.service", docDir + "deploy/"}, {"deploy/otrbot@.service", docDir + "deploy/"},
	{"docs/*.md", docDir + "docs/"}, {"docs/lesson.schema.json", docDir + "docs/"}, {"docs/decisions/*.md", docDir + "docs/decisions/"},
	{"deploy/grafana-dashboard.json", docDir + "deploy/"}, {"deploy/prometheus-rules.yml", docDir + "deploy/"},
	{"deploy/ansible/...", docDir + "deploy/ansible/"}, {"deploy/caddy/...", docDir + "deploy/caddy/"}, {"deploy/nginx/...", docDir + "deploy/nginx/"},
}

func copied(source string) ([]packed, error) {
	var list []packed
	for _, c := range copies {
		names, err := matching(source, c.from)
		if err != nil {
			return nil, err
		}
		root, _, _ := strings.Cut(c.from, "/...")
		for _, name := range names {
			if strings.HasPrefix(path.Base(name), ".") {
				continue // git's own
			}
			b, err := os.ReadFile(filepath.Join(source, name))
			if err != nil {
				return nil, err
			}
			to := c.to
			switch {
			case root != c.from:
				to += strings.TrimPrefix(name, root+"/")
			case strings.HasSuffix(to, "/"):
				to += path.Base(name)
			}
			list = append(list, packed{to, 0o644, b, false})
		}
	}
	return list, nil
}

// matching finds files of the checkout that git knows, so that what lies about stays out.
func matching(source, pattern string) ([]string, error) {
	c := exec.Command("git", "ls-files", "-z", "--", ":(glob)"+strings.Replace(pattern, "/...", "/**", 1))
	c.Dir = source
	out, err := c.Output()
	names := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	if err != nil || names[0] == "" {
		return nil, fmt.Errorf("%s: no such file in the checkout (%v)", pattern, err)
	}
	return names, nil
}

// squeeze packs as gzip -n does: without name and time.
func squeeze(b []byte, level int) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, level)
	if err == nil {
		_, err = w.Write(b)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // into memory: cannot happen
	}
	return out.Bytes()
}
