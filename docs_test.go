package otrbot_test

import (
	"go/ast"
	"os"
	"regexp"
	"strings"
	"testing"
)

// docs/from-libotr.md must name everything libotr names, and send nobody to something that does not exist.

func TestEveryLibotrNameHasAnAnswer(t *testing.T) {
	named := map[string]bool{}
	for _, r := range migrationRows(t) {
		for _, name := range quoted.FindAllStringSubmatch(r.theirs+r.remarks, -1) {
			named[name[1]] = true
		}
	}
	listed := libotrNames(t)
	for _, name := range listed {
		if !named[name] {
			t.Errorf("docs/from-libotr.md does not say what to write instead of %s", name)
		}
		delete(named, name)
	}
	for _, r := range migrationRows(t) {
		for _, name := range quoted.FindAllStringSubmatch(r.theirs, -1) {
			if named[name[1]] {
				t.Errorf("docs/from-libotr.md answers for %s, which is not in testdata/libotr-names.txt", name[1])
			}
		}
	}
}

func TestMigrationNamesExist(t *testing.T) {
	files := parseModule(t)
	exported := map[string]map[string]bool{
		"otr":     exportedNames(files, "otr"),
		"otrfile": exportedNames(files, "otr/otrfile"),
	}
	for _, doc := range []string{"docs/from-libotr.md", "README.md", "SECURITY.md", "docs/ARCHITECTURE.md"} {
		for _, m := range goName.FindAllStringSubmatch(readFile(t, doc), -1) {
			if pkg, name := m[1], m[2]; !exported[pkg][name] {
				t.Errorf("%s names %s.%s, which does not exist", doc, pkg, name)
			}
		}
	}
}

// The example of README.md is compiled and run: it is the body of a function in otr/example_test.go.
func TestReadmeExampleRuns(t *testing.T) {
	_, rest, _ := strings.Cut(readFile(t, "README.md"), "```go\n")
	example, _, ok := strings.Cut(rest, "```")
	if !ok || !strings.Contains(readFile(t, "otr/example_test.go"), indent(example)) {
		t.Errorf("otr/example_test.go does not hold the example of README.md:\n%s", example)
	}
}

func indent(code string) string {
	var b strings.Builder
	for line := range strings.Lines(code) {
		b.WriteString("\t" + line)
	}
	return b.String()
}

var (
	quoted = regexp.MustCompile("`([^`]+)`")
	goName = regexp.MustCompile(`\b(otr|otrfile)\.([A-Z]\w*(?:\.[A-Z]\w*)?)`)
)

// A migrationRow is one line of a table of docs/from-libotr.md.
type migrationRow struct{ theirs, ours, remarks string }

func migrationRows(t *testing.T) []migrationRow {
	t.Helper()
	var rows []migrationRow
	for line := range strings.Lines(readFile(t, "docs/from-libotr.md")) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		if len(cells) != 3 {
			t.Fatalf("not three columns: %s", line)
		}
		rows = append(rows, migrationRow{cells[0], cells[1], cells[2]})
	}
	return rows
}

func libotrNames(t *testing.T) []string {
	t.Helper()
	var names []string
	for line := range strings.Lines(readFile(t, "testdata/libotr-names.txt")) {
		if name := strings.TrimSpace(line); name != "" && !strings.HasPrefix(name, "#") {
			names = append(names, name)
		}
	}
	return names
}

// exportedNames are the exported names of the package in dir: Name, Type.Method, Type.Field.
func exportedNames(files sources, dir string) map[string]bool {
	names := map[string]bool{}
	for file, syntax := range files.all {
		if cut := strings.LastIndex(file, "/"); cut < 0 || file[:cut] != dir || strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, decl := range syntax.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					names[d.Name.Name] = true
				} else {
					names[receiver(d)+"."+d.Name.Name] = true
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					addSpec(names, spec)
				}
			}
		}
	}
	return names
}

func addSpec(names map[string]bool, spec ast.Spec) {
	switch s := spec.(type) {
	case *ast.ValueSpec:
		for _, name := range s.Names {
			names[name.Name] = true
		}
	case *ast.TypeSpec:
		names[s.Name.Name] = true
		if body, ok := s.Type.(*ast.StructType); ok {
			for _, field := range body.Fields.List {
				for _, name := range field.Names {
					names[s.Name.Name+"."+name.Name] = true
				}
			}
		}
	}
}

// receiver is the type name of a method's receiver.
func receiver(f *ast.FuncDecl) string {
	expr := f.Recv.List[0].Type
	if star, ok := expr.(*ast.StarExpr); ok {
		expr = star.X
	}
	if name, ok := expr.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The guides for courses quote pages: in the first column of their tables of faults, in quotation marks. Each is a text
// of the pages, letter by letter.
func TestGuidesQuoteThePages(t *testing.T) {
	texts := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^msgid "(.*)"$`).FindAllStringSubmatch(readFile(t, "locales/nl/otrbot.po"), -1) {
		texts[m[1]] = true
	}
	row := regexp.MustCompile(`(?m)^\| "([^"]+)"`)
	for _, guide := range []string{"docs/lms-canvas.md", "docs/lms-moodle.md", "docs/lms-open-edx.md"} {
		quotes := row.FindAllStringSubmatch(readFile(t, guide), -1)
		if len(quotes) == 0 {
			t.Errorf("%s quotes no page", guide)
		}
		for _, q := range quotes {
			if !texts[q[1]] {
				t.Errorf("%s quotes %q, which no page says", guide, q[1])
			}
		}
	}
}
