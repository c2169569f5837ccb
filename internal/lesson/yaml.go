package lesson

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// reader walks a file and gathers what is wrong with it.
type reader struct {
	file       string
	src        string
	vocabulary Vocabulary
	faults     []*Fault
	warnings   []*Fault
}

// position is a place in the file, both numbers from 1.
type position struct{ line, column int }

// spot is a word of the file and where it stands.
type spot struct {
	text string
	at   position
}

// block is a text of the file that may go over several lines.
type block struct {
	spot
	first int // line of the first words
}

// maxFaults bounds what is told at once.
const maxFaults = 100

func (r *reader) fault(at position, problem, remedy string) {
	r.faults = r.with(r.faults, at, problem, remedy)
}

func (r *reader) warn(at position, problem, remedy string) {
	r.warnings = r.with(r.warnings, at, problem, remedy)
}

// with adds what was not told before: a word that several events share is looked at once for each.
func (r *reader) with(list []*Fault, at position, problem, remedy string) []*Fault {
	one := Fault{r.file, at.line, at.column, problem, remedy}
	if len(list) >= maxFaults || slices.ContainsFunc(list, func(f *Fault) bool { return *f == one }) {
		return list
	}
	return append(list, &one)
}

// parse reads the file as one YAML document. It is nil if it is none.
func (r *reader) parse(src []byte) ast.Node {
	if !r.prepare(src) {
		return nil
	}
	// Keys that stand twice are found by fields, all of them.
	file, err := parser.ParseBytes([]byte(r.src), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.syntax(err)
		return nil
	}
	var root ast.Node
	for _, d := range file.Docs {
		switch {
		case d.Body == nil:
		case root != nil:
			r.fault(at(d.Body), "a second document", "one file holds one lesson")
			return nil
		default:
			root = d.Body
		}
	}
	if root == nil {
		r.fault(position{1, 1}, "the file is empty", "begin with lesson: and a name")
	}
	return root
}

// syntax reports what the parser stumbled over.
func (r *reader) syntax(err error) {
	where, what := position{1, 1}, err.Error()
	if e := yaml.Error(nil); errors.As(err, &e) {
		what = e.GetMessage()
		if t := e.GetToken(); t != nil && t.Position != nil {
			where = position{t.Position.Line, max(1, t.Position.Column)}
		}
	}
	remedy := "look at the indentation, colons, quotes and brackets here and in the line above"
	r.fault(where, "not YAML: "+what, remedy)
}

// at is where a node begins.
func at(n ast.Node) position {
	switch m := n.(type) {
	case *ast.MappingNode:
		if !m.IsFlowStyle && len(m.Values) > 0 {
			return at(m.Values[0])
		}
	case *ast.MappingValueNode:
		return at(m.Key)
	}
	t := n.GetToken()
	if t == nil || t.Position == nil {
		return position{1, 1}
	}
	return position{t.Position.Line, max(1, t.Position.Column)}
}

// entry is a key of a mapping with its value.
type entry struct {
	key   spot
	value ast.Node
}

// mapping reads the entries of a mapping, without those that cannot be read.
func (r *reader) mapping(n ast.Node, what string) []entry {
	var values []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		values = m.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{m}
	default:
		r.fault(at(n), fmt.Sprintf("%s is %s", what, describe(n)), "write keys and values, one a line: key: value")
		return nil
	}
	var all []entry
	first := map[string]position{}
	for _, v := range values {
		key, ok := scalar(v.Key)
		switch before, twice := first[key]; {
		case !ok:
			r.fault(at(v.Key), fmt.Sprintf("in %s: a key that is %s", what, describe(v.Key)), "a key is a word")
		case twice:
			r.fault(at(v.Key), fmt.Sprintf("%s stands twice in %s", quote(key), what), fmt.Sprintf("the first is in line %d", before.line))
		default:
			first[key] = at(v.Key)
			all = append(all, entry{spot{key, at(v.Key)}, v.Value})
		}
	}
	return all
}

// field is a key that a mapping may have.
type field struct {
	name     string
	read     func(ast.Node)
	required string // what to write if it is missing; "" if it may be
}

