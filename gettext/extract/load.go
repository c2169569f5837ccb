package extract

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A goPackage is one that was read and type-checked.
type goPackage struct {
	set   *token.FileSet
	files []*ast.File
	info  *types.Info
}

// listed is what "go list" tells of a package.
type listed struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	CgoFiles   []string
	ImportMap  map[string]string
	Export     string // the file with its types
	DepOnly    bool   // only imported by one that was asked for
}

// load reads the packages of the patterns from source. What they import comes from the compiler's export data, which
// the go command makes.
func load(ctx context.Context, root string, patterns []string) ([]goPackage, error) {
	all, err := list(ctx, root, patterns)
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	for _, p := range all {
		exports[p.ImportPath] = p.Export
	}
	set := token.NewFileSet()
	compiled := importer.ForCompiler(set, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	var packages []goPackage
	for _, p := range all {
		if p.DepOnly {
			continue
		}
		one, err := check(set, compiled, p)
		if err != nil {
			return nil, err
		}
		packages = append(packages, one)
	}
	return packages, nil
}

func list(ctx context.Context, root string, patterns []string) ([]listed, error) {
	args := []string{"list", "-deps", "-export", "-json=ImportPath,Dir,GoFiles,CgoFiles,ImportMap,Export,DepOnly", "--"}
	c := exec.CommandContext(ctx, "go", append(args, patterns...)...)
	c.Dir = root
	var out, complaints bytes.Buffer
	c.Stdout, c.Stderr = &out, &complaints
	if err := c.Run(); err != nil {
		return nil, fmt.Errorf("the code cannot be read: %w\n%s", err, strings.TrimSpace(complaints.String()))
	}
	var all []listed
	for d := json.NewDecoder(&out); ; {
		var p listed
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, fmt.Errorf("what go list says cannot be read: %w", err)
		}
		all = append(all, p)
	}
}

// mapped finds packages under the names that one package imports them by.
type mapped struct {
	names map[string]string
	types.Importer
}

func (m mapped) Import(path string) (*types.Package, error) {
	if real, ok := m.names[path]; ok {
		path = real
	}
	return m.Importer.Import(path)
}

func check(set *token.FileSet, compiled types.Importer, p listed) (goPackage, error) {
	if len(p.CgoFiles) > 0 {
		return goPackage{}, fmt.Errorf("%s uses cgo, which is not read: keep its messages in a package without", p.ImportPath)
	}
	out := goPackage{set: set, info: &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}}
	for _, name := range p.GoFiles {
		file, err := parser.ParseFile(set, filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return goPackage{}, err
		}
		out.files = append(out.files, file)
	}
	config := types.Config{Importer: mapped{p.ImportMap, compiled}}
	if _, err := config.Check(p.ImportPath, set, out.files, out.info); err != nil {
		return goPackage{}, err
	}
	return out, nil
}
