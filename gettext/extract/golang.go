package extract

import (
	"context"
	"errors"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"path/filepath"
	"reflect"

	"otrbot/gettext"
)

// Go finds the messages of the Go packages that match the patterns, as in "./...", seen from a directory: every
// constant of type gettext.Msg. A constant of type gettext.Plural or gettext.Ctxt in the same call or composite literal
// belongs to it: a plural to the message before it, a context to all. What a comment above says to translators,
// "// translators: …", goes with it. Tests are not looked at.
//
// It needs the go command, and the packages have to compile. The error joins a [*Fault] for each text that cannot be
// told.
func (m *Messages) Go(ctx context.Context, dir string, patterns ...string) error {
	root, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	packages, err := load(ctx, root, patterns)
	if err != nil {
		return err
	}
	var faults []error
	for _, p := range packages {
		for _, file := range p.files {
			s := &goScan{messages: m, root: root, set: p.set, info: p.info, comments: translatorComments(p.set, file)}
			ast.Inspect(file, s.visit)
			faults = append(faults, s.faults...)
		}
	}
	return errors.Join(faults...)
}

// goScan walks through one file.
type goScan struct {
	messages *Messages
	root     string
	set      *token.FileSet
	info     *types.Info
	comments map[int]remark
	above    []ast.Node // those that the walk is within
	faults   []error
}

// visit looks at a node of the syntax, and tells whether to look into it.
func (s *goScan) visit(n ast.Node) bool {
	if n == nil {
		s.above = s.above[:len(s.above)-1]
		return true
	}
	if x, ok := n.(ast.Expr); ok {
		switch kind, text := s.constant(x); kind {
		case "Msg":
			s.note(x, gettext.Entry{Key: gettext.Key{ID: text}})
			return false
		case "Plural", "Ctxt":
			s.alone(x, kind)
			return false
		}
	}
	s.above = append(s.above, n)
	return true
}

// ours is the package whose types mark messages, under whatever name this module has.
var ours = reflect.TypeFor[gettext.Msg]().PkgPath()

// constant is the type's name and the value of a constant of one of our types.
func (s *goScan) constant(x ast.Expr) (kind, text string) {
	v := s.info.Types[x]
	named, ok := types.Unalias(v.Type).(*types.Named)
	if !ok || v.Value == nil || v.Value.Kind() != constant.String || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != ours {
		return "", ""
	}
	return named.Obj().Name(), constant.StringVal(v.Value)
}

// note adds a message with what stands beside it.
func (s *goScan) note(x ast.Expr, e gettext.Entry) {
	past := false
	for _, beside := range siblings(s.parent()) {
		switch kind, text := s.constant(beside); {
		case kind == "Ctxt":
			e.Context, e.HasContext = text, true
		case kind == "Msg":
			past = beside == x
		case kind == "Plural" && past:
			e.Plural = text
		}
	}
	if c := s.comment(x); c != "" {
		e.Extracted = []string{c}
	}
	if err := s.messages.add(e, s.place(x)); err != nil {
		s.faults = append(s.faults, err)
	}
}

// alone tells of a plural that has no message in its call.
func (s *goScan) alone(x ast.Expr, kind string) {
	beside := siblings(s.parent())
	if kind != "Plural" || beside == nil {
		return
	}
	for _, other := range beside {
		if other == x {
			break
		}
		if kind, _ := s.constant(other); kind == "Msg" {
			return
		}
	}
	s.faults = append(s.faults, &Fault{s.place(x), "this plural has no message before it that is a constant"})
}

// parent is the call or literal that an expression stands in, past parentheses and "field: value".
func (s *goScan) parent() ast.Node {
	for i := len(s.above) - 1; i >= 0; i-- {
		switch n := s.above[i].(type) {
		case *ast.ParenExpr, *ast.KeyValueExpr:
		default:
			return n
		}
	}
	return nil
}

// siblings are the arguments of a call or the values of a literal; of another node nil.
func siblings(n ast.Node) []ast.Expr {
	var list []ast.Expr
	switch n := n.(type) {
	case *ast.CallExpr:
		list = n.Args
	case *ast.CompositeLit:
		list = n.Elts
	}
	out := make([]ast.Expr, 0, len(list))
	for _, x := range list {
		if pair, ok := x.(*ast.KeyValueExpr); ok {
			x = pair.Value
		}
		out = append(out, ast.Unparen(x))
	}
	if list == nil {
		return nil
	}
	return out
}

func (s *goScan) place(n ast.Node) Place {
	p := s.set.Position(n.Pos())
	name, err := filepath.Rel(s.root, p.Filename)
	if err != nil {
		name = p.Filename
	}
	return Place{filepath.ToSlash(name), p.Line, p.Column}
}
