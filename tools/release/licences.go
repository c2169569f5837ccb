package main

import (
	"bytes"
	"debug/buildinfo"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// A module is one that parts of the program come from.
type module struct {
	path, version string
	sum           string   // as go.sum has it; empty for Go's own library
	licences      []string // SPDX names; empty: none was recognised
	texts         []text   // its licences and notices, as they stand in the module
}

// A text is a file of a licence.
type text struct{ name, body string }

// linkedModules are those in the program, by path, Go's own library first.
func linkedModules(p *program, source string) ([]module, error) {
	info, err := buildinfo.ReadFile(p.path)
	if err != nil {
		return nil, err
	}
	folders, goRoot, err := packageFolders(source, p.arch)
	if err != nil {
		return nil, err
	}
	std := module{path: "std", version: strings.TrimPrefix(info.GoVersion, "go")}
	if std.texts, err = legalFiles(goRoot); err != nil {
		return nil, err
	}
	list := []module{std}
	for _, d := range info.Deps {
		if d.Replace != nil {
			return nil, fmt.Errorf("%s is replaced in go.mod: a release has only published modules", d.Path)
		}
		m := module{path: d.Path, version: d.Version, sum: d.Sum}
		if m.texts, err = legalFiles(folders[d.Path]...); err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	for i := range list {
		if len(list[i].texts) == 0 {
			return nil, fmt.Errorf("module %s has no licence: nobody may ship it", list[i].path)
		}
		list[i].licences = recognise(list[i].texts)
	}
	return list, nil
}

// packageFolders are the folders of the linked packages by module, with those above them up to the module's own, and
// that of Go.
func packageFolders(source, arch string) (folders map[string][]string, goRoot string, err error) {
	out, err := goCommand(source, arch, "list", "-deps", "-f", "{{with .Module}}{{.Path}}\t{{.Dir}}\t{{$.Dir}}{{end}}", mainPackage)
	if err != nil {
		return nil, "", err
	}
	folders = map[string][]string{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(fields) != 3 {
			continue // a package of Go's own library
		}
		for dir := fields[2]; strings.HasPrefix(dir, fields[1]); dir = filepath.Dir(dir) {
			if !slices.Contains(folders[fields[0]], dir) {
				folders[fields[0]] = append(folders[fields[0]], dir)
			}
		}
	}
	root, err := goCommand(source, arch, "env", "GOROOT")
	for _, dirs := range folders {
		slices.Sort(dirs)
	}
	return folders, strings.TrimSpace(string(root)), err
}

// legalFiles reads what folders say about licences.
func legalFiles(folders ...string) ([]text, error) {
	var list []text
	for _, dir := range folders {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !e.Type().IsRegular() || !legal(e.Name()) {
				continue
			}
			b, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				return nil, err
			}
			list = append(list, text{e.Name(), string(bytes.TrimSpace(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))))})
		}
	}
	return list, nil
}

// legal tells whether a file has a name that licences have.
func legal(name string) bool {
	if strings.HasSuffix(name, ".go") {
		return false
	}
	name = strings.ToUpper(name)
	return slices.ContainsFunc([]string{"LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "PATENTS", "UNLICENSE"},
		func(start string) bool { return strings.HasPrefix(name, start) })
}

// wellKnown is the share of a text, in percent, that a licence has to be for the text to count as that licence.
const wellKnown = 75

// recognise names the licences that the texts are.
func recognise(texts []text) []string {
	var names []string
	for _, t := range texts {
		if strings.HasPrefix(strings.ToUpper(t.name), "PATENTS") {
			continue // a grant beside the licence
		}
		found := licensecheck.Scan([]byte(t.body))
		if found.Percent < wellKnown {
			continue
		}
		for _, m := range found.Match {
			if !m.IsURL && !slices.Contains(names, m.ID) {
				names = append(names, m.ID)
			}
		}
	}
	slices.Sort(names)
	return names
}
