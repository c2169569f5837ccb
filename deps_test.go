package otrbot_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Packages of this module are written as the go command does, "./otr": what the module is called does not matter here.

// A layer says what a package, and every package below its path that has no layer of its own, may import.
type layer struct {
	path     string
	module   []string // packages of this module
	never    []string // packages of the standard library, with everything below them
	others   []string // foreign modules
	forTests bool     // holds help for tests: may import what only tests may
}

var (
	// What would tie the protocol to a machine: it takes its messages, clock and dice from the caller.
	surroundings = []string{"context", "log", "net", "os", "os/exec", "os/signal", "os/user", "syscall", "testing"}

	arithmetic = []string{"filippo.io/bigmod"}
	commands   = []string{"github.com/spf13/cobra"}
)

// layers is the drawing of docs/ARCHITECTURE.md: imports run downwards only.
var layers = []layer{
	{path: "."},
	{path: "./cmd", module: []string{"./otr/toolkit"}, others: commands},
	{path: "./examples", module: []string{"./otr", "./otr/otrfile"}},
	{path: "./interop", forTests: true, module: []string{
		"./otr", "./otr/otrfile", "./otr/toolkit", "./internal/testkit", "./interop"}},
	{path: "./internal/testkit", forTests: true, module: []string{"./otr"}},

	{path: "./otr/otrfile", module: []string{"./otr"}, never: []string{"net", "context", "log"}},
	{path: "./otr/toolkit", module: []string{"./otr/internal/wire", "./otr/internal/group"}, never: surroundings},
	{path: "./otr", module: []string{
		"./otr/internal/ake", "./otr/internal/session", "./otr/internal/smp",
		"./otr/internal/wire", "./otr/internal/group"}, never: surroundings},

	{path: "./otr/internal/ake", module: []string{"./otr/internal/wire", "./otr/internal/group"}, never: surroundings},
	{path: "./otr/internal/session", module: []string{"./otr/internal/wire", "./otr/internal/group"}, never: surroundings},
	{path: "./otr/internal/smp", module: []string{"./otr/internal/wire", "./otr/internal/group"}, never: surroundings},
	{path: "./otr/internal/recordings", forTests: true}, // tests only: libotr's recordings through all parts
	{path: "./otr/internal/wire", others: []string{"github.com/emmansun/base64"}, never: surroundings},
	{path: "./otr/internal/group", never: surroundings, others: arithmetic},
}

// nowhere lists packages that nothing but a test may import.
var nowhere = []string{
	"crypto/dsa",                // neither constant-time nor fed from the reader it is given
	"math/rand", "math/rand/v2", // randomness is crypto/rand or the caller's
	"plugin", "C",
}

func TestImports(t *testing.T) {
	for _, p := range listPackages(t) {
		t.Run(p.ImportPath, func(t *testing.T) {
			l, ok := layerOf(p.ImportPath)
			if !ok {
				t.Fatalf("no layer: say in the table of this test what it may import")
			}
			for _, path := range p.Imports {
				if why := l.refuses(p, path); why != "" {
					t.Errorf("imports %s: %s", path, why)
				}
			}
		})
	}
}

// refuses tells why a package of the layer must not import path; "" when it may.
func (l layer) refuses(p goPackage, path string) string {
	switch first, _, _ := strings.Cut(path, "/"); {
	case slices.Contains(nowhere, path) && !l.forTests:
		return "only tests may"
	case first == ".":
		if !slices.ContainsFunc(l.module, func(m string) bool { return path == m || inInterop(p, m, path) }) {
			return "not a layer below"
		}
	case strings.Contains(first, "."):
		if !slices.Contains(l.others, path) {
			return "not a dependency of this layer"
		}
	case path != "log/slog" && slices.ContainsFunc(l.never, func(n string) bool { return under(path, n) }):
		return "ties the protocol to its surroundings" // log/slog is for LogValue: a secret that will not talk
	}
	return ""
}

// inInterop lets the programs of interop share their own packages.
func inInterop(p goPackage, m, path string) bool {
	return m == "./interop" && under(p.ImportPath, m) && under(path, m)
}

// layerOf finds the layer with the longest matching path. The root is a layer of its own, not everyone's.
func layerOf(importPath string) (layer, bool) {
	var found layer
	for _, l := range layers {
		if importPath == l.path || l.path != "." && under(importPath, l.path) && len(l.path) > len(found.path) {
			found = l
		}
	}
	// Everything inside otr/internal is listed by name, so that a new package is a decision.
	if found.path == "./otr" && importPath != found.path {
		return layer{}, false
	}
	return found, found.path != ""
}

func under(path, parent string) bool { return path == parent || strings.HasPrefix(path, parent+"/") }

// goPackage is what "go list -json" tells of a package and this test asks.
type goPackage struct {
	ImportPath string
	Module     struct{ Path string }
	Dir        string
	GoFiles    []string
	CgoFiles   []string
	Imports    []string
}

// local writes "./" for the module's own path.
func (p *goPackage) local(path string) string {
	if under(path, p.Module.Path) {
		return "." + strings.TrimPrefix(path, p.Module.Path)
	}
	return path
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Module,Dir,GoFiles,CgoFiles,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return list
		case err != nil:
			t.Fatalf("go list: %v", err)
		}
		p.ImportPath = p.local(p.ImportPath)
		for i, path := range p.Imports {
			p.Imports[i] = p.local(path)
		}
		list = append(list, p)
	}
}