// fields reads a mapping with keys that are fixed.
func (r *reader) fields(n ast.Node, what string, fields ...field) {
	var allowed []string
	for _, f := range fields {
		allowed = append(allowed, f.name)
	}
	seen := map[string]bool{}
	for _, e := range r.mapping(n, what) {
		name := r.known("key", e.key, allowed)
		for _, f := range fields {
			if f.name == name && !seen[name] {
				seen[name] = true
				f.read(e.value)
			}
		}
	}
	for _, f := range fields {
		if f.required != "" && !seen[f.name] {
			r.fault(at(n), fmt.Sprintf("%s has no %s", what, f.name), f.required)
		}
	}
}

// list reads the items of a sequence.
func (r *reader) list(n ast.Node, what string) []ast.Node {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		remedy := "write a list: [a, b]"
		if text, ok := scalar(n); ok {
			remedy = "write a list: [" + text + "]"
		}
		r.fault(at(n), fmt.Sprintf("%s is %s", what, describe(n)), remedy)
		return nil
	}
	return s.Values
}

// text reads a scalar as text. What YAML takes for a number or the like is refused:
// it would not be said as it is written.
func (r *reader) text(n ast.Node, what string) (block, bool) {
	s, ok := scalar(n)
	if !ok {
		remedy := ""
		if _, isNull := n.(*ast.NullNode); isNull {
			remedy = "write something here, or take the key out"
		} else if _, isScalar := n.(ast.ScalarNode); isScalar {
			remedy = "put it in quotes"
		}
		r.fault(at(n), fmt.Sprintf("%s is %s", what, describe(n)), remedy)
		return block{}, false
	}
	b := block{spot: spot{strings.TrimSpace(s), at(n)}, first: at(n).line}
	if _, ok := n.(*ast.LiteralNode); ok {
		b.first++
	}
	return b, true
}

// name reads a name that is given here.
func (r *reader) name(n ast.Node, what string) spot {
	if b, ok := r.text(n, what); ok && r.isWord(b.spot, what) {
		return b.spot
	}
	return spot{}
}

// reference reads a name that is given elsewhere, where it will be looked for.
func (r *reader) reference(n ast.Node, what string) spot {
	b, ok := r.text(n, what)
	if ok && b.text == "" {
		r.fault(b.at, what+" is empty", "write a name")
	}
	return b.spot
}

// isWord reports whether s is a word for lessons, and says so if not.
func (r *reader) isWord(s spot, what string) bool {
	if !isWord(s.text) {
		r.fault(s.at, fmt.Sprintf("%s is %s", what, quote(s.text)), "a name has small letters, digits and _ and begins with a letter")
		return false
	}
	return true
}

func scalar(n ast.Node) (string, bool) {
	switch s := n.(type) {
	case *ast.StringNode:
		return s.Value, true
	case *ast.LiteralNode:
		return s.Value.Value, true
	default:
		return "", false
	}
}

// describe says what a node is, in a sentence that begins "this is".
func describe(n ast.Node) string {
	switch n.(type) {
	case nil, *ast.NullNode:
		return "empty"
	case *ast.StringNode, *ast.LiteralNode:
		return "text"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.BoolNode:
		return "true or false for YAML, not text"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number for YAML, not text"
	default:
		return "a YAML sign such as & * ! ?, which lessons do not have"
	}
}

// locate finds the place of a piece of a text in the file: the same piece, counted
// from the beginning of the text, because folding and quoting move everything else.
func (r *reader) locate(b block, offset int, piece string) position {
	nth := strings.Count(b.text[:offset], piece)
	lines := strings.Split(r.src, "\n")
	for i := b.first - 1; i >= 0 && i < len(lines); i++ {
		start := 0
		if i == b.at.line-1 { // the key may hold the same piece
			start = len(string([]rune(lines[i])[:min(b.at.column-1, utf8.RuneCountInString(lines[i]))]))
		}
		for {
			found := strings.Index(lines[i][start:], piece)
			if found < 0 {
				break
			}
			if nth == 0 {
				return position{i + 1, utf8.RuneCountInString(lines[i][:start+found]) + 1}
			}
			nth--
			start += found + len(piece)
		}
	}
	return b.at
}
