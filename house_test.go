package otrbot_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What a linter does not know of this house. Each rule looks at one node of a file's syntax and says what is
// wrong there, or "".
var houseRules = []struct {
	name   string
	in     string            // directory, with everything below; "" is the module
	tests  bool              // whether tests obey it too
	except map[string]string // files that may, and why
	breaks func(ast.Node) string
}{
	{
		name:   "the caller's clock",
		in:     "otr",
		except: map[string]string{"otr/config.go": "Config.Time defaults to time.Now"},
		breaks: func(n ast.Node) string {
			for _, f := range []string{"Now", "Since", "Until", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"} {
				if isSelector(n, "time", f) {
					return "reads the machine's clock: use Config.Time"
				}
			}
			return ""
		},
	},
	{
		name: "the caller's dice",
		in:   "otr",
		except: map[string]string{
			"otr/config.go": "Config.Rand defaults to crypto/rand",
			"otr/keys.go":   "so does the reader of GenerateKey",
		},
		breaks: func(n ast.Node) string {
			if spec, ok := n.(*ast.ImportSpec); ok && spec.Path.Value == `"crypto/rand"` {
				return "draws from the machine: use Config.Rand or take an io.Reader"
			}
			return ""
		},
	},
	{
		name: "no goroutines in the protocol",
		in:   "otr",
		breaks: func(n ast.Node) string {
			if _, ok := n.(*ast.GoStmt); ok {
				return "starts a goroutine: one goroutine at a time owns a conversation, the caller's"
			}
			return ""
		},
	},
	{
		name: "no big integers for secrets",
		in:   "otr",
		except: map[string]string{
			"otr/internal/group/dsa.go":          "bounds of public values, and verification",
			"otr/internal/group/dsa_generate.go": "candidates for public domain parameters",
			"otr/internal/group/dsa_domain.go":   "the order of a key, which is public",
			"otr/internal/group/field.go":        "constants of a modulus",
			"otr/internal/group/power.go":        "division of values that the peer sees",
			"otr/toolkit/sessionkeys.go":         "a secret that is given away on the command line",
		},
		breaks: func(n ast.Node) string {
			if spec, ok := n.(*ast.ImportSpec); ok && spec.Path.Value == `"math/big"` {
				return "math/big takes time that depends on its operands"
			}
			return ""
		},
	},
	{
		name: "nothing happens by being imported",
		breaks: func(n ast.Node) string {
			if f, ok := n.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				return "func init: build it where it is used, sync.OnceValue if it is dear"
			}
			return ""
		},
	},
	{
		name:  "tests wait for a condition",
		tests: true,
		breaks: func(n ast.Node) string {
			if isSelector(n, "time", "Sleep") {
				return "time.Sleep: wait for what has to happen, or use testing/synctest"
			}
			return ""
		},
	},
	{
		name:  "every test runs",
		tests: true,
		breaks: func(n ast.Node) string {
			if s, ok := n.(*ast.SelectorExpr); ok && slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, s.Sel.Name) {
				return "skips: a test that needs something fails and says what to install"
			}
			return ""
		},
	},
}

func TestHouseRules(t *testing.T) {
	files := parseModule(t)
	for _, rule := range houseRules {
		t.Run(rule.name, func(t *testing.T) {
			for name, file := range files.all {
				isTest := strings.HasSuffix(name, "_test.go")
				if isTest && !rule.tests || rule.in != "" && !under(name, rule.in) || rule.except[name] != "" {
					continue
				}
				ast.Inspect(file, func(n ast.Node) bool {
					if why := rule.breaks(n); why != "" {
						t.Errorf("%v: %s", files.position(n), why)
					}
					return true
				})
			}
		})
	}
}

// Files beyond these lengths hold more than one idea; tables of tests may be longer than code.
const (
	longestFile = 450
	longestTest = 600
)

func TestFilesAreShort(t *testing.T) {
	files := parseModule(t)
	for name, file := range files.all {
		limit := longestFile
		if strings.HasSuffix(name, "_test.go") {
			limit = longestTest
		}
		if lines := files.set.File(file.Pos()).LineCount(); lines > limit {
			t.Errorf("%s has %d lines, more than %d: split it where it holds a second idea", name, lines, limit)
		}
	}
}

// isSelector reports whether n is pkg.name.
func isSelector(n ast.Node, pkg, name string) bool {
	s, ok := n.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != name {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == pkg
}

// sources are the module's Go files by slash-separated path.
type sources struct {
	set *token.FileSet
	all map[string]*ast.File
}

func (s sources) position(n ast.Node) token.Position { return s.set.Position(n.Pos()) }

func parseModule(t *testing.T) sources {
	t.Helper()
	s := sources{set: token.NewFileSet(), all: map[string]*ast.File{}}
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return filepath.SkipDir
		case d.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		file, err := parser.ParseFile(s.set, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err == nil {
			s.all[filepath.ToSlash(name)] = file
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
